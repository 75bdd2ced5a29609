"""Propose what to add to the FAQ, from what viewers asked in vain in the last broadcasts.

Each suggestion is a new entry, or new wordings of one that is there, with its evidence: how many viewers
asked, how they put it, the nearest entry, and what people answered themselves. What most viewers asked comes
first; a suggestion keeps its number.

Take suggestions into the draft with --accept; a new entry gets the answer of --answer, else what people
answered. Or write them into a sheet with --export, fill in the answers, and import it: rows that still have
none are reported, and left out with `import_faqs.py --partial`. What you --dismiss does not come back.
"""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

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
    print_json,
    print_line,
    run,
    said_in_a_line,
    settings_of,
    working_at,
)
from editing.printing import rows_table
from editing.replaying import DEFAULT_BROADCASTS, Broadcasts
from editing.suggested import Accepting, Numbered, chosen, numbered, sheet_rows, suggestion_json
from evaluation.files import require_free

from knowledge.entries import Changes
from knowledge.importers import Language, write_entries
from knowledge.numbering import SuggestionNumbers
from knowledge.revisions import Revisions


def main(
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="N", help="Take it into the draft; 1,3 or several times."),
    ] = None,
    answer: Annotated[str, typer.Option("--answer", help="With --accept: a new entry that says this.")] = "",
    into: Annotated[
        str, typer.Option("--into", metavar="ENTRY", help="With --accept: wordings of this entry.")
    ] = "",
    category: Annotated[str, typer.Option("--category", help="With --accept: of new entries.")] = "",
    dismiss: Annotated[
        list[str] | None, typer.Option("--dismiss", metavar="N", help="Never suggest it again; likewise.")
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="Write a sheet to fill in, as .xlsx or .csv."),
    ] = None,
    language: Annotated[Language, typer.Option("--language", help="Of the sheet's names of columns.")] = "en",
    most: Annotated[int, typer.Option("--most", min=1, max=200, help="Show or export so many.")] = 20,
    broadcasts: Broadcasts = DEFAULT_BROADCASTS,
    room: Annotated[str, typer.Option("--room", help="Only of this room, as in bilibili:7777.")] = "",
    author: Author = "",
    db: Db = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    accepted, dismissed = _numbers(accept, "--accept"), _numbers(dismiss, "--dismiss")
    if answer and into:
        raise typer.BadParameter("--answer makes a new entry, --into adds to one: say one of them")
    if (answer or into or category) and not accepted:
        raise typer.BadParameter("--answer, --into and --category go with --accept")
    if export and (accepted or dismissed):
        raise typer.BadParameter("--export writes suggestions down: accept and dismiss without it")
    with said_in_a_line():
        settings, database = settings_of(config), database_of(db, config)
        with Revisions(database) as revisions, SuggestionNumbers.within(revisions) as numbers:
            draft = revisions.draft()
            with working_at("looking for what was asked in vain"):
                found = numbered(database, draft, settings, broadcasts=broadcasts, room=room)
            taken, refused = chosen(found, accepted), chosen(found, dismissed)
            accepting = Accepting(draft, answer, category, into)
            changes = accepting.into_draft(revisions, taken, author=author_of(author))
            numbers.dismiss(refused, author=author_of(author))
        shown = dict(list(found.items())[:most])
        if export:
            require_free(export)
            write_entries(export, sheet_rows(shown, draft), language=language)
    if taken or refused:
        _tell_done(taken, refused, changes, db=db, as_json=as_json)
    else:
        _tell(shown, export, as_json=as_json)


def _tell_done(
    taken: Numbered, refused: Numbered, changes: Changes, *, db: Path | None, as_json: bool
) -> None:
    if as_json:
        print_json({"accepted": list(taken), "dismissed": list(refused), **asdict(changes)})
        return
    print_line(
        f"accepted: {len(taken):,}, dismissed: {len(refused):,}; in the draft: "
        f"{changes.added:,} added, {changes.changed:,} changed"
    )
    if taken:
        print_line(how_to_publish(db))


def _tell(shown: Numbered, export: Path | None, *, as_json: bool) -> None:
    if as_json:
        listed = [suggestion_json(number, one) for number, one in shown.items()]
        print_json({"suggestions": listed, "file": str(export) if export else None})
    elif export:
        print_line(f"{export}: {len(shown):,} suggestions; fill in the answers and import it")
    else:
        _print(shown)


def _numbers(named: Iterable[str] | None, option: str) -> list[int]:
    """`1,3` and `1` `3` alike, each once."""
    parts = [part.strip() for one in named or () for part in one.split(",")]
    if any(not (part.isascii() and part.isdigit()) for part in parts):
        raise typer.BadParameter("takes the numbers of suggestions, as in 1,3", param_hint=option)
    return list(dict.fromkeys(map(int, parts)))


def _print(suggestions: Numbered) -> None:
    if not suggestions:
        print_line("nothing was asked in vain that the draft does not answer by now")
        return
    headings = ("number", "asked by", "question", "also put as", "suggestion", "nearest", "people answered")
    rows = [
        (
            str(number),
            f"{one.askers:,} in {one.broadcasts:,}",
            one.question,
            " | ".join(one.samples),
            f"wordings of {one.entry_id}" if one.entry_id else "a new entry",
            ", ".join(f"{id} {score:.2f}" for id, score in one.nearest[:1]),
            " | ".join(one.answers),
        )
        for number, one in suggestions.items()
    ]
    console().print(rows_table("asked in vain (viewers in broadcasts)", headings, rows))


if __name__ == "__main__":
    run(main)
