"""What a reader of documents must do, and how its blocks become sections under their headings.

Which readers there are is for the package; how a section is cut into passages, for `documents`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from knowledge.errors import KnowledgeError

_HEADING_CHARACTERS = 80


class DocumentUnreadable(KnowledgeError):
    """A document is broken, locked, too large or of no known kind; one line says which, without its name."""


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """How much of one document is taken: beyond that it is refused, with the limit named.

    `unpacked_bytes` is for what a docx holds compressed, `seconds` for reading the whole.
    """

    file_bytes: int = 50 * 1024 * 1024
    unpacked_bytes: int = 200 * 1024 * 1024
    pages: int = 2_000
    characters: int = 2_000_000
    seconds: float = 30.0


class Block(NamedTuple):
    """A paragraph, or a heading of `level` 1 (the highest) to 6. Pages count from 1."""

    text: str
    level: int = 0
    page: int | None = None


class Section(NamedTuple):
    """Paragraphs under one heading, or of one page. `heading` is the path to it: `Charging › Time`."""

    heading: str
    paragraphs: tuple[str, ...]
    page: int | None = None


class Reader(Protocol):
    """Reads one kind of document, in its order. `suffixes` are in lower case, with the dot.

    Raises DocumentUnreadable for what it knows to be wrong; a library below it may raise anything.
    """

    suffixes: tuple[str, ...]

    def read(self, path: Path, limits: DocumentLimits) -> Iterable[Block]: ...


def sections_of(blocks: Iterable[Block], *, characters: int) -> Iterator[Section]:
    """Raises DocumentUnreadable when the text is longer than so many characters."""
    path: dict[int, str] = {}
    paragraphs: list[str] = []
    page: int | None = None
    left = characters
    for block in blocks:
        text = " ".join(block.text.split())
        left -= len(text)
        if left < 0:
            raise DocumentUnreadable(f"holds more text than the limit of {characters:,} characters")
        if (block.level or block.page != page) and paragraphs:
            yield Section(_joined(path), tuple(paragraphs), page)
            paragraphs = []
        page = block.page
        if block.level:
            path = {level: heading for level, heading in path.items() if level < block.level}
            path[block.level] = text[:_HEADING_CHARACTERS]
        elif text:
            paragraphs.append(text)
    if paragraphs:
        yield Section(_joined(path), tuple(paragraphs), page)


def _joined(path: dict[int, str]) -> str:
    return " › ".join(heading for heading in path.values() if heading)
