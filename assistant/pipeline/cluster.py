"""Equal questions become one: who asks what is already before the host is counted, not shown again. Pure.

Two texts are equal when they fold to the same, when the same entry probably answers both, or when their
vectors are close; in the last two cases they must name the same numbers (1号 and 2号 are not the same).
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LIKENESS = 0.8
MOST_CLUSTERS = 500
_NUMBERS = re.compile(r"[0-9]+")

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the clusters compare it: `folded` text, unit `vector` (zero when nothing is known), and
    the entry that probably answers it ("" for none)."""

    folded: str
    vector: Vector
    entry_id: str = ""

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(_NUMBERS.findall(self.folded))


@dataclass(slots=True)
class Cluster:
    """The first question of its kind, but for its vector, and until when the next equal one joins it."""

    escalation_id: int
    folded: str
    entry_id: str
    numbers: frozenset[str]
    until: float


class Clusters:
    """The open questions of one room within the window; the oldest go first when there are too many."""

    def __init__(self, *, seconds: float, likeness: float = LIKENESS) -> None:
        self._seconds = seconds
        self._likeness = likeness
        self._clusters: list[Cluster] = []
        # A row a cluster, copied: a row of a whole batch's vectors would keep all of those in memory.
        self._vectors: Vector = np.empty((0, 0), dtype=np.float32)

    def find(self, question: Question, *, now: float) -> Cluster | None:
        """The cluster that this question joins (its window begins anew), None when it is a new one."""
        self._forget(now)
        found = self._same_text(question) or self._nearest(question)
        if found is not None:
            found.until = now + self._seconds
        return found

    def add(self, escalation_id: int, question: Question, *, now: float) -> None:
        until = now + self._seconds
        cluster = Cluster(escalation_id, question.folded, question.entry_id, question.numbers, until)
        row, others = question.vector[np.newaxis], self._vectors[1 - MOST_CLUSTERS :]
        self._vectors = np.concatenate((others, row)) if self._clusters else row.copy()
        self._clusters = [*self._clusters[1 - MOST_CLUSTERS :], cluster]

    def _forget(self, now: float) -> None:
        kept = [place for place, cluster in enumerate(self._clusters) if now < cluster.until]
        if len(kept) < len(self._clusters):
            self._clusters = [self._clusters[place] for place in kept]
            self._vectors = self._vectors[kept]

    def _same_text(self, question: Question) -> Cluster | None:
        return next((one for one in self._clusters if one.folded == question.folded), None)

    def _nearest(self, question: Question) -> Cluster | None:
        numbers = question.numbers
        rivals = [place for place, one in enumerate(self._clusters) if one.numbers == numbers]
        if not rivals:
            return None
        for place in rivals if question.entry_id else ():
            if self._clusters[place].entry_id == question.entry_id:
                return self._clusters[place]
        likeness = (self._vectors @ question.vector)[rivals]
        best = int(likeness.argmax())
        return self._clusters[rivals[best]] if likeness[best] >= self._likeness else None
