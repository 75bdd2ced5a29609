"""Reads plain text: a blank line ends a paragraph, a short numbered line between blank ones is a heading."""

import re
from collections.abc import Iterator
from pathlib import Path

from knowledge.readers.base import Block, DocumentLimits, DocumentUnreadable

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HEADING = re.compile(
    r"(第\s?[一二三四五六七八九十百\d]+\s?[章节篇部条]|[一二三四五六七八九十]+、|\d+(\.\d+)*[.、\s]|【|#)"
)
_SENTENCE_END = tuple("。！？；，.!?;,")
_HEADING_CHARACTERS = 40


class TextReader:
    suffixes = (".txt",)

    def read(self, path: Path, limits: DocumentLimits) -> Iterator[Block]:
        for paragraph in re.split(r"\n\s*\n", read_text(path)):
            lines = [line.strip() for line in paragraph.splitlines() if line.strip()]
            if len(lines) == 1 and _is_heading(lines[0]):
                yield Block(lines[0].strip("#【】 "), level=1)
                continue
            for line in lines:
                yield Block(line)


def read_text(path: Path) -> str:
    """UTF-8, UTF-16 with its mark, or the Chinese encodings. Raises DocumentUnreadable for other bytes."""
    data = path.read_bytes()
    encodings = ("utf-16",) if data.startswith(_UTF_16_MARKS) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise DocumentUnreadable("is no text in UTF-8, UTF-16 or GB18030")


def _is_heading(line: str) -> bool:
    return (
        len(line) <= _HEADING_CHARACTERS
        and not line.endswith(_SENTENCE_END)
        and _HEADING.match(line) is not None
    )
