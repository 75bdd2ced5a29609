"""Changes one entry in the draft, or takes it out, and shows it before and after; without changes, shows it.

An empty text takes a field out: --valid-until "" lets it hold for ever.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer
from editing import (
    AsJson,
    Author,
    Config,
    Db,
    author_of,
    change_json,
    console,
    database_of,
    how_to_publish,
    print_changes,
    print_json,
    print_line,
    run,
    said_in_a_line,
)
from editing.fields import (
    Category,
    Note,
    ShortAnswer,
    Threshold,
    ValidFrom,
    ValidUntil,
    given,
    made,
    with_and_without,
)
from editing.planning import Standing, planned
from editing.printing import rows_table, said

from knowledge.entries import Entry, Problem
from knowledge.errors import EntriesInvalid
from knowledge.revisions import Revisions

Texts = list[str] | None


def main(
    id: Annotated[str, typer.Argument(metavar="ID", help="The entry's id.")],
    question: Annotated[str | None, typer.Option("--question", help="As viewers ask it.")] = None,
    answer: Annotated[str | None, typer.Option("--answer", help="What is said in the room.")] = None,
    add_variant: Annotated[
        Texts, typer.Option("--add-variant", help="Another way to ask it; repeatable.")
    ] = None,
    remove_variant: Annotated[
        Texts, typer.Option("--remove-variant", help="A way to ask it no more; repeatable.")
    ] = None,
    category: Category = None,
    short_answer: ShortAnswer = None,
    add_other_answer: Annotated[
        Texts, typer.Option("--add-other-answer", help="The answer in other words; repeatable.")
    ] = None,
    remove_other_answer: Annotated[
        Texts, typer.Option("--remove-other-answer", help="Not in these words any more; repeatable.")
    ] = None,
    add_room: Annotated[
        Texts, typer.Option("--add-room", help="Only for this one, bilibili:123; repeatable.")
    ] = None,
    remove_room: Annotated[
        Texts, typer.Option("--remove-room", help="Not for this one any more; repeatable.")
    ] = None,
    valid_from: ValidFrom = None,
    valid_until: ValidUntil = None,
    threshold: Threshold = None,
    note: Note = None,
    enabled: Annotated[
        bool | None, typer.Option("--enable/--disable", help="Whether it may be answered with.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the entry out.")] = False,
    discard: Annotated[
        bool, typer.Option("--discard", help="Take back what the draft does to the entry.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Let the draft's edit hold over what was published meanwhile.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, and change nothing.")] = False,
    db: Db = None,
    author: Author = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    fields = given(
        {
            "question": question,
            "answer": answer,
            "category": category,
            "short_answer": short_answer,
            "valid_from": valid_from,
            "valid_until": valid_until,
            "threshold": threshold,
            "note": note,
            "enabled": enabled,
        }
    )
    lists = {
        "variants": (add_variant, remove_variant),
        "other_answers": (add_other_answer, remove_other_answer),
        "rooms": (add_room, remove_room),
    }
    flags = {"remove": remove, "discard": discard, "keep": keep}
    alone = [name for name, is_given in flags.items() if is_given]
    if len(alone) > 1 or (alone and (fields or any(map(any, lists.values())))):
        raise typer.BadParameter(f"--{alone[0]} stands alone: it leaves nothing else to change")
    editor = author_of(author)
    if discard or keep:
        with said_in_a_line():
            settle(id, database_of(db, config), editor=editor, keep=keep)
        done = "kept" if keep else "discarded"
        print_json({"id": id, done: True}) if as_json else print_line(f"{id}: the draft's edit is {done}")
        return
    with said_in_a_line():
        database = database_of(db, config)
        standing = Standing.of(database)
        before = entry_called(id, standing.draft)
        for name, (add, without) in lists.items():
            if add or without:
                texts = with_and_without(getattr(before, name), add=add, remove=without, what=name)
                fields[name] = texts
        after = [] if remove else [made(before.model_dump() | fields)]
        removed = [id] if remove else []
        plan = planned([before], after, author=editor, removed=removed)
        if plan.changes and not dry_run:
            with Revisions(database) as revisions:
                revisions.edit(after, author=editor, removed=removed, expect=standing.revision)
    is_done = bool(plan.changes) and not dry_run
    if as_json:
        change = change_json(plan.changes[0]) if plan.changes else {"id": id, "kind": "unchanged"}
        print_json({**change, "done": is_done})
    elif plan.changes:
        print_changes(plan.changes)
        print_line(how_to_publish(db) if is_done else "nothing was changed: this was a dry run")
    else:
        rows = ((name, said(before, name)) for name in Entry.model_fields)
        console().print(rows_table("", ("field", "nothing changed"), rows))


def settle(id: str, database: Path, *, editor: str, keep: bool) -> None:
    """Discard the draft's edit of the entry, or make it once more, over what is published now."""
    with Revisions(database) as revisions:
        edits = {change.id: change for change in revisions.draft().changes}
        if id not in edits:
            raise EntriesInvalid([Problem("", None, "", f"the draft does not change {id}")])
        if not keep:
            revisions.discard([id], author=editor)
            return
        after = edits[id].after
        revisions.edit([after] if after else [], author=editor, removed=[] if after else [id])


def entry_called(id: str, entries: Sequence[Entry]) -> Entry:
    """Raises EntriesInvalid, with the id that was probably meant."""
    by_id = {entry.id: entry for entry in entries}
    if id in by_id:
        return by_id[id]
    meant = get_close_matches(id, by_id, n=1)
    hint = f"; did you mean {meant[0]}?" if meant else ""
    raise EntriesInvalid([Problem("", None, "", f"there is no entry {id} in the draft{hint}")])


if __name__ == "__main__":
    run(main)
