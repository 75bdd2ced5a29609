"""The files that editors write, read into entries and written from them: one module a kind of file.

A new kind is one new module here with an `IMPORTER`; it is found by itself, and the contract in `base` is
tested for all.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from knowledge.entries import Entry, Problem
from knowledge.errors import FileNotWritten, FormatUnknown
from knowledge.importers.base import Importer, Language, Reading
from knowledge.importers.files import write_whole
from knowledge.importers.naming import with_ids_of

__all__ = [
    "Importer",
    "Language",
    "Reading",
    "importers",
    "name_rows",
    "read_entries",
    "read_file",
    "with_ids_of",
    "write_entries",
]

_OTHER_SHEETS = frozenset({".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".et"})


def read_file(path: Path | str) -> Reading:
    """What is in the file, read by the importer for its suffix. Raises FormatUnknown when there is none."""
    path = Path(path)
    return importer_of(path).read(path)


def read_entries(path: Path | str) -> tuple[list[Entry], list[Problem]]:
    """The entries in the file, and a Problem for everything wrong. Raises FormatUnknown."""
    reading = read_file(path)
    return list(reading.entries), list(reading.problems)


def write_entries(path: Path | str, entries: Iterable[Entry], *, language: Language = "en") -> None:
    """Puts a file of these entries in this place, at once. Raises FormatUnknown and FileNotWritten."""
    path = Path(path)
    write_whole(path, importer_of(path).render(list(entries), language))


def name_rows(path: Path | str, ids: Mapping[int, str]) -> None:
    """Writes the ids into the rows of the file that have none, touching nothing else.

    Raises FormatUnknown, and FileNotWritten when the file has no such rows, or cannot be written.
    """
    path = Path(path)
    importer = importer_of(path)
    before = importer.read(path)
    if missing := sorted(set(ids) - before.unnamed):
        raise FileNotWritten(f"{path}: has no row {missing[0]} that lacks an id; was it changed meanwhile?")
    if not ids:
        return
    data = importer.named(path, ids)
    if not _names_only(importer, data, before, ids, path.suffix):
        raise FileNotWritten(f"{path}: the ids do not fit into the file as it is; write them in by hand")
    write_whole(path, data)


def _names_only(
    importer: Importer, data: bytes, before: Reading, ids: Mapping[int, str], suffix: str
) -> bool:
    """Whether a file of these bytes reads as it did before, but for the ids."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder, f"trial{suffix}")
        trial.write_bytes(data)
        after = importer.read(trial)
    rows = zip(before.lines, before.entries, after.entries, strict=False)
    return len(after.entries) == len(before.entries) and all(
        _without_id(old) == _without_id(new) and (line not in ids or new.id == ids[line])
        for line, old, new in rows
    )


def _without_id(entry: Entry) -> Entry:
    return entry.model_copy(update={"id": ""})


def importer_of(path: Path) -> Importer:
    """The importer for the path's suffix. Raises FormatUnknown when there is none."""
    suffix = path.suffix.lower()
    for importer in importers():
        if suffix in importer.suffixes:
            return importer
    if suffix in _OTHER_SHEETS:
        raise FormatUnknown(f"{path}: no importer for files that end so; save it as .xlsx")
    known = ", ".join(sorted(suffix for importer in importers() for suffix in importer.suffixes))
    raise FormatUnknown(f"{path}: no importer for files that end so; known: {known}")


def importers() -> Iterator[Importer]:
    """All that there are."""
    for module in iter_modules(__path__):
        if importer := getattr(import_module(f"{__name__}.{module.name}"), "IMPORTER", None):
            yield importer
