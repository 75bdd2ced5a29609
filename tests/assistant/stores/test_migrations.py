"""Each version of the journal's tables is applied once, wholly or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlite_utils import Database

from assistant.stores.migrations import MIGRATIONS, migrate, version


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        yield connection


def _tables(connection: sqlite3.Connection) -> set[str]:
    return set(Database(connection).table_names())


def _teas(db: Database) -> None:
    db.table("teas").create({"name": str})


def _breaks(db: Database) -> None:
    db.table("pots").create({"name": str})
    raise RuntimeError


def test_a_new_file_gets_every_version(connection: sqlite3.Connection) -> None:
    assert version(connection) == 0
    migrate(connection, now=1.0)
    assert version(connection) == len(MIGRATIONS)
    assert {"broadcasts", "messages", "replies", "receipts", "escalations", "figures", "audit"} <= _tables(
        connection
    )


def test_only_what_is_missing_is_applied(connection: sqlite3.Connection) -> None:
    migrate(connection, now=1.0)
    migrate(connection, now=2.0, migrations=(*MIGRATIONS, _teas))
    migrate(connection, now=3.0, migrations=(*MIGRATIONS, _teas))
    applied = connection.execute("SELECT version, applied_at FROM journal_migrations ORDER BY version")
    assert applied.fetchall() == [*((n + 1, 1.0) for n in range(len(MIGRATIONS))), (len(MIGRATIONS) + 1, 2.0)]
    assert "teas" in _tables(connection)


def test_a_version_that_fails_leaves_nothing_of_itself(connection: sqlite3.Connection) -> None:
    with pytest.raises(RuntimeError):
        migrate(connection, now=1.0, migrations=(*MIGRATIONS, _teas, _breaks))
    assert version(connection) == len(MIGRATIONS) + 1
    assert "teas" in _tables(connection)
    assert "pots" not in _tables(connection)
    assert not connection.in_transaction


def test_what_an_older_version_handed_over_is_for_the_host(connection: sqlite3.Connection) -> None:
    migrate(connection, now=1.0, migrations=MIGRATIONS[:1])
    old = {"broadcast_id": 1, "message_id": 2, "text": "怎么发货", "reason": "", "askers": 1, "is_paid": 0}
    old |= {"opened_at": 3.0, "updated_at": 3.0, "state": "open"}
    Database(connection).table("escalations").insert(old)
    migrate(connection, now=2.0)
    kept = connection.execute(
        "SELECT text, desk, candidates, passages, draft, put_off_at FROM escalations"
    ).fetchall()
    assert kept == [("怎么发货", "host", "[]", "[]", None, 0.0)]
