"""Finds the entries that may answer a text: those asked alike, and those whose answers are about the same.

How good each is, is for `evidence` and `ranking`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from knowledge.embedder import Embedder
from knowledge.entries import Entry, Match
from knowledge.evidence import Profile, words_of
from knowledge.lexicon import Lexicon
from knowledge.meanings import Meanings, Remembered, in_shipped_space, shipped_meanings
from knowledge.text import fold

Vectors = NDArray[np.float32]

MOST_ANSWERS: Final = 2_000
"""In a larger base answers are not searched: it would take as long as all the rest, and find less."""

_BY_WORDING = 8
_BY_ANSWER = 4


class Candidate(NamedTuple):
    match: Match
    profile: Profile
    answer_cosine: float
    meaning: float  # 0..1: how much of what the text brings to mind, the most alike wording does too


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Known:
    """An entry with the vectors of its wordings and its answer, and the meanings of its wordings."""

    profile: Profile
    wordings: Vectors
    answer: Vectors
    meanings: Remembered

    def match(self, vector: Vectors) -> Match:
        scores = self.wordings @ vector
        nearest = int(scores.argmax())
        profile = self.profile
        written = profile.entry.wordings[nearest]
        return Match(profile.entry, float(scores[nearest]), written, profile.folded[nearest])


@dataclass(slots=True)
class _Memory:
    """What is known of a base's entries, by id. Threads that meet here at worst do the same work twice."""

    known: dict[str, _Known] = field(default_factory=dict)
    answers: "_Answers | None" = None
    vocabulary: tuple[int, frozenset[str]] = (-1, frozenset())  # at a version of the base


@dataclass(frozen=True, slots=True)
class _Answers:
    """The answers of a base at one version, a row an entry."""

    version: int
    entries: Sequence[_Known]
    vectors: Vectors

    def nearest(self, vectors: Vectors) -> NDArray[np.intp]:
        """For each text the rows of the nearest answers, in no particular order."""
        count = min(_BY_ANSWER, len(self.entries))
        return np.argpartition(vectors @ self.vectors.T, -count, axis=1)[:, -count:]


class CandidateFinder:
    """Any number of threads may share it."""

    def __init__(self, lexicon: Lexicon, meanings: Meanings | None = None) -> None:
        self._lexicon = lexicon
        self._meanings = meanings or shipped_meanings()
        self._memories: WeakKeyDictionary[KnowledgeBase, _Memory] = WeakKeyDictionary()
        self._words: dict[str, tuple[Entry, frozenset[str]]] = {}  # by id: a change of one costs one
        # By embedder and entry: bases share what is known of the entries that they share.
        self._shared: WeakValueDictionary[tuple[str, int, str], _Known] = WeakValueDictionary()

    def find(self, texts: Sequence[str], vectors: Vectors, base: KnowledgeBase) -> list[list[Candidate]]:
        """For each folded text, whose vector the base's embedder made, its candidates, those nearest asked
        first; none for a vector of zeros.
        """
        memory = self._memories.setdefault(base, _Memory())
        asked = base.search_vectors(vectors, _BY_WORDING)
        self._learn(memory, {match.entry.id: match.entry for row in asked for match in row}, base.embedder)
        matches = self._with_answers(memory, asked, vectors, base)
        roots = self._meanings.roots_of(in_shipped_space(texts, vectors, base.embedder))
        return [
            _candidates(row, [memory.known[match.entry.id] for match in row], *text)
            for row, *text in zip(matches, vectors, roots, strict=True)
        ]

    def vocabulary(self, base: KnowledgeBase) -> frozenset[str]:
        """The words of all wordings and answers of the base."""
        memory = self._memories.setdefault(base, _Memory())
        version, words = memory.vocabulary
        if version != base.version:
            version, entries = base.version, base.entries.values()
            words = frozenset().union(*map(self._words_of, entries))
            memory.vocabulary = version, words
        return words

    def _words_of(self, entry: Entry) -> frozenset[str]:
        known = self._words.get(entry.id)
        if known is None or not (known[0] is entry or known[0] == entry):
            texts = map(fold, (*entry.wordings, entry.answer))
            self._words[entry.id] = known = entry, frozenset().union(*map(words_of, texts))
        return known[1]

    def _with_answers(
        self, memory: _Memory, asked: list[list[Match]], vectors: Vectors, base: KnowledgeBase
    ) -> list[list[Match]]:
        answers = self._answers(memory, base)
        if answers is None:
            return asked
        found = []
        for row, vector, places in zip(asked, vectors, answers.nearest(vectors).tolist(), strict=True):
            ids = {match.entry.id for match in row}
            near = [answers.entries[place] for place in places if row]
            found.append(row + [one.match(vector) for one in near if one.profile.entry.id not in ids])
        return found

    def _answers(self, memory: _Memory, base: KnowledgeBase) -> _Answers | None:
        version, entries = base.version, base.entries
        if not 0 < len(entries) <= MOST_ANSWERS:
            return None
        if memory.answers is None or memory.answers.version != version:
            memory.known = {id: known for id, known in memory.known.items() if id in entries}
            self._learn(memory, entries, base.embedder)
            known = [memory.known[id] for id in entries]
            memory.answers = _Answers(version, known, np.stack([one.answer for one in known]))
        return memory.answers

    def _learn(self, memory: _Memory, entries: Mapping[str, Entry], embedder: Embedder) -> None:
        fresh = [entry for entry in entries.values() if not self._recalls(memory, entry, embedder)]
        if not fresh:
            return
        profiles = [Profile.of(entry, self._lexicon) for entry in fresh]
        texts = [text for profile in profiles for text in (profile.answer, *profile.folded)]
        vectors = embedder.embed(texts)
        meanings = self._meanings.remember(in_shipped_space(texts, vectors, embedder))
        start = 0
        for profile in profiles:
            wordings = slice(start + 1, start + 1 + len(profile.folded))
            known = _Known(profile, vectors[wordings], vectors[start], meanings[wordings])
            memory.known[profile.entry.id] = known
            self._shared[embedder.name, embedder.dimension, profile.entry.id] = known
            start = wordings.stop

    def _recalls(self, memory: _Memory, entry: Entry, embedder: Embedder) -> bool:
        """Whether it is known already; what is known for another base serves this one too."""
        if _is_of(memory.known.get(entry.id), entry):
            return True
        shared = self._shared.get((embedder.name, embedder.dimension, entry.id))
        if shared is None or not _is_of(shared, entry):
            return False
        memory.known[entry.id] = shared
        return True


def _candidates(
    matches: Sequence[Match], known: Sequence[_Known], vector: Vectors, roots: Vectors
) -> list[Candidate]:
    if not matches:
        return []
    likeness = Remembered.joined([one.meanings for one in known]).likeness(roots)
    starts = np.cumsum([0, *(len(one.meanings) for one in known[:-1])])
    meanings = np.maximum.reduceat(likeness, starts).tolist()
    return [
        Candidate(match, one.profile, float(one.answer @ vector), meaning)
        for match, one, meaning in zip(matches, known, meanings, strict=True)
    ]


def _is_of(known: _Known | None, entry: Entry) -> bool:
    """Entries that were loaded anew are other objects, and mostly the same entries."""
    return known is not None and (known.profile.entry is entry or known.profile.entry == entry)
