"""Explains a judgement: what speaks for and against each of the nearest entries, and the words it is about.

A finding says what was seen and how much it weighs. How that is put into a sentence is for who shows it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log
from typing import Final

import numpy as np

from knowledge.base import KnowledgeBase
from knowledge.calibration import TRUST_FEATURES, Calibration
from knowledge.entries import MAX_QUESTION_CHARACTERS, Entry, Match
from knowledge.evidence import CANDIDATE_FEATURES, Profile, bare
from knowledge.lexicon import Lexicon, shipped_lexicon
from knowledge.ranking import Judgement, Observation, Ranker, trust_features
from knowledge.text import MAX_CHARACTERS, fold
from knowledge.tracing import (
    abbreviated,
    heard_alike,
    numbered,
    spelled_alike,
    words_common,
    words_of_answer,
    words_unknown,
)

Facts = Mapping[str, str | float | tuple[str, ...]]


class Kind(StrEnum):
    """What a finding is about. The names of its facts stand beside it."""

    EXACT = "exact"  # wording
    SHARED_WORDING = "shared_wording"  # entry: another that is asked so, letter by letter
    START = "start"  # what is to be doubted before anything is compared
    NEAREST = "nearest"  # wording, cosine, words: those in common
    UNKNOWN_WORDS = "unknown_words"  # words; none where all of them say little
    SWAPPED = "swapped"  # wording, words: the same question but for words of other entries
    IN_ANSWER = "in_answer"  # words that only the answer has
    ABOUT_ANSWER = "about_answer"  # the answer speaks of the same, or of something else
    SPELLED_ALIKE = "spelled_alike"  # words: pairs a=b, as typed and as written
    SOUNDS_ALIKE = "sounds_alike"  # the same
    INITIALS = "initials"  # the same
    NUMBERS_DIFFER = "numbers_differ"  # asked, known
    NUMBER_UNKNOWN = "number_unknown"  # asked
    NEGATED_HERE = "negated_here"  # wording
    NEGATED_THERE = "negated_there"  # wording
    AHEAD = "ahead"  # entry, question, lead
    BEHIND = "behind"  # the same
    APART = "apart"  # nearer than wrong entries usually are
    FAINT = "faint"  # wrong entries are usually nearer
    ASKS = "asks"  # likeness
    HARDLY_ASKS = "hardly_asks"  # likeness
    OTHER = "other"  # name, value: evidence that nobody has written words for


@dataclass(frozen=True, slots=True)
class Finding:
    """`points` are what it adds to the log odds that the entry answers, or takes from them."""

    kind: Kind
    points: float
    facts: Facts


@dataclass(frozen=True, slots=True)
class Explained:
    """A near entry. `probability` is that it answers.

    The findings' points together are its log odds, strongest first; of an exact wording nothing else is said.
    Entries after the first are weighed as if each came first; none is likelier than the one before, nor than
    those before leave it.
    """

    match: Match
    probability: float
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """`candidates` are those of the judgement in its order; with `none` their probabilities are 1."""

    candidates: tuple[Explained, ...]
    none: float


@dataclass(frozen=True, slots=True)
class _Seen:
    """A text, as typed and as compared, beside one entry."""

    typed: str
    text: str
    match: Match
    entry: Profile
    evidence: Mapping[str, float]
    rival: Match | None  # the other entry that comes nearest; None where a usual wrong one is nearer
    likeness: float
    asks: bool
    lexicon: Lexicon

    @property
    def asked(self) -> Profile:
        """The text as if it were an entry: the same is known of both."""
        return Profile.of(
            Entry(id="-", question=self.text[:MAX_QUESTION_CHARACTERS], answer="-"), self.lexicon
        )


Found = tuple[Kind, Facts] | None

USUAL: Final[Mapping[str, float]] = {
    "cosine": 0.4,
    "meaning": 0.2,
    "answer_cosine": 0.3,
    "lead": 1.0,
    "share": 0.5,
    "asks": 2.0,
}
"""About what the first candidate shows when it is not the answer (0 where nothing stands): less than this
speaks against it. A choice of words only: the points' sum is the same whatever stands here."""


def explain(
    text: str, judgement: Judgement, *, base: KnowledgeBase, ranker: Ranker, lexicon: Lexicon | None = None
) -> Explanation:
    """Why the ranker judged the text so. Empty for a judgement without matches."""
    if not judgement.matches:
        return Explanation((), 1.0)
    (observation,) = ranker.observe([text], base)
    weighed = _Weighed(text, observation, ranker.calibration, lexicon or shipped_lexicon())
    candidates: list[Explained] = []
    left = most = 1.0
    for match in judgement.matches:
        explained = weighed.explained(match, judgement, most=min(left, most))
        most = explained.probability
        left = max(0.0, left - most)
        candidates.append(explained)
    return Explanation(tuple(candidates), left)


class _Weighed:
    """An observation under a calibration, each of its candidates in turn taken for the first."""

    def __init__(
        self, text: str, observation: Observation, calibration: Calibration, lexicon: Lexicon
    ) -> None:
        self._text = text[:MAX_CHARACTERS]
        self._observation = observation
        self._calibration = calibration
        self._lexicon = lexicon
        weights = np.array([calibration.order_weights[name] for name in CANDIDATE_FEATURES])
        self._utilities = observation.candidate_features @ weights
        self._places = {match.entry.id: place for place, match in enumerate(observation.matches)}

    def explained(self, match: Match, judgement: Judgement, *, most: float) -> Explained:
        place = self._places[match.entry.id]
        if self._observation.exact.any():
            return self._beside_exact(match, place, judgement, most=most)
        evidence = self._evidence(place)
        seen = _Seen(
            typed=self._text,
            text=bare(fold(self._text)),
            match=match,
            entry=Profile.of(match.entry, self._lexicon),
            evidence=evidence,
            rival=self._rival(place),
            likeness=judgement.question_likeness,
            asks=judgement.question_likeness >= self._calibration.question_threshold,
            lexicon=self._lexicon,
        )
        findings = _findings(seen, self._calibration.trust_weights)
        is_first = match is judgement.matches[0]
        odds = sum(finding.points for finding in findings)
        probability = judgement.probability if is_first else min(most, 1 / (1 + np.exp(-odds)))
        return Explained(match, float(probability), findings)

    def _beside_exact(self, match: Match, place: int, judgement: Judgement, *, most: float) -> Explained:
        """Where an entry is asked letter by letter, nothing else counts."""
        exact = self._observation.exact
        if not exact[place]:
            return Explained(match, 0.0, ())
        count = int(exact.sum())
        probability = min(most, judgement.probability)
        alone = min(1.0 - 1e-9, probability * count)
        findings = [Finding(Kind.EXACT, _log_odds(alone), {"wording": match.wording})]
        others = [
            other.entry.id
            for other, is_exact in zip(self._observation.matches, exact, strict=True)
            if is_exact and other.entry.id != match.entry.id
        ]
        doubt = (_log_odds(probability) - _log_odds(alone)) / max(1, len(others))
        findings += [Finding(Kind.SHARED_WORDING, doubt, {"entry": other}) for other in others]
        return Explained(match, probability, tuple(findings))

    def _evidence(self, place: int) -> dict[str, float]:
        order = np.argsort(-self._utilities, kind="stable")
        order = np.concatenate([[place], order[order != place]])
        rival_utility = self._calibration.rival_utility
        values = trust_features(self._observation, self._utilities, order, rival_utility)
        return dict(zip(TRUST_FEATURES, values.tolist(), strict=True))

    def _rival(self, place: int) -> Match | None:
        others = [other for other in self._places.values() if other != place]
        nearest = max(others, key=self._utilities.__getitem__, default=None)
        if nearest is None or self._utilities[nearest] < self._calibration.rival_utility:
            return None
        return self._observation.matches[nearest]


def _findings(seen: _Seen, weights: Mapping[str, float]) -> tuple[Finding, ...]:
    points = {
        name: weights.get(name, 0.0) * (value - USUAL.get(name, 0.0)) for name, value in seen.evidence.items()
    }
    start = sum(weights.get(name, 0.0) * usual for name, usual in USUAL.items() if name in points)
    told: dict[Kind, tuple[float, Facts]] = {}
    findings = []
    for names, find in _FINDERS:
        weight = sum(points.pop(name, 0.0) for name in names)
        found = find(seen)
        if found is None:  # nothing of its own to show: told with the likeness of which it is a part
            kind, facts = Kind.NEAREST, told[Kind.NEAREST][1]
        else:
            kind, facts = found
        told[kind] = (told.get(kind, (0.0, facts))[0] + weight, facts)
    told[Kind.START] = (told[Kind.START][0] + start, {})
    findings = [Finding(kind, weight, facts) for kind, (weight, facts) in told.items()]
    findings += [
        Finding(Kind.OTHER, weight, {"name": name, "value": seen.evidence[name]})
        for name, weight in points.items()
    ]
    return tuple(sorted(findings, key=lambda finding: -abs(finding.points)))


def _nearest(seen: _Seen) -> Found:
    words = words_common(seen.text, seen.entry, seen.lexicon)
    return Kind.NEAREST, {"wording": seen.match.wording, "cosine": seen.match.score, "words": words}


def _unknown(seen: _Seen) -> Found:
    words = words_unknown(seen.text, seen.entry, seen.lexicon)
    return (Kind.UNKNOWN_WORDS, {"words": words}) if words or seen.evidence.get("beyond") else None


def _swapped(seen: _Seen) -> Found:
    if not seen.evidence.get("swapped"):
        return None
    words = words_unknown(seen.text, seen.entry, seen.lexicon)
    return (Kind.SWAPPED, {"wording": seen.match.wording, "words": words}) if words else None


def _answer(seen: _Seen) -> Found:
    words = words_of_answer(seen.text, seen.entry, seen.lexicon)
    return (Kind.IN_ANSWER, {"words": words}) if words else (Kind.ABOUT_ANSWER, {})


def _spelling(seen: _Seen) -> Found:
    pairs = spelled_alike(seen.text, seen.entry)
    return (Kind.SPELLED_ALIKE, {"words": pairs}) if pairs else None


def _sound(seen: _Seen) -> Found:
    pairs = heard_alike(seen.text, seen.entry, seen.lexicon)
    return (Kind.SOUNDS_ALIKE, {"words": pairs}) if pairs else None


def _initials(seen: _Seen) -> Found:
    pairs = abbreviated(seen.text, seen.entry, seen.lexicon)
    return (Kind.INITIALS, {"words": pairs}) if pairs else None


def _numbers(seen: _Seen) -> Found:
    asked, known = seen.asked.codes, seen.entry.codes
    if seen.evidence.get("number_conflict"):
        there = numbered(known, seen.entry.entry.wordings)
        return Kind.NUMBERS_DIFFER, {"asked": numbered(asked, [seen.typed]), "known": there}
    strange = numbered(asked - known - seen.entry.answer_codes, [seen.typed])
    return (Kind.NUMBER_UNKNOWN, {"asked": strange}) if strange else None


def _negation(seen: _Seen) -> Found:
    if not seen.evidence.get("negation_differs"):
        return None
    ((_, _, negates),) = seen.asked.nearest_terms.values()
    kind = Kind.NEGATED_HERE if negates else Kind.NEGATED_THERE
    return kind, {"wording": seen.match.wording}


def _lead(seen: _Seen) -> Found:
    lead, rival = seen.evidence.get("lead", 0.0), seen.rival
    if rival is None:
        return (Kind.APART if lead >= 0 else Kind.FAINT), {}
    facts: Facts = {"entry": rival.entry.id, "question": rival.entry.question, "lead": abs(lead)}
    return (Kind.AHEAD if lead >= 0 else Kind.BEHIND), facts


def _asks(seen: _Seen) -> Found:
    return (Kind.ASKS if seen.asks else Kind.HARDLY_ASKS), {"likeness": seen.likeness}


def _start(seen: _Seen) -> Found:
    return Kind.START, {}


_FINDERS: Final[Sequence[tuple[tuple[str, ...], Callable[[_Seen], Found]]]] = (
    (("cosine", "meaning", "shared", "ratio"), _nearest),  # first: the others fall back on it
    (("beyond",), _unknown),
    (("swapped",), _swapped),
    (("answer_cosine", "in_answer"), _answer),
    (("spelled",), _spelling),
    (("sounds",), _sound),
    (("initials",), _initials),
    (("number_conflict", "number_unknown"), _numbers),
    (("negation_differs",), _negation),
    (("lead", "share"), _lead),
    (("asks",), _asks),
    (("bias", "length", "latin", "entries"), _start),
)
"""What evidence is told together, and how it becomes a finding; what is in no line is told by its name."""

TOLD: Final = frozenset(name for names, _ in _FINDERS for name in names)


def _log_odds(probability: float) -> float:
    return log(probability / (1.0 - probability))
