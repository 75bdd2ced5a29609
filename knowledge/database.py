"""The SQLite file that entries are kept in: vetted, brought up to date, written in transactions.

The file may hold other tables (the assistant's journal, an editor's own): versions are kept in
`knowledge_migrations`, and nothing outside the tables made here is touched. A file is looked into through
SQLite alone: whoever opens and closes it otherwise makes the system drop every lock that this process holds
on it (POSIX), and the next program to leave would take the write-ahead log with it.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from knowledge.errors import KnowledgeStoreError

_BUSY_SECONDS = 10.0  # how long another program may hold the file for a write of its own
APPLICATION_ID = 0x4C564153  # marks a file as the assistant's, whichever part of it came first
_VERSIONS_TABLE = "knowledge_migrations"


class DatabaseFile:
    """What is kept in the file at `path`, which is made when it does not exist.

    Close it, or use it in a `with`. Any number of programs may have the file open at once, while the
    assistant runs too; an instance belongs to the thread that made it. What is written is one transaction,
    on the disk when the call returns. All raise KnowledgeStoreError when the database cannot do it; a file
    that is no database or was written by a newer version is not opened, and left as it was.
    """

    def __init__(self, path: Path | str, *, clock: Callable[[], float] = time.time) -> None:
        self._path = Path(path)
        self._clock = clock
        self._database = _opened(self._path, now=clock())

    @classmethod
    def within(cls, other: "DatabaseFile") -> Self:
        """Another part of a file that is open, for as long as `other` is: it writes in its transactions."""
        part = cls.__new__(cls)
        part._path, part._clock, part._database = other._path, other._clock, other._database
        return part

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _opened(path: Path, *, now: float) -> Database:
    """In WAL mode, with all tables, for the calling thread. Raises KnowledgeStoreError; close it."""
    _vet(path)
    with worded(path):
        database = Database(sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None))
        try:
            _migrate(database, path, now=now)
        except BaseException:
            database.close()
            raise
    return database


@contextmanager
def transaction(database: Database) -> Iterator[None]:
    """Takes the write lock at once: who reads first and asks for the lock later may be refused it.

    One within another is a part of it.
    """
    if database.conn.in_transaction:
        yield
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.conn.in_transaction:
            database.execute("ROLLBACK")
        raise


@contextmanager
def snapshot(database: Database) -> Iterator[None]:
    """All that is read in it is of one moment; nobody who writes waits for it."""
    if database.conn.in_transaction:
        yield
        return
    database.execute("BEGIN")
    try:
        yield
    finally:
        if database.conn.in_transaction:  # SQLite ends it by itself when the disk fails
            database.execute("ROLLBACK")


@contextmanager
def worded(path: Path) -> Iterator[None]:
    """Names the file in SQLite's own words, which name tables and columns, never values."""
    try:
        yield
    except sqlite3.Error as error:
        raise KnowledgeStoreError(f"{path}: {error}") from error
    except OSError as error:
        raise KnowledgeStoreError(f"{path}: cannot be read: {error.strerror}") from None


def _vet(path: Path) -> None:
    with worded(path):
        if path.is_dir():
            raise KnowledgeStoreError(f"{path}: is a folder, not a database")
        if not path.parent.is_dir():
            raise KnowledgeStoreError(f"{path}: the folder {path.parent} does not exist")
        if is_foreign(path):
            raise KnowledgeStoreError(f"{path}: is the database of another program")


def is_foreign(path: Path) -> bool:
    """Whether the file holds tables, but none of the assistant's; a missing or empty one is nobody's.

    Changes nothing. Raises sqlite3.Error for what is no database.
    """
    if not path.exists() or path.stat().st_size == 0:
        return False
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)) as connection:
        (mark,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(tables > 0 and mark != APPLICATION_ID)


def _migrate(database: Database, path: Path, *, now: float) -> None:
    version = _version(database)
    if version > len(MIGRATIONS):
        raise KnowledgeStoreError(f"{path}: written by a newer version of the assistant; update it first")
    if version == len(MIGRATIONS):
        return
    database.execute("PRAGMA journal_mode = WAL")
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for number, migration in enumerate(MIGRATIONS, start=1):
        with transaction(database):
            if _version(database) >= number:
                continue  # in an earlier version already, or another program was faster
            migration(database)
            database.table(_VERSIONS_TABLE).insert({"version": number, "applied_at": now}, pk="version")


def _version(database: Database) -> int:
    """How many migrations were applied. Only reads."""
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [_VERSIONS_TABLE]).fetchone():
        return 0
    return int(database.execute("SELECT coalesce(max(version), 0) FROM knowledge_migrations").fetchone()[0])


def _first_tables(database: Database) -> None:
    columns = {
        "id": str,
        "position": int,
        "category": str,
        "question": str,
        "variants": str,  # a JSON list
        "answer": str,
        "content_hash": str,
        "saved_at": float,
    }
    database.table("entries").create(columns, pk="id", not_null=set(columns))
    database.table("knowledge_version").create({"id": int, "version": int}, pk="id", not_null={"version"})
    database.table("knowledge_version").insert({"id": 1, "version": 0})


def _thresholds_of_entries(database: Database) -> None:
    database.table("entries").add_column("threshold", float)


def _reviews(database: Database) -> None:
    columns = {
        "message_id": int,
        "broadcast_id": int,
        "text": str,
        "expect": str,
        "entry": str,
        "reviewer": str,
        "reviewed_at": float,
    }
    database.table("reviews").create(columns, pk="message_id", not_null=set(columns) - {"entry"})


def _scope_of_entries(database: Database) -> None:
    entries = database.table("entries")
    entries.add_column("short_answer", str, not_null_default="")
    entries.add_column("other_answers", str, not_null_default="[]")  # JSON lists
    entries.add_column("rooms", str, not_null_default="[]")
    entries.add_column("valid_from", str)  # ISO 8601
    entries.add_column("valid_until", str)
    entries.add_column("enabled", int, not_null_default=1)
    entries.add_column("note", str, not_null_default="")


def _versions(database: Database) -> None:
    """A version keeps what it changed, before and after: earlier ones are found backwards from what holds."""
    draft = {"id": int, "revision": int, "ids": str}  # ids: a JSON list, where editors gave an order
    edits = {
        "id": str,
        "what": str,
        "entry": str,  # JSON, as in the versions
        "content_hash": str,
        "base_hash": str,  # content hash of the published entry that was edited
        "author": str,
        "edited_at": float,
        "revision": int,
    }
    versions = {
        "number": int,
        "author": str,
        "note": str,
        "published_at": float,
        "added": int,
        "changed": int,
        "removed": int,
        "moved": int,
        "revision": int,
    }
    changes = {
        "version": int,
        "id": str,
        "before": str,
        "after": str,
        "position_before": int,
        "position_after": int,
        "author": str,
        "edited_at": float,
        "revision": int,
    }
    database.table("draft").create(draft, pk="id", not_null={"revision"})
    database.table("draft").insert({"id": 1, "revision": 0, "ids": None})
    database.table("draft_edits").create(
        edits, pk="id", not_null=set(edits) - {"entry", "content_hash", "base_hash"}
    )
    database.table("versions").create(versions, pk="number", not_null=set(versions))
    database.table("version_changes").create(
        changes, pk=("version", "id"), not_null={"author", "edited_at", "revision"}
    )
    database.table("version_changes").create_index(["id", "version"])


def _pending_and_earlier_reviews(database: Database) -> None:
    pending = {
        "id": int,
        "question": str,
        "answer": str,
        "variants": str,  # a JSON list
        "author": str,
        "source": str,
        "made_at": float,
        "state": str,
        "decided_by": str,
        "decided_at": float,
        "entry_id": str,
    }
    database.table("pending").create(
        pending,
        pk="id",
        not_null=set(pending) - {"id", "decided_at", "entry_id"},
        defaults={"state": "open", "decided_by": ""},
    )
    database.table("pending").create_index(["state"])
    reviews = {
        "message_id": int,
        "broadcast_id": int,
        "text": str,
        "expect": str,
        "entry": str,
        "reviewer": str,
        "reviewed_at": float,
    }
    database.table("earlier_reviews").create(reviews, not_null=set(reviews) - {"entry"})
    database.table("earlier_reviews").create_index(["message_id"])


def _numbers_of_suggestions(database: Database) -> None:
    columns = {"wording": str, "number": int, "dismissed_by": str, "dismissed_at": float}
    database.table("suggestion_wordings").create(columns, pk="wording", not_null={"number"})
    database.table("suggestion_wordings").create_index(["number"])


MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    _first_tables,
    _thresholds_of_entries,
    _reviews,
    _scope_of_entries,
    _versions,
    _pending_and_earlier_reviews,
    _numbers_of_suggestions,
)
"""Version by version, each one transaction; what is published is never edited."""
