"""JSON Lines: one entry a line, {"id": …, "category": …, "question": …, "variants": […], "answer": …}.

An entry may have every other field too: "threshold" is a number from 0 to 1, "enabled" true or false.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Never

from knowledge.entries import Entry, Problem
from knowledge.errors import FileNotWritten
from knowledge.importers.base import Importer, Language, Reading, Row, checked, fields_of
from knowledge.importers.files import text_of
from knowledge.problems import shown

_SPACE = re.compile(r"[ \t\n\r]*")
_REMEDY = 'write {"id": "…", "question": "…", "answer": "…"}'


class JsonLines:
    """UTF-8 with or without byte order mark; blank lines are skipped; lines end as on any system."""

    suffixes: tuple[str, ...] = (".jsonl", ".ndjson")

    def read(self, path: Path) -> Reading:
        return checked(str(path), _rows(path))

    def render(self, entries: Sequence[Entry], language: Language) -> bytes:
        lines = (json.dumps(fields_of(entry), ensure_ascii=False) for entry in entries)
        return "".join(f"{line}\n" for line in lines).encode()

    def named(self, path: Path, ids: Mapping[int, str]) -> bytes:
        text = text_of(path)
        if isinstance(text, Problem):
            raise FileNotWritten(str(text))
        lines = text.split("\n")
        for number, id in ids.items():
            lines[number - 1] = _with_id(lines[number - 1], id)
        mark = b"\xef\xbb\xbf" if path.read_bytes().startswith(b"\xef\xbb\xbf") else b""
        return mark + "\n".join(lines).encode()


def _rows(path: Path) -> Iterator[Row | Problem]:
    text = text_of(path)
    if isinstance(text, Problem):
        yield text
        return
    for number, line in enumerate(text.split("\n"), start=1):  # not splitlines: U+2028 may stand in a text
        if line and not line.isspace():
            yield _row(str(path), number, line)


def _row(source: str, number: int, line: str) -> Row | Problem:
    try:
        value = json.loads(line, object_pairs_hook=_fields, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        message = f"is not JSON: {error.msg.removesuffix(' at')} at column {error.colno}"
    except RecursionError:
        message = "is not JSON that holds an entry: nested too deeply"
    except ValueError as error:
        message = f"is not JSON that holds an entry: {error}"
    else:
        if isinstance(value, dict):
            return Row(number, value)
        message = "must be an object in braces"
    return Problem(source, number, "", message, shown(line), _REMEDY)


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {shown(twice)} is given twice")
    return fields


def _refuse(constant: str) -> Never:
    raise ValueError(f"{constant} is no value")


def _with_id(line: str, id: str) -> str:
    """The object's text with the id in it: in the place of an empty one, or as its first field."""
    written = json.dumps(id, ensure_ascii=False)
    for name, start, end in _values(line):
        if name == "id":
            return f"{line[:start]}{written}{line[end:]}"
    opening = line.index("{") + 1
    return f'{line[:opening]}"id": {written}, {line[opening:].lstrip()}'


def _values(line: str) -> Iterator[tuple[str, int, int]]:
    """Each field's name and where its value stands, in an object that is sound."""
    decoder = json.JSONDecoder()
    position = _after_space(line, line.index("{") + 1)
    while line[position] != "}":
        name, position = decoder.raw_decode(line, position)
        start = _after_space(line, _after_space(line, position) + 1)
        _, end = decoder.raw_decode(line, start)
        yield name, start, end
        position = _after_space(line, end)
        if line[position] == ",":
            position = _after_space(line, position + 1)


def _after_space(line: str, position: int) -> int:
    found = _SPACE.match(line, position)
    return found.end() if found else position


IMPORTER: Importer = JsonLines()
