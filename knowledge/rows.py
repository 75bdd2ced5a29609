"""An entry as the database keeps it: a row of the table `entries`, or JSON in a draft or a version.

Whatever another program broke is named by its table and id.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from knowledge.entries import Entry
from knowledge.errors import KnowledgeStoreError
from knowledge.problems import problems_of, shown

Row = Mapping[str, Any]

_LISTS: Final = ("variants", "other_answers", "rooms")  # kept as JSON
_DEFAULTS: Final = {
    name: list(field.default) if name in _LISTS else field.default
    for name, field in Entry.model_fields.items()
    if not field.is_required()
}


def row_of(entry: Entry, *, position: int, content_hash: str, saved_at: float) -> dict[str, Any]:
    lists = {name: json.dumps(getattr(entry, name), ensure_ascii=False) for name in _LISTS}
    place = {"position": position, "content_hash": content_hash, "saved_at": saved_at}
    return entry.model_dump(mode="json") | lists | place


def entry_of(row: Row, path: object) -> Entry:
    """`path` is only named. Raises KnowledgeStoreError."""
    place = _place(path, "entries", row)
    fields = {name: row[name] for name in Entry.model_fields}
    try:
        lists = {name: json.loads(row[name]) for name in _LISTS}
        return Entry.model_validate(fields | lists | {"enabled": bool(row["enabled"])})
    except ValidationError as error:
        raise KnowledgeStoreError(str(problems_of(error, place)[0])) from None
    except (TypeError, ValueError):
        raise KnowledgeStoreError(f"{place}: {', '.join(_LISTS)} must be JSON lists") from None


def json_of(entry: Entry) -> str:
    """Without what is at its default: histories are long."""
    return entry.model_dump_json(exclude_defaults=True)


def json_of_row(row: Row) -> str:
    """The same for an entry that is kept as a row, whether or not it is still valid."""
    fields = {name: row[name] for name in Entry.model_fields}
    fields |= {name: _list_or_text(row[name]) for name in _LISTS} | {"enabled": bool(row["enabled"])}
    told = {name: value for name, value in fields.items() if _DEFAULTS.get(name, ...) != value}
    return json.dumps(told, ensure_ascii=False)


def _list_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def entry_in(row: Row, column: str, *, table: str, path: object) -> Entry | None:
    """The entry kept as JSON in a column; None where there is none. Raises KnowledgeStoreError."""
    text = row[column]
    if text is None:
        return None
    try:
        return Entry.model_validate_json(text)
    except ValidationError as error:
        problem = problems_of(error, f"{_place(path, table, row)}: {column}")[0]
        raise KnowledgeStoreError(str(problem)) from None


def _place(path: object, table: str, row: Row) -> str:
    return f"{path}: table {table}, id {shown(str(row['id']))}"
