"""Sheets as text: CSV with commas, full-width commas, semicolons or tabs, in UTF-8, UTF-16 or GBK.

What the columns mean is in `columns`. Rows are counted as a spreadsheet program does, the header being 1.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from knowledge.entries import Entry, Problem
from knowledge.errors import FileNotWritten
from knowledge.importers.base import Importer, Language, Reading, Row, checked
from knowledge.importers.columns import (
    COLUMNS,
    MAX_COLUMNS,
    MAX_ROWS,
    cells_of,
    field_of,
    header_in,
    names_in,
    neutralised,
    rows_of,
)
from knowledge.importers.encodings import Text, decoded
from knowledge.problems import shown

_MAX_LINES: Final = 2_000_000  # a spreadsheet program may write a million blank ones
_DELIMITERS: Final = ",\t;，；|"
_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)  # how Excel is told
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for GBK


@dataclass(frozen=True, slots=True)
class Field:
    """A cell's value, and where it stands in the text, quotation marks included."""

    value: str
    start: int
    end: int


class CommaSeparated:
    """Written in UTF-8 with byte order mark, as Excel wants it; a cell that looks like a formula is none."""

    suffixes: tuple[str, ...] = (".csv",)

    def read(self, path: Path) -> Reading:
        return checked(str(path), _rows(path))

    def render(self, entries: Sequence[Entry], language: Language) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(names_in(language))
        for entry in entries:
            cells = cells_of(entry, language)
            writer.writerow(_moment(cell) if isinstance(cell, datetime) else cell for cell in cells)
        return _BYTE_ORDER_MARK + out.getvalue().encode()

    def named(self, path: Path, ids: Mapping[int, str]) -> bytes:
        text = decoded(path)
        if isinstance(text, Problem):
            raise FileNotWritten(str(text))
        delimiter = _delimiter(text.text)
        records = [record for record in _records(text.text, delimiter) if not isinstance(record, str)]
        return text.encoded(_with_ids(text, records, delimiter, ids))


def _moment(moment: datetime) -> str:
    exact = moment.second or moment.microsecond
    return moment.isoformat(sep=" ") if exact else moment.isoformat(sep=" ", timespec="minutes")


def _rows(path: Path) -> Iterator[Row | Problem]:
    text = decoded(path)
    if isinstance(text, Problem):
        yield text
        return
    records: list[tuple[int, list[str]]] = []
    for number, record in enumerate(_records(text.text, _delimiter(text.text)), start=1):
        if len(records) > MAX_ROWS or number > _MAX_LINES:
            remedy = "split it into several files, and delete blank rows"
            yield Problem(str(path), number, "", f"has more than {MAX_ROWS:,} rows", remedy=remedy)
            break
        if isinstance(record, str):
            remedy = "close it, and write one that belongs to the text twice"
            yield Problem(
                str(path), number, "", "has a quotation mark that is never closed", shown(record), remedy
            )
        elif any(field.value for field in record):
            records.append((number, [field.value for field in record]))
    yield from rows_of(str(path), records)


def _delimiter(text: str) -> str:
    """That which parts the header into the most columns we know."""
    if hint := _HINT.match(text):
        return hint[1]
    head = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    known = {
        delimiter: max((_known_columns(line, delimiter) for line in head), default=0)
        for delimiter in _DELIMITERS
    }
    return max(known, key=lambda delimiter: known[delimiter])  # the first of equals: the comma


def _known_columns(line: str, delimiter: str) -> int:
    return sum(field_of(name.strip('" ')) is not None for name in line.split(delimiter)[:MAX_COLUMNS])


@cache
def _cell(delimiter: str) -> re.Pattern[str]:
    """In quotation marks, or else up to the delimiter; then what ends it."""
    mark = re.escape(delimiter)
    end = rf"({mark}|\r\n|\n|\r|\Z)"
    return re.compile(rf' *"([^"]*+(?:""[^"]*+)*+)" *{end}|([^{mark}\r\n]*){end}')


def _records(text: str, delimiter: str) -> Iterator[list[Field] | str]:
    """Each row's cells; a text instead of the last when it opens a quotation mark and never closes it."""
    match = _cell(delimiter).match
    position = 0
    if hint := _HINT.match(text):
        position = hint.end()
        yield []
    record: list[Field] = []
    while position < len(text) or record:
        found = match(text, position)
        if found is None:  # never: the second form takes whatever there is
            return
        quoted, end, plain, plain_end = found.groups()
        if quoted is None:
            if plain.lstrip(" ").startswith('"') and text.find('"', text.index('"', position) + 1) < 0:
                yield plain
                return
            value, end = plain, plain_end
        else:
            value = quoted.replace('""', '"') if '""' in quoted else quoted
        if len(record) < MAX_COLUMNS:
            record.append(Field(value, position, found.end() - len(end)))
        position = found.end()
        if end != delimiter:
            yield record
            record = []
            if not end:
                return


def _with_ids(text: Text, records: Sequence[Sequence[Field]], delimiter: str, ids: Mapping[int, str]) -> str:
    """The text with the ids in their column's empty cells, or in a new first column."""
    header = header_in((number, [f.value for f in record]) for number, record in enumerate(records, start=1))
    if header is None:
        raise FileNotWritten("the file has no header any more")
    column = header.column("id")
    pieces, done = [], 0
    for number, record in enumerate(records, start=1):
        if column is None:
            if not any(field.value.strip() for field in record) or number < header.row:
                continue
            name = COLUMNS["id"][header.language] if number == header.row else ids.get(number, "")
            start = end = record[0].start
            piece = _quoted(name, delimiter) + delimiter
        elif number not in ids:
            continue
        elif column < len(record):
            start, end = record[column].start, record[column].end
            piece = _quoted(ids[number], delimiter)
        else:
            start = end = record[-1].end
            piece = delimiter * (column + 1 - len(record)) + _quoted(ids[number], delimiter)
        pieces += [text.text[done:start], piece]
        done = end
    return "".join([*pieces, text.text[done:]])


def _quoted(id: str, delimiter: str) -> str:
    id = neutralised(id)
    return '"' + id.replace('"', '""') + '"' if delimiter in id or '"' in id else id


IMPORTER: Importer = CommaSeparated()
