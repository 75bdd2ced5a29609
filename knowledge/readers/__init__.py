"""Readers of documents (manuals, outlines, reports), one file a kind: a path in, sections out.

A document may be broken in ways that its library does not survive: all but plain text is read in a process of
its own, which has a time limit and whose end hurts nobody.
"""

import stat
from pathlib import Path

from knowledge.readers.apart import read_apart
from knowledge.readers.base import DocumentLimits, DocumentUnreadable, Section, sections_of
from knowledge.readers.kinds import SUFFIXES, TRUSTED_SUFFIXES, reader_of

__all__ = ["SUFFIXES", "DocumentLimits", "DocumentUnreadable", "Section", "read_sections"]


def read_sections(path: Path, limits: DocumentLimits | None = None) -> list[Section]:
    """What the document says, in order. Raises DocumentUnreadable."""
    limits = limits or DocumentLimits()
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DocumentUnreadable(f"is of no kind that is read here ({', '.join(SUFFIXES)})")
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):  # opening a pipe waits for whoever writes into it, for ever
            raise DocumentUnreadable("is no file that can be read, but a pipe, a device or the like")
        size = state.st_size
        if size > limits.file_bytes:
            raise DocumentUnreadable(f"is larger than the limit of {limits.file_bytes // 1024**2:,} MB")
        if suffix not in TRUSTED_SUFFIXES:
            return read_apart(path, limits)
        return list(sections_of(reader_of(suffix).read(path, limits), characters=limits.characters))
    except OSError as error:
        raise DocumentUnreadable(error.strerror or "cannot be read") from None
