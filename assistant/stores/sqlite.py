"""The journal in one SQLite file: a `Store` with one writing thread and one reading thread.

What the file guarantees is written at `journal_file.JournalFile`; how rows become columns, in `columns`.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from assistant.actions import Action, Desk, ReceiptState
from assistant.errors import StoreError
from assistant.stores import columns
from assistant.stores.batches import Batches
from assistant.stores.columns import RowT, Statement, Table
from assistant.stores.journal_file import JournalFile, connect, failure, vet_for_reading
from assistant.stores.rows import (
    AuditRecord,
    Broadcast,
    Escalation,
    EscalationState,
    Figure,
    Message,
    MessageCount,
    Receipt,
    Reply,
    Row,
)

Result = TypeVar("Result")

_OPEN_STATES = [str(state) for state in ReceiptState if not state.is_final]
_OPEN = f"state IN ({', '.join('?' * len(_OPEN_STATES))})"
_RECEIPTS_OF_BROADCAST = "reply_id IN (SELECT id FROM replies WHERE broadcast_id = ?)"
_SEEN_EVENT_IDS = """
    SELECT event_id FROM messages JOIN broadcasts ON broadcasts.id = broadcast_id
    WHERE platform = ? AND room = ? AND heard_at >= ? AND event_id <> ''
    ORDER BY heard_at, messages.id
"""
_MESSAGE_COUNTS = """
    SELECT platform, room, action, answered_by IS NOT NULL AS is_answered, state, count(*) AS messages
    FROM broadcasts JOIN messages ON messages.broadcast_id = broadcasts.id
    LEFT JOIN escalations ON escalations.id = escalation_id
    WHERE heard_at >= :since AND messages.reason <> 'own' AND coalesce(ended_at, :since) >= :since
    GROUP BY 1, 2, 3, 4, 5
"""


class SqliteStore:
    """A `Store` over the file at `path`, which is made when it does not exist.

    `read_only` opens a journal while another process writes to it: it takes no lock and changes nothing;
    `new_id`, `commit` and `note` then raise StoreError. A caller of `commit` that is cancelled cannot take
    its rows back. An instance belongs to the event loop that opened it.
    """

    def __init__(
        self, path: Path | str, *, clock: Callable[[], float] = time.time, read_only: bool = False
    ) -> None:
        self._path = Path(path)
        self._read_only = read_only
        self._file = JournalFile(self._path, clock=clock)
        self._batches: Batches[list[Statement]] = Batches(self._write)
        self._lifecycle = asyncio.Lock()
        self._is_open = False
        self._takes_rows = False
        self._last_id = 0
        self._database: Database | None = None

    async def open(self) -> None:
        """Open the file; while it is open this does nothing. Raises StoreBusy or StoreError."""
        async with self._lifecycle:
            if self._is_open:
                return
            self._writer = ThreadPoolExecutor(1, thread_name_prefix="journal-writer")
            self._reader = ThreadPoolExecutor(1, thread_name_prefix="journal-reader")
            try:
                await self._open_threads()
            except BaseException:
                await self._close_threads()
                raise
            self._is_open = True
            self._takes_rows = not self._read_only

    async def aclose(self) -> None:
        """Write what waits, then give the file back; while it is closed this does nothing."""
        async with self._lifecycle:
            if not self._is_open:
                return
            self._takes_rows = False
            await self._batches.drain()
            await self._close_threads()
            self._is_open = False

    def new_id(self) -> int:
        self._check_writable()
        self._last_id += 1
        return self._last_id

    async def commit(self, *rows: Row) -> None:
        """Returns once all before it are durable too, notes included; without rows it is just that."""
        await self._batches.put(self._statements(rows))

    def note(self, *rows: Row) -> None:
        self._batches.note(self._statements(rows))

    async def open_replies(self) -> list[Reply]:
        return await self._rows(columns.REPLIES, _OPEN, _OPEN_STATES, "created_at, id")

    async def open_escalations(self, broadcast_id: int, *, desk: Desk | None = None) -> list[Escalation]:
        where, args = "broadcast_id = ? AND state = ?", [broadcast_id, str(EscalationState.OPEN)]
        if desk is not None:
            where, args = f"{where} AND desk = ?", [*args, str(desk)]
        return await self._rows(columns.ESCALATIONS, where, args, "is_paid DESC, opened_at, id")

    async def last_broadcast(self, platform: str, room: str) -> Broadcast | None:
        where, newest = "platform = ? AND room = ?", "started_at DESC, id DESC"
        found = await self._rows(columns.BROADCASTS, where, [platform, room], newest, limit=1)
        return found[0] if found else None

    async def broadcasts(self, limit: int = 50) -> list[Broadcast]:
        return await self._rows(columns.BROADCASTS, None, [], "started_at DESC, id DESC", limit=limit)

    async def broadcast(self, broadcast_id: int) -> Broadcast | None:
        found = await self._rows(columns.BROADCASTS, "id = ?", [broadcast_id], "id")
        return found[0] if found else None

    async def message(self, message_id: int) -> Message | None:
        found = await self._rows(columns.MESSAGES, "id = ?", [message_id], "id")
        return found[0] if found else None

    async def messages(self, broadcast_id: int) -> list[Message]:
        return await self._of_broadcast(columns.MESSAGES, broadcast_id, "heard_at, id")

    async def newest_messages(self, broadcast_id: int, limit: int) -> list[Message]:
        where, newest = "broadcast_id = ?", "heard_at DESC, id DESC"
        return await self._rows(columns.MESSAGES, where, [broadcast_id], newest, limit=limit)

    async def askers_of(self, escalation_id: int) -> list[Message]:
        return await self._rows(columns.MESSAGES, "escalation_id = ?", [escalation_id], "heard_at, id")

    async def message_counts(self, *, since: float) -> list[MessageCount]:
        def read(database: Database) -> list[MessageCount]:
            return [_count(record) for record in database.query(_MESSAGE_COUNTS, {"since": since})]

        return await self._read(read)

    async def replies(self, broadcast_id: int) -> list[Reply]:
        """Oldest first."""
        return await self._of_broadcast(columns.REPLIES, broadcast_id, "created_at, id")

    async def receipts(self, broadcast_id: int) -> list[Receipt]:
        return await self._rows(columns.RECEIPTS, _RECEIPTS_OF_BROADCAST, [broadcast_id], "id")

    async def escalations(self, broadcast_id: int) -> list[Escalation]:
        """Oldest first."""
        return await self._of_broadcast(columns.ESCALATIONS, broadcast_id, "opened_at, id")

    async def figures(self, broadcast_id: int) -> list[Figure]:
        return await self._of_broadcast(columns.FIGURES, broadcast_id, "at, id")

    async def audit(self, limit: int = 200) -> list[AuditRecord]:
        return await self._rows(columns.AUDIT, None, [], "at DESC, id DESC", limit=limit)

    async def seen_event_ids(self, platform: str, room: str, *, since: float) -> Sequence[str]:
        def read(database: Database) -> list[str]:
            records = database.query(_SEEN_EVENT_IDS, [platform, room, since])
            return [record["event_id"] for record in records]

        return await self._read(read)

    async def _of_broadcast(self, table: Table[RowT], broadcast_id: int, order: str) -> list[RowT]:
        return await self._rows(table, "broadcast_id = ?", [broadcast_id], order)

    async def _rows(
        self, table: Table[RowT], where: str | None, args: list[Any], order: str, limit: int | None = None
    ) -> list[RowT]:
        def read(database: Database) -> list[RowT]:
            records = database.table(table.name).rows_where(where, args, order_by=order, limit=limit)
            return [self._row(table, record) for record in records]

        return await self._read(read)

    def _row(self, table: Table[RowT], record: dict[str, Any]) -> RowT:
        try:
            return table.row(record)
        except (KeyError, TypeError, ValueError):
            raise StoreError(
                f"{self._path}: table {table.name}, row {record.get('id')}: not a row of the journal"
            ) from None

    async def _read(self, read: Callable[[Database], Result]) -> Result:
        if not self._is_open or self._database is None:
            raise StoreError(f"{self._path}: the journal is not open")
        try:
            return await _in(self._reader, read, self._database)
        except sqlite3.Error as error:
            raise failure(self._path, error) from error

    def _statements(self, rows: Iterable[Row]) -> list[Statement]:
        self._check_writable()
        return [statement for row in rows for statement in columns.statements(row)]

    def _check_writable(self) -> None:
        if self._takes_rows:
            return
        state = "opened for reading only" if self._is_open and self._read_only else "not open"
        raise StoreError(f"{self._path}: the journal is {state}")

    async def _write(self, calls: Sequence[list[Statement]]) -> Sequence[StoreError | None]:
        return await _in(self._writer, self._file.write, calls, self._last_id)

    async def _open_threads(self) -> None:
        if not self._read_only:
            self._last_id = await _in(self._writer, self._file.open)
        await _in(self._reader, self._open_reader)

    def _open_reader(self) -> None:
        if self._read_only:
            vet_for_reading(self._path)
        try:
            self._database = Database(connect(self._path, read_only=True))
        except sqlite3.Error as error:
            raise failure(self._path, error) from error

    def _close_reader(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = None

    async def _close_threads(self) -> None:
        """The writer last: the last connection to leave folds the write-ahead log into the file."""
        await _in(self._reader, self._close_reader)
        await _in(self._writer, self._file.close, self._last_id)
        self._reader.shutdown(wait=False)
        self._writer.shutdown(wait=False)


async def _in(pool: ThreadPoolExecutor, function: Callable[..., Result], *args: Any) -> Result:
    return await asyncio.get_running_loop().run_in_executor(pool, function, *args)


def _count(record: dict[str, Any]) -> MessageCount:
    state = record["state"]
    return MessageCount(
        platform=record["platform"],
        room=record["room"],
        action=Action(record["action"]),
        is_answered=bool(record["is_answered"]),
        state=None if state is None else EscalationState(state),
        messages=record["messages"],
    )
