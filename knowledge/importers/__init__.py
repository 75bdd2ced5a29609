"""The files that editors write, read into entries: one module a kind of file, each with its `IMPORTER`.

A new kind is one new module here; it is found by itself, and the contract in `base` is tested for all.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from knowledge.entries import Entry, Problem
from knowledge.errors import FormatUnknown
from knowledge.importers.base import Importer

__all__ = ["Importer", "importers", "read_entries"]


def read_entries(path: Path | str) -> tuple[list[Entry], list[Problem]]:
    """The entries in the file, read by the importer for its suffix, and a Problem for everything wrong.

    Raises FormatUnknown when there is none.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    for importer in importers():
        if suffix in importer.suffixes:
            return importer.read(path)
    known = ", ".join(sorted(suffix for importer in importers() for suffix in importer.suffixes))
    raise FormatUnknown(f"{path}: no importer for files that end so; known: {known}")


def importers() -> Iterator[Importer]:
    """All that there are."""
    for module in iter_modules(__path__):
        if module.name != "base":
            yield import_module(f"{__name__}.{module.name}").IMPORTER
