"""Fits what the evidence weighs, and from which probability a reply is worth its risk, on labelled rooms.

By numpy alone, so that a team can refit on its own rooms. No figure here is of a room that was fitted on.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge.evidence import AGAINST, CANDIDATE_FEATURES, FOR
from knowledge.ranking import (
    ASKING_FEATURES,
    TRUST_FEATURES,
    Calibration,
    Judgement,
    Observation,
    Ranker,
    trust_features,
)

Floats = NDArray[np.float64]
Choice = tuple[Floats, int]
"""Options, a row of features each, and which one is right."""

ORDER_RIDGE: Final = 5.0
TRUST_RIDGE: Final = 4.0
"""How strongly weights are held to zero, in messages, once features have unit spread."""

BUDGETS: Final = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
SUREST: Final = 0.98
"""No budget asks for more: a text that is a wording letter by letter is always sure enough."""

MOST_MISSED: Final = 0.04
"""The share of messages that ask something which the question threshold may take for chatter."""

_ITERATIONS = 50
_CONVERGED = 1e-8


@dataclass(frozen=True, slots=True)
class Example:
    """An observed message and its truth: whether it asks, and the id of the entry that answers, or None.

    A message whose entry is not among its candidates teaches that none of them is right. `thinned` says that
    the base had but a part of the room's entries: it teaches what a small base is, and decides no threshold.
    """

    observation: Observation
    asks: bool
    entry: str | None
    thinned: bool = False


def leave_one_out(rooms: Sequence[Sequence[Example]]) -> Iterator[Calibration]:
    """For each room, in order, a calibration that has not seen it."""
    for held_out in range(len(rooms)):
        yield fit_calibration([room for place, room in enumerate(rooms) if place != held_out])


def fit_calibration(rooms: Sequence[Sequence[Example]]) -> Calibration:
    """Weights from all the rooms; thresholds from each room as the weights of the others judge it."""
    judged = [
        (example, ranker.weigh(example.observation))
        for room, ranker in zip(rooms, _rankers(rooms), strict=True)
        for example in room
        if not example.thinned
    ]
    threshold = _question_threshold(judged)
    asking = [pair for pair in judged if pair[1].question_likeness >= threshold]
    return replace(
        fit_weights(_pooled(rooms)),
        question_threshold=threshold,
        reply_thresholds=_reply_thresholds(asking),
    )


def fit_weights(examples: Sequence[Example]) -> Calibration:
    """A calibration without thresholds: it takes nothing for chatter, and replies to nothing.

    All its weights are of conditional logits: which of a message's candidates is right; the first of them, or
    nothing; a question, or not. The fits are convex, so the weights depend on the examples only.
    """
    examples = [example for example in examples if example.observation.matches]
    answered = [
        (example.observation.candidate_features, place) for example in examples for place in _right(example)
    ]
    order = _fit_logit(answered, _signs(CANDIDATE_FEATURES), ORDER_RIDGE)
    rival = round(float(np.median([_best_wrong(example, order) for example in examples])), 6)
    choices = [_trust_choice(example, order, rival) for example in examples]
    trust = _fit_logit(choices, _signs(TRUST_FEATURES), TRUST_RIDGE)
    places = [TRUST_FEATURES.index(name) for name in ASKING_FEATURES]
    asking = [
        (options[:, places], 0 if example.asks else 1)
        for example, (options, _) in zip(examples, choices, strict=True)
        if not example.thinned
    ]
    return Calibration(
        order_weights=dict(zip(CANDIDATE_FEATURES, order.tolist(), strict=True)),
        trust_weights=dict(zip(TRUST_FEATURES, trust.tolist(), strict=True)),
        asking_weights=dict(
            zip(
                ASKING_FEATURES,
                _fit_logit(asking, _signs(ASKING_FEATURES), TRUST_RIDGE).tolist(),
                strict=True,
            )
        ),
        rival_utility=rival,
        question_threshold=0.0,
        reply_thresholds=((0.0, 1.0),),
    )


def _best_wrong(example: Example, order_weights: Floats) -> float:
    """The utility of the best candidate that does not answer; that of no evidence where all do."""
    utilities = np.delete(example.observation.candidate_features @ order_weights, _right(example))
    return float(utilities.max(initial=0.0))


def _right(example: Example) -> list[int]:
    """The place of the candidate that answers, if there is one."""
    return [
        place for place, match in enumerate(example.observation.matches) if match.entry.id == example.entry
    ]


def _trust_choice(example: Example, order_weights: Floats, rival_utility: float) -> Choice:
    utilities = example.observation.candidate_features @ order_weights
    order = np.argsort(-utilities, kind="stable")
    features = trust_features(example.observation, utilities, order, rival_utility)
    return np.stack([features, np.zeros_like(features)]), 0 if int(order[0]) in _right(example) else 1


def _signs(names: Sequence[str]) -> Floats:
    grows = {*FOR, "lead", "share", "asks"}
    return np.array([1.0 if name in grows else -1.0 if name in AGAINST else 0.0 for name in names])


def _fit_logit(choices: Sequence[Choice], signs: Floats, ridge: float) -> Floats:
    """Weights of a choice's options. A weight that comes out against its sign is left at zero."""
    spread = _spread([options for options, _ in choices])
    scaled = [(options / spread, right) for options, right in choices]
    free = np.ones(len(spread), dtype=bool)
    while True:
        weights = _descend(scaled, free, ridge)
        wrong = free & (weights * signs < -_CONVERGED)
        if not wrong.any():
            return np.round(weights / spread, 6)
        free &= ~wrong


def _descend(choices: Sequence[Choice], free: NDArray[np.bool_], ridge: float) -> Floats:
    weights: Floats = np.zeros(len(free))
    for _ in range(_ITERATIONS):
        gradient, curvature = _slope(choices, weights, ridge)
        step = np.zeros_like(weights)
        step[free] = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
        weights = weights + step
        if np.abs(step).max() < _CONVERGED:
            break
    return weights


def _slope(choices: Sequence[Choice], weights: Floats, ridge: float) -> tuple[Floats, Floats]:
    gradient: Floats = -ridge * weights
    curvature: Floats = ridge * np.eye(len(weights))
    for options, right in choices:
        utilities = options @ weights
        odds = np.exp(utilities - utilities.max())
        shares = odds / odds.sum()
        mean = shares @ options
        gradient += options[right] - mean
        curvature += (options * shares[:, np.newaxis]).T @ options - np.outer(mean, mean)
    return gradient, curvature


def _spread(options: Sequence[Floats]) -> Floats:
    scale = np.sqrt(np.mean(np.concatenate(options) ** 2, axis=0))
    return np.where(scale > 0, scale, 1.0)


def _rankers(rooms: Sequence[Sequence[Example]]) -> Iterator[Ranker]:
    for held_out in range(len(rooms)):
        others = [room for place, room in enumerate(rooms) if place != held_out] or rooms
        yield Ranker(fit_weights(_pooled(others)))


def _pooled(rooms: Iterable[Sequence[Example]]) -> list[Example]:
    return [example for room in rooms for example in room]


def _question_threshold(judged: Iterable[tuple[Example, Judgement]]) -> float:
    asking = [judgement.question_likeness for example, judgement in judged if example.asks]
    return round(float(np.quantile(asking, MOST_MISSED)), 4)


def _reply_thresholds(judged: Iterable[tuple[Example, Judgement]]) -> tuple[tuple[float, float], ...]:
    """For each budget the lowest cut whose wrong replies, and one more for prudence, are within it."""
    ordered = sorted(judged, key=lambda pair: -pair[1].probability)
    wrong = np.cumsum([not _is_right(judgement, example) for example, judgement in ordered]) + 1
    shares = wrong / np.arange(2, len(ordered) + 2)
    thresholds = []
    for budget in BUDGETS:
        within = np.flatnonzero(shares <= budget)
        least = ordered[within[-1]][1].probability if len(within) else 1.0
        thresholds.append((budget, round(min(least, SUREST), 4)))
    return tuple(thresholds)


def _is_right(judgement: Judgement, example: Example) -> bool:
    return bool(judgement.matches) and judgement.matches[0].entry.id == example.entry
