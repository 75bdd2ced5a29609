"""`import`: a FAQ file into the database, wholly or not at all.

It is published at once, as a version of its own: what editors have in the draft is left alone.
"""

from pathlib import Path

from assistant.faq import read_faq
from assistant.printable import printable
from knowledge.store import EntryStore

AUTHOR = "assistant import"


def import_file(file: Path, database: Path, *, replace: bool) -> str:
    """What changed, in one line. Raises EntriesInvalid with every bad row at once."""
    entries = read_faq(file)
    with EntryStore(database) as store:
        changes = store.save(entries, replace=replace, author=AUTHOR, note=file.name)
    counts = f"{changes.added} added, {changes.changed} changed, {changes.unchanged} unchanged"
    removed = f", {changes.removed} removed" if replace else ""
    return f"{printable(str(file))} -> {printable(str(database))}: {counts}{removed}"
