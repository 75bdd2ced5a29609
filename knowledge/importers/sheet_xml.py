"""The parts of a workbook that are long: its texts and its sheets, read as they come, cell by cell.

Where they are in the file, and whether it is one to open, is for `workbook`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.cell import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import from_excel

from knowledge.importers.columns import MAX_COLUMNS, MAX_ROWS, Cell, Percent, Wrong

MAX_STRINGS: Final = 2_000_000

_CELL_NAME = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class TooLarge(Exception):
    """More than a sheet of questions can need; the message names the limit."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A block of merged cells: rows from 1, columns from 0, both ends inclusive."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(slots=True)
class SheetCells:
    """What a sheet holds: by row, by column from 0; blank cells are absent."""

    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[Merged] = field(default_factory=list)


class _XmlReader:
    """Calls `begin` and `end` with names without their prefix."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = lambda name, about: self.begin(name.rpartition(":")[2], about)
        self._parser.EndElementHandler = lambda name: self.end(name.rpartition(":")[2])
        self._parser.CharacterDataHandler = self._text_came
        self._keeps_text = False
        self._text: list[str] = []

    def read(self, chunks: Iterator[bytes]) -> None:
        for chunk in chunks:
            self._parser.Parse(chunk, False)
        self._parser.Parse(b"", True)

    def _text_came(self, text: str) -> None:
        if self._keeps_text:
            self._text.append(text)

    def _taken(self) -> str:
        text = "".join(self._text)
        self._text.clear()
        return text

    def begin(self, name: str, about: Mapping[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        raise NotImplementedError


class StringReader(_XmlReader):
    """The texts that cells refer to by number; how they are pronounced (`rPh`) is no part of them."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self._is_phonetic = False

    def begin(self, name: str, about: Mapping[str, str]) -> None:
        if name == "rPh":
            self._is_phonetic = True
        self._keeps_text = name == "t" and not self._is_phonetic

    def end(self, name: str) -> None:
        self._keeps_text = False
        if name == "rPh":
            self._is_phonetic = False
        elif name == "si":
            self.strings.append(_unescaped(self._taken()))
            if len(self.strings) > MAX_STRINGS:
                raise TooLarge(f"has more than {MAX_STRINGS:,} texts")


class SheetReader(_XmlReader):
    def __init__(self, strings: list[str], formats: list[str], epoch: datetime) -> None:
        super().__init__()
        self.found = SheetCells()
        self._strings = strings
        self._kinds = [_Kind.of(code) for code in formats]
        self._epoch = epoch
        self._row = self._column = 0
        self._about: Mapping[str, str] = {}
        self._has_formula = False
        self._is_phonetic = False
        self._cells: dict[int, Cell] = {}

    def begin(self, name: str, about: Mapping[str, str]) -> None:
        if name == "c":
            self._about, self._has_formula = about, False
            place = _CELL_NAME.fullmatch(about.get("r", ""))
            self._column = column_index_from_string(place[1]) - 1 if place else self._column + 1
        elif name in ("v", "t"):
            self._keeps_text = not self._is_phonetic
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            self._row = int(about.get("r", self._row + 1))
            self._column, self._cells = -1, {}
        elif name == "rPh":
            self._is_phonetic = True
        elif name == "mergeCell" and (block := _RANGE.fullmatch(about.get("ref", ""))):
            self._merge(*block.groups())

    def end(self, name: str) -> None:
        if name == "c":
            text = self._taken()
            if self._column < MAX_COLUMNS and (cell := self._cell(text)) is not None:
                self._cells[self._column] = cell
        elif name in ("v", "t"):
            self._keeps_text = False
        elif name == "row" and self._cells:
            self.found.rows[self._row] = self._cells
            if len(self.found.rows) > MAX_ROWS:
                raise TooLarge(f"has more than {MAX_ROWS:,} rows")
        elif name == "rPh":
            self._is_phonetic = False

    def _merge(self, first_column: str, first_row: str, last_column: str, last_row: str) -> None:
        if len(self.found.merged) >= MAX_ROWS:
            raise TooLarge(f"has more than {MAX_ROWS:,} merged cells")
        self.found.merged.append(
            Merged(
                int(first_row),
                int(last_row),
                column_index_from_string(first_column) - 1,
                column_index_from_string(last_column) - 1,
            )
        )

    def _cell(self, text: str) -> Cell:
        kind = self._about.get("t", "n")
        if kind == "e":
            return Wrong(f"is the error {text[:20]}", "mend the formula, or write the value", text)
        if kind in ("str", "inlineStr"):
            return _unescaped(text) or None
        if not text:
            return _NO_RESULT if self._has_formula else None
        if kind == "s":
            return self._strings[int(text)] or None
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "d":
            return datetime.fromisoformat(text)
        style = int(self._about.get("s", 0))
        return _number(text, self._kinds[style] if style < len(self._kinds) else _Kind.NUMBER, self._epoch)


_NO_RESULT: Final = Wrong(
    "is a formula without a result", "save it in the spreadsheet program, or write the value", "="
)


class _Kind:
    """What the format of a number says that it is."""

    NUMBER, PERCENT, DAY, MOMENT = range(4)

    @staticmethod
    def of(code: str) -> int:
        if is_date_format(code):
            return _Kind.MOMENT if re.search(r"[hs]", re.sub(r'"[^"]*"|\[[^\]]*\]', "", code)) else _Kind.DAY
        return _Kind.PERCENT if "%" in re.sub(r'"[^"]*"', "", code) else _Kind.NUMBER


def _number(text: str, kind: int, epoch: datetime) -> Cell:
    value = float(text)
    if kind == _Kind.NUMBER:
        return value
    if kind == _Kind.PERCENT:
        return Percent(value)
    try:
        moment = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return Wrong("is no day of the calendar", "write it like 2026-11-11 20:00", text)
    if isinstance(moment, datetime):
        moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)  # days are fractions
        is_day = kind == _Kind.DAY and value == int(value)
        return moment.date() if is_day else moment
    return moment if isinstance(moment, date) else Wrong("is a time without a day", "write the day too", text)


class _Places(_XmlReader):
    """Where the cells of some rows stand in a sheet's bytes."""

    def __init__(self, data: bytes, texts: Mapping[int, str], column: int) -> None:
        super().__init__()
        self.edits: list[tuple[int, int, bytes]] = []  # from, to, what stands there then
        self._data = data
        self._texts = texts
        self._column = column
        self._row = self._at = 0
        self._cell: tuple[int, Mapping[str, str]] | None = None
        self._is_done = False

    def begin(self, name: str, about: Mapping[str, str]) -> None:
        if name == "row":
            self._row = int(about.get("r", self._row + 1))
            self._at, self._is_done = -1, self._row not in self._texts
        elif name == "c" and not self._is_done:
            place = _CELL_NAME.fullmatch(about.get("r", ""))
            self._at = column_index_from_string(place[1]) - 1 if place else self._at + 1
            start = self._parser.CurrentByteIndex
            if self._at == self._column:
                self._cell = start, about
            elif self._at > self._column:
                self._put(start, start, {})

    def end(self, name: str) -> None:
        if name == "c" and self._cell:
            start, about = self._cell
            self._cell = None
            self._put(start, self._data.index(b">", self._parser.CurrentByteIndex) + 1, about)
        elif name == "row" and not self._is_done:
            start = self._parser.CurrentByteIndex
            self._put(start, start, {})

    def _put(self, start: int, end: int, about: Mapping[str, str]) -> None:
        name = f"{get_column_letter(self._column + 1)}{self._row}"
        style = f' s="{about["s"]}"' if "s" in about else ""
        text = escape(escaped(self._texts[self._row]))
        cell = f'<c r="{name}"{style} t="inlineStr"><is><t>{text}</t></is></c>'
        self.edits.append((start, end, cell.encode()))
        self._is_done = True


def with_texts(data: bytes, texts: Mapping[int, str], column: int) -> bytes:
    """A sheet's XML with these texts in the cells of a column, by row; everything else as it was."""
    places = _Places(data, texts, column)
    places.read(iter([data]))
    pieces, done = [], 0
    for start, end, cell in places.edits:
        pieces += [data[done:start], cell]
        done = end
    return b"".join([*pieces, data[done:]])


def escaped(text: str) -> str:
    """A text as a cell holds it: what XML cannot hold, or would change, by its number."""
    text = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)
    return re.sub("[\r\ufffe\uffff]", lambda found: f"_x{ord(found[0]):04X}_", text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
