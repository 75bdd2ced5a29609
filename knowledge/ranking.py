"""Judges texts against a base: which entry answers, how sure that is, and whether anything was asked at all.

Cosine retrieves candidates; evidence reorders them and becomes a calibrated probability. What follows from it
(reply, hand over, ignore) is for the caller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge.base import KnowledgeBase
from knowledge.calibration import ASKING_FEATURES, TRUST_FEATURES, Calibration, shipped_calibration
from knowledge.candidates import Candidate, CandidateFinder
from knowledge.entries import Entry, Match
from knowledge.evidence import (
    CANDIDATE_FEATURES,
    bare,
    candidate_features,
    message_features,
    without_address,
)
from knowledge.lexicon import Lexicon, shipped_lexicon
from knowledge.questions import QuestionModel, shipped_question_model
from knowledge.text import fold

EXACT_ONLY: Final = 0.99
"""The probability of a text that is one entry's wording, letter by letter; no other text reaches it."""

_SHOWN = 3
_SUREST_INEXACT = 0.9899
_EXACT_UTILITY = 100.0
_MOST_LEAD = 6.0
_LEAST_LOG_ODDS = -100.0
_LEAST_LIKENESS = 1e-4

_ASKING_PLACES = [TRUST_FEATURES.index(name) for name in ASKING_FEATURES]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one text was judged to be.

    `matches` are at most three distinct entries, best first as the ranker orders them; `probability` is that
    the first truly answers the text (0.0 without matches); `question_likeness` (0 to 1) that anything is
    asked. `evidence` holds what the probability was made of, TRUST_FEATURES by name; `vector` is the text's
    unit vector, zero for a text that folds to nothing. `is_wording`: an editor wrote this very text, but for
    what is said before asking.
    """

    matches: tuple[Match, ...]
    probability: float
    question_likeness: float
    evidence: Mapping[str, float]
    vector: NDArray[np.float32]
    is_wording: bool = False


class Ranker:
    """Judges by a calibration; without one, by the shipped. Any number of threads may share it."""

    def __init__(
        self,
        calibration: Calibration | None = None,
        *,
        questions: QuestionModel | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        self._calibration = calibration or shipped_calibration()
        self._questions = questions or shipped_question_model()
        self._lexicon = lexicon or shipped_lexicon()
        self._order_weights = _vector(self._calibration.order_weights, CANDIDATE_FEATURES)
        self._trust_weights = _vector(self._calibration.trust_weights, TRUST_FEATURES)
        self._asking_weights = _vector(self._calibration.asking_weights, ASKING_FEATURES)
        self._finder = CandidateFinder(self._lexicon)

    @property
    def calibration(self) -> Calibration:
        """What it judges by."""
        return self._calibration

    @property
    def question_threshold(self) -> float:
        """The question likeness below which a text is chatter."""
        return self._calibration.question_threshold

    def reply_threshold(self, wrong_reply_budget: float) -> float:
        """The least probability at which the share of wrong replies is expected to stay within the budget."""
        nothing_wrong = (0.0, max(EXACT_ONLY, self._calibration.reply_thresholds[0][1]))
        budgets, least = zip(nothing_wrong, *self._calibration.reply_thresholds, strict=True)
        return float(np.interp(wrong_reply_budget, budgets, least))

    def precision_threshold(self, precision: float) -> float:
        """The least probability from which that share of replies is right, all but certainly.

        It is that of the next precision that was measured; EXACT_ONLY where none is known to reach it.
        """
        within = (least for known, least in self._calibration.precision_thresholds if known >= precision)
        return next(within, EXACT_ONLY)

    @property
    def entry_thresholds(self) -> Mapping[str, float]:
        """What was learned of entries that misled, by id."""
        return self._calibration.entry_thresholds

    def team_bar(self, wrong_reply_budget: float, precision: float | None = None) -> float:
        """The least probability of a reply by a team's budget and, if asked for, precision: the stricter."""
        within_budget = self.reply_threshold(wrong_reply_budget)
        return within_budget if precision is None else max(within_budget, self.precision_threshold(precision))

    def reaches(self, precision: float) -> bool:
        """Whether any replies but wordings as they stand are known to be as precise."""
        return self.precision_threshold(precision) < EXACT_ONLY

    def judge(self, texts: Sequence[str], base: KnowledgeBase) -> list[Judgement]:
        """A judgement for each text as it was typed, in order. Cheaper for many texts at once."""
        return [self.weigh(observation) for observation in self.observe(texts, base)]

    def observe(self, texts: Sequence[str], base: KnowledgeBase) -> list["Observation"]:
        """What judging starts from, before anything is weighed: for fitting a calibration."""
        folded = [fold(text) for text in texts]
        asked = [bare(text) for text in folded]
        vectors = base.embedder.embed(asked)
        likeness = self._questions.likeness_of_folded(texts, folded)
        found = self._finder.find(asked, vectors, base)
        entries, vocabulary = len(base.entries), self._finder.vocabulary(base)
        return [
            self._observe(*row, entries, vocabulary)
            for row in zip(folded, found, likeness.tolist(), vectors, strict=True)
        ]

    def weigh(self, observation: "Observation") -> Judgement:
        """The judgement of what was observed."""
        matches = observation.matches
        if not matches:
            return Judgement((), 0.0, observation.question_likeness, {}, observation.vector)
        exact = observation.exact
        utilities = observation.candidate_features @ self._order_weights + exact * _EXACT_UTILITY
        order = np.argsort(-utilities, kind="stable")
        trust = trust_features(observation, utilities, order, self._calibration.rival_utility)
        probability = min(_logistic(float(trust @ self._trust_weights)), _SUREST_INEXACT)
        likeness = _logistic(float(trust[_ASKING_PLACES] @ self._asking_weights))
        if exact.any():
            probability = EXACT_ONLY / float(exact.sum())
            likeness = max(likeness, EXACT_ONLY)
        return Judgement(
            matches=tuple(matches[place] for place in order[:_SHOWN]),
            probability=probability,
            question_likeness=likeness,
            evidence=dict(zip(TRUST_FEATURES, trust.tolist(), strict=True)),
            vector=observation.vector,
            is_wording=bool(exact.any()),
        )

    def _observe(
        self,
        folded: str,
        candidates: Sequence[Candidate],
        likeness: float,
        vector: NDArray[np.float32],
        entries: int,
        vocabulary: frozenset[str],
    ) -> "Observation":
        asked = {text := bare(folded), without_address(text)}
        rows = candidate_features(folded, candidates, self._lexicon, vocabulary=vocabulary)
        bounded = min(max(likeness, _LEAST_LIKENESS), 1 - _LEAST_LIKENESS)
        asks = log(bounded / (1 - bounded))
        return Observation(
            exact=np.array(
                [not asked.isdisjoint(candidate.profile.wordings) for candidate in candidates], dtype=bool
            ),
            matches=[candidate.match for candidate in candidates],
            candidate_features=np.array(rows, dtype=np.float64).reshape(len(rows), len(CANDIDATE_FEATURES)),
            message_features=np.array(message_features(folded, asks, entries)),
            question_likeness=likeness,
            vector=vector,
        )


@dataclass(frozen=True, slots=True)
class Observation:
    """One text, its candidates in no order with CANDIDATE_FEATURES, a row each, and its MESSAGE_FEATURES."""

    matches: Sequence[Match]
    exact: NDArray[np.bool_]  # the text is a wording of the match's entry
    candidate_features: Floats
    message_features: Floats
    question_likeness: float  # by its words alone
    vector: NDArray[np.float32]


def reply_bar(entry: Entry, *, team: float, learned: Mapping[str, float]) -> float:
    """The least probability at which this entry is a reply: its editor's, or else the higher of the others.

    `team` is what holds for all entries, `learned` what reviews of single ones taught, by id.
    """
    return max(team, learned.get(entry.id, 0.0)) if entry.threshold is None else entry.threshold


def trust_features(
    observation: Observation, utilities: Floats, order: NDArray[np.intp], rival_utility: float
) -> Floats:
    """In the order of TRUST_FEATURES; the candidate's are those of the first by `order`."""
    first = order[0]
    rivals = np.append(utilities[order[1:]], rival_utility) - utilities[first]
    lead = np.clip(-rivals.max(), -_MOST_LEAD, _MOST_LEAD)
    share = 1.0 / (1.0 + np.exp(rivals).sum())
    own = observation.candidate_features[first]
    return np.concatenate([[1.0, lead, share], observation.message_features, own])


def _logistic(log_odds: float) -> float:
    return 1.0 / (1.0 + exp(-log_odds)) if log_odds > _LEAST_LOG_ODDS else 0.0


def _vector(weights: Mapping[str, float], names: Sequence[str]) -> Floats:
    return np.array([weights[name] for name in names])


def open_ranker(calibration: Path | None = None) -> Ranker:
    """By a calibration in a file, or the shipped. Raises ModelUnavailable."""
    return Ranker(None if calibration is None else Calibration.load(calibration))
