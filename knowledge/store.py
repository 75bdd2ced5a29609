"""The published entries, in a SQLite file beside whatever else is in it: the assistant's journal, too.

Searching them is for `base`: what is saved here is found there once somebody loads it and builds anew. What
editors are still at, and earlier versions, are for `revisions`.
"""

from collections.abc import Iterable

from knowledge.database import DatabaseFile, snapshot, transaction, worded
from knowledge.entries import Changes, Entry, by_id
from knowledge.publishing import Edit, publish
from knowledge.versions import Signature, Versions


class EntryStore(DatabaseFile):
    """The published entries of a file."""

    def load(self) -> list[Entry]:
        """In the order in which they were first saved, or given to the last `replace`."""
        with worded(self._path), snapshot(self._database):
            return list(Versions(self._database, self._path).entries().values())

    def version(self) -> int:
        """Grows at each change, and costs little: it may be asked every second."""
        with worded(self._path):
            return int(self._database.execute("SELECT version FROM knowledge_version").fetchone()[0])

    def save(
        self, entries: Iterable[Entry], *, replace: bool = False, author: str = "", note: str = ""
    ) -> Changes:
        """Write these over those of the same ids; with `replace`, take out all others and keep this order.

        They are published at once, as a version of their own: what editors have in the draft stays there.
        Raises EntriesInvalid when two have the same id.
        """
        given = by_id(entries)
        signature = Signature.of(author, note, at=self._clock())
        edits = {id: Edit.by(signature, entry) for id, entry in given.items()}
        with worded(self._path), transaction(self._database):
            places = Versions(self._database, self._path).places()
            gone = [id for id in places if id not in given] if replace else []
            publish(
                self._database,
                edits | {id: Edit.by(signature, None) for id in gone},
                places=places,
                order=list(given if replace else places | given),
                signature=signature,
            )
        before = {id: place.content_hash for id, place in places.items()}
        after = {id: edit.content_hash for id, edit in edits.items()}
        return Changes.counted(before, after, removed=len(gone))
