"""What is in the database before an edit, and what the edit would change there. Writes nothing."""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from knowledge.entries import Changes, Entry
from knowledge.revisions import Change, Revisions
from knowledge.store import EntryStore


@dataclass(frozen=True, slots=True)
class Standing:
    """`published` and the `draft`'s entries, with the draft's revision and its `waiting` changes."""

    published: Sequence[Entry] = ()
    draft: Sequence[Entry] = ()
    revision: int = 0
    waiting: Sequence[Change] = ()

    @classmethod
    def of(cls, database: Path) -> Self:
        """A database that is not there has nothing, and is not made."""
        if not database.exists():
            return cls()
        with Revisions(database) as revisions, EntryStore.within(revisions) as store:
            draft = revisions.draft()
            return cls(store.load(), draft.entries, draft.revision, draft.changes)

    @property
    def known(self) -> list[Entry]:
        """All of either; those of the draft as they are there."""
        ids = {entry.id for entry in self.draft}
        return [*self.draft, *(entry for entry in self.published if entry.id not in ids)]


@dataclass(frozen=True, slots=True)
class Plan:
    """`changes` are those that make a difference; `counts` count the others too."""

    changes: Sequence[Change]
    counts: Changes


def planned(
    before: Iterable[Entry],
    given: Iterable[Entry],
    *,
    author: str,
    removed: Collection[str] = (),
    replace: bool = False,
) -> Plan:
    """What putting the given entries over those before would do; with `replace` the others go."""
    now = time.time()
    old, new = {entry.id: entry for entry in before}, {entry.id: entry for entry in given}
    gone = [id for id in old if id not in new and (replace or id in removed)]
    changes = [
        Change(id, old.get(id), entry, author, now)
        for id, entry in new.items()
        if id not in old or old[id].content_hash != entry.content_hash
    ]
    changes += [Change(id, old[id], None, author, now) for id in gone]
    hashes = [{id: entry.content_hash for id, entry in entries.items()} for entries in (old, new)]
    return Plan(changes, Changes.counted(*hashes, removed=len(gone)))
