"""Reads the text of PDF files page by page; lines that were broken to fit the page are joined again."""

import re
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader as PdfFile

from knowledge.readers.base import Block, DocumentLimits, DocumentUnreadable

_FULL_LINE = 0.75  # of the page's longest line: a shorter one ends its paragraph
_LATIN_JOINT = re.compile(r"(?<=[!-~])\n(?=[!-~])")


class PdfReader:
    suffixes = (".pdf",)

    def read(self, path: Path, limits: DocumentLimits) -> Iterator[Block]:
        file = PdfFile(path)
        if file.is_encrypted and not file.decrypt(""):
            raise DocumentUnreadable("is locked by a password")
        if len(file.pages) > limits.pages:
            raise DocumentUnreadable(f"has more pages than the limit of {limits.pages:,}")
        is_empty = True
        for number, page in enumerate(file.pages, start=1):
            for paragraph in _paragraphs(page.extract_text()):
                is_empty = False
                yield Block(paragraph, page=number)
        if is_empty:
            raise DocumentUnreadable("holds no text: its pages may be pictures of text")


def _paragraphs(text: str) -> Iterator[str]:
    lines = [line.strip() for line in text.splitlines()]
    longest = max(map(len, lines), default=0)
    paragraph: list[str] = []
    for line in lines:
        paragraph.append(line)
        if len(line) < _FULL_LINE * longest:
            yield _joined(paragraph)
            paragraph = []
    if paragraph:
        yield _joined(paragraph)


def _joined(lines: list[str]) -> str:
    return _LATIN_JOINT.sub(" ", "\n".join(line for line in lines if line)).replace("\n", "")
