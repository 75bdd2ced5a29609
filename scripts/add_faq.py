"""Adds one entry to the draft: a question, its answer, other ways to ask it. Viewers see it once published.

Entries that read nearly the same are named, so that one becomes the other's variant instead.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer
from editing import (
    AsJson,
    Author,
    Config,
    Db,
    author_of,
    console,
    database_of,
    how_to_publish,
    print_changes,
    print_json,
    print_line,
    run,
    said_in_a_line,
    settings_of,
    working_at,
)
from editing.fields import Category, Note, ShortAnswer, Threshold, ValidFrom, ValidUntil, given, made
from editing.planning import Standing, planned
from editing.printing import rows_table

from knowledge import KnowledgeBase, open_embedder
from knowledge.entries import Entry, Match, Problem
from knowledge.errors import EntriesInvalid
from knowledge.importers.naming import fresh_id
from knowledge.lint.likeness import NEAR_COSINE, tells_apart
from knowledge.revisions import Revisions
from knowledge.text import fold

_MOST_NEAR = 5


def main(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="As viewers ask it.")],
    answer: Annotated[str, typer.Argument(metavar="ANSWER", help="What is said in the room.")],
    variant: Annotated[
        list[str] | None, typer.Option("--variant", help="Another way to ask it; repeatable.")
    ] = None,
    category: Category = None,
    short_answer: ShortAnswer = None,
    other_answer: Annotated[
        list[str] | None, typer.Option("--other-answer", help="The answer in other words; repeatable.")
    ] = None,
    room: Annotated[
        list[str] | None, typer.Option("--room", help="Only for this one, bilibili:123; repeatable.")
    ] = None,
    valid_from: ValidFrom = None,
    valid_until: ValidUntil = None,
    threshold: Threshold = None,
    note: Note = None,
    id: Annotated[str, typer.Option("--id", help="Default: made from the question.")] = "",
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
            "variants": variant,
            "category": category,
            "short_answer": short_answer,
            "other_answers": other_answer,
            "rooms": room,
            "valid_from": valid_from,
            "valid_until": valid_until,
            "threshold": threshold,
            "note": note,
        }
    )
    with said_in_a_line():
        model = settings_of(config).knowledge.model
        database = database_of(db, config, make=True)
        standing = Standing.of(database)
        entry = new_entry(fields, id, standing.known)
        with working_at("looking for entries that read the same"):
            near = near_to(entry, standing.draft, model)
        if not dry_run:
            with Revisions(database) as revisions:
                revisions.edit([entry], author=author_of(author), expect=standing.revision)
    if as_json:
        print_json(
            {"added": int(not dry_run), "entry": entry.model_dump(mode="json"), "near": near_json(near)}
        )
        return
    print_changes(planned([], [entry], author=author_of(author)).changes)
    if near:
        print_line("already there, and reading nearly the same; is it a variant of one of these?", "yellow")
        console().print(rows_table("", ("entry", "asked", "likeness", "answer"), map(near_row, near)))
    done = f"{entry.id} is in the draft; {how_to_publish(db)}"
    print_line("nothing was changed: this was a dry run" if dry_run else done)


def new_entry(fields: dict[str, Any], id: str, known: Iterable[Entry]) -> Entry:
    """Under an id of its own. Raises EntriesInvalid."""
    taken = {entry.id for entry in known}
    if id in taken:
        raise EntriesInvalid([Problem("", None, "", f"{id} is there already; edit_faq.py changes it")])
    return made(fields | {"id": id or fresh_id(str(fields["question"]), taken)})


def near_to(entry: Entry, others: Sequence[Entry], model: str) -> list[Match]:
    """The entries that nobody could tell from this one, the nearest first."""
    base = KnowledgeBase(open_embedder(model), [other for other in others if other.enabled])
    best: dict[str, Match] = {}
    for wording, matches in zip(entry.wordings, base.search(entry.wordings, _MOST_NEAR), strict=True):
        for match in matches:
            known = best.get(match.entry.id)
            is_near = match.score >= NEAR_COSINE and not tells_apart(fold(wording), match.folded)
            if is_near and (known is None or known.score < match.score):
                best[match.entry.id] = match
    return sorted(best.values(), key=lambda match: -match.score)[:_MOST_NEAR]


def near_row(match: Match) -> tuple[str, str, str, str]:
    return match.entry.id, match.wording, f"{match.score:.2f}", match.entry.answer


def near_json(near: Iterable[Match]) -> list[dict[str, Any]]:
    return [
        {"entry": match.entry.id, "wording": match.wording, "score": round(match.score, 4)} for match in near
    ]


if __name__ == "__main__":
    run(main)
