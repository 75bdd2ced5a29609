"""Counts what a stranger names: how often each name came, and whether one is new and worth a log line.

Names are cut and only so many are told apart, so that a stream of made-up names costs no memory.
"""

from collections import Counter

MOST_NAMES = 500
NAME_CHARACTERS = 80
OTHERS = "others"


class Tally:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, name: str) -> bool:
        """Count it; True the first time this name is seen."""
        name = name[:NAME_CHARACTERS]
        if name not in self.counts and len(self.counts) >= MOST_NAMES:
            name = OTHERS
        self.counts[name] += 1
        return self.counts[name] == 1

    @property
    def total(self) -> int:
        return self.counts.total()
