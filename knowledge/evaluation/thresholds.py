"""From which probability a reply is worth its risk: cuts measured on what replies turned out to be. Pure.

What the probabilities are, and that their ranker had not seen the messages, is for `calibrate`.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge.ranking import EXACT_ONLY

Floats = NDArray[np.float64]
Pairs = tuple[tuple[float, float], ...]
Replies = Sequence[tuple[float, bool]]
"""The probability of each reply that might be given, and whether it is right."""

BUDGETS: Final = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
SUREST: Final = 0.98
"""No budget asks for more: a text that is a wording letter by letter is always sure enough."""

PRECISIONS: Final = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.99)
_ONE_SIDED_90 = 1.2815515655446004  # the normal quantile that one in ten exceeds


def reply_thresholds(replies: Replies) -> Pairs:
    """For each budget the lowest cut whose wrong replies, and one more for prudence, are within it."""
    cuts, given, right = _cuts(replies)
    shares = (given - right + 1) / (given + 1)
    return tuple((budget, round(min(_lowest(cuts, shares <= budget, 1.0), SUREST), 4)) for budget in BUDGETS)


def precision_thresholds(replies: Replies) -> Pairs:
    """For each precision the lowest cut from which nine in ten samples like this one would be as precise.

    EXACT_ONLY where there is none: only wordings as they stand are answered then.
    """
    cuts, given, right = _cuts(replies)
    bounds = wilson_bound(right, given)
    return tuple(
        (precision, round(min(_lowest(cuts, bounds >= precision, EXACT_ONLY), EXACT_ONLY), 4))
        for precision in PRECISIONS
    )


def entry_threshold(replies: Replies, *, budget: float) -> float | None:
    """The bar that replies of one entry call for; None where they call for none of its own.

    Of an entry nobody knows yet, one reply in 2 / budget is taken to be wrong. A cut is good when, that
    counted in, the share of wrong replies is within the budget: (wrong + 1) / (given + 2 / budget). So one
    wrong reply never raises the bar, two of a few do, and many right ones outweigh them. The lowest good cut
    is the bar; where none is good, only the entry's wordings as they stand are answered.
    """
    cuts, given, right = _cuts(replies)
    good = (given - right + 1) / (given + 2 / budget) <= budget
    if not len(good) or good[-1]:
        return None
    return min(_lowest(cuts, good, EXACT_ONLY), EXACT_ONLY)


def wilson_bound(right: Floats, given: Floats) -> Floats:
    """The share that nine in ten would exceed, of whom `right` of `given` were seen to be right (Wilson)."""
    z2 = _ONE_SIDED_90**2
    share = right / given
    spread = _ONE_SIDED_90 * np.sqrt(share * (1 - share) / given + z2 / (4 * given**2))
    bound: Floats = (share + z2 / (2 * given) - spread) / (1 + z2 / given)
    return bound


def _cuts(replies: Replies) -> tuple[Floats, Floats, Floats]:
    """Each probability from the surest down, and how many replies reach it, how many of them right."""
    ordered = sorted(replies, key=lambda reply: -reply[0])
    probabilities = np.array([probability for probability, _ in ordered], dtype=np.float64)
    right = np.cumsum([is_right for _, is_right in ordered], dtype=np.float64)
    given = np.arange(1, len(ordered) + 1, dtype=np.float64)
    last = np.append(probabilities[1:] < probabilities[:-1], True)[: len(ordered)]  # of equals
    return probabilities[last], given[last], right[last]


def _lowest(cuts: Floats, within: NDArray[np.bool_], otherwise: float) -> float:
    """Rounded up, so that a bar never lets through what it was not measured with."""
    return float(np.ceil(cuts[within][-1] * 1e4) / 1e4) if within.any() else otherwise
