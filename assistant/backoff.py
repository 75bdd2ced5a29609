"""How long to wait before trying again: exponential with full jitter, up to a ceiling.

Full jitter (a delay anywhere between nothing and the current step) keeps many clients that lost the same
server from coming back all at once.
"""

import random
from collections.abc import Callable


class Backoff:
    """`random` gives numbers in [0, 1)."""

    def __init__(
        self,
        *,
        first_seconds: float = 1.0,
        ceiling_seconds: float = 60.0,
        random: Callable[[], float] = random.random,
    ) -> None:
        if not 0 < first_seconds <= ceiling_seconds:
            raise ValueError("first_seconds must be above 0 and not above ceiling_seconds")
        self._first_seconds = first_seconds
        self._ceiling_seconds = ceiling_seconds
        self._random = random
        self._step_seconds = first_seconds

    def next(self, least_seconds: float = 0.0) -> float:
        """The next delay: `least_seconds`, which the other side asked for, and the jitter on top of it."""
        delay = max(least_seconds, 0.0) + self._random() * self._step_seconds
        self._step_seconds = min(self._step_seconds * 2, self._ceiling_seconds)
        return delay

    def reset(self) -> None:
        self._step_seconds = self._first_seconds
