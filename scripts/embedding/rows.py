"""Reads a file of training text: JSON lines, a bad one named by file and line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class TrainingTextInvalid(Exception):
    """A file of training text cannot be read; the message names file and line."""


def read_rows(path: Path, *fields: str) -> Iterator[dict[str, Any]]:
    """The objects of the file, in order; each has all `fields`. Raises TrainingTextInvalid."""
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                yield _row(f"{path}:{number}", line, fields)
    except OSError as error:
        raise TrainingTextInvalid(f"{path}: {error.strerror or 'cannot be read'}") from None
    except UnicodeDecodeError:
        raise TrainingTextInvalid(f"{path}: is not UTF-8 text") from None


def _row(place: str, line: str, fields: tuple[str, ...]) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError:
        raise TrainingTextInvalid(f"{place}: is not JSON") from None
    absent = [field for field in fields if not isinstance(row, dict) or field not in row]
    if absent:
        raise TrainingTextInvalid(f"{place}: has no {', '.join(absent)}")
    assert isinstance(row, dict)  # noqa: S101 - told to mypy: all fields are there
    return row
