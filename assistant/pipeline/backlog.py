"""The lines that wait to be judged, bounded: paid ones first; under flood the oldest unpaid goes. Pure."""

from collections import deque
from collections.abc import Callable

from assistant.pipeline.hearing import Line


class Backlog:
    """At most `size` unpaid lines; paid ones are never dropped."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._paid: deque[Line] = deque()
        self._unpaid: deque[Line] = deque()

    def __len__(self) -> int:
        return len(self._paid) + len(self._unpaid)

    def put(self, line: Line) -> Line | None:
        """Returns the line that had to go for it, None when there was room."""
        if line.is_paid:
            self._paid.append(line)
            return None
        self._unpaid.append(line)
        return self._unpaid.popleft() if len(self._unpaid) > self._size else None

    def take(self, most: int) -> list[Line]:
        """The next lines, paid ones first, each kind in the order heard."""
        taken: list[Line] = []
        while len(taken) < most and self:
            taken.append((self._paid or self._unpaid).popleft())
        return taken

    def remove(self, matches: Callable[[Line], bool]) -> list[Line]:
        """Takes out the lines that match, wherever they wait."""
        removed = [line for lines in (self._paid, self._unpaid) for line in lines if matches(line)]
        for lines in (self._paid, self._unpaid):
            kept = [line for line in lines if not matches(line)]
            lines.clear()
            lines.extend(kept)
        return removed
