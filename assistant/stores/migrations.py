"""The journal's tables, version by version; each version is one transaction and is never edited afterwards.

The file may hold other tables (the FAQ's, an editor's own): versions are kept in `journal_migrations`, and
nothing outside the journal's tables is touched. There are no foreign keys: what was heard is kept even when
the row that it points to was deleted or never came.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping

from sqlite_utils import Database

Migration = Callable[[Database], None]

_VERSIONS_TABLE = "journal_migrations"


def _first_tables(db: Database) -> None:
    _create(
        db,
        "broadcasts",
        {"platform": str, "room": str, "key": str, "title": str, "started_at": float, "ended_at": float},
        optional={"ended_at"},
        indexes=[["platform", "room", "started_at"]],
    )
    _create(
        db,
        "messages",
        {
            "broadcast_id": int,
            "event_id": str,
            "heard_at": float,
            "decided_at": float,
            "viewer_key": str,
            "viewer_name": str,
            "text": str,
            "is_paid": int,
            "answered_by": int,
            "escalation_id": int,
            "action": str,
            "reason": str,
            "entry_id": str,
            "probability": float,
            "score": float,
            "candidates": str,
        },
        optional={"answered_by", "escalation_id", "entry_id"},
        indexes=[["broadcast_id", "heard_at"]],
    )
    _create(
        db,
        "replies",
        {
            "answer_id": int,
            "broadcast_id": int,
            "platform": str,
            "room": str,
            "message_id": int,
            "entry_id": str,
            "text": str,
            "part": int,
            "parts": int,
            "priority": int,
            "reply_to": str,
            "created_at": float,
            "expires_at": float,
            "state": str,
            "event_id": str,
        },
        optional={"message_id", "entry_id"},
        indexes=[["broadcast_id"], ["state"]],
    )
    _create(
        db,
        "receipts",
        {"reply_id": int, "at": float, "state": str, "reason": str, "event_id": str},
        indexes=[["reply_id"]],
    )
    _create(
        db,
        "escalations",
        {
            "broadcast_id": int,
            "message_id": int,
            "text": str,
            "entry_id": str,
            "reason": str,
            "askers": int,
            "is_paid": int,
            "opened_at": float,
            "updated_at": float,
            "state": str,
        },
        optional={"entry_id"},
        indexes=[["broadcast_id"]],
    )
    _create(
        db,
        "figures",
        {"broadcast_id": int, "at": float, "kind": str, "value": float},
        indexes=[["broadcast_id", "at"]],
    )
    _create(db, "journal_ids", {"reserved": int})
    db.table("journal_ids").insert({"id": 1, "reserved": 0})


def _desks(db: Database) -> None:
    """What older versions handed over was for the host, and they kept no candidates."""
    escalations = db.table("escalations")
    escalations.add_column("desk", str, not_null_default="host")
    escalations.add_column("candidates", str, not_null_default="[]")


def _passages(db: Database) -> None:
    """What older versions handed over came without passages of documents and without a draft."""
    escalations = db.table("escalations")
    escalations.add_column("passages", str, not_null_default="[]")
    escalations.add_column("draft", str)


def _people(db: Database) -> None:
    """What people do with questions, who did what, and the lines of one question at hand."""
    db.table("escalations").add_column("put_off_at", float, not_null_default=0.0)
    db.table("messages").create_index(["escalation_id"])
    _create(db, "audit", {"at": float, "who": str, "what": str, "detail": str}, indexes=[["at"]])


def _create(
    db: Database,
    name: str,
    columns: Mapping[str, type],
    *,
    optional: Iterable[str] = (),
    indexes: Iterable[list[str]] = (),
) -> None:
    table = db.table(name)
    table.create({"id": int, **columns}, pk="id", not_null=columns.keys() - set(optional))
    for index in indexes:
        table.create_index(index)


MIGRATIONS: tuple[Migration, ...] = (_first_tables, _desks, _passages, _people)


def version(connection: sqlite3.Connection) -> int:
    """How many migrations were applied, 0 for a file without a journal. Only reads."""
    named = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [_VERSIONS_TABLE])
    if named.fetchone() is None:
        return 0
    newest = connection.execute("SELECT coalesce(max(version), 0) FROM journal_migrations")
    return int(newest.fetchone()[0])


def migrate(
    connection: sqlite3.Connection, *, now: float, migrations: tuple[Migration, ...] = MIGRATIONS
) -> None:
    """Apply what is missing, in order. `connection` is in autocommit mode.

    Raises what the migration raises; those before it stay, and nothing of it does.
    """
    for number in range(version(connection) + 1, len(migrations) + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            _apply(Database(connection), number, migrations[number - 1], now=now)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _apply(db: Database, number: int, migration: Migration, *, now: float) -> None:
    migration(db)
    db.table(_VERSIONS_TABLE).insert({"version": number, "applied_at": now}, pk="version")
