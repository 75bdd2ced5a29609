"""People, sessions and tokens in the SQLite file that the journal and the entries are in.

Versions are kept in `console_migrations`; nothing outside the tables made here is touched. Secrets are there
as hashes only. `AccessFile` blocks and belongs to the thread that opened it; `AccessThread` is for an event
loop.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlite_utils import Database

from assistant.console.access.roles import Role
from assistant.errors import StoreError
from knowledge.database import APPLICATION_ID, is_foreign, transaction

_BUSY_SECONDS = 10.0
_VERSIONS_TABLE = "console_migrations"


@dataclass(frozen=True, slots=True)
class Person:
    """`password` is a hash; a one-time password opens nothing but the page that changes it."""

    name: str
    role: Role
    password: str
    must_change_password: bool
    is_enabled: bool
    made_at: float


@dataclass(frozen=True, slots=True)
class Session:
    """`hash` is of the cookie's value."""

    hash: str
    name: str
    address: str
    began_at: float
    seen_at: float


@dataclass(frozen=True, slots=True)
class Token:
    """`hash` is of what its owner was shown once. A token of role OVERLAY opens the overlay only."""

    hash: str
    name: str
    role: Role
    made_by: str
    made_at: float


Row = Person | Session | Token
Result = TypeVar("Result")
RowT = TypeVar("RowT", Person, Session, Token)
_TABLES: dict[type[Row], tuple[str, str]] = {
    Person: ("console_people", "name"),
    Session: ("console_sessions", "hash"),
    Token: ("console_tokens", "hash"),
}


class AccessFile:
    """Open for as long as it is used. Raises StoreError when the database cannot do it."""

    def __init__(self, path: Path, *, clock: Callable[[], float]) -> None:
        self._path = path
        with self._worded():
            if is_foreign(path):
                raise StoreError(f"{path}: is the database of another program")
            self._database = Database(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None))
            try:
                _migrate(self._database, path, now=clock())
            except BaseException:
                self._database.close()
                raise

    def close(self) -> None:
        self._database.close()

    def read(self, kind: type[RowT]) -> list[RowT]:
        table, key = _TABLES[kind]
        with self._worded():
            records = self._database.query(f"SELECT * FROM {table} ORDER BY {key}")  # noqa: S608 - ours
            return [_row(kind, record) for record in records]

    def save(self, *rows: Row) -> None:
        """Those of the same key are replaced."""
        with self._worded(), transaction(self._database):
            for row in rows:
                table, key = _TABLES[type(row)]
                self._database.table(table).upsert(_record(row), pk=key)

    def touch(self, sessions: Iterable[Session]) -> None:
        """When they were last used; one that was ended meanwhile stays so."""
        with self._worded(), transaction(self._database):
            self._database.conn.executemany(
                "UPDATE console_sessions SET seen_at = ? WHERE hash = ?",
                [(session.seen_at, session.hash) for session in sessions],
            )

    def remove(self, kind: type[Row], keys: Iterable[str]) -> None:
        table, key = _TABLES[kind]
        with self._worded(), transaction(self._database):
            self._database.conn.executemany(f"DELETE FROM {table} WHERE {key} = ?", [(one,) for one in keys])  # noqa: S608

    def probe(self) -> None:
        """Write something, to see that it can be done."""
        with self._worded(), transaction(self._database):
            self._database.execute("UPDATE console_probe SET written = written + 1")

    def read_all(self) -> tuple[list[Person], list[Session], list[Token]]:
        return self.read(Person), self.read(Session), self.read(Token)

    def _worded(self) -> "_Worded":
        return _Worded(self._path)


class AccessThread:
    """An `AccessFile` in a thread of its own: what its methods are called there, to be awaited."""

    def __init__(self, path: Path, *, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock

    async def open(self) -> None:
        """Raises StoreError."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="console-access")
        try:
            self._file = await self._call(partial(AccessFile, self._path, clock=self._clock))
        except BaseException:
            self._thread.shutdown()
            raise

    async def aclose(self) -> None:
        await self._call(self._file.close)
        self._thread.shutdown()

    async def read_all(self) -> tuple[list[Person], list[Session], list[Token]]:
        return await self._call(self._file.read_all)

    async def save(self, *rows: Row) -> None:
        await self._call(partial(self._file.save, *rows))

    async def touch(self, sessions: Iterable[Session]) -> None:
        await self._call(partial(self._file.touch, sessions))

    async def remove(self, kind: type[Row], keys: Iterable[str]) -> None:
        await self._call(partial(self._file.remove, kind, keys))

    async def probe(self) -> None:
        await self._call(self._file.probe)

    async def _call(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


@dataclass(frozen=True, slots=True)
class _Worded:
    path: Path

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> Literal[False]:
        if isinstance(error, sqlite3.Error):
            raise StoreError(f"{self.path}: {error}") from error
        return False


def _record(row: Row) -> dict[str, Any]:
    record = {field.name: getattr(row, field.name) for field in fields(row)}
    return {name: str(value) if isinstance(value, Role) else value for name, value in record.items()}


def _row(kind: type[RowT], record: dict[str, Any]) -> RowT:
    casts: dict[Any, Callable[[Any], Any]] = {Role: Role, bool: bool}
    return kind(**{f.name: casts.get(f.type, _same)(record[f.name]) for f in fields(kind)})


def _same(value: Any) -> Any:
    return value


def _migrate(database: Database, path: Path, *, now: float) -> None:
    version = _version(database)
    if version > len(_MIGRATIONS):
        raise StoreError(f"{path}: written by a newer version of the assistant; update it first")
    if version == len(_MIGRATIONS):
        return
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for number, migration in enumerate(_MIGRATIONS, start=1):
        with transaction(database):
            if _version(database) < number:
                migration(database)
                database.table(_VERSIONS_TABLE).insert({"version": number, "applied_at": now}, pk="version")


def _version(database: Database) -> int:
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [_VERSIONS_TABLE]).fetchone():
        return 0
    return int(database.execute("SELECT coalesce(max(version), 0) FROM console_migrations").fetchone()[0])


def _first_tables(database: Database) -> None:
    people = {
        "name": str,
        "role": str,
        "password": str,
        "must_change_password": int,
        "is_enabled": int,
        "made_at": float,
    }
    sessions = {"hash": str, "name": str, "address": str, "began_at": float, "seen_at": float}
    tokens = {"hash": str, "name": str, "role": str, "made_by": str, "made_at": float}
    database.table("console_people").create(people, pk="name", not_null=set(people))
    database.table("console_sessions").create(sessions, pk="hash", not_null=set(sessions))
    database.table("console_tokens").create(tokens, pk="hash", not_null=set(tokens))
    database.table("console_probe").create({"id": int, "written": int}, pk="id", not_null={"written"})
    database.table("console_probe").insert({"id": 1, "written": 0})


_MIGRATIONS: tuple[Callable[[Database], None], ...] = (_first_tables,)
"""Version by version, each one transaction; what is published is never edited."""
