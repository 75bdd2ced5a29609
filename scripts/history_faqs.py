"""List the published versions: who, when, why, and how many entries; or show what one changed.

scripts/rollback_faqs.py goes back to any of them.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from editing import (
    AsJson,
    Config,
    Db,
    change_json,
    console,
    database_of,
    print_changes,
    print_json,
    print_line,
    run,
    said_in_a_line,
)
from editing.printing import rows_table
from editing.versions import counts, moment, version_of

from knowledge.revisions import Change, Revisions, Version

HEADINGS = ("version", "published", "author", "added", "changed", "removed", "moved", "note")


def main(
    version: Annotated[int | None, typer.Option(min=1, help="Show what this one changed.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Show so many, the newest first.")] = 50,
    db: Db = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    with said_in_a_line(), Revisions(database_of(db, config)) as revisions:
        if version is not None:
            _tell_one(version_of(revisions, version), revisions.changes_of(version), as_json=as_json)
        else:
            _tell_all(revisions.history(limit), as_json=as_json)


def _tell_one(version: Version, changes: Sequence[Change], *, as_json: bool) -> None:
    if as_json:
        print_json({"version": asdict(version), "changes": [change_json(change) for change in changes]})
        return
    print_line(f"version {version.number}, {moment(version.published_at)}, by {version.author}", "bold")
    print_line(counts(version) + (f": {version.note}" if version.note else ""))
    print_changes(changes)


def _tell_all(versions: Sequence[Version], *, as_json: bool) -> None:
    if as_json:
        print_json({"versions": [asdict(version) for version in versions]})
    elif versions:
        console().print(rows_table("", HEADINGS, map(_row, versions)))
    else:
        print_line("nothing was published yet")


def _row(version: Version) -> Sequence[str]:
    shown: Sequence[Any] = (
        version.number,
        moment(version.published_at),
        version.author,
        version.added,
        version.changed,
        version.removed,
        version.moved,
        version.note,
    )
    return [str(one) for one in shown]


if __name__ == "__main__":
    run(main)
