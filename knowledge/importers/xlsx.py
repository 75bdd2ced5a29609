"""Sheets of a spreadsheet program: one sheet of an .xlsx workbook, merged cells and real dates included.

What the columns mean is in `columns`; how a workbook is opened with care, in `workbook`.
"""

import io
import zipfile
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from knowledge.entries import Entry, Problem
from knowledge.errors import FileNotWritten
from knowledge.importers import workbook
from knowledge.importers.base import Importer, Language, Reading, Row, checked
from knowledge.importers.columns import (
    COLUMNS,
    LISTS,
    MAX_COLUMNS,
    Cell,
    Header,
    Record,
    Wrong,
    as_text,
    cells_of,
    header_in,
    is_blank,
    names_in,
    neutralised,
    rows_of,
)
from knowledge.importers.sheet_xml import SheetCells, TooLarge, escaped, with_texts
from knowledge.importers.workbook import Sheet, Workbook
from knowledge.problems import shown

MAX_CELL_CHARACTERS: Final = 32_767  # Excel's own

_MOMENT_FORMAT: Final = "yyyy-mm-dd hh:mm:ss"
_FIRST_DAY: Final = datetime(1900, 3, 1)  # before it Excel counts a day that there was not
_WIDTHS: Final = {"question": 32, "variants": 36, "answer": 60, "short_answer": 28, "other_answers": 36}
_ERROR_WORDS: Final = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})


class Spreadsheet:
    """The first sheet with a question and an answer among its columns is read; a second such is a problem."""

    suffixes: tuple[str, ...] = (".xlsx",)

    def read(self, path: Path) -> Reading:
        return checked(str(path), _rows(path))

    def render(self, entries: Sequence[Entry], language: Language) -> bytes:
        return _rendered(entries, language)

    def named(self, path: Path, ids: Mapping[int, str]) -> bytes:
        if problem := workbook.refused(path):
            raise FileNotWritten(str(problem))
        try:
            with zipfile.ZipFile(path) as archive:
                return _with_ids(archive, ids)
        except (TooLarge, *workbook.BROKEN) as error:
            raise FileNotWritten(str(workbook.broken(path))) from error


def _rows(path: Path) -> Iterator[Row | Problem]:
    if problem := workbook.refused(path):
        yield problem
        return
    try:
        with zipfile.ZipFile(path) as archive:
            found = _sheets_of_questions(Workbook(archive))
    except TooLarge as error:
        yield workbook.too_large(path, str(error))
        return
    except workbook.BROKEN:
        yield workbook.broken(path)
        return
    source = str(path)
    for sheet, _ in found[1:]:
        message = f"has questions on the sheet {shown(sheet.name)!r} too; only one sheet is read"
        yield Problem(source, None, "", message, shown(sheet.name), "save each sheet as a file of its own")
    for _, cells in found[:1]:
        records, problems = _unmerged(source, cells)
        yield from problems
        yield from rows_of(source, records)


def _sheets_of_questions(book: Workbook) -> list[tuple[Sheet, SheetCells]]:
    """Those with the columns we need, or else the first that holds anything."""
    sheets = [sheet for sheet in book.sheets if not sheet.is_hidden] or book.sheets
    read = [(sheet, book.cells(sheet)) for sheet in sheets]
    named = [(sheet, cells) for sheet, cells in read if header_in(_records(cells))]
    return named or [(sheet, cells) for sheet, cells in read if cells.rows][:1]


def _records(cells: SheetCells) -> list[Record]:
    return [(row, _in_order(cells.rows[row])) for row in sorted(cells.rows)]


def _in_order(by_column: Mapping[int, Cell]) -> list[Cell]:
    return [by_column.get(column) for column in range(max(by_column, default=-1) + 1)]


def _unmerged(source: str, cells: SheetCells) -> tuple[list[Record], list[Problem]]:
    """Every row with what merged cells give it; rows under one merged question are one entry."""
    header = header_in(_records(cells))
    if header is None or not cells.merged:
        return _records(cells), []
    rows = sorted(cells.rows)
    question = header.column("question")
    problems: list[Problem] = []
    last_filled: dict[int, int] = {}
    groups: list[tuple[int, list[int]]] = []
    for block in sorted(cells.merged, key=lambda block: block.first_row):
        column = block.first_column
        begin = max(block.first_row, header.row, last_filled.get(column, 0))
        below = rows[bisect_right(rows, begin) : bisect_right(rows, block.last_row)]
        last_filled[column] = max(last_filled.get(column, 0), block.last_row)
        if block.first_row <= header.row:
            continue
        if column == question:
            groups.append((block.first_row, below))
            continue
        value = cells.rows.get(block.first_row, {}).get(column)
        for row in below:
            cells.rows[row].setdefault(column, value)
    for first, below in groups:
        problems += _join(source, header, cells, first, below)
    return _records(cells), problems


def _join(
    source: str, header: Header, cells: SheetCells, first: int, below: Sequence[int]
) -> Iterator[Problem]:
    """Puts the rows below into the first one, whose question they share."""
    entry = cells.rows.setdefault(first, {})
    for row in below:
        for column, cell in cells.rows.pop(row).items():
            field, stood = header.columns.get(column), entry.get(column)
            if is_blank(cell) or cell == stood:
                continue
            if is_blank(stood):
                entry[column] = cell
            elif field in LISTS and not isinstance(cell, Wrong) and not isinstance(stood, Wrong):
                entry[column] = f"{as_text(stood)}\n{as_text(cell)}"
            else:
                message = f"is a second one for the question of row {first}, whose cell is merged"
                remedy = "split the merged cell, or put both into one row"
                name = shown(header.names.get(column, ""))
                yield Problem(source, row, name, message, shown(as_text(cell)), remedy)


def _with_ids(archive: zipfile.ZipFile, ids: Mapping[int, str]) -> bytes:
    book = Workbook(archive)
    sheet, cells = _sheets_of_questions(book)[0]
    header = header_in(_records(cells))
    if header is None:
        raise FileNotWritten("the sheet has no header any more")
    column = header.column("id")
    texts = {row: neutralised(id) for row, id in ids.items()}
    if column is None:
        column = max(column for by_column in cells.rows.values() for column in by_column) + 1
        texts[header.row] = COLUMNS["id"][header.language]
    if column >= MAX_COLUMNS:
        raise FileNotWritten("the sheet has no room for a column of ids")
    data = with_texts(archive.read(sheet.part), texts, column)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as copy:
        for part in archive.infolist():
            copy.writestr(part, data if part.filename == sheet.part else archive.read(part))
    return out.getvalue()


def _rendered(entries: Sequence[Entry], language: Language) -> bytes:
    import openpyxl  # a third of a second, for those only who write a sheet
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    names = names_in(language)
    rows = [
        [_fitting(entry, name, cell) for name, cell in zip(names, cells_of(entry, language), strict=True)]
        for entry in entries
    ]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("FAQ")
    sheet.freeze_panes = "A2"
    for number, name in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS.get(name, 14)
    sheet.append([_styled(sheet, name, font=Font(bold=True)) for name in names])
    for row in rows:
        sheet.append([_typed(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fitting(entry: Entry, name: str, cell: str | float | datetime) -> str | float | datetime:
    """The cell as a sheet can hold it. Raises FileNotWritten when it cannot."""
    if isinstance(cell, datetime):  # with an offset, or finer than a second, it is no date of a sheet's
        return cell.isoformat(sep=" ") if cell.tzinfo or cell.microsecond or cell < _FIRST_DAY else cell
    if isinstance(cell, float):
        return cell if float(f"{cell:.15g}") == cell else repr(cell)  # the digits that a sheet keeps
    text = escaped(cell)
    if len(text) > MAX_CELL_CHARACTERS:
        limit = f"longer than a sheet's cell can hold ({MAX_CELL_CHARACTERS:,} characters)"
        raise FileNotWritten(f"entry {shown(entry.id)}: {name} is {limit}; export it to .csv")
    return text


def _typed(sheet: Any, value: str | float | datetime) -> Any:
    if isinstance(value, datetime):
        return _styled(sheet, value, number_format=_MOMENT_FORMAT)
    if value in _ERROR_WORDS:
        return _styled(sheet, value, data_type="s")
    return None if value == "" else value


def _styled(sheet: Any, value: Any, **style: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value)
    for name, setting in style.items():
        setattr(cell, name, setting)
    return cell


IMPORTER: Importer = Spreadsheet()
