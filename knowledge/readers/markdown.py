"""Reads Markdown, as the page that it would be shown as."""

from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt

from knowledge.readers.base import Block, DocumentLimits
from knowledge.readers.html import blocks_of
from knowledge.readers.text import read_text


class MarkdownReader:
    suffixes = (".md", ".markdown")

    def read(self, path: Path, limits: DocumentLimits) -> Iterator[Block]:
        return blocks_of(MarkdownIt("commonmark").enable("table").render(read_text(path)))
