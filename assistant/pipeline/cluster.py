"""Many voices, one question: who asks what was asked just now is counted with those who did. Pure.

Answered or before the host, a question is in one cluster, which counts its askers: distinct viewers. What is
done for a cluster (an answer, an escalation) is for `cooldown` and `handover`.
"""

import re
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

SAME_ENTRY = 0.35
LIKENESS = 0.7
"""Chosen on labelled rooms for precision before recall: a stranger in a cluster is lost to the host, a
question that should be in it is only counted apart. `scripts/evaluate.py` says what such a choice is worth on
rooms that had no part in it."""

MOST_CLUSTERS = 500
MOST_TEXTS = 100  # that a cluster knows letter by letter
_NUMBERS = re.compile(r"[0-9]+")

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the clusters compare it: `folded` text, unit `vector` (zero when nothing is known), and
    the entry that answers it best with the `probability` that it does ("" and 0.0 for none). `whose` is the
    viewer whose own matter it is, "" for what everybody may ask."""

    folded: str
    vector: Vector
    entry_id: str = ""
    probability: float = 0.0
    whose: str = ""

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(_NUMBERS.findall(self.folded))


@dataclass(slots=True, eq=False)
class Cluster:
    """Questions that mean the same. Who holds it may count on it also when the clusters have forgotten it.

    `escalation_id` is of the escalation that has it before the host, None for none.
    """

    slot: int  # the row of its vector
    numbers: frozenset[str]  # of the first question that names any
    whose: str = ""
    escalation_id: int | None = None
    until: float = 0.0  # when it is forgotten, unless somebody asks again
    asked_before: int = 0  # askers that an earlier run counted
    viewer_keys: set[str] = field(default_factory=set)
    size: int = 0  # questions of different texts, the following of them
    texts: list[str] = field(default_factory=list)
    by_entry: dict[str, float] = field(default_factory=dict)  # sums of probabilities that an entry answers

    @property
    def askers(self) -> int:
        """Distinct viewers."""
        return self.asked_before + len(self.viewer_keys)

    def same_entry(self, question: Question) -> float:
        """How probable it is, on the mean, that one entry answers the question and one that is in here."""
        return question.probability * self.by_entry.get(question.entry_id, 0.0) / self.size


class Clusters:
    """The questions of one room within the window; those asked longest ago go first when there are too many.

    A question joins the cluster that has its text, letter by letter; else the one that is nearest by the
    entry that probably answers both or by the mean likeness of vectors, if that is near enough. Numbers part
    questions (1号 and 2号); one that names none is about that of others when the same entry answers it. Two
    viewers' own orders are two questions, however alike they are put.
    """

    def __init__(self, *, seconds: float, same_entry: float = SAME_ENTRY, likeness: float = LIKENESS) -> None:
        self._seconds = seconds
        self._same_entry = same_entry
        self._likeness = likeness
        self._clusters: OrderedDict[int, Cluster] = OrderedDict()  # by slot, the one asked last at the end
        self._by_text: dict[tuple[str, str], Cluster] = {}
        self._by_entry: defaultdict[str, set[int]] = defaultdict(set)
        self._vectors: Vector = np.empty((0, 0), dtype=np.float32)  # a row a slot: the mean of its questions

    def join(self, question: Question, *, viewer_key: str, now: float) -> Cluster:
        """The cluster that this question is in from now on, its asker counted; a new one when it is alone."""
        self._forget(now)
        cluster = self._by_text.get((question.folded, question.whose))
        if cluster is None:
            cluster = self._nearest(question) or self._begin(question)
            self._take_in(question, cluster)
        self.hear(cluster, viewer_key=viewer_key, now=now)
        return cluster

    def find(self, question: Question, *, now: float) -> Cluster | None:
        """The cluster that this question would join; nothing is changed."""
        self._forget(now)
        return self._by_text.get((question.folded, question.whose)) or self._nearest(question)

    def hear(self, cluster: Cluster, *, viewer_key: str, now: float) -> None:
        """One more viewer asks what is in this cluster, however it was put; its window begins anew."""
        cluster.viewer_keys.add(viewer_key)
        self._keep(cluster, now)

    def restore(self, question: Question, *, escalation_id: int, askers: int, now: float) -> None:
        """A question that an earlier run left before the host."""
        cluster = self._begin(question)
        cluster.escalation_id = escalation_id
        if question.whose:
            cluster.viewer_keys.add(question.whose)
        else:
            cluster.asked_before = askers
        self._take_in(question, cluster)
        self._keep(cluster, now)

    def _nearest(self, question: Question) -> Cluster | None:
        if not self._clusters:
            return None
        numbers = question.numbers
        likeness = self._vectors @ question.vector / self._likeness
        alike = (self._clusters[slot] for slot in np.flatnonzero(likeness >= 1.0).tolist())
        nearness = {
            one: float(likeness[one.slot])
            for one in alike
            if one.numbers == numbers and one.whose == question.whose
        }
        for slot in self._by_entry.get(question.entry_id, ()):
            one = self._clusters[slot]
            if one.whose == question.whose and (not (numbers and one.numbers) or numbers & one.numbers):
                by_entry = one.same_entry(question) / self._same_entry
                nearness[one] = max(by_entry, nearness.get(one, 0.0))
        best = max(nearness, key=nearness.__getitem__, default=None)
        return best if best is not None and nearness[best] >= 1.0 else None

    def _begin(self, question: Question) -> Cluster:
        if not self._vectors.size:
            self._vectors = np.zeros((MOST_CLUSTERS, len(question.vector)), dtype=np.float32)
        if len(self._clusters) == MOST_CLUSTERS:
            self._drop_oldest()
        slot = next(slot for slot in range(MOST_CLUSTERS) if slot not in self._clusters)
        cluster = self._clusters[slot] = Cluster(slot, question.numbers, question.whose)
        return cluster

    def _take_in(self, question: Question, cluster: Cluster) -> None:
        cluster.size += 1
        cluster.numbers = cluster.numbers or question.numbers
        self._vectors[cluster.slot] += (question.vector - self._vectors[cluster.slot]) / cluster.size
        if question.entry_id:
            known = cluster.by_entry.get(question.entry_id, 0.0)
            cluster.by_entry[question.entry_id] = known + question.probability
            if question.probability >= self._same_entry:  # of lesser ones alone no mean is ever enough
                self._by_entry[question.entry_id].add(cluster.slot)
        if len(cluster.texts) < MOST_TEXTS and (question.folded, question.whose) not in self._by_text:
            cluster.texts.append(question.folded)
            self._by_text[question.folded, question.whose] = cluster

    def _keep(self, cluster: Cluster, now: float) -> None:
        cluster.until = now + self._seconds
        if self._clusters.get(cluster.slot) is cluster:
            self._clusters.move_to_end(cluster.slot)

    def _forget(self, now: float) -> None:
        while self._clusters and next(iter(self._clusters.values())).until <= now:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        slot, cluster = self._clusters.popitem(last=False)
        self._vectors[slot] = 0.0
        for text in cluster.texts:
            del self._by_text[text, cluster.whose]
        for entry_id in cluster.by_entry:
            self._by_entry[entry_id].discard(slot)
