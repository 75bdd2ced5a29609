"""Fits conditional logits by numpy alone: weights under which of a choice's options the right one is chosen.

The fit is convex, so the weights depend on the choices only, whatever their order.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Choice = tuple[Floats, int]
"""Options, a row of features each, and which one is right."""

_ITERATIONS = 50
_CONVERGED = 1e-8


def fit_logit(
    choices: Sequence[Choice],
    signs: Floats,
    ridge: float,
    *,
    prior: Floats | None = None,
    least_spread: float = 0.0,
) -> Floats:
    """Weights of a choice's options, near the prior's (or zero). One against its sign is left at zero."""
    spread = np.maximum(_spread([options for options, _ in choices]), least_spread)
    scaled = [(options / spread, right) for options, right in choices]
    mean = np.zeros(len(spread)) if prior is None else prior * spread
    free = np.ones(len(spread), dtype=bool)
    while True:
        weights = _descend(scaled, free, ridge, mean)
        wrong = free & (weights * signs < -_CONVERGED)
        if not wrong.any():
            return np.round(weights / spread, 6)
        free &= ~wrong


def _descend(choices: Sequence[Choice], free: NDArray[np.bool_], ridge: float, mean: Floats) -> Floats:
    weights: Floats = np.where(free, mean, 0.0)
    for _ in range(_ITERATIONS):
        gradient, curvature = _slope(choices, weights, ridge, mean)
        step = np.zeros_like(weights)
        step[free] = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
        reached = _log_posterior(choices, weights, ridge, mean)
        while (
            np.abs(step).max() >= _CONVERGED
            and _log_posterior(choices, weights + step, ridge, mean) < reached
        ):
            step = step / 2  # Newton's step overshoots where a prior is sure and the messages say otherwise
        weights = weights + step
        if np.abs(step).max() < _CONVERGED:
            break
    return weights


def _log_posterior(choices: Sequence[Choice], weights: Floats, ridge: float, mean: Floats) -> float:
    likelihood = 0.0
    for options, right in choices:
        utilities = options @ weights
        utilities -= utilities.max()
        likelihood += float(utilities[right] - np.log(np.exp(utilities).sum()))
    return likelihood - ridge * float(np.square(weights - mean).sum()) / 2


def _slope(choices: Sequence[Choice], weights: Floats, ridge: float, mean: Floats) -> tuple[Floats, Floats]:
    gradient: Floats = -ridge * (weights - mean)
    curvature: Floats = ridge * np.eye(len(weights))
    for options, right in choices:
        utilities = options @ weights
        odds = np.exp(utilities - utilities.max())
        shares = odds / odds.sum()
        usual = shares @ options
        gradient += options[right] - usual
        curvature += (options * shares[:, np.newaxis]).T @ options - np.outer(usual, usual)
    return gradient, curvature


def _spread(options: Sequence[Floats]) -> Floats:
    scale = np.sqrt(np.mean(np.concatenate(options) ** 2, axis=0))
    return np.where(scale > 0, scale, 1.0)
