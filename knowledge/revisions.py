"""What editors are at: one draft of the published entries, publishing it, and going back.

The assistant answers from what is published, and sees nothing of a draft. Whatever others did meanwhile is
told in a DraftMoved, and nothing is written then.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from knowledge.database import DatabaseFile, snapshot, transaction, worded
from knowledge.entries import Changes, Entry, by_id
from knowledge.errors import DraftMoved, NothingToPublish
from knowledge.overlay import Overlay
from knowledge.publishing import Edit, publish
from knowledge.rows import Row, entry_in
from knowledge.versions import Change, Signature, Version, Versions

__all__ = ["Change", "Draft", "Revisions", "Version"]

_NAMED: Final = 3  # of what others did, in a message; the error carries all


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be published now.

    `revision` grows with each edit and each publication. `overtaken` is what others published of entries
    that are edited here, since they were: publishing is refused until these are edited again or discarded.
    """

    entries: tuple[Entry, ...]
    changes: tuple[Change, ...]
    revision: int
    overtaken: tuple[Change, ...] = ()


class Revisions(DatabaseFile):
    """The draft of a database, which all its editors share, and the published versions.

    Authors and notes are kept in one line, cut to a length, without what a terminal would obey.
    """

    def draft(self) -> Draft:
        with worded(self._path), snapshot(self._database):
            overlay = self._overlay()
            published = self._versions.entries()
            changes = [self._change(mark, published) for mark in overlay.edits.values()]
            entries = published | {change.id: change.after for change in changes if change.after}
            return Draft(
                entries=tuple(entries[id] for id in overlay.hashes),
                changes=tuple(changes),
                revision=overlay.revision,
                overtaken=tuple(self._versions.latest_changes(overlay.overtaken)),
            )

    def edit(
        self,
        entries: Iterable[Entry],
        *,
        author: str,
        removed: Collection[str] = (),
        replace: bool = False,
        expect: int | None = None,
    ) -> Changes:
        """Put entries into the draft, over those of the same ids, and take out those `removed`.

        With `replace` the draft becomes exactly these, in this order. What is edited back to what is
        published is no change any more. Ids to remove that are not there are passed over.

        `expect` is the Draft.revision that the editor looked at: raises DraftMoved when others changed one
        of these entries since. Raises EntriesInvalid when two have the same id.
        """
        given = by_id(entries)
        signature = Signature.of(author, at=self._clock())
        edits = {id: Edit.by(signature, entry) for id, entry in given.items()}
        with worded(self._path), transaction(self._database):
            before = self._overlay()
            known = dict.fromkeys([*before.hashes, *before.edits])  # removed ones too: said again, it holds
            unwanted = known.keys() if replace else set(removed)
            gone = [id for id in known if id in unwanted and id not in given]
            edits |= {id: Edit.by(signature, None) for id in gone}
            self._refuse_touched(edits, before, expect)
            after = before.with_edits(edits)
            after = after.in_order(list(given)) if replace else after
            after.write(self._database, over=before)
        hashes = {id: edits[id].content_hash for id in given}
        return Changes.counted(before.hashes, hashes, removed=sum(id in before.hashes for id in gone))

    def discard(self, ids: Collection[str] | None = None, *, author: str = "") -> int:
        """Take back the edits of these entries, or all. Returns how many there were."""
        signature = Signature.of(author, at=self._clock())
        with worded(self._path), transaction(self._database):
            before = self._overlay()
            dropped = [id for id in before.edits if ids is None or id in ids]
            after = before.with_edits({id: before.undoing(id, signature) for id in dropped})
            after = after.in_order(()) if ids is None else after
            after.write(self._database, over=before)
        return len(dropped)

    def publish(self, *, author: str, note: str = "", expect: int | None = None) -> Version:
        """Make the draft what is published: one new version, wholly or not at all.

        `expect` is the Draft.revision that was looked at: raises DraftMoved when the draft is another now,
        and in any case when an edited entry was published otherwise since it was edited. Raises
        NothingToPublish.
        """
        signature = Signature.of(author, note, at=self._clock())
        with worded(self._path), transaction(self._database):
            overlay = self._overlay()
            self._refuse_unseen(overlay, expect)
            self._refuse_overtaken(overlay)
            version = publish(
                self._database,
                {id: self._edit(mark) for id, mark in overlay.edits.items()},
                places=overlay.places,
                order=list(overlay.hashes),
                signature=signature,
            )
            if version is None:
                raise NothingToPublish("the draft is what is published already")
            self._database.execute("UPDATE draft SET ids = NULL")
        return version

    def roll_back(self, number: int, *, author: str, note: str = "") -> Version:
        """Publish the entries as they were in this version (0: before the first), as a new one.

        What is edited in the draft stays so. Raises VersionUnknown, NothingToPublish.
        """
        signature = Signature.of(author, note or f"back to version {number}", at=self._clock())
        with worded(self._path), transaction(self._database):
            entries = by_id(self._versions.at(number))
            places = self._versions.places()
            edits = {id: Edit.by(signature, entries.get(id)) for id in entries | places}
            version = publish(self._database, edits, places=places, order=list(entries), signature=signature)
            if version is None:
                raise NothingToPublish(f"version {number} is what is published already")
        return version

    def history(self, limit: int = 50) -> list[Version]:
        """Newest first."""
        with worded(self._path):
            return self._versions.history(limit=limit)

    def changes_of(self, number: int) -> tuple[Change, ...]:
        """What this version changed. Raises VersionUnknown."""
        with worded(self._path), snapshot(self._database):
            return tuple(self._versions.changes_of(number))

    def at(self, number: int) -> list[Entry]:
        """The entries as they were in this version; 0: before the first. Raises VersionUnknown."""
        with worded(self._path), snapshot(self._database):
            return self._versions.at(number)

    @property
    def _versions(self) -> Versions:
        return Versions(self._database, self._path)

    def _overlay(self) -> Overlay:
        return Overlay.read(self._database, self._versions.places())

    def _refuse_touched(self, edits: Mapping[str, Edit], overlay: Overlay, expect: int | None) -> None:
        """Whoever writes what the draft says already takes nobody's work away."""
        if expect is None or expect == overlay.revision:
            return
        own = {id for id, edit in edits.items() if edit.content_hash != overlay.hashes.get(id)}
        changes = [change for change in self._changes_since(expect, overlay) if change.id in own]
        if changes:
            raise DraftMoved(f"others changed meanwhile: {_named(changes)}", changes=changes)

    def _refuse_unseen(self, overlay: Overlay, expect: int | None) -> None:
        if expect is None or expect == overlay.revision:
            return
        changes = self._changes_since(expect, overlay)
        versions = self._versions.history(since_revision=expect)
        told = [f"version {version.number} was published by {version.author}" for version in versions]
        told += [_named(changes)] if changes else []
        about = "; ".join(told) or f"it is at revision {overlay.revision}"
        raise DraftMoved(f"the draft is not what you looked at: {about}", changes=changes, versions=versions)

    def _refuse_overtaken(self, overlay: Overlay) -> None:
        if not overlay.overtaken:
            return
        changes = self._versions.latest_changes(overlay.overtaken)
        raise DraftMoved(
            f"published otherwise since they were edited, edit them again or discard: {_named(changes)}",
            changes=changes,
        )

    def _changes_since(self, revision: int, overlay: Overlay) -> list[Change]:
        """The published ones, then those in the draft."""
        published = self._versions.entries()
        marks = [mark for mark in overlay.marks.values() if mark["revision"] > revision]
        return [
            *self._versions.changes_since(revision),
            *(self._change(mark, published) for mark in marks),
        ]

    def _change(self, mark: Row, published: Mapping[str, Entry]) -> Change:
        before = published.get(mark["id"])
        after = before if mark["what"] == "withdraw" else self._entry(mark)
        return Change(mark["id"], before, after, mark["author"], mark["edited_at"])

    def _edit(self, mark: Row) -> Edit:
        after = self._entry(mark)
        return Edit(after, mark["content_hash"], mark["author"], mark["edited_at"], mark["revision"])

    def _entry(self, mark: Row) -> Entry | None:
        return entry_in(mark, "entry", table="draft_edits", path=self._path)


def _named(changes: Collection[Change]) -> str:
    """`ship (changed by 李), refund (removed by 王) and 3 more`."""
    first = ", ".join(f"{change.id} ({change.kind} by {change.author})" for change in list(changes)[:_NAMED])
    more = len(changes) - _NAMED
    return f"{first} and {more} more" if more > 0 else first
