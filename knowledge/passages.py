"""Passages of documents: sections cut at paragraphs and sentences to what is taken in at a glance. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from knowledge.readers.base import Section

GLANCE_COLUMNS: Final = 320
"""160 Chinese characters, or 320 Latin ones: a passage is no longer."""

_SENTENCE_ENDS = re.compile(r"(?<=[。！？；!?;])|(?<=[.])(?=\s)")
_FIRST_WIDE = 0x2E80  # Chinese characters, and their punctuation, take two columns


@dataclass(frozen=True, slots=True)
class Passage:
    """`source` is the document's name; `heading` the path to its heading there, `page` its page, from 1."""

    text: str
    source: str
    heading: str = ""
    page: int | None = None

    @property
    def place(self) -> str:
        """Where to look it up: `manual.pdf, p. 3` or `manual.md › Charging`."""
        page = "" if self.page is None else f", p. {self.page}"
        return f"{self.source}{page}" + (f" › {self.heading}" if self.heading else "")


def passages_of(sections: Iterable[Section], *, source: str) -> Iterator[Passage]:
    for section in sections:
        for text in _packed(section.paragraphs):
            yield Passage(text, source, section.heading, section.page)


def sentences_of(text: str) -> list[str]:
    return [sentence.strip() for line in text.split("\n") for sentence in _SENTENCE_ENDS.split(line)]


def _packed(paragraphs: Iterable[str]) -> Iterator[str]:
    """Whole paragraphs while they fit; a long one is cut after its sentences, as even as they allow."""
    packed = ""
    for paragraph in paragraphs:
        joined = f"{packed}\n{paragraph}" if packed else paragraph
        if _columns(joined) <= GLANCE_COLUMNS:
            packed = joined
            continue
        if packed:
            yield packed
        *whole, packed = _pieces(paragraph)
        yield from whole
    if packed:
        yield packed


def _pieces(paragraph: str) -> list[str]:
    pieces = [""]
    for sentence in _SENTENCE_ENDS.split(paragraph):
        for part in _bounded(sentence):
            if _columns(pieces[-1] + part) > GLANCE_COLUMNS:
                pieces.append("")
            pieces[-1] += part
    return [stripped for piece in pieces if (stripped := piece.strip())] or [""]


def _bounded(sentence: str) -> Iterator[str]:
    """A sentence without end, such as a table run together, is cut between characters."""
    while _columns(sentence) > GLANCE_COLUMNS:
        cut = GLANCE_COLUMNS // 2
        yield sentence[:cut]
        sentence = sentence[cut:]
    yield sentence


def _columns(text: str) -> int:
    return sum(2 if ord(character) >= _FIRST_WIDE else 1 for character in text)
