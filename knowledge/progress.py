"""Counts the steps of a long piece of work, for whoever shows how far it is."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Hears how many steps are done, of how many; first of none, the last time of all."""


class Steps:
    """`progress` is None where nobody looks."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress
        self.done(0)

    def done(self, count: int) -> None:
        """So many more."""
        self._done += count
        if self._progress:
            self._progress(self._done, self._total)
