"""Fits what the evidence weighs, and from which probability a reply is worth its risk, on labelled rooms.

By numpy alone, so that a team can refit on its own rooms. No figure here is of a room that was fitted on.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np

from knowledge.calibration import Calibration
from knowledge.evaluation.thresholds import (
    Pairs,
    Replies,
    entry_threshold,
    precision_thresholds,
    reply_thresholds,
)
from knowledge.evaluation.weights import PRIOR_MESSAGES, Example, fit_weights, moved_weights
from knowledge.ranking import EXACT_ONLY, Judgement, Ranker

T = TypeVar("T")
Judged = tuple[Judgement, Example]

MOST_FOLDS: Final = 5
DEFAULT_BUDGET: Final = 0.1

MOST_MISSED: Final = 0.04
"""The share of messages that ask something which the question threshold may take for chatter."""


def leave_one_out(rooms: Sequence[Sequence[Example]], *, names: Sequence[str]) -> Iterator[Calibration]:
    """For each room, in order, a calibration that has not seen it. `names` as for `fit_calibration`."""
    for held_out in range(len(rooms)):
        yield fit_calibration(_without(rooms, held_out), names=_without(names, held_out))


def fit_calibration(rooms: Sequence[Sequence[Example]], *, names: Sequence[str]) -> Calibration:
    """Weights from all the rooms; thresholds from each room as the weights of the others judge it.

    `names`: the rooms' fingerprints, in order; the calibration keeps them as `fitted_on`.
    """
    if len(names) != len(rooms):
        raise ValueError(f"{len(rooms)} rooms, but {len(names)} names")
    calibrations = (fit_weights(_pooled(_without(rooms, place) or rooms)) for place in range(len(rooms)))
    measured = _measured(_judged(zip(rooms, calibrations, strict=True)))
    return replace(measured.onto(fit_weights(_pooled(rooms))), fitted_on=tuple(names))


def refit(
    prior: Calibration,
    reviewed: Sequence[Sequence[Example]],
    *,
    names: Sequence[str],
    budget: float = DEFAULT_BUDGET,
) -> Calibration:
    """The prior moved to where a team's own reviewed messages put it; without any, the prior itself.

    The weights are the most probable ones when the prior's are taken as PRIOR_MESSAGES messages' word: 20
    reviewed messages move them little, 2,000 all but decide. Thresholds are measured on the parts (a
    broadcast each, say) as the weights of the others judge them, then mixed with the prior's: n messages
    weigh n / (n + PRIOR_MESSAGES). A precision that only one of both can reach goes by who weighs more.
    Entries whose replies within the `budget` were wrong too often get a threshold of their own, as
    `entry_threshold` has it; one that the prior had learned is never lowered.
    """
    if len(names) != len(reviewed):
        raise ValueError(f"{len(reviewed)} parts, but {len(names)} names")
    messages = _pooled(reviewed)
    if not messages:
        return prior
    seen = [name for name, part in zip(names, reviewed, strict=True) if part]
    folds = _folds([part for part in reviewed if part])
    calibrations = (moved_weights(prior, _pooled(_without(folds, place))) for place in range(len(folds)))
    judged = _judged(zip(folds, calibrations, strict=True))
    share = len(messages) / (len(messages) + PRIOR_MESSAGES)
    moved = _measured(judged).mixed(prior, own=share).onto(moved_weights(prior, messages))
    return replace(
        moved,
        entry_thresholds=_entry_thresholds(judged, moved, budget),
        fitted_on=tuple(dict.fromkeys((*prior.fitted_on, *seen))),
    )


def _entry_thresholds(judged: Iterable[Judged], moved: Calibration, budget: float) -> dict[str, float]:
    """`moved` has those of the prior."""
    bar = Ranker(moved).reply_threshold(budget)
    replies: dict[str, list[tuple[float, bool]]] = {}
    for judgement, example in judged:
        if judgement.matches and judgement.probability >= bar:
            reply = judgement.probability, _is_right(judgement, example)
            replies.setdefault(judgement.matches[0].entry.id, []).append(reply)
    learned = {id: entry_threshold(given, budget=budget) or 0.0 for id, given in replies.items()}
    raised = {id: max(least, moved.entry_thresholds.get(id, 0.0)) for id, least in learned.items() if least}
    return {**moved.entry_thresholds, **raised}


def _folds(parts: Sequence[Sequence[Example]]) -> list[Sequence[Example]]:
    """At most MOST_FOLDS, whole parts each; a lone part is cut into runs."""
    if len(parts) > 1:
        count = min(len(parts), MOST_FOLDS)
        return [_pooled(parts[place::count]) for place in range(count)]
    (part,) = parts
    length = max(-(-len(part) // MOST_FOLDS), 1)
    return [part[start : start + length] for start in range(0, len(part), length)]


def _without(items: Sequence[T], place: int) -> list[T]:
    return [*items[:place], *items[place + 1 :]]


def _pooled(rooms: Iterable[Sequence[Example]]) -> list[Example]:
    return [example for room in rooms for example in room]


@dataclass(frozen=True, slots=True)
class _Thresholds:
    """What is measured where the weights had not seen the messages."""

    question: float
    reply: Pairs
    precision: Pairs

    def onto(self, weights: Calibration) -> Calibration:
        return replace(
            weights,
            question_threshold=self.question,
            reply_thresholds=self.reply,
            precision_thresholds=self.precision,
        )

    def mixed(self, prior: Calibration, *, own: float) -> "_Thresholds":
        """With a prior's, these by the weight `own`."""
        ranker = Ranker(prior)
        return _Thresholds(
            question=round(own * self.question + (1 - own) * prior.question_threshold, 4),
            reply=tuple(
                (budget, round(own * least + (1 - own) * ranker.reply_threshold(budget), 4))
                for budget, least in self.reply
            ),
            precision=tuple(
                (precision, _mixed_precision(least, ranker.precision_threshold(precision), own))
                for precision, least in self.precision
            ),
        )


def _mixed_precision(own_least: float, prior_least: float, own: float) -> float:
    if EXACT_ONLY in (own_least, prior_least):
        return own_least if own > 0.5 else prior_least
    return round(own * own_least + (1 - own) * prior_least, 4)


def _judged(held_out: Iterable[tuple[Sequence[Example], Calibration]]) -> list[Judged]:
    """Messages, each judged by a calibration that has not seen it."""
    return [
        (ranker.weigh(example.observation), example)
        for examples, calibration in held_out
        for ranker in [Ranker(calibration)]
        for example in examples
        if not example.thinned
    ]


def _measured(judged: Sequence[Judged]) -> _Thresholds:
    question = _question_threshold(judged)
    asking = [pair for pair in judged if pair[0].question_likeness >= question]
    return _Thresholds(
        question=question,
        reply=reply_thresholds(_replies(asking)),
        precision=precision_thresholds(_replies(judged)),
    )


def _question_threshold(judged: Iterable[Judged]) -> float:
    asking = [judgement.question_likeness for judgement, example in judged if example.asks]
    return round(float(np.quantile(asking, MOST_MISSED)), 4) if asking else 0.0


def _replies(judged: Iterable[Judged]) -> Replies:
    return [(judgement.probability, _is_right(judgement, example)) for judgement, example in judged]


def _is_right(judgement: Judgement, example: Example) -> bool:
    return bool(judgement.matches) and judgement.matches[0].entry.id == example.entry
