"""Writes the entries into a FAQ file (.xlsx, .csv, .md, .jsonl, .yaml) that imports as it was.

They are those of the draft: what is published, with the edits that wait. A file that is there stays as it is.
"""

import errno
import os
from pathlib import Path
from typing import Annotated

import typer
from editing import AsJson, Config, Db, database_of, print_json, print_line, run, said_in_a_line, working_at

from knowledge.entries import Entry
from knowledge.importers import Language, write_entries
from knowledge.revisions import Revisions
from knowledge.store import EntryStore


def main(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Its suffix says of which kind it becomes.")],
    db: Db = None,
    published: Annotated[
        bool, typer.Option("--published", help="What viewers are answered with, without the draft's edits.")
    ] = False,
    version: Annotated[
        int | None,
        typer.Option(
            "--version", min=0, metavar="N", help="As it was in this version; history_faqs.py lists them."
        ),
    ] = None,
    language: Annotated[
        Language, typer.Option("--language", help="Of the names of columns, in sheets.")
    ] = "en",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    if published and version is not None:
        raise typer.BadParameter("--published and --version: one of them")
    with said_in_a_line():
        database = database_of(db, config)
        require_free(file, database, force=force)
        entries = entries_of(database, published=published, version=version)
        with working_at(f"writing {file}"):
            write_entries(file, entries, language=language)
    if as_json:
        print_json({"written": len(entries), "file": str(file)})
    else:
        print_line(f"{database} -> {file}: {len(entries):,} entries")


def require_free(file: Path, database: Path, *, force: bool) -> None:
    """Nobody's work is written over unasked, the database never."""
    if os.path.lexists(file) and (not force or file.is_dir() or (file.exists() and file.samefile(database))):
        raise FileExistsError(errno.EEXIST, "is there already; name another file, or use --force", str(file))


def entries_of(database: Path, *, published: bool, version: int | None) -> list[Entry]:
    if published:
        with EntryStore(database) as store:
            return store.load()
    with Revisions(database) as revisions:
        return list(revisions.draft().entries) if version is None else revisions.at(version)


if __name__ == "__main__":
    run(main)
