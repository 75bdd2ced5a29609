"""The published entries of a database, and how they came to be what they are, version by version.

A version keeps only what it changed: an earlier one is found by going back from what is published now.
Reads within the caller's transaction; how a version is made is for `publishing`, who reads what for `store`
and `revisions`.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple, Self

from sqlite_utils import Database

from knowledge.entries import Entry
from knowledge.errors import VersionUnknown
from knowledge.rows import Row, entry_in, entry_of

MAX_AUTHOR_CHARACTERS: Final = 60
MAX_NOTE_CHARACTERS: Final = 500
UNKNOWN_AUTHOR: Final = "unknown"

Kind = Literal["added", "changed", "removed", "withdrawn"]

_ENTRIES: Final = "SELECT * FROM entries ORDER BY position"
_PLACES: Final = "SELECT id, position, content_hash FROM entries ORDER BY position"
_VERSIONS: Final = "SELECT * FROM versions WHERE revision > ? ORDER BY number DESC LIMIT ?"
_SAYS: Final = "(before IS NOT NULL OR after IS NOT NULL)"  # it does more than to move the entry
_CHANGES: Final = f"SELECT * FROM version_changes WHERE version = ? AND {_SAYS} ORDER BY rowid"  # noqa: S608
_CHANGES_SINCE: Final = f"""
    SELECT * FROM version_changes WHERE revision > ? AND {_SAYS} ORDER BY version, rowid
"""  # noqa: S608
_LATEST_CHANGE: Final = f"""
    SELECT * FROM version_changes WHERE id = ? AND {_SAYS} ORDER BY version DESC LIMIT 1
"""  # noqa: S608
_UNDOING: Final = f"""
    SELECT id, before, position_before, {_SAYS} AS says FROM version_changes
    WHERE version > ? ORDER BY version
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Change:
    """What one entry was and became, who changed it, and when (seconds since 1970)."""

    id: str
    before: Entry | None
    after: Entry | None
    author: str
    at: float

    @property
    def kind(self) -> Kind:
        """`withdrawn`: an edit that was taken back before it was published."""
        if self.before == self.after:
            return "withdrawn"
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class Version:
    """A publication. The counts are of entries; those `moved` say the same at another place in the order."""

    number: int
    author: str
    note: str
    published_at: float
    added: int
    changed: int
    removed: int
    moved: int = 0


@dataclass(frozen=True, slots=True)
class Signature:
    """Who writes, when (seconds since 1970) and why; fit to be shown anywhere."""

    author: str
    note: str
    at: float

    @classmethod
    def of(cls, author: str, note: str = "", *, at: float) -> Self:
        """In one line each, without what a terminal would obey; an author is never empty."""
        name = _plain(author, MAX_AUTHOR_CHARACTERS) or UNKNOWN_AUTHOR
        return cls(name, _plain(note, MAX_NOTE_CHARACTERS), at)


def _plain(text: str, limit: int) -> str:
    visible = "".join(character if character.isprintable() else " " for character in text[: 4 * limit])
    return " ".join(unicodedata.normalize("NFC", visible).split())[:limit].rstrip()


class Place(NamedTuple):
    """Where an entry stands, and what it says there."""

    position: int
    content_hash: str


class Versions:
    """What is published in a database, and was. `path` is only named, in errors."""

    def __init__(self, database: Database, path: Path) -> None:
        self._database = database
        self._path = path

    def entries(self) -> dict[str, Entry]:
        """By id, in order."""
        return {row["id"]: entry_of(row, self._path) for row in self._database.query(_ENTRIES)}

    def places(self) -> dict[str, Place]:
        """By id, in order."""
        rows = self._database.execute(_PLACES)
        return {id: Place(position, content_hash) for id, position, content_hash in rows}

    def history(self, *, limit: int = -1, since_revision: int = -1) -> list[Version]:
        """Newest first; those that were published after this revision of the draft."""
        rows = self._database.query(_VERSIONS, [since_revision, limit])
        return [Version(**{name: row[name] for name in Version.__slots__}) for row in rows]

    def changes_of(self, number: int) -> list[Change]:
        """Raises VersionUnknown."""
        self._vet(number)
        return self._changes(self._database.query(_CHANGES, [number]))

    def changes_since(self, revision: int) -> list[Change]:
        """Made after this revision of the draft and published, oldest first."""
        return self._changes(self._database.query(_CHANGES_SINCE, [revision]))

    def latest_changes(self, ids: Iterable[str]) -> list[Change]:
        """How each of them came to be what it is published as; none of one that no version changed."""
        return self._changes(row for id in ids for row in self._database.query(_LATEST_CHANGE, [id]))

    def at(self, number: int) -> list[Entry]:
        """The entries as they were published then; 0 is what was there before the first version.

        Raises VersionUnknown.
        """
        self._vet(number)
        contents: dict[str, Row] = {}
        positions: dict[str, int | None] = {}
        for row in self._database.query(_UNDOING, [number]):
            positions.setdefault(row["id"], row["position_before"])
            if row["says"]:
                contents.setdefault(row["id"], row)
        return self._undone(contents, positions)

    def _undone(self, contents: Mapping[str, Row], positions: Mapping[str, int | None]) -> list[Entry]:
        """What is published, with these entries as they were `before`."""
        rows = [row for row in self._database.query(_ENTRIES) if row["id"] not in contents]
        entries = [entry_of(row, self._path) for row in rows]
        entries += [entry for row in contents.values() if (entry := self._entry(row, "before"))]
        places = {row["id"]: row["position"] for row in rows} | dict(positions)
        return sorted(entries, key=lambda entry: places[entry.id])

    def _vet(self, number: int) -> None:
        (last,) = self._database.execute("SELECT coalesce(max(number), 0) FROM versions").fetchone()
        if not 0 <= number <= last:
            known = f"the last is {last}" if last else "none was published yet"
            raise VersionUnknown(f"there is no version {number}: {known}")

    def _changes(self, rows: Iterable[Row]) -> list[Change]:
        return [
            Change(
                id=row["id"],
                before=self._entry(row, "before"),
                after=self._entry(row, "after"),
                author=row["author"],
                at=row["edited_at"],
            )
            for row in rows
        ]

    def _entry(self, row: Row, column: str) -> Entry | None:
        return entry_in(row, column, table="version_changes", path=self._path)
