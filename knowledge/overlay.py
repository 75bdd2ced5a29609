"""The draft as the database keeps it: what editors changed, entry by entry, laid over what is published.

An edit that was taken back leaves a mark, so that whoever looked at it before can be told. Works within the
caller's transaction; who may write what is for `revisions`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from sqlite_utils import Database

from knowledge.publishing import Edit
from knowledge.rows import Row, json_of
from knowledge.versions import Place, Signature

_MARKS: Final = "SELECT * FROM draft_edits ORDER BY rowid"
_COMPARED: Final = ("what", "content_hash", "base_hash")


@dataclass(frozen=True)
class Overlay:
    """The draft at one moment.

    `places` are those of the published entries, `marks` the last that was done to each in the draft, oldest
    first. `wished` is an order that editors gave; entries that it does not name stand behind all others.
    """

    revision: int
    places: Mapping[str, Place]
    marks: Mapping[str, Row]
    wished: Sequence[str] = ()

    @classmethod
    def read(cls, database: Database, places: Mapping[str, Place]) -> "Overlay":
        revision, ids = database.execute("SELECT revision, ids FROM draft").fetchone()
        marks = {row["id"]: row for row in database.query(_MARKS)}
        return cls(revision, places, marks, json.loads(ids) if ids else ())

    @cached_property
    def edits(self) -> Mapping[str, Row]:
        """The marks that make a difference."""
        return {id: mark for id, mark in self.marks.items() if mark["what"] != "withdraw"}

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """The content hash of each entry of the draft, in order."""
        contents = {id: place.content_hash for id, place in self.places.items()}
        contents |= {id: mark["content_hash"] for id, mark in self.edits.items()}
        ranks = {id: rank for rank, id in enumerate(self.wished)}
        standing = [id for id, content_hash in contents.items() if content_hash is not None]
        return {id: contents[id] for id in sorted(standing, key=lambda id: ranks.get(id, len(ranks)))}

    @property
    def overtaken(self) -> list[str]:
        """The edited entries of which something else is published than when they were edited."""
        return [id for id, mark in self.edits.items() if mark["base_hash"] != self._published(id)]

    def with_edits(self, edits: Mapping[str, Edit]) -> "Overlay":
        """The next revision, or this one where nothing of it is new."""
        marks = {id: mark for id, edit in edits.items() if not self._holds(mark := self._mark(id, edit))}
        if not marks:
            return self
        return replace(self, revision=self.revision + 1, marks={**self.marks, **marks})

    def in_order(self, ids: Sequence[str]) -> "Overlay":
        """These first, as they stand here: the next revision, or this one where they stand so already."""
        ordered = replace(self, revision=self.revision + 1, wished=ids)
        if list(ordered.hashes) == list(self.hashes):
            return self
        unordered = replace(ordered, wished=())
        return unordered if list(unordered.hashes) == list(ordered.hashes) else ordered

    def undoing(self, id: str, signature: Signature) -> Edit:
        """The edit back to what is published."""
        return Edit(None, self._published(id), signature.author, signature.at)

    def write(self, database: Database, *, over: "Overlay") -> None:
        """Whatever is new since `over`."""
        marks = [dict(mark) for id, mark in self.marks.items() if mark is not over.marks.get(id)]
        database.table("draft_edits").upsert_all(marks, pk="id")
        ids = json.dumps(self.wished, ensure_ascii=False) if self.wished else None
        database.execute("UPDATE draft SET revision = ?, ids = ?", [self.revision, ids])

    def _mark(self, id: str, edit: Edit) -> dict[str, Any]:
        base_hash = self._published(id)
        is_back = edit.content_hash == base_hash
        is_written = edit.after is not None and not is_back
        return {
            "id": id,
            "what": "withdraw" if is_back else "write" if is_written else "remove",
            "entry": json_of(edit.after) if edit.after and is_written else None,
            "content_hash": edit.content_hash if is_written else None,
            "base_hash": base_hash,
            "author": edit.author,
            "edited_at": edit.at,
            "revision": self.revision + 1,
        }

    def _holds(self, mark: Row) -> bool:
        held = self.edits.get(mark["id"])
        if held is None:
            return bool(mark["what"] == "withdraw")
        return all(held[column] == mark[column] for column in _COMPARED)

    def _published(self, id: str) -> str | None:
        return self.places[id].content_hash if id in self.places else None
