"""Makes the next version of the published entries: one change of the tables, within the caller's transaction.

What is to be published is for `store` (a whole file at once) and `revisions` (an editors' draft).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self

from sqlite_utils import Database

from knowledge.entries import Entry
from knowledge.rows import json_of, json_of_row, row_of
from knowledge.versions import Place, Signature, Version

_SETTLE: Final = """
    DELETE FROM draft_edits WHERE
        what = 'write' AND content_hash = (SELECT content_hash FROM entries WHERE id = draft_edits.id)
        OR what = 'remove' AND id NOT IN (SELECT id FROM entries)
"""


@dataclass(frozen=True, slots=True)
class Edit:
    """What an entry is to become (None: gone), and whose doing it is.

    `revision` is that of the draft in which it was made; None: it is made by being published.
    """

    after: Entry | None
    content_hash: str | None
    author: str
    at: float
    revision: int | None = None

    @classmethod
    def by(cls, signature: Signature, after: Entry | None) -> Self:
        content_hash = None if after is None else after.content_hash
        return cls(after, content_hash, signature.author, signature.at)


class _Step(NamedTuple):
    """One entry's way into the version; without an edit it only moves."""

    id: str
    edit: Edit | None
    before: Place | None
    position: int | None  # None: it goes

    @property
    def kind(self) -> str:
        if self.edit is None:
            return "moved"
        if self.before is None:
            return "added"
        return "removed" if self.position is None else "changed"


def publish(
    database: Database,
    edits: Mapping[str, Edit],
    *,
    places: Mapping[str, Place],
    order: Sequence[str],
    signature: Signature,
) -> Version | None:
    """The next version: all entries in `order`, these as edited. None when nothing differs from the last.

    `places` are those of the published entries. What the draft holds of this very change leaves it.
    """
    steps = _steps(edits, places, placed(order, places))
    if not steps:
        return None
    database.execute("UPDATE draft SET revision = revision + 1")
    (revision,) = database.execute("SELECT revision FROM draft").fetchone()
    version = _version(database, steps, signature)
    row = {name: getattr(version, name) for name in Version.__slots__}
    database.table("versions").insert(row | {"revision": revision})
    _remember(database, steps, version, revision=revision)
    _write(database, steps, saved_at=signature.at)
    database.execute(_SETTLE)
    return version


def placed(order: Iterable[str], places: Mapping[str, Place]) -> dict[str, int]:
    """Positions in this order: each entry stays where it is, unless that is not behind the one before it."""
    positions: dict[str, int] = {}
    last = -1
    for id in order:
        kept = places[id].position if id in places else -1
        last = positions[id] = kept if kept > last else last + 1
    return positions


def _steps(
    edits: Mapping[str, Edit], places: Mapping[str, Place], positions: Mapping[str, int]
) -> list[_Step]:
    edited = [
        _Step(id, edit, places.get(id), positions.get(id))
        for id, edit in edits.items()
        if edit.content_hash != (places[id].content_hash if id in places else None)
    ]
    known = {step.id for step in edited}
    moved = [
        _Step(id, None, places[id], position)
        for id, position in positions.items()
        if id in places and id not in known and position != places[id].position
    ]
    return edited + moved


def _version(database: Database, steps: Sequence[_Step], signature: Signature) -> Version:
    kinds = [step.kind for step in steps]
    (last,) = database.execute("SELECT coalesce(max(number), 0) FROM versions").fetchone()
    return Version(
        number=last + 1,
        author=signature.author,
        note=signature.note,
        published_at=signature.at,
        **{kind: kinds.count(kind) for kind in ("added", "changed", "removed", "moved")},
    )


def _remember(database: Database, steps: Iterable[_Step], version: Version, *, revision: int) -> None:
    """Before the entries are written over."""
    moved = Edit(None, None, version.author, version.published_at)
    database.table("version_changes").insert_all(
        _change(database, step, step.edit or moved, version=version.number, revision=revision)
        for step in steps
    )


def _change(database: Database, step: _Step, edit: Edit, *, version: int, revision: int) -> dict[str, Any]:
    return {
        "version": version,
        "id": step.id,
        "before": _published(database, step.id) if step.before and step.edit else None,
        "after": json_of(edit.after) if edit.after else None,
        "position_before": step.before.position if step.before else None,
        "position_after": step.position,
        "author": edit.author,
        "edited_at": edit.at,
        "revision": revision if edit.revision is None else edit.revision,
    }


def _published(database: Database, id: str) -> str:
    (row,) = database.query("SELECT * FROM entries WHERE id = ?", [id])
    return json_of_row(row)


def _write(database: Database, steps: Iterable[_Step], *, saved_at: float) -> None:
    rows, moves, gone = [], [], []
    for step in steps:
        if step.position is None:
            gone.append([step.id])
        elif step.edit is None or step.edit.after is None:
            moves.append([step.position, step.id])
        else:
            content_hash = step.edit.content_hash or ""
            rows.append(
                row_of(step.edit.after, position=step.position, content_hash=content_hash, saved_at=saved_at)
            )
    database.conn.executemany("DELETE FROM entries WHERE id = ?", gone)
    database.conn.executemany("UPDATE entries SET position = ? WHERE id = ?", moves)
    database.table("entries").upsert_all(rows, pk="id")
    database.execute("UPDATE knowledge_version SET version = version + 1")
