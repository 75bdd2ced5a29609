"""How old a line is by the platform's own clock, whatever ours shows. Pure.

The two clocks differ by an unknown, steady amount; the median difference of the lines heard lately tells it,
so that neither a few late lines nor a wrongly stamped one make the others look old.
"""

from collections import deque
from statistics import median

_REMEMBERED_LINES = 51
_LEAST_LINES = 5


class Ages:
    """One room's lines."""

    def __init__(self) -> None:
        self._leads: deque[float] = deque(maxlen=_REMEMBERED_LINES)

    def of(self, at: float, *, now: float) -> float:
        """Seconds since the platform stamped it `at`, heard `now`; 0 while too few were heard to tell."""
        if at <= 0:
            return 0.0
        lead = at - now
        usual = median(self._leads) if len(self._leads) >= _LEAST_LINES else lead
        self._leads.append(lead)
        return max(usual - lead, 0.0)
