"""What is said for an entry in a room: filled in, in lines that fit, in other words each time. Pure.

Whether anything is said is for `decide`; it is never half filled, never cut and never past its time.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from assistant.actions import Reason
from assistant.pipeline.place import Place
from knowledge import Entry
from knowledge.placeholders import fill, names_in

Lines = tuple[str, ...]


class Sayings:
    """One room's. `values` fill the placeholders of answers; remembers how often each entry was said in the
    broadcast.
    """

    def __init__(self, *, values: Mapping[str, str], most_parts: int) -> None:
        self._values = values
        self._most_parts = most_parts
        self._broadcast_id = 0
        self._times: Counter[str] = Counter()

    def lines(self, entry: Entry, place: Place, *, broadcast_id: int, now: float) -> Lines | Reason:
        """The answer as it is to be said next, the next of its wordings each time; or why it cannot be."""
        if not entry.holds(at=now, room=place.address):
            return Reason.LAPSED
        if wordings := self.wordings(entry, place):
            times = self._times[entry.id] if broadcast_id == self._broadcast_id else 0
            return wordings[times % len(wordings)]
        is_filled = fill(entry.answer, self._values) is not None
        return Reason.ANSWER_TOO_LONG if is_filled else Reason.PLACEHOLDER_MISSING

    def wordings(self, entry: Entry, place: Place) -> list[Lines]:
        """The answer and its other wordings, as far as they are filled and fit.

        A short answer that takes fewer lines stands in for the answer, and for each of the others likewise:
        a danmaku that a viewer must wait for is read by few.
        """
        answer, short, *others = (
            self._lines(text, place) for text in (entry.answer, entry.short_answer, *entry.other_answers)
        )
        if short and (not answer or len(short) < len(answer)):
            answer = short
        most = len(short) or self._most_parts
        return [lines for lines in dict.fromkeys((answer, *others)) if lines and len(lines) <= most]

    def said(self, entry_id: str, *, broadcast_id: int) -> None:
        """It is on its way to the room."""
        if broadcast_id != self._broadcast_id:
            self.restore({}, broadcast_id=broadcast_id)
        self._times[entry_id] += 1

    def restore(self, times: Mapping[str, int], *, broadcast_id: int) -> None:
        """How often each entry was said in this broadcast so far."""
        self._broadcast_id, self._times = broadcast_id, Counter(times)

    def _lines(self, text: str, place: Place) -> Lines:
        filled = fill(text, self._values)
        return () if filled is None else place.lines(filled, most=self._most_parts)


def ends_at(entry: Entry) -> float:
    """When its answer is no longer true, in seconds since 1970; infinity for never."""
    return math.inf if entry.valid_until is None else entry.valid_until.timestamp()


def missing_values(
    entries: Iterable[Entry], values: Mapping[str, str], *, room: str
) -> Mapping[str, list[str]]:
    """By name, the ids of the entries for this room that leave the placeholder open, whenever they hold."""
    missing: dict[str, list[str]] = {}
    for entry in entries:
        if not entry.enabled or (entry.rooms and room not in entry.rooms):
            continue
        texts = (entry.answer, entry.short_answer, *entry.other_answers)
        for name in dict.fromkeys(name for text in texts for name in names_in(text)):
            if not values.get(name):
                missing.setdefault(name, []).append(entry.id)
    return missing
