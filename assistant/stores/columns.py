"""The journal's rows as columns: the tables' names, how a row becomes parameters and a record a row again.

Text is made storable here and nowhere else; which rows go together is the business of `journal_file`.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, TypeVar

from assistant.actions import Action, Decision, Desk, Reason, ReceiptState
from assistant.stores.rows import (
    AuditRecord,
    Broadcast,
    Draft,
    Escalation,
    EscalationState,
    Excerpt,
    Figure,
    FigureKind,
    Message,
    Receipt,
    Reply,
    Row,
)

RowT = TypeVar("RowT")
Statement = tuple[str, tuple[Any, ...]]


def storable(text: str) -> str:
    """`text` as SQLite can hold it: a lone surrogate becomes U+FFFD, a split pair the character it is."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


@dataclasses.dataclass(frozen=True)
class Table(Generic[RowT]):
    """One table and the row it holds. `read` converts the columns that SQLite has no type for."""

    name: str
    row_type: type[RowT]
    columns: tuple[str, ...]
    read: Mapping[str, Callable[[Any], Any]]

    @cached_property
    def insert(self) -> str:
        """Replaces the row of the same id, where the table has one."""
        places = ", ".join("?" * len(self.columns))
        # Every name in it is written in this module.
        return f"INSERT OR REPLACE INTO {self.name} ({', '.join(self.columns)}) VALUES ({places})"  # noqa: S608

    @cached_property
    def attributes(self) -> Callable[[RowT], tuple[Any, ...]]:
        """Takes from a row what its columns hold."""
        return attrgetter(*self.columns)

    def values(self, row: RowT) -> tuple[Any, ...]:
        """The parameters of `insert`."""
        return tuple(map(_stored, self.attributes(row)))

    def row(self, record: Mapping[str, Any]) -> RowT:
        """Raises KeyError, TypeError or ValueError when another program wrote what is no row of ours."""
        fields = {column: record[column] for column in self.columns}
        for column, convert in self.read.items():
            fields[column] = convert(fields[column])
        return self.row_type(**fields)


class MessageTable(Table[Message]):
    """A message with its decision spread over columns, so that a query can ask for either."""

    @cached_property
    def attributes(self) -> Callable[[Message], tuple[Any, ...]]:
        return attrgetter(*_HEARD_COLUMNS, *(f"decision.{column}" for column in _DECISION_COLUMNS))

    def row(self, record: Mapping[str, Any]) -> Message:
        decision = {column: record[column] for column in _DECISION_COLUMNS}
        for column, convert in self.read.items():
            decision[column] = convert(decision[column])
        heard = {column: record[column] for column in _HEARD_COLUMNS}
        return Message(**heard | {"is_paid": bool(heard["is_paid"]), "decision": Decision(**decision)})


def _names(row_type: type[Any], *, without: str = "") -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(row_type) if field.name != without)


def _to_json(value: Any) -> str:
    return storable(_json.encode(value))


def _candidates_from_json(text: str) -> tuple[tuple[str, float], ...]:
    return tuple((str(entry), float(score)) for entry, score in json.loads(text))


def _passages_from_json(text: str) -> tuple[Excerpt, ...]:
    return tuple(
        Excerpt(str(one["text"]), str(one["source"]), float(one["score"])) for one in json.loads(text)
    )


def _draft_from_json(text: str | None) -> Draft | None:
    if text is None:
        return None
    fields = json.loads(text)
    return Draft(**fields | {"citations": tuple(map(int, fields["citations"]))})


def _reason_to_name(reason: Reason) -> str:
    """Its name: the wording is for people and may be improved without a migration."""
    return reason.name.lower()


def _reason_from_name(name: str) -> Reason:
    return Reason[name.upper()]


# Made once: json.dumps would make one for every row.
_json = json.JSONEncoder(ensure_ascii=False, default=dataclasses.asdict)


def _stored(value: Any) -> Any:
    convert = _TO_COLUMN.get(type(value))
    return value if convert is None else convert(value)


_TO_COLUMN: Mapping[type, Callable[[Any], Any]] = {
    str: storable,
    bool: int,
    tuple: _to_json,
    Draft: _to_json,
    Reason: _reason_to_name,
    Action: str,
    Desk: str,
    ReceiptState: str,
    EscalationState: str,
    FigureKind: str,
}

_HEARD_COLUMNS = _names(Message, without="decision")
_DECISION_COLUMNS = _names(Decision)

BROADCASTS = Table("broadcasts", Broadcast, _names(Broadcast), {})
MESSAGES = MessageTable(
    "messages",
    Message,
    _HEARD_COLUMNS + _DECISION_COLUMNS,
    {"action": Action, "reason": _reason_from_name, "candidates": _candidates_from_json},
)
REPLIES = Table("replies", Reply, _names(Reply), {"state": ReceiptState})
RECEIPTS = Table("receipts", Receipt, _names(Receipt), {"state": ReceiptState})
ESCALATIONS = Table(
    "escalations",
    Escalation,
    _names(Escalation),
    {
        "state": EscalationState,
        "is_paid": bool,
        "desk": Desk,
        "candidates": _candidates_from_json,
        "passages": _passages_from_json,
        "draft": _draft_from_json,
    },
)
FIGURES = Table("figures", Figure, _names(Figure), {"kind": FigureKind})
AUDIT = Table("audit", AuditRecord, _names(AuditRecord), {})

_TABLES: Mapping[type, Table[Any]] = {
    table.row_type: table for table in (BROADCASTS, MESSAGES, REPLIES, RECEIPTS, ESCALATIONS, FIGURES, AUDIT)
}
_MOVE_REPLY = "UPDATE replies SET state = ?, event_id = coalesce(nullif(?, ''), event_id) WHERE id = ?"


def statements(row: Row) -> tuple[Statement, ...]:
    """What writes `row`; each of them changes one record, or the row cannot be written."""
    table = _TABLES[type(row)]
    insert = (table.insert, table.values(row))
    if not isinstance(row, Receipt):
        return (insert,)
    return insert, (_MOVE_REPLY, (str(row.state), storable(row.event_id), row.reply_id))
