"""What one number a wording can do: the most similar wording's entry, answered from some similarity on.

The similarities that live tools and search boxes use, and the cosine of an embedding alone. All but
difflib's, whose 0.8 is the tools' own, are made a probability by a logistic curve fitted on the other rooms,
with bars set there by the rules of the full ranking.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from knowledge.embedder import Embedder
from knowledge.evaluation.calibrate import MOST_MISSED
from knowledge.evaluation.metrics import Action, Outcome
from knowledge.evaluation.rooms import Message, Room
from knowledge.text import fold

Scores = NDArray[np.float64]
Scorer = Callable[[str], Scores]
"""From a folded text to its similarity with each wording."""

TOOLS_BAR = 0.8


@dataclass(frozen=True, slots=True)
class Similarity:
    """`prepare` makes a scorer of the folded wordings of a base."""

    name: str
    prepare: Callable[[Sequence[str]], Scorer]
    bar: float | None = None  # None: fitted


def _difflib(wordings: Sequence[str]) -> Scorer:
    return lambda text: np.array([SequenceMatcher(None, text, one).ratio() for one in wordings])


def _rapidfuzz(wordings: Sequence[str]) -> Scorer:
    return lambda text: process.cdist([text], wordings, scorer=fuzz.WRatio)[0] / 100.0


def _tfidf(wordings: Sequence[str]) -> Scorer:
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3))
    known = vectorizer.fit_transform(wordings).T
    return lambda text: (vectorizer.transform([text]) @ known).toarray()[0]


PLAIN = (
    Similarity("difflib 0.8", _difflib, bar=TOOLS_BAR),
    Similarity("RapidFuzz", _rapidfuzz),
    Similarity("character TF-IDF", _tfidf),
)


def cosine(embedder: Embedder, name: str) -> Similarity:
    def prepare(wordings: Sequence[str]) -> Scorer:
        known = embedder.embed(wordings).T
        return lambda text: (embedder.embed([text]) @ known)[0].astype(np.float64)

    return Similarity(name, prepare)


@dataclass(frozen=True, slots=True)
class Nearest:
    """A message, the ids of the entries nearest to it, and the similarity of the first."""

    message: Message
    ranked: tuple[str, ...]
    likeness: float

    @property
    def is_right(self) -> bool:
        return self.message.entry is not None and self.ranked[:1] == (self.message.entry,)


class Finder:
    """A room's entries by one similarity."""

    def __init__(self, room: Room, similarity: Similarity) -> None:
        wordings = [(entry.id, fold(wording)) for entry in room.entries for wording in entry.wordings]
        self._room = room
        self._ids = [id for id, _ in wordings]
        self._score = similarity.prepare([wording for _, wording in wordings])

    def find(self, text: str) -> tuple[tuple[str, ...], float]:
        scores = self._score(fold(text))
        order = np.argsort(-scores, kind="stable")
        return tuple(dict.fromkeys(self._ids[place] for place in order))[:3], float(scores[order[0]])

    def nearest(self) -> list[Nearest]:
        """Of each of the room's messages."""
        return [Nearest(message, *self.find(message.text)) for message in self._room.messages]


def judge_plainly(
    found: Sequence[Sequence[Nearest]], similarity: Similarity, *, budget: float
) -> list[list[Outcome]]:
    """The outcomes of each room, judged by what was found in the others."""
    return [
        _by_others(room, [one for other in found if other is not room for one in other], budget)
        if similarity.bar is None
        else _by_bar(room, similarity.bar)
        for room in found
    ]


def _by_bar(room: Sequence[Nearest], bar: float) -> list[Outcome]:
    return [_outcome(one, one.likeness, "reply" if one.likeness >= bar else "ignore") for one in room]


def _by_others(room: Sequence[Nearest], others: Sequence[Nearest], budget: float) -> list[Outcome]:
    curve = LogisticRegression(C=1e3).fit(_column(others), [one.is_right for one in others])
    reply, question = _reply_bar(others, budget), _question_bar(others)
    probabilities = curve.predict_proba(_column(room))[:, 1].tolist()
    return [
        _outcome(one, probability, _action(one.likeness, reply=reply, question=question))
        for one, probability in zip(room, probabilities, strict=True)
    ]


def _action(likeness: float, *, reply: float, question: float) -> Action:
    return "reply" if likeness >= reply else "ignore" if likeness < question else "escalate"


def _reply_bar(others: Sequence[Nearest], budget: float) -> float:
    """The lowest similarity from which wrong replies, and one more for prudence, are within the budget."""
    ordered = sorted(others, key=lambda one: -one.likeness)
    wrong = np.cumsum([not one.is_right for one in ordered]) + 1
    within = np.flatnonzero(wrong <= budget * np.arange(2, len(ordered) + 2))
    return ordered[within[-1]].likeness if len(within) else np.inf


def _question_bar(others: Sequence[Nearest]) -> float:
    asking = [one.likeness for one in others if one.message.expect != "ignore"]
    return float(np.quantile(asking, MOST_MISSED))


def _outcome(one: Nearest, probability: float, action: Action) -> Outcome:
    return Outcome(one.message.expect, one.message.entry, one.ranked, probability, action, one.message.kind)


def _column(found: Sequence[Nearest]) -> Scores:
    return np.array([[one.likeness] for one in found])
