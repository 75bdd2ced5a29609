"""When an account may send its next line: one at a time, with a rest after each. Pure.

All rooms of a platform share one account and thereby its pace, as the platform counts by account.
"""

from collections.abc import Callable
from dataclasses import dataclass

JITTER_SHARE = 0.2  # of the spacing, added at most: lines in lockstep look like a machine's


class Pace:
    """Times are monotonic seconds; `random` gives numbers from 0 to 1."""

    def __init__(self, *, random: Callable[[], float]) -> None:
        self._random = random
        self._free_at = float("-inf")

    def sent(self, now: float, *, spacing_seconds: float) -> None:
        """A line was sent, or may have been: rest before the next."""
        self.hold(now, spacing_seconds * (1.0 + JITTER_SHARE * self._random()))

    def hold(self, now: float, seconds: float) -> None:
        """Send nothing for at least so long."""
        self._free_at = max(self._free_at, now + seconds)

    def wait_seconds(self, now: float) -> float:
        """0 or less when a line may leave now."""
        return self._free_at - now


@dataclass(slots=True, eq=False)
class Account:
    """Who sends on one platform. `is_busy` while the platform's answer to a line is awaited."""

    pace: Pace
    is_busy: bool = False
