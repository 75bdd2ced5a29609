"""Publish the entries as they were in an earlier version; a running assistant follows within a second.

It shows what that would change, and asks. Nothing is lost: what is published now stays in the history, and
edits in the draft stay edits.

Exit code 1: it was not published.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from editing import (
    AsJson,
    Author,
    Config,
    Db,
    author_of,
    change_json,
    database_of,
    print_changes,
    print_json,
    print_line,
    run,
    said_in_a_line,
    warn,
)
from editing.versions import Note, Yes, agreed, changes_between, counts

from knowledge.errors import NothingToPublish
from knowledge.revisions import Change, Revisions, Version
from knowledge.store import EntryStore


def main(
    version: Annotated[
        int, typer.Argument(min=0, help="As scripts/history_faqs.py lists them; 0: before the first.")
    ],
    note: Note = "",
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, and change nothing.")] = False,
    author: Author = "",
    db: Db = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    with said_in_a_line():
        database = database_of(db, config)
        with Revisions(database) as revisions, EntryStore(database) as store:
            then, now = revisions.at(version), store.load()
            changes = changes_between(now, then, author=author_of(author))
            if then == now:
                raise NothingToPublish(f"version {version} is what is published already")
            if not as_json:
                _show(changes)
            published = None
            if not dry_run and _is_agreed(version, yes=yes, as_json=as_json):
                published = revisions.roll_back(version, author=author_of(author), note=note)
    _tell(published, changes, as_json=as_json, dry_run=dry_run)
    if published is None and not dry_run:
        raise typer.Exit(1)


def _show(changes: Sequence[Change]) -> None:
    print_changes(changes)
    if not changes:
        print_line("the entries are the same, in another order")


def _is_agreed(version: int, *, yes: bool, as_json: bool) -> bool:
    if as_json and not yes:
        warn("--json asks nobody: say --yes to go back")
        return False
    return agreed(f"Publish what version {version} was?", yes=yes)


def _tell(published: Version | None, changes: Sequence[Change], *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        shown = [change_json(change) for change in changes]
        print_json({"published": asdict(published) if published else None, "changes": shown})
    elif published is not None:
        print_line(f"version {published.number} is published: {counts(published)}", "green")
    elif dry_run:
        print_line("nothing was published: --dry-run")
    else:
        warn("nothing was published")


if __name__ == "__main__":
    run(main)
