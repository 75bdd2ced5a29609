"""Judges texts against a base: which entry answers, how sure that is, and whether anything was asked at all.

Cosine retrieves candidates; evidence reorders them and becomes a calibrated probability. What follows from it
(reply, hand over, ignore) is for the caller.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from knowledge.embedder import Embedder
from knowledge.entries import Entry, Match
from knowledge.errors import ModelUnavailable
from knowledge.evidence import (
    CANDIDATE_FEATURES,
    MESSAGE_FEATURES,
    Profile,
    bare,
    candidate_features,
    message_features,
)
from knowledge.questions import QuestionModel, shipped_question_model
from knowledge.text import fold

SHIPPED_CALIBRATION: Final = Path(__file__).parent / "model" / "calibration.json"
CALIBRATION_VERSION: Final = 1

_CANDIDATES = 8
_SHOWN = 3
_EXACT_PROBABILITY = 0.99  # of a text that is a wording, letter by letter
_LEAST_LIKENESS = 1e-4
_MOST_PROFILES = 50_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one text was judged to be.

    `matches` are at most three distinct entries, best first as the ranker orders them; `probability` is that
    the first truly answers the text (0.0 without matches); `question_likeness` (0 to 1) that anything is
    asked. `evidence` holds the features of the first match by name, `vector` the text's unit vector (zero for a text
    that folds to nothing).
    """

    matches: tuple[Match, ...]
    probability: float
    question_likeness: float
    evidence: Mapping[str, float]
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the evidence weighs, fitted on labelled rooms by scripts/calibrate.py.

    A candidate's utility is the weighted sum of its features, that of "none of them" the weighted sum of the
    message's; probabilities are their softmax (a conditional logit), so rivals take from each other however
    many entries a base has. `reply_thresholds` are pairs (budget of wrong replies, least probability),
    budgets ascending, measured on rooms that the weights had not seen.
    """

    candidate_weights: Mapping[str, float]
    message_weights: Mapping[str, float]
    question_threshold: float
    reply_thresholds: tuple[tuple[float, float], ...]

    @classmethod
    def load(cls, path: Path = SHIPPED_CALIBRATION) -> "Calibration":
        """Raises ModelUnavailable."""
        try:
            return cls._from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelUnavailable(f"{path}: the calibration is broken: {error}") from None

    @classmethod
    def _from_json(cls, data: Mapping[str, Any]) -> "Calibration":
        if data["version"] != CALIBRATION_VERSION:
            raise ValueError(f"version {data['version']}, this program reads {CALIBRATION_VERSION}")
        calibration = cls(
            candidate_weights={name: float(data["candidate_weights"][name]) for name in CANDIDATE_FEATURES},
            message_weights={name: float(data["message_weights"][name]) for name in MESSAGE_FEATURES},
            question_threshold=float(data["question_threshold"]),
            reply_thresholds=tuple(
                (float(budget), float(least)) for budget, least in data["reply_thresholds"]
            ),
        )
        if not calibration.reply_thresholds:
            raise ValueError("no reply_thresholds")
        return calibration

    def save(self, path: Path) -> None:
        data = {"version": CALIBRATION_VERSION, **asdict(self)}
        path.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


class Ranker:
    """Judges by a calibration; without one, by the shipped. Any number of threads may share it."""

    def __init__(
        self, calibration: Calibration | None = None, *, questions: QuestionModel | None = None
    ) -> None:
        self._calibration = calibration or shipped_calibration()
        self._questions = questions or shipped_question_model()
        self._candidate_weights = _vector(self._calibration.candidate_weights, CANDIDATE_FEATURES)
        self._message_weights = _vector(self._calibration.message_weights, MESSAGE_FEATURES)
        self._profiles: dict[str, _Known] = {}

    @property
    def question_threshold(self) -> float:
        """The question likeness below which a text is chatter."""
        return self._calibration.question_threshold

    def reply_threshold(self, wrong_reply_budget: float) -> float:
        """The least probability at which the share of wrong replies is expected to stay within the budget."""
        budgets, least = zip(*self._calibration.reply_thresholds, strict=True)
        return float(np.interp(wrong_reply_budget, budgets, least))

    def judge(self, texts: Sequence[str], base: KnowledgeBase) -> list[Judgement]:
        """A judgement for each text as it was typed, in order. Cheaper for many texts at once."""
        return [self.weigh(observation) for observation in self.observe(texts, base)]

    def observe(self, texts: Sequence[str], base: KnowledgeBase) -> list["Observation"]:
        """What judging starts from, before anything is weighed: for fitting a calibration."""
        folded = [fold(text) for text in texts]
        vectors = base.embedder.embed(folded)
        likeness = self._questions.likeness_of_folded(texts, folded)
        found = base.search_vectors(vectors, _CANDIDATES)
        known = self._known({match.entry.id: match.entry for row in found for match in row}, base.embedder)
        return [
            _observe(text, matches, [known[match.entry.id] for match in matches], asks, vector)
            for text, matches, asks, vector in zip(folded, found, likeness.tolist(), vectors, strict=True)
        ]

    def weigh(self, observation: "Observation") -> Judgement:
        """The judgement of what was observed."""
        matches, rows = observation.matches, observation.candidate_features
        likeness = observation.question_likeness
        if not matches:
            return Judgement((), 0.0, likeness, {}, observation.vector)
        utilities = np.append(
            rows @ self._candidate_weights, observation.message_features @ self._message_weights
        )
        odds = np.exp(utilities - utilities.max())
        probabilities = odds[:-1] / odds.sum()
        if exact := [place for place, match in enumerate(matches) if bare(match.folded) == observation.bare]:
            probabilities[exact] = np.maximum(probabilities[exact], _EXACT_PROBABILITY / len(exact))
            likeness = max(likeness, _EXACT_PROBABILITY)
        order = np.argsort(-probabilities, kind="stable")
        first = int(order[0])
        return Judgement(
            matches=tuple(matches[place] for place in order[:_SHOWN]),
            probability=float(probabilities[first]),
            question_likeness=likeness,
            evidence=dict(zip(CANDIDATE_FEATURES, rows[first].tolist(), strict=True)),
            vector=observation.vector,
        )

    def _known(self, entries: Mapping[str, Entry], embedder: Embedder) -> Mapping[str, "_Known"]:
        """The entries as they are compared; those met for the first time are prepared together."""
        profiles = self._profiles
        fresh = [entry for id, entry in entries.items() if not _is_known(profiles.get(id), entry, embedder)]
        if fresh:
            made = [Profile.of(entry) for entry in fresh]
            answers = embedder.embed([profile.answer for profile in made])
            added = {
                profile.entry.id: _Known(profile, embedder, answer)
                for profile, answer in zip(made, answers, strict=True)
            }
            kept = profiles if len(profiles) < _MOST_PROFILES else {}
            profiles = self._profiles = {**kept, **added}  # replaced, never changed: other threads read it
        return profiles


@dataclass(frozen=True, slots=True)
class Observation:
    """One text with its candidates: a row of CANDIDATE_FEATURES each, and MESSAGE_FEATURES of the text."""

    bare: str
    matches: Sequence[Match]
    candidate_features: Floats
    message_features: Floats
    question_likeness: float
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Known:
    profile: Profile
    embedder: Embedder
    answer: NDArray[np.float32]


def _is_known(known: _Known | None, entry: Entry, embedder: Embedder) -> bool:
    return known is not None and known.embedder is embedder and known.profile.entry == entry


def _observe(
    folded: str,
    matches: Sequence[Match],
    known: Sequence[_Known],
    asks: float,
    vector: NDArray[np.float32],
) -> Observation:
    answers = [float(one.answer @ vector) for one in known]
    rows = candidate_features(folded, matches, [one.profile for one in known], answers)
    bounded = min(max(asks, _LEAST_LIKENESS), 1 - _LEAST_LIKENESS)
    return Observation(
        bare=bare(folded),
        matches=matches,
        candidate_features=np.array(rows, dtype=np.float64).reshape(len(rows), len(CANDIDATE_FEATURES)),
        message_features=np.array(message_features(folded, log(bounded / (1 - bounded)))),
        question_likeness=asks,
        vector=vector,
    )


def _vector(weights: Mapping[str, float], names: Sequence[str]) -> Floats:
    return np.array([weights[name] for name in names])


def unfitted_calibration() -> Calibration:
    """Weighs nothing, for who observes only."""
    return Calibration(
        dict.fromkeys(CANDIDATE_FEATURES, 0.0), dict.fromkeys(MESSAGE_FEATURES, 0.0), 0.0, ((0.0, 1.0),)
    )


@cache
def shipped_calibration() -> Calibration:
    return Calibration.load()
