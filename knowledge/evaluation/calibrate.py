"""Fits what the evidence weighs, and from which probability a reply is worth its risk, on labelled rooms.

By numpy alone, so that a team can refit on its own rooms. No figure here is of a room that was fitted on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge.evidence import CANDIDATE_FEATURES, MESSAGE_FEATURES
from knowledge.ranking import Calibration, Judgement, Observation, Ranker

Floats = NDArray[np.float64]

RIDGE: Final = 1.0
"""How strongly weights are held to zero, in messages, once features have unit spread."""

BUDGETS: Final = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
MOST_MISSED: Final = 0.04
"""The share of messages that ask something which the question threshold may take for chatter."""

_ITERATIONS = 50
_CONVERGED = 1e-8


@dataclass(frozen=True, slots=True)
class Example:
    """An observed message and its truth: whether it asks, and the id of the entry that answers, or None.

    A message whose entry is not among its candidates teaches that none of them is right.
    """

    observation: Observation
    asks: bool
    entry: str | None


def leave_one_out(rooms: Sequence[Sequence[Example]]) -> Iterator[Calibration]:
    """For each room, in order, a calibration that has not seen it."""
    for held_out in range(len(rooms)):
        yield fit_calibration([room for place, room in enumerate(rooms) if place != held_out])


def fit_calibration(rooms: Sequence[Sequence[Example]]) -> Calibration:
    """Weights from all the rooms; thresholds from each room as the weights of the others judge it."""
    threshold = _question_threshold([example for room in rooms for example in room])
    judged = [
        (judgement.probability, _is_right(judgement, example))
        for room, ranker in zip(rooms, _rankers(rooms), strict=True)
        for example in room
        if (judgement := ranker.weigh(example.observation)).question_likeness >= threshold
    ]
    return Calibration(*fit_weights(_pooled(rooms)), threshold, _reply_thresholds(judged))


def fit_weights(examples: Sequence[Example]) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """The weights of the candidates' and of the message's features, by name.

    A conditional logit: of a message's candidates and "none of them", which one is right. The fit is convex,
    so it depends on the examples only.
    """
    designs = [_design(example) for example in examples if example.observation.matches]
    spread = _spread([design for design, _ in designs])
    scaled: list[tuple[Floats, int]] = [(design / spread, right) for design, right in designs]
    weights: Floats = np.zeros(len(spread))
    for _ in range(_ITERATIONS):
        step = _newton_step(weights, scaled)
        weights = weights + step
        if np.abs(step).max() < _CONVERGED:
            break
    named = (weights / spread).round(6).tolist()
    candidates = len(CANDIDATE_FEATURES)
    return (
        dict(zip(CANDIDATE_FEATURES, named[:candidates], strict=True)),
        dict(zip(MESSAGE_FEATURES, named[candidates:], strict=True)),
    )


def _rankers(rooms: Sequence[Sequence[Example]]) -> Iterator[Ranker]:
    for held_out in range(len(rooms)):
        others = [room for place, room in enumerate(rooms) if place != held_out] or rooms
        yield Ranker(Calibration(*fit_weights(_pooled(others)), 0.0, ((0.0, 1.0),)))


def _pooled(rooms: Iterable[Sequence[Example]]) -> list[Example]:
    return [example for room in rooms for example in room]


def _question_threshold(examples: Iterable[Example]) -> float:
    asking = [example.observation.question_likeness for example in examples if example.asks]
    return round(float(np.quantile(asking, MOST_MISSED)), 4)


def _reply_thresholds(judged: Sequence[tuple[float, bool]]) -> tuple[tuple[float, float], ...]:
    """For each budget the lowest cut whose wrong replies, and one more for prudence, are within it."""
    ordered = sorted(judged, key=lambda pair: -pair[0])
    wrong = np.cumsum([not right for _, right in ordered]) + 1
    shares = wrong / np.arange(2, len(ordered) + 2)
    thresholds = []
    for budget in BUDGETS:
        within = np.flatnonzero(shares <= budget)
        least = ordered[within[-1]][0] if len(within) else 1.0
        thresholds.append((budget, round(float(least), 4)))
    return tuple(thresholds)


def _is_right(judgement: Judgement, example: Example) -> bool:
    return bool(judgement.matches) and judgement.matches[0].entry.id == example.entry


def _design(example: Example) -> tuple[Floats, int]:
    """The rows of the candidates and, last, of "none"; and which row is right."""
    observation = example.observation
    count = len(observation.matches)
    design = np.zeros((count + 1, len(CANDIDATE_FEATURES) + len(MESSAGE_FEATURES)))
    design[:count, : len(CANDIDATE_FEATURES)] = observation.candidate_features
    design[count, len(CANDIDATE_FEATURES) :] = observation.message_features
    ids = [match.entry.id for match in observation.matches]
    return design, ids.index(example.entry) if example.entry in ids else count


def _spread(designs: Sequence[Floats]) -> Floats:
    scale = np.sqrt(np.mean(np.concatenate(designs) ** 2, axis=0))
    return np.where(scale > 0, scale, 1.0)


def _newton_step(weights: Floats, designs: Sequence[tuple[Floats, int]]) -> Floats:
    gradient = -RIDGE * weights
    curvature = RIDGE * np.eye(len(weights))
    for design, right in designs:
        utilities = design @ weights
        odds = np.exp(utilities - utilities.max())
        probabilities = odds / odds.sum()
        mean = probabilities @ design
        gradient += design[right] - mean
        curvature += (design * probabilities[:, np.newaxis]).T @ design - np.outer(mean, mean)
    step: Floats = np.linalg.solve(curvature, gradient)
    return step
