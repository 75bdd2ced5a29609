"""The FAQ base that is searched: entries, and the vectors of their wordings, swapped whole at each change.

Where entries are kept is for `store`, whether a match is an answer for `ranking`.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.embedder import Embedder
from knowledge.entries import Changes, Entry, Match, by_id
from knowledge.index import FLAT_LIMIT, FaissIndex
from knowledge.text import fold

Vectors = NDArray[np.float32]

_NEIGHBOURS_PER_ENTRY = 4  # looked at first for each entry wanted: an entry has a few wordings
_WIDENING = 4
_BATCH_TEXTS = 4_096  # embedded at once: a bound to the memory that a large build takes


class _Wording(NamedTuple):
    folded: str
    written: str


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """All that one search looks at; nothing in it changes once it is in use.

    Vectors stand for folded wordings, each once however many entries share it: `vector_ids` leads from it to
    its vector, `askers` from the vector to the entries that are asked so.
    """

    version: int
    entries: Mapping[str, Entry]
    wordings: Mapping[str, tuple[_Wording, ...]]  # by entry id
    vector_ids: Mapping[str, int]
    askers: Mapping[int, Sequence[tuple[str, _Wording]]]
    next_vector_id: int
    index: FaissIndex

    def search(self, vectors: Vectors, limit: int) -> list[list[Match]]:
        """Looks among more and more neighbours, until they belong to enough entries."""
        found: list[list[Match]] = [[] for _ in vectors]
        wanted = min(limit, len(self.entries))
        waiting = np.flatnonzero(vectors.any(axis=1)).tolist() if wanted > 0 else []
        count = wanted * _NEIGHBOURS_PER_ENTRY
        while waiting:
            scores, ids = self.index.search(vectors[waiting], count)
            for row, row_scores, row_ids in zip(waiting, scores.tolist(), ids.tolist(), strict=True):
                found[row] = self._distinct(row_scores, row_ids, wanted)
            if count >= len(self.index):
                break
            waiting = [row for row in waiting if len(found[row]) < wanted]
            count *= _WIDENING
        return found

    def _distinct(self, scores: Iterable[float], vector_ids: Iterable[int], limit: int) -> list[Match]:
        """The entries of these vectors, each by its best wording."""
        matches: dict[str, Match] = {}
        for score, vector_id in zip(scores, vector_ids, strict=True):
            for entry_id, wording in self.askers.get(vector_id, ()):
                if entry_id not in matches:
                    entry = self.entries[entry_id]
                    matches[entry_id] = Match(entry, score, wording.written, wording.folded)
            if len(matches) >= limit:
                break
        return list(matches.values())[:limit]


class KnowledgeBase:
    """Entries found by the meaning of their wordings.

    Any number of threads may search while another changes the entries: a search sees them as they were
    before or after a change, never between, and no search waits. Changes wait for each other. A failed
    change leaves all as it was.
    """

    def __init__(
        self, embedder: Embedder, entries: Iterable[Entry] = (), *, flat_limit: int = FLAT_LIMIT
    ) -> None:
        self.embedder = embedder
        self._writing = Lock()
        index = FaissIndex(embedder.dimension, flat_limit=flat_limit)
        self._snapshot = _Snapshot(0, MappingProxyType({}), {}, {}, {}, 0, index)
        self.build(entries)

    @property
    def entries(self) -> Mapping[str, Entry]:
        """By id, in order."""
        return self._snapshot.entries

    @property
    def version(self) -> int:
        """Grows at each change."""
        return self._snapshot.version

    def build(self, entries: Iterable[Entry]) -> Changes:
        """Have exactly these. Raises EntriesInvalid when two have the same id."""
        given = by_id(entries)
        with self._writing:
            before = self.entries
            self._swap(given)
            return Changes.counted(before, given, removed=len(before.keys() - given.keys()))

    def add(self, *entries: Entry) -> Changes:
        """Have these too; one that is there by its id is replaced in its place. Raises EntriesInvalid."""
        given = by_id(entries)
        with self._writing:
            before = self.entries
            self._swap({**before, **given})
            return Changes.counted(before, given)

    def remove(self, *ids: str) -> Changes:
        """Ids that are not there are passed over."""
        gone = set(ids)
        with self._writing:
            before = self.entries
            self._swap({id: before[id] for id in before if id not in gone})
            return Changes(removed=len(before) - len(self.entries))

    def forked(self, entries: Iterable[Entry]) -> "KnowledgeBase":
        """A base of exactly these, which no later change of this one reaches; what this one has embedded is
        not embedded again. Raises EntriesInvalid.
        """
        forked = copy(self)
        forked._writing = Lock()
        forked.build(entries)
        return forked

    def search(self, texts: Sequence[str], limit: int = 3) -> list[list[Match]]:
        """For each text the `limit` nearest entries, best first; none for one that folds to nothing."""
        folded = [fold(text) for text in texts]
        asked = [place for place, text in enumerate(folded) if text]
        found: list[list[Match]] = [[] for _ in texts]
        if asked:
            vectors = self.embedder.embed([folded[place] for place in asked])
            for place, matches in zip(asked, self.search_vectors(vectors, limit), strict=True):
                found[place] = matches
        return found

    def search_vectors(self, vectors: Vectors, limit: int = 3) -> list[list[Match]]:
        """As `search`, for texts embedded already: a row each, of unit length; none for a row of zeros."""
        return self._snapshot.search(vectors, limit)

    def _swap(self, entries: Mapping[str, Entry]) -> None:
        """The one place that changes anything; the writer's lock is held."""
        if list(entries.items()) != list(self.entries.items()):
            self._snapshot = self._next_snapshot(entries)

    def _next_snapshot(self, entries: Mapping[str, Entry]) -> _Snapshot:
        last = self._snapshot
        wordings = {id: self._wordings(entry) for id, entry in entries.items()}
        asked = dict.fromkeys(wording.folded for group in wordings.values() for wording in group)
        fresh = [folded for folded in asked if folded not in last.vector_ids]
        gone = [folded for folded in last.vector_ids if folded not in asked]
        fresh_ids = dict(
            zip(fresh, range(last.next_vector_id, last.next_vector_id + len(fresh)), strict=True)
        )
        known_ids = {**last.vector_ids, **fresh_ids}
        vector_ids = {folded: known_ids[folded] for folded in asked}
        return _Snapshot(
            version=last.version + 1,
            entries=MappingProxyType(dict(entries)),
            wordings=wordings,
            vector_ids=vector_ids,
            askers=_askers(wordings, vector_ids),
            next_vector_id=last.next_vector_id + len(fresh),
            index=self._next_index(fresh_ids, [last.vector_ids[folded] for folded in gone]),
        )

    def _wordings(self, entry: Entry) -> tuple[_Wording, ...]:
        last = self._snapshot
        known = last.entries.get(entry.id)
        if known is entry or known == entry:
            return last.wordings[entry.id]
        by_folded: dict[str, str] = {}
        for written in entry.wordings:
            by_folded.setdefault(fold(written), written)
        return tuple(_Wording(folded, written) for folded, written in by_folded.items() if folded)

    def _next_index(self, fresh: Mapping[str, int], gone: Sequence[int]) -> FaissIndex:
        if not fresh and not gone:
            return self._snapshot.index
        index = self._snapshot.index.copy()
        index.remove(gone)
        texts = list(fresh)
        for start in range(0, len(texts), _BATCH_TEXTS):
            batch = texts[start : start + _BATCH_TEXTS]
            index.add([fresh[text] for text in batch], self.embedder.embed(batch))
        return index


def _askers(
    wordings: Mapping[str, Sequence[_Wording]], vector_ids: Mapping[str, int]
) -> Mapping[int, Sequence[tuple[str, _Wording]]]:
    askers: dict[int, list[tuple[str, _Wording]]] = {}
    for entry_id, group in wordings.items():
        for wording in group:
            askers.setdefault(vector_ids[wording.folded], []).append((entry_id, wording))
    return askers
