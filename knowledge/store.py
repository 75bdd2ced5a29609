"""Entries kept in a SQLite file, beside whatever else is in it: the assistant's journal lives in the same.

Searching them is for `base`: what is saved here is found there once somebody loads it and builds anew.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from knowledge.database import DatabaseFile, transaction, worded
from knowledge.entries import Changes, Entry, by_id
from knowledge.errors import KnowledgeStoreError
from knowledge.problems import problems_of, shown

_Row = Mapping[str, Any]

_ALL = "SELECT * FROM entries ORDER BY position"
_LISTS = ("variants", "other_answers", "rooms")  # kept as JSON
_KEPT = "SELECT id, position, content_hash FROM entries"


class EntryStore(DatabaseFile):
    """The entries of a file."""

    def load(self) -> list[Entry]:
        """In the order in which they were first saved, or given to the last `replace`."""
        with worded(self._path):
            return [self._entry(row) for row in self._database.query(_ALL)]

    def version(self) -> int:
        """Grows at each change, and costs little: it may be asked every second."""
        with worded(self._path):
            return int(self._database.execute("SELECT version FROM knowledge_version").fetchone()[0])

    def save(self, entries: Iterable[Entry], *, replace: bool = False) -> Changes:
        """Write these over those of the same ids; with `replace`, take out all others and keep this order.

        Raises EntriesInvalid when two have the same id.
        """
        given = by_id(entries)
        with worded(self._path), transaction(self._database):
            kept = {row["id"]: row for row in self._database.query(_KEPT)}
            rows = self._rows(given.values(), {} if replace else kept)
            gone = kept.keys() - given.keys() if replace else set()
            self._write([row for row in rows if not _is_kept(row, kept.get(row["id"]))], gone)
        before = {id: row["content_hash"] for id, row in kept.items()}
        after = {row["id"]: row["content_hash"] for row in rows}
        return Changes.counted(before, after, removed=len(gone))

    def _rows(self, entries: Collection[Entry], kept: Mapping[str, _Row]) -> list[dict[str, Any]]:
        """As they are to be written: those that are kept in their places, the others behind all."""
        positions = {id: int(row["position"]) for id, row in kept.items()}
        end = max(positions.values(), default=-1) + 1
        new = [entry.id for entry in entries if entry.id not in positions]
        positions |= {id: position for position, id in enumerate(new, start=end)}
        now = self._clock()
        return [_row(entry, position=positions[entry.id], saved_at=now) for entry in entries]

    def _write(self, rows: Sequence[dict[str, Any]], gone: Collection[str]) -> None:
        self._database.table("entries").upsert_all(rows, pk="id")
        self._database.conn.executemany("DELETE FROM entries WHERE id = ?", [[id] for id in gone])
        if rows or gone:
            self._database.execute("UPDATE knowledge_version SET version = version + 1")

    def _entry(self, row: _Row) -> Entry:
        place = f"{self._path}: table entries, id {shown(str(row['id']))}"
        fields = {name: row[name] for name in Entry.model_fields}
        try:
            lists = {name: json.loads(row[name]) for name in _LISTS}
            return Entry.model_validate(fields | lists | {"enabled": bool(row["enabled"])})
        except ValidationError as error:
            raise KnowledgeStoreError(str(problems_of(error, place)[0])) from None
        except (TypeError, ValueError):
            raise KnowledgeStoreError(f"{place}: {', '.join(_LISTS)} must be JSON lists") from None


def _row(entry: Entry, *, position: int, saved_at: float) -> dict[str, Any]:
    lists = {name: json.dumps(getattr(entry, name), ensure_ascii=False) for name in _LISTS}
    place = {"position": position, "content_hash": entry.content_hash, "saved_at": saved_at}
    return entry.model_dump(mode="json") | lists | place


def _is_kept(row: _Row, kept: _Row | None) -> bool:
    return kept is not None and all(row[column] == kept[column] for column in ("position", "content_hash"))
