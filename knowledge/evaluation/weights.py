"""Fits the weights of the evidence on observed messages, or moves a prior's. By numpy alone.

From which probability a reply is worth its risk is for `calibrate`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from knowledge.calibration import ASKING_FEATURES, TRUST_FEATURES, Calibration
from knowledge.evaluation.logit import Choice, Floats, fit_logit
from knowledge.evidence import AGAINST, CANDIDATE_FEATURES, FOR
from knowledge.ranking import Observation, trust_features

ORDER_RIDGE: Final = 5.0
TRUST_RIDGE: Final = 4.0
"""How strongly weights are held to zero, in messages, once features have unit spread."""

PRIOR_MESSAGES: Final = 200
"""What a prior calibration counts for beside reviewed messages: as many of them move it half of the way."""

_MESSAGE_CURVATURE = 0.25  # the most that one message tells about a weight of unit spread
_LEAST_SPREAD = 0.2  # of a reviewed feature: what a handful of messages show must not move its weight far


@dataclass(frozen=True, slots=True)
class Example:
    """An observed message and its truth: whether it asks, and the id of the entry that answers, or None.

    A message whose entry is not among its candidates teaches that none of them is right. `thinned` says that
    it met a part of the room's entries only, or is no message of the room: it teaches what not to trust, and
    decides no threshold.
    """

    observation: Observation
    asks: bool
    entry: str | None
    thinned: bool = False


def fit_weights(examples: Sequence[Example]) -> Calibration:
    """A calibration without thresholds: it takes nothing for chatter, and replies to nothing.

    All its weights are of conditional logits: which of a message's candidates is right; the first of them, or
    nothing; a question, or not. The fits are convex, so the weights depend on the examples only.
    """
    examples = [example for example in examples if example.observation.matches]
    order = fit_logit(_order_choices(examples), _signs(CANDIDATE_FEATURES), ORDER_RIDGE)
    rival = round(_usual_rival(examples, order), 6)
    choices = [_trust_choice(example, order, rival) for example in examples]
    trust = fit_logit(choices, _signs(TRUST_FEATURES), TRUST_RIDGE)
    asking = fit_logit(_asking_choices(examples, choices), _signs(ASKING_FEATURES), TRUST_RIDGE)
    return Calibration(
        order_weights=_named(order, CANDIDATE_FEATURES),
        trust_weights=_named(trust, TRUST_FEATURES),
        asking_weights=_named(asking, ASKING_FEATURES),
        rival_utility=rival,
        question_threshold=0.0,
        reply_thresholds=((0.0, 1.0),),
    )


def moved_weights(prior: Calibration, examples: Sequence[Example]) -> Calibration:
    """The prior with its weights moved by the examples; its thresholds stay."""
    examples = [example for example in examples if example.observation.matches]
    if not examples:
        return prior
    prior_order = _weights_of(prior.order_weights, CANDIDATE_FEATURES)
    order = _move(prior_order, _order_choices(examples), CANDIDATE_FEATURES)
    own = len(examples) / (len(examples) + PRIOR_MESSAGES)
    rival = own * _usual_rival(examples, order) + (1 - own) * prior.rival_utility
    choices = [_trust_choice(example, order, rival) for example in examples]
    trust = _move(_weights_of(prior.trust_weights, TRUST_FEATURES), choices, TRUST_FEATURES)
    asking = _move(
        _weights_of(prior.asking_weights, ASKING_FEATURES),
        _asking_choices(examples, choices),
        ASKING_FEATURES,
    )
    return replace(
        prior,
        order_weights=_named(order, CANDIDATE_FEATURES),
        trust_weights=_named(trust, TRUST_FEATURES),
        asking_weights=_named(asking, ASKING_FEATURES),
        rival_utility=round(rival, 6),
    )


def _move(prior: Floats, choices: Sequence[Choice], names: Sequence[str]) -> Floats:
    if not choices:
        return prior
    ridge = PRIOR_MESSAGES * _MESSAGE_CURVATURE * len(names)  # all weights can move together
    return fit_logit(choices, _signs(names), ridge, prior=prior, least_spread=_LEAST_SPREAD)


def _order_choices(examples: Iterable[Example]) -> list[Choice]:
    return [
        (example.observation.candidate_features, place) for example in examples for place in _right(example)
    ]


def _asking_choices(examples: Sequence[Example], choices: Sequence[Choice]) -> list[Choice]:
    places = [TRUST_FEATURES.index(name) for name in ASKING_FEATURES]
    return [
        (options[:, places], 0 if example.asks else 1)
        for example, (options, _) in zip(examples, choices, strict=True)
        if not example.thinned
    ]


def _usual_rival(examples: Sequence[Example], order_weights: Floats) -> float:
    return float(np.median([_best_wrong(example, order_weights) for example in examples]))


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


def _weights_of(weights: Mapping[str, float], names: Sequence[str]) -> Floats:
    return np.array([weights[name] for name in names])


def _named(weights: Floats, names: Sequence[str]) -> dict[str, float]:
    return dict(zip(names, weights.tolist(), strict=True))
