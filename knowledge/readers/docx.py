"""Reads Word documents: headings by their style, paragraphs, table rows."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from knowledge.readers.base import Block, DocumentLimits, DocumentUnreadable

_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*([1-6])", re.IGNORECASE)


class DocxReader:
    suffixes = (".docx",)

    def read(self, path: Path, limits: DocumentLimits) -> Iterator[Block]:
        _refuse_bombs(path, limits)
        for content in Document(str(path)).iter_inner_content():
            if isinstance(content, Paragraph):
                yield Block(content.text, level=_level(content))
            else:
                yield from _rows(content)


def _refuse_bombs(path: Path, limits: DocumentLimits) -> None:
    """By what the archive says of itself: it is unpacked no further than that."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except zipfile.BadZipFile:
        raise DocumentUnreadable("is no Word document, or a broken one") from None
    if unpacked > limits.unpacked_bytes:
        size = f"{limits.unpacked_bytes // 1024**2:,} MB"
        raise DocumentUnreadable(f"would unpack to more than the limit of {size}")


def _level(paragraph: Paragraph) -> int:
    name = (paragraph.style.name if paragraph.style else None) or ""
    if name == "Title":
        return 1
    found = _HEADING_STYLE.match(name)
    return int(found[1]) if found else 0


def _rows(table: Table) -> Iterator[Block]:
    for row in table.rows:
        cells = dict.fromkeys(" ".join(cell.text.split()) for cell in row.cells)  # a merged cell comes twice
        yield Block(" | ".join(cell for cell in cells if cell))
