"""From what viewers asked in vain to what an editor could add: a new entry, or new variants of one. Pure.

Which lines count as asked in vain, and the texts that nobody should be shown, are the caller's choice.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from knowledge.entries import MAX_QUESTION_CHARACTERS
from knowledge.evidence import bare
from knowledge.ranking import Judgement, Ranker, reply_bar
from knowledge.text import fold

# As the running assistant joins askers of one question: chosen on labelled rooms, precision before recall.
LIKENESS: Final = 0.7
SAME_ENTRY: Final = 0.35
PROBABLE: Final = 0.5
"""From here on the nearest entry is more likely than not what was asked for: a wording that it lacks."""

MOST_SAMPLES: Final = 5
MOST_ANSWERS: Final = 5
MOST_LEADERS: Final = 5_000
"""Questions told apart by their likeness; more than that were asked by one viewer each, and the newest of
them count. One that many put differently is among the first, however few typed each wording."""

_JUDGED_PER_CLUSTER = 5  # wordings, those that most viewers typed
_CLUSTERS_PER_ROUND = 200
_MOST_ROUNDS = 10
_SPARE = 4  # clusters looked at for each suggestion wanted: some turn out to ask the same
_BATCH = 512
_NUMBERS = re.compile(r"[0-9]+")

Vectors = NDArray[np.float32]
Asker = tuple[int, str]  # a viewer of a broadcast


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of a viewer that the assistant did not answer.

    `answer` is what a person said to it in their own words, `entry_id` the entry that a person answered it
    with; `asks` says that it is known to ask something.
    """

    text: str
    viewer: str
    broadcast: int
    answer: str = ""
    entry_id: str | None = None
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to add, and why.

    `question` is the wording that most viewers used, `samples` are others; `askers` counts a viewer once a
    broadcast. `nearest` are entry ids with the cosine of the question and their nearest wording, best first,
    `probability` is that the first of them answers. `entry_id`: the entry that lacks these wordings, None for
    a new one. `answers` are people's own, the commonest first.
    """

    kind: Literal["new entry", "new variant"]
    question: str
    samples: tuple[str, ...]
    askers: int
    broadcasts: int
    nearest: tuple[tuple[str, float], ...]
    probability: float
    entry_id: str | None
    answers: tuple[str, ...]

    @property
    def wordings(self) -> tuple[str, ...]:
        """All that it brings, the question first."""
        return (self.question, *self.samples)


@dataclass(slots=True, eq=False)
class _Wording:
    """Everybody who typed the same, as it is compared."""

    askers: set[Asker] = field(default_factory=set)
    typed: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    answered_with: Counter[str] = field(default_factory=Counter)  # entries, by people
    asks: bool = False  # nobody needs to look whether it does

    def add(self, asked: Asked) -> None:
        self.askers.add((asked.broadcast, asked.viewer))
        self.typed[asked.text] += 1
        if asked.answer:
            self.answers[asked.answer] += 1
        if asked.entry_id is not None:
            self.answered_with[asked.entry_id] += 1
        self.asks |= asked.asks or bool(asked.answer) or asked.entry_id is not None

    @property
    def text(self) -> str:
        """As it was typed most often."""
        return self.typed.most_common(1)[0][0]


@dataclass(frozen=True, eq=False)
class _Cluster:
    """Wordings of one question, those of most askers first; `judged` are the first of them."""

    wordings: Sequence[_Wording]
    numbers: frozenset[str]
    judged: Sequence[tuple[_Wording, Judgement]] = ()

    @cached_property
    def askers(self) -> set[Asker]:
        return set[Asker]().union(*(wording.askers for wording in self.wordings))

    @cached_property
    def answers(self) -> Counter[str]:
        return _total(wording.answers for wording in self.wordings)

    @cached_property
    def answered_with(self) -> Counter[str]:
        return _total(wording.answered_with for wording in self.wordings)

    @cached_property
    def probabilities(self) -> Mapping[str, float]:
        """By entry: the mean, an asker a voice, that it answers one of these."""
        sums: defaultdict[str, float] = defaultdict(float)
        for wording, judgement in self.judged:
            if judgement.matches:
                sums[judgement.matches[0].entry.id] += judgement.probability * len(wording.askers)
        voices = sum(len(wording.askers) for wording, _ in self.judged)
        return {entry_id: total / voices for entry_id, total in sums.items()}

    @property
    def signs(self) -> Iterator[tuple[str, str]]:
        """Of what it asks. Those that ask the same have one in common."""
        yield from (("answer", answer) for answer in self.answers)
        yield from (("answered with", entry_id) for entry_id in self.answered_with)
        yield from (
            ("near", id) for id, probability in self.probabilities.items() if probability >= SAME_ENTRY
        )

    def asks_the_same(self, other: "_Cluster") -> bool:
        """Numbers part questions, unless one names none; people's answers and entries join them."""
        if self.numbers and other.numbers and not self.numbers & other.numbers:
            return False
        if (
            self.answers.keys() & other.answers.keys()
            or self.answered_with.keys() & other.answered_with.keys()
        ):
            return True
        own, others = self.probabilities, other.probabilities
        return any(own[id] * others[id] >= SAME_ENTRY for id in own.keys() & others.keys())

    def joined(self, other: "_Cluster") -> "_Cluster":
        return _Cluster(
            sorted([*self.wordings, *other.wordings], key=_most_asked),
            self.numbers | other.numbers,
            sorted([*self.judged, *other.judged], key=lambda one: _most_asked(one[0])),
        )


class _Kept:
    """Clusters that are worth a suggestion; those that ask the same are joined as they come."""

    def __init__(self) -> None:
        self.clusters: list[_Cluster] = []
        self._by_sign: defaultdict[tuple[str, str], list[int]] = defaultdict(list)

    def add(self, cluster: _Cluster) -> None:
        signs = list(cluster.signs)
        near = sorted({place for sign in signs for place in self._by_sign[sign]})
        place = next((one for one in near if self.clusters[one].asks_the_same(cluster)), None)
        if place is None:
            place = len(self.clusters)
            self.clusters.append(cluster)
        else:
            self.clusters[place] = self.clusters[place].joined(cluster)
        for sign in signs:
            self._by_sign[sign].append(place)


def suggest(
    asked: Iterable[Asked],
    base: KnowledgeBase,
    ranker: Ranker,
    *,
    wrong_reply_budget: float = 0.1,
    most: int = 50,
) -> list[Suggestion]:
    """At most `most`, what most viewers asked first.

    Chatter is left out, and what the base answers by now, at the budget. Costs little for what was typed
    often: a wording is looked at once.
    """
    waiting = iter(_clusters(_wordings(asked), base))
    kept = _Kept()
    team_bar = ranker.team_bar(wrong_reply_budget)
    for _ in range(_MOST_ROUNDS):
        next_ones = list(islice(waiting, _CLUSTERS_PER_ROUND))
        for cluster in _in_vain(next_ones, base, ranker, team_bar=team_bar):
            kept.add(cluster)
        if not next_ones or len(kept.clusters) >= _SPARE * most:
            break
    suggestions = [_suggestion(cluster, base) for cluster in kept.clusters]
    return sorted(suggestions, key=lambda one: (-one.askers, -one.broadcasts))[:most]


def _wordings(asked: Iterable[Asked]) -> dict[str, _Wording]:
    """By the text as it is compared; what says nothing is left out."""
    compared: dict[str, str] = {}
    wordings: defaultdict[str, _Wording] = defaultdict(_Wording)
    for one in asked:
        folded = compared.get(one.text)
        if folded is None:
            folded = compared[one.text] = bare(fold(one.text))
        if folded:
            wordings[folded].add(one)
    return dict(sorted(wordings.items(), key=lambda item: _most_asked(item[1])))


def _clusters(wordings: Mapping[str, _Wording], base: KnowledgeBase) -> list[_Cluster]:
    """Those of most askers first."""
    by_numbers: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for folded in wordings:
        by_numbers[frozenset(_NUMBERS.findall(folded))].append(folded)
    clusters = []
    for numbers, texts in by_numbers.items():
        listed = [wordings[folded] for folded in texts]
        for places in alike(base.embedder.embed(texts)):
            clusters.append(_Cluster([listed[place] for place in places], numbers))
    return sorted(clusters, key=lambda cluster: -len(cluster.askers))


def alike(vectors: Vectors, *, likeness: float = LIKENESS, most: int = MOST_LEADERS) -> list[list[int]]:
    """Rows of unit vectors in groups: each joins the group whose mean it is nearest to, if near enough.

    The first rows count for most: they begin the groups, of which there are at most `most`; a later row that
    is near to none of as many is in none.
    """
    groups: list[list[int]] = []
    means = np.empty((min(most, len(vectors)), vectors.shape[1]), dtype=np.float32)
    for start in range(0, len(vectors), _BATCH):
        batch = vectors[start : start + _BATCH]
        known = len(groups)
        nearest, scores = _nearest(batch, means[:known])
        within = batch @ batch.T
        begun: list[int] = []  # rows of this batch that began a group
        for row, vector in enumerate(batch):
            group, score = int(nearest[row]), float(scores[row])
            if begun:
                place = int(within[row, begun].argmax())
                if within[row, begun[place]] > score:
                    group, score = known + place, float(within[row, begun[place]])
            if score >= likeness:
                groups[group].append(start + row)
                means[group] += (vector - means[group]) / len(groups[group])
            elif len(groups) < most:
                means[len(groups)] = vector
                groups.append([start + row])
                begun.append(row)
    return groups


def _nearest(batch: Vectors, means: Vectors) -> tuple[NDArray[np.intp], Vectors]:
    """Of each row: the mean that is nearest, and how near; -1 where there is none."""
    if not len(means):
        return np.full(len(batch), -1, dtype=np.intp), np.full(len(batch), -1.0, dtype=np.float32)
    scores = batch @ means.T
    nearest = scores.argmax(axis=1)
    return nearest, scores[np.arange(len(batch)), nearest]


def _in_vain(
    clusters: Sequence[_Cluster], base: KnowledgeBase, ranker: Ranker, *, team_bar: float
) -> Iterator[_Cluster]:
    """The clusters without chatter and what is answered by now, judged; those that are nothing else go."""
    looked_at = [cluster.wordings[:_JUDGED_PER_CLUSTER] for cluster in clusters]
    texts = [wording.text for wordings in looked_at for wording in wordings]
    judgements = iter(ranker.judge(texts, base))
    for cluster, wordings in zip(clusters, looked_at, strict=True):
        judged = [
            (wording, judgement)
            for wording, judgement in zip(wordings, islice(judgements, len(wordings)), strict=True)
            if not _is_answered(judgement, ranker, team_bar=team_bar)
            and (wording.asks or judgement.question_likeness >= ranker.question_threshold)
        ]
        if judged:
            others = cluster.wordings[_JUDGED_PER_CLUSTER:]
            yield _Cluster([*(wording for wording, _ in judged), *others], cluster.numbers, judged)


def _is_answered(judgement: Judgement, ranker: Ranker, *, team_bar: float) -> bool:
    """By the entries as they are now."""
    if judgement.is_wording or not judgement.matches:
        return judgement.is_wording
    bar = reply_bar(judgement.matches[0].entry, team=team_bar, learned=ranker.entry_thresholds)
    return judgement.probability >= bar


def _suggestion(cluster: _Cluster, base: KnowledgeBase) -> Suggestion:
    askers = cluster.askers
    _, first = cluster.judged[0]
    probability = cluster.probabilities.get(first.matches[0].entry.id, 0.0) if first.matches else 0.0
    entry_id = _lacking(cluster, base.entries)
    texts = list(dict.fromkeys(_plain(wording.text) for wording in _told(cluster)))
    return Suggestion(
        kind="new entry" if entry_id is None else "new variant",
        question=texts[0],
        samples=tuple(texts[1 : 1 + MOST_SAMPLES]),
        askers=len(askers),
        broadcasts=len({broadcast for broadcast, _ in askers}),
        nearest=tuple((match.entry.id, match.score) for match in first.matches),
        probability=probability,
        entry_id=entry_id,
        answers=tuple(answer for answer, _ in cluster.answers.most_common(MOST_ANSWERS)),
    )


def _told(cluster: _Cluster) -> Iterator[_Wording]:
    """The question is one that was judged: no chatter becomes it."""
    judged = [wording for wording, _ in cluster.judged]
    yield from judged
    yield from (wording for wording in cluster.wordings if wording not in judged)


def _lacking(cluster: _Cluster, entries: Collection[str]) -> str | None:
    """The entry that should know these wordings. Who answered in their own words found that none did."""
    for entry_id, _ in cluster.answered_with.most_common():
        if entry_id in entries:
            return entry_id
    probabilities = cluster.probabilities
    best = max(probabilities, key=probabilities.__getitem__, default=None)
    if best is None or cluster.answers or probabilities[best] < PROBABLE:
        return None
    return best


def _total(counters: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for counter in counters:
        total.update(counter)
    return total


def _most_asked(wording: _Wording) -> int:
    return -len(wording.askers)


def _plain(text: str) -> str:
    """One line that an editor can be shown and may keep."""
    shown = "".join(character for character in " ".join(text.split()) if character.isprintable())
    return shown.strip()[:MAX_QUESTION_CHARACTERS]
