"""What an importer must do, and the checks that all of them share: every bad row is reported at once.

Which importers there are is for the package; how a file is cut into rows, for each of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import ValidationError

from knowledge.entries import Entry, Problem
from knowledge.problems import problems_of, shown
from knowledge.text import fold

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
MAX_PROBLEMS: Final = 1_000  # whoever gave the wrong file need not read more

_BYTE_ORDER_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class Importer(Protocol):
    """Reads the entries out of one kind of file.

    `suffixes` are in lower case, with the dot. `read` reads the whole file and returns the sound entries in
    the order of the file and a Problem for everything wrong, never raising for what is in the file or for a
    file that cannot be read. Without problems the entries are all that the file holds; a file without
    entries is a problem.
    """

    suffixes: tuple[str, ...]

    def read(self, path: Path) -> tuple[list[Entry], list[Problem]]: ...


@dataclass(frozen=True, slots=True)
class Row:
    """An entry's fields as the file has them, not checked yet. Lines count from 1."""

    line: int
    fields: Mapping[str, Any]


def checked(source: str, rows: Iterable[Row | Problem]) -> tuple[list[Entry], list[Problem]]:
    """The entries in `rows`, and all that is wrong with them."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    lines_by_id: dict[str, int] = {}
    for row in rows:
        found = [row] if isinstance(row, Problem) else _check(source, row, lines_by_id)
        if isinstance(found, Entry):
            entries.append(found)
        else:
            problems += found
        if len(problems) >= MAX_PROBLEMS:
            problems.append(
                Problem(source, None, "", f"has over {MAX_PROBLEMS:,} problems; the rest is unread")
            )
            break
    if not entries and not problems:
        problems.append(Problem(source, None, "", "holds no entries"))
    return entries, problems


def _check(source: str, row: Row, lines_by_id: dict[str, int]) -> Entry | list[Problem]:
    problems = list(_repeated_id(source, row, lines_by_id))
    try:
        entry = Entry.model_validate(row.fields)
    except ValidationError as error:
        return problems + problems_of(error, source, row.line)
    if not fold(entry.question):
        problems.append(Problem(source, row.line, "question", "has no word in it that could be asked"))
    return problems or entry


def _repeated_id(source: str, row: Row, lines_by_id: dict[str, int]) -> Iterator[Problem]:
    """Rows that are wrong otherwise count too: mending them must not bring up the next mistake."""
    id = row.fields.get("id")
    if not isinstance(id, str) or not id:
        return
    if (first := lines_by_id.setdefault(id, row.line)) != row.line:
        yield Problem(source, row.line, "id", f"{shown(id)!r} is already the id on line {first}")


def text_of(path: Path) -> str | Problem:
    """The file's text without byte order mark, or why it cannot be had."""
    source = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        return Problem(source, None, "", f"cannot be read: {error.strerror}")
    if len(data) > MAX_FILE_BYTES:
        return Problem(source, None, "", f"is larger than {MAX_FILE_BYTES // 2**20} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _not_utf8(source, data, error.start)


def _not_utf8(source: str, data: bytes, position: int) -> Problem:
    if encoding := _BYTE_ORDER_MARKS.get(data[:2]):
        return Problem(source, None, "", f"is {encoding} text; save it as UTF-8")
    line = data.count(b"\n", 0, position) + 1
    return Problem(source, line, "", f"is not UTF-8 text (byte 0x{data[position]:02X}); save it as UTF-8")
