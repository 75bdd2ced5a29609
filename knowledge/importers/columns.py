"""The columns of a sheet: their names in both languages, what a cell may say, and what is written into one.

How a file is cut into records of cells is for `csv` and `xlsx`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final

from knowledge.entries import Entry, Problem
from knowledge.importers.base import Language, Row
from knowledge.problems import shown, unknown_name

MAX_COLUMNS: Final = 256
MAX_ROWS: Final = 200_000
COLUMNS: Final[Mapping[str, Mapping[Language, str]]] = {
    "id": {"en": "id", "zh": "编号"},
    "category": {"en": "category", "zh": "分类"},
    "question": {"en": "question", "zh": "问题"},
    "variants": {"en": "variants", "zh": "其他问法"},
    "answer": {"en": "answer", "zh": "答案"},
    "short_answer": {"en": "short_answer", "zh": "短答案"},
    "other_answers": {"en": "other_answers", "zh": "其他答案"},
    "rooms": {"en": "rooms", "zh": "直播间"},
    "valid_from": {"en": "valid_from", "zh": "生效时间"},
    "valid_until": {"en": "valid_until", "zh": "失效时间"},
    "enabled": {"en": "enabled", "zh": "启用"},
    "threshold": {"en": "threshold", "zh": "阈值"},
    "note": {"en": "note", "zh": "备注"},
}
_SYNONYMS: Final[Mapping[str, str]] = {
    "id": "key 编码 问题编号 知识编号",
    "category": "类别 类目 分组 类型 问题分类 group",
    "question": "标准问题 标准问 标准问法 提问 问 questions q",
    "variants": "variant 相似问法 相似问 相似问题 其它问法 扩展问法 扩展问 同义问法 别的问法",
    "answer": "回答 答复 回复 标准答案 答 answers a",
    "short_answer": "简短答案 简答 短回答 简短回答",
    "other_answers": "otheranswer 其它答案 其他回答 其它回答 备选答案",
    "rooms": "room 房间 房间号 直播间号 适用直播间",
    "valid_from": "start startsat 开始时间 生效日期 开始日期 有效期开始",
    "valid_until": "validto end endsat expires 结束时间 失效日期 结束日期 到期时间 截止时间 有效期至",
    "enabled": "active 是否启用 启用状态",
    "threshold": "置信度阈值 置信度",
    "note": "notes remark remarks comment 注释 说明",
}
_YES: Final = frozenset({"true", "yes", "y", "1", "on", "是", "启用", "开", "有效", "对", "√", "✓", "✔"})
_NO: Final = frozenset({"false", "no", "n", "0", "off", "否", "停用", "禁用", "关", "无效", "×", "✗", "x"})
_TRUTH_WORDS: Final[Mapping[Language, tuple[str, str]]] = {"en": ("no", "yes"), "zh": ("否", "是")}
_SEPARATORS: Final[Mapping[str, str]] = {
    "variants": "\n\r;；|｜",
    "other_answers": "\n\r",  # a sentence may hold all the others
    "rooms": "\n\r;；|｜,，、 ",
}
LISTS: Final = frozenset(_SEPARATORS)
"""The fields of which a cell holds several."""
_ITEMS = {
    name: re.compile(
        rf'[ \t]*(?:"([^"]*+(?:""[^"]*+)*+)"[ \t]*|([^{re.escape(marks)}]*))(?:[{re.escape(marks)}]|\Z)'
    )
    for name, marks in _SEPARATORS.items()
}
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[\sT]*(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*分?)?(?::?\s*(\d{1,2})\s*秒?)?)?"
)
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")
_MAX_NAME_CHARACTERS: Final = 100
_MAX_DATE_CHARACTERS: Final = 60
_ROWS_BEFORE_HEADER: Final = 20  # a title, a line of instructions

_Plain = str | float | bool | datetime | date | time | None


class Percent(float):
    """A number that a sheet shows in hundredths."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What stands in a cell that cannot be taken."""

    message: str
    remedy: str
    value: str = ""


_NAMELESS: Final = Wrong(
    "stands in a column without a name", "name the column, or put a text that holds commas in quotation marks"
)
Cell = _Plain | Wrong
Record = tuple[int, Sequence[Cell]]
"""A row's number, and what is in its cells from the first column on."""


@dataclass(frozen=True, slots=True)
class Header:
    """Which column holds which field, from 0, and what the sheet calls it."""

    row: int
    columns: Mapping[int, str]
    names: Mapping[int, str]

    def column(self, field: str) -> int | None:
        return next((column for column, name in self.columns.items() if name == field), None)

    @property
    def language(self) -> Language:
        return "en" if all(name.isascii() for name in self.names.values()) else "zh"


def field_of(name: str) -> str | None:
    """The field that a column of this name holds, in either language, however it is written."""
    return _FIELDS.get(_plain(name))


def _plain(name: str) -> str:
    bare = re.sub(
        r"[(\[【].*?[)\]】]", "", unicodedata.normalize("NFKC", name[:_MAX_NAME_CHARACTERS]).lower()
    )
    return re.sub(r"[\s_\-*:\ufeff]", "", bare)


_FIELDS: Final[Mapping[str, str]] = {
    _plain(name): field
    for field, names in COLUMNS.items()
    for name in (*names.values(), *_SYNONYMS[field].split())
}


def header_in(records: Iterable[Record]) -> Header | None:
    """The first row that names a column for the question and one for the answer."""
    seen = 0
    for row, cells in records:
        names = {column: as_text(cell) for column, cell in enumerate(cells) if not is_blank(cell)}
        columns = {column: field for column, name in names.items() if (field := field_of(name))}
        if {"question", "answer"} <= set(columns.values()):
            return Header(row, columns, names)
        seen += bool(names)
        if seen >= _ROWS_BEFORE_HEADER:
            break
    return None


def rows_of(source: str, records: Sequence[Record]) -> Iterator[Row | Problem]:
    """The rows below the header, blank ones left out, and what is wrong with the columns."""
    header = header_in(records)
    if header is None:
        if any(not is_blank(cell) for _, cells in records for cell in cells):
            yield _no_header(source, records)
        return
    yield from _wrong_columns(source, header)
    columns = _Columns(header)
    for row, cells in records:
        if row <= header.row or all(is_blank(cell) for cell in cells) or _is_header_again(header, cells):
            continue
        yield _row(source, columns, row, cells)


def _no_header(source: str, records: Sequence[Record]) -> Problem:
    row, cells = next((row, cells) for row, cells in records if any(not is_blank(cell) for cell in cells))
    found = shown(", ".join(as_text(cell) for cell in cells[:MAX_COLUMNS] if not is_blank(cell)))
    return Problem(
        source,
        row,
        "",
        "has no row that names the columns, with one for the question and one for the answer",
        found,
        "write into the first row: id, question, answer (or 编号, 问题, 答案)",
    )


def _wrong_columns(source: str, header: Header) -> Iterator[Problem]:
    taken: dict[str, str] = {}
    for column, name in header.names.items():
        field = header.columns.get(column)
        if field is None:
            known = tuple(names[header.language] for names in COLUMNS.values())
            yield replace(unknown_name(name, known, "column", source, header.row), spoils_all=True)
        elif field in taken:
            message = f"is the same column as {shown(taken[field])}"
            remedy = "delete one of the two, or put them into one"
            yield Problem(source, header.row, shown(name), message, shown(name), remedy, spoils_all=True)
        taken.setdefault(field or "", name)


def _is_header_again(header: Header, cells: Sequence[Cell]) -> bool:
    """Sheets that were copied together bring theirs along."""
    names = {header.column("question"), header.column("answer")}
    return all(
        column is not None and cells[column : column + 1] == [header.names[column]] for column in names
    )


def _row(source: str, columns: "_Columns", row: int, cells: Sequence[Cell]) -> Row:
    fields: dict[str, Any] = {}
    problems = []
    for column, cell in enumerate(cells):
        if is_blank(cell) or columns.is_known_as_wrong(column):
            continue
        field = columns.fields.get(column)
        value = parsed(field, restored(cell) if isinstance(cell, str) else cell) if field else _NAMELESS
        if isinstance(value, Wrong):
            called = columns.called.get(field or "", f"column {column + 1}")
            stood = shown(value.value or as_text(cell))
            problems.append(Problem(source, row, called, value.message, stood, value.remedy))
        elif field and value not in ("", []):
            fields[field] = value
    return Row(row, fields, columns.called, tuple(problems))


class _Columns:
    """A header, made ready for many rows."""

    def __init__(self, header: Header) -> None:
        self._named = frozenset(header.names)
        first = {field: column for column, field in reversed(list(header.columns.items()))}
        self.fields = {column: field for field, column in first.items()}
        self.called = {field: shown(header.names[column]) for field, column in first.items()}

    def is_known_as_wrong(self, column: int) -> bool:
        """What the header was blamed for is not said again of each row."""
        return column in self._named and column not in self.fields


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def as_text(cell: Cell) -> str:
    """What a person reads in the cell."""
    if isinstance(cell, str):
        return cell
    if cell is None or isinstance(cell, Wrong):
        return "" if cell is None else cell.value
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Percent):
        return f"{cell * 100:.12g}%"
    if isinstance(cell, int | float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.15g}"
    return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()


def parsed(field: str, cell: Cell) -> Any:
    """What the cell says, as an Entry wants it; or Wrong."""
    if isinstance(cell, Wrong):
        return cell
    if parse := _PARSERS.get(field):
        return parse(cell)
    if field in _SEPARATORS:
        return split(field, as_text(cell))
    return as_text(cell).strip()


def _truth(cell: _Plain) -> bool | Wrong:
    word = unicodedata.normalize("NFKC", as_text(cell)).strip().lower()
    if word in _YES | _NO:
        return word in _YES
    return Wrong("is neither yes nor no", "write yes or no (是 or 否)")


def _probability(cell: _Plain) -> float | Wrong:
    if isinstance(cell, float):
        return float(cell)
    text = unicodedata.normalize("NFKC", as_text(cell)).strip()
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return Wrong("is no number from 0 to 1", "write it like 0.9 or 90%")


def _moment(cell: _Plain) -> str | datetime | Wrong:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return cell.isoformat()
    if not isinstance(cell, str):
        return Wrong("is no date and time, as in 2026-11-11 20:00", "write it like 2026-11-11 20:00")
    text = unicodedata.normalize("NFKC", cell).strip()
    if len(text) > _MAX_DATE_CHARACTERS or not (found := _DATE.fullmatch(text)):
        return text
    year, month, day, hour, *smaller = found.groups()
    clock = f" {hour:0>2}:" + ":".join(f"{part or 0:0>2}" for part in smaller) if hour else ""
    return f"{year}-{month:0>2}-{day:0>2}{clock}"


_PARSERS: Final = {
    "enabled": _truth,
    "threshold": _probability,
    "valid_from": _moment,
    "valid_until": _moment,
}


def split(field: str, text: str) -> list[str]:
    """The texts in a cell that holds several; one in quotation marks may hold the separators too."""
    found = _ITEMS[field].finditer(text)
    items = (item[1].replace('""', '"') if item[1] is not None else item[2] for item in found)
    return [item.strip() for item in items if item.strip()]


def joined(field: str, texts: Iterable[str]) -> str:
    """One a line, so that `split` gives the same."""
    marks = _SEPARATORS[field]
    quoted = (
        '"' + text.replace('"', '""') + '"' if text.startswith('"') or any(m in text for m in marks) else text
        for text in texts
    )
    return "\n".join(quoted)


def neutralised(text: str) -> str:
    """The text so that no spreadsheet program takes it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    return text[1:] if _NEUTRALISED.match(text) else text


def names_in(language: Language) -> list[str]:
    return [names[language] for names in COLUMNS.values()]


def truth_word(value: bool, language: Language) -> str:
    return _TRUTH_WORDS[language][value]


def cells_of(entry: Entry, language: Language) -> list[str | float | datetime]:
    """An entry's cells in the order of COLUMNS; the empty ones are empty texts."""
    return [_cell(field, getattr(entry, field), language) for field in COLUMNS]


def _cell(field: str, value: Any, language: Language) -> str | float | datetime:
    if value is None:
        return ""
    if field in _SEPARATORS:
        return neutralised(joined(field, value))
    if isinstance(value, bool):
        return truth_word(value, language)
    return neutralised(value) if isinstance(value, str) else value
