"""Reads web pages: headings, paragraphs, list items, table rows; what is only run or hidden is left out."""

from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from knowledge.readers.base import Block, DocumentLimits
from knowledge.readers.text import read_text

_STYLED_AWAY = ("display:none", "display: none", "visibility:hidden", "visibility: hidden")
_UNSEEN = (
    *("script", "style", "template", "noscript", "nav", "head", "svg", "iframe", "form", "[hidden]"),
    *(f'[style*="{rule}" i]' for rule in _STYLED_AWAY),
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = (
    "p", "div", "li", "tr", "br", "section", "article", "blockquote", "pre", "ul", "ol", "table",
    "dt", "dd", "header", "footer", "main", "figcaption", "caption",
)  # fmt: skip
_BREAK, _LEVEL = "\ue000", "\ue001"  # of no character's: they stand in the text while it is taken apart


class HtmlReader:
    suffixes = (".html", ".htm")

    def read(self, path: Path, limits: DocumentLimits) -> Iterator[Block]:
        return blocks_of(read_text(path))


def blocks_of(html: str) -> Iterator[Block]:
    soup = BeautifulSoup(html.replace(_BREAK, "").replace(_LEVEL, ""), "html.parser")
    for tag in soup.select(",".join(_UNSEEN)):
        tag.decompose()
    for tag in soup.find_all(("td", "th")):
        tag.append(" | ")
    for tag in soup.find_all((*_BLOCKS, *_HEADINGS)):
        _mark(tag)
    for piece in soup.get_text().split(_BREAK):
        level, mark, text = piece.rpartition(_LEVEL)
        text = " ".join(text.split()).strip(" |")
        if text:
            yield Block(text, level=int(level) if mark else 0)


def _mark(tag: Tag) -> None:
    is_heading = tag.name in _HEADINGS
    tag.insert(0, f"{_BREAK}{tag.name[1]}{_LEVEL}" if is_heading else _BREAK)
    tag.append(_BREAK)
