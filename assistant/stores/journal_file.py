"""The journal's file as the writing thread holds it: vetted, locked, migrated, written in transactions.

Everything here blocks and belongs to one thread; `sqlite` brings it to the event loop.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import StoreBusy, StoreError
from assistant.stores import migrations
from assistant.stores.columns import Statement
from knowledge.database import APPLICATION_ID, is_foreign

_BUSY_SECONDS = 10.0  # how long another program may hold the file for a write of its own
_RESERVED_IDS = 10_000
_CHECKED_BYTES = 256 * 1024 * 1024  # above, checking every page would delay the start by seconds
_GREATEST_ID = """
    SELECT max(id) FROM (
        SELECT max(id) AS id FROM broadcasts UNION ALL SELECT max(id) FROM messages
        UNION ALL SELECT max(id) FROM replies UNION ALL SELECT max(id) FROM escalations
        UNION ALL SELECT max(reserved) FROM journal_ids)
"""


class JournalFile:
    """One open database file. A kill of the process costs nothing that `write` has returned for.

    The file is in WAL mode with synchronous=NORMAL: the operating system has every committed row, and a
    power cut may take back the last transactions (those since the last checkpoint, at most about 4 MB) but
    never breaks the file or tears a transaction.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._closers = ExitStack()
        self._connection: sqlite3.Connection | None = None
        self._reserved = 0

    def open(self) -> int:
        """Take the file and return the greatest id that it has given. Raises StoreBusy or StoreError."""
        vet(self._path)
        try:
            self._lock()
            return self._open_locked()
        except BaseException:
            self._connection = None
            self._closers.close()
            raise

    def _lock(self) -> None:
        lock = FileLock(f"{self._path.resolve()}.lock", timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise StoreBusy(f"{self._path}: another process writes to this database") from None
        except OSError as error:
            raise StoreError(f"{self._path}: the lock beside it cannot be taken: {error.strerror}") from None
        self._closers.callback(lock.release)

    def _open_locked(self) -> int:
        try:
            connection = connect(self._path)
            self._closers.callback(connection.close)
            if migrations.version(connection) == 0:
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrations.migrate(connection, now=self._clock())
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            self._connection = connection
            greatest = int(connection.execute(_GREATEST_ID).fetchone()[0])
            self._reserved = _reserve(connection, greatest + _RESERVED_IDS)
        except sqlite3.Error as error:
            raise failure(self._path, error) from error
        return greatest

    def write(self, calls: Sequence[Sequence[Statement]], last_id: int) -> list[StoreError | None]:
        """Write each call's statements wholly or not at all, all calls in one transaction.

        Returns what went wrong with each call, None for those that are durable now.
        """
        if (connection := self._connection) is None:
            raise StoreError(f"{self._path}: the journal is not open")
        try:
            connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._write_call(connection, call) for call in calls]
            reserved = self._reserved
            if last_id > reserved - _RESERVED_IDS // 2:
                reserved = _reserve(connection, last_id + _RESERVED_IDS)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            return [failure(self._path, error) for _ in calls]
        finally:
            _roll_back(connection)  # what did not reach COMMIT, whatever went wrong
        self._reserved = reserved
        return outcomes

    def _write_call(self, connection: sqlite3.Connection, call: Sequence[Statement]) -> StoreError | None:
        connection.execute("SAVEPOINT call")
        try:
            for sql, values in call:
                if connection.execute(sql, values).rowcount == 0:
                    raise StoreError(f"{self._path}: a receipt for a reply that was never written")
        except (sqlite3.Error, OverflowError, StoreError) as error:
            if not connection.in_transaction:
                raise  # a full disk ends the whole transaction, not just this call
            connection.execute("ROLLBACK TO call")
            connection.execute("RELEASE call")
            return error if isinstance(error, StoreError) else failure(self._path, error)
        connection.execute("RELEASE call")
        return None

    def close(self, last_id: int) -> None:
        """Give the file back, and the reserved ids that were not used (a full disk keeps them reserved)."""
        with self._closers, suppress(sqlite3.Error):
            if self._connection is not None:
                _reserve(self._connection, last_id)
        self._connection = None


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode, for the calling thread. Raises sqlite3.Error."""
    uri = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    return sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)


def vet(path: Path) -> None:
    """Raise StoreError unless `path` is a sound database of ours, or can become one. Changes nothing."""
    _vet_place(path)
    if not path.exists() or path.stat().st_size == 0:
        return
    try:
        with closing(connect(path, read_only=True)) as connection:
            if migrations.version(connection) > len(migrations.MIGRATIONS):
                raise StoreError(f"{path}: written by a newer version of the assistant; update it first")
            if path.stat().st_size <= _CHECKED_BYTES:
                _check_pages(path, connection)
    except sqlite3.Error as error:
        raise failure(path, error) from error


def vet_for_reading(path: Path) -> None:
    """Raise StoreError unless `path` is a journal of just this version."""
    vet(path)
    if not path.exists():
        raise StoreError(f"{path}: does not exist")
    try:
        with closing(connect(path, read_only=True)) as connection:
            found = migrations.version(connection)
    except sqlite3.Error as error:
        raise failure(path, error) from error
    if found == 0:
        raise StoreError(f"{path}: holds no journal")
    if found < len(migrations.MIGRATIONS):
        raise StoreError(f"{path}: written by an older version; `assistant run` brings it up to date")


def _vet_place(path: Path) -> None:
    try:
        if path.is_dir():
            raise StoreError(f"{path}: is a folder, not a database")
        if not path.parent.is_dir():
            raise StoreError(f"{path}: the folder {path.parent} does not exist")
        if is_foreign(path):
            raise StoreError(f"{path}: is the database of another program")
    except sqlite3.Error as error:
        raise failure(path, error) from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from None


def _check_pages(path: Path, connection: sqlite3.Connection) -> None:
    (finding,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if finding != "ok":
        raise StoreError(f"{path}: the database is corrupt; restore a copy, or `sqlite3 FILE .recover` it")


def failure(path: Path, error: Exception) -> StoreError:
    """SQLite's own words, which name tables and columns, never values."""
    return StoreError(f"{path}: {error}")


def _reserve(connection: sqlite3.Connection, upto: int) -> int:
    """Ids up to here are never given again, not even after a kill: they may be known outside."""
    connection.execute("UPDATE journal_ids SET reserved = ?", [upto])
    return upto


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
