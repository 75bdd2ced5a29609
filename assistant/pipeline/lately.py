"""The questions of the last hour as far as a bar decides about them: what another bar would change. Pure."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.actions import Reason
from assistant.pipeline.decide import Bars
from assistant.stores.rows import Message
from knowledge import Entry

HOUR_SECONDS: Final = 3600.0
_MOST_LINES: Final = 10_000

_BY_THE_BAR: Final = frozenset(
    {Reason.SURE, Reason.UNSURE, Reason.NO_ENTRY, Reason.PAID, Reason.HELD, Reason.OFF, Reason.PAUSED}
)
"""What else is decided, no bar changes: it is no question, or what it says forbids a reply."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A text and how probable it is that the entry answers it."""

    at: float
    text: str
    entry_id: str
    probability: float


@dataclass(frozen=True, slots=True)
class Swayed:
    """A text that would be answered by one bar and not by the other, and how often it was asked."""

    text: str
    entry_id: str
    probability: float
    times: int


@dataclass(frozen=True, slots=True)
class BarPreview:
    """Of so many `questions`, how many are answered now and would be; the most asked first in each list."""

    questions: int
    before: int
    after: int
    gained: tuple[Swayed, ...]
    lost: tuple[Swayed, ...]


class Lately:
    """One room's, bounded: under flood less than an hour."""

    def __init__(self) -> None:
        self._asked: deque[Asked] = deque(maxlen=_MOST_LINES)

    def hear(self, messages: Iterable[Message]) -> None:
        for message in messages:
            decision = message.decision
            if decision.entry_id is not None and decision.reason in _BY_THE_BAR:
                asked = Asked(message.heard_at, message.text, decision.entry_id, decision.probability)
                self._asked.append(asked)

    def since(self, moment: float) -> list[Asked]:
        """Oldest first. What is older than an hour before the last is forgotten."""
        while self._asked and self._asked[0].at < self._asked[-1].at - HOUR_SECONDS:
            self._asked.popleft()
        return [asked for asked in self._asked if asked.at >= moment]


def preview(
    asked: Sequence[Asked], *, now: Bars, then: Bars, entry: Callable[[str], Entry | None]
) -> BarPreview:
    """What would be replied to with the bars `then`; entries that are no longer there answer nothing."""
    gained: Counter[tuple[str, str, float]] = Counter()
    lost: Counter[tuple[str, str, float]] = Counter()
    before = after = 0
    for one in asked:
        found = entry(one.entry_id)
        if found is None:
            continue
        is_now, is_then = (one.probability >= bars.of_entry(found) for bars in (now, then))
        before, after = before + is_now, after + is_then
        if is_now != is_then:
            (gained if is_then else lost)[one.text, one.entry_id, one.probability] += 1
    return BarPreview(len(asked), before, after, _most_asked(gained), _most_asked(lost))


def _most_asked(counted: Counter[tuple[str, str, float]]) -> tuple[Swayed, ...]:
    return tuple(Swayed(*key, times) for key, times in counted.most_common())
