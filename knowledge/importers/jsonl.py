"""JSON Lines: one entry a line, {"id": …, "category": …, "question": …, "variants": […], "answer": …}.

An entry may have a "threshold" too, a number from 0 to 1.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Never

from knowledge.entries import Entry, Problem
from knowledge.importers.base import Importer, Row, checked, text_of
from knowledge.problems import shown


class JsonLines:
    """UTF-8 with or without byte order mark; blank lines are skipped; lines end as on any system."""

    suffixes: tuple[str, ...] = (".jsonl", ".ndjson")

    def read(self, path: Path) -> tuple[list[Entry], list[Problem]]:
        return checked(str(path), _rows(path))


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
        return Problem(
            source, number, "", f"is not JSON: {error.msg.removesuffix(' at')} at column {error.colno}"
        )
    except RecursionError:
        return Problem(source, number, "", "is not JSON that holds an entry: nested too deeply")
    except ValueError as error:
        return Problem(source, number, "", f"is not JSON that holds an entry: {error}")
    if not isinstance(value, dict):
        return Problem(source, number, "", "must be an object in braces")
    return Row(number, value)


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {shown(twice)} is given twice")
    return fields


def _refuse(constant: str) -> Never:
    raise ValueError(f"{constant} is no value")


IMPORTER: Importer = JsonLines()
