"""The answers that wait to leave, and which of them is next. Pure: time and the rooms' state are arguments.

Paid answers go first, then those that are not late yet, then those more viewers asked for, then older ones.
The parts of one answer stay together: once a part of it stands in the room, no other answer comes between.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from assistant.stores.rows import Reply

MOST_WAITING = 500  # replies a room; far more than leave before they expire

Place = tuple[str, str]  # platform, room


@dataclass(slots=True, eq=False)
class Answer:
    """One answer on its way. `waiting` are the parts that have not left: the first is next, or `in_flight`.

    `first` is the part that it began with here and names it for good. `stopped` says why nothing more of it
    may leave; whoever needs to know has then been told. `not_before` is monotonic time.
    """

    first: Reply
    waiting: deque[Reply]
    priority: int = 0
    askers: int = 1
    begun: bool = False
    in_flight: bool = False
    not_before: float = 0.0
    stopped: str = ""
    was_split_again: bool = False
    tried: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, parts: Iterable[Reply]) -> "Answer":
        """Parts of one answer; where earlier ones are missing, they have been sent already."""
        waiting = deque(sorted(parts, key=lambda reply: reply.part))
        first = waiting[0]
        return cls(first, waiting, priority=first.priority, begun=first.part > 1)

    @property
    def place(self) -> Place:
        return self.first.platform, self.first.room

    def rank(self, *, late_before: float = float("-inf")) -> tuple[bool, int, bool, int, float, int]:
        """Lower leaves earlier. What was made before `late_before` (Unix time) gives way: where more is asked
        than can be said, answers that come at once are worth more than as many that all come late."""
        first = self.first
        is_late = first.created_at < late_before
        return not self.begun, -self.priority, is_late, -self.askers, first.created_at, first.answer_id

    def take_unsent(self) -> list[Reply]:
        """Remove and return the parts that have not left; one in flight stays."""
        kept = [self.waiting.popleft()] if self.in_flight else []
        unsent = list(self.waiting)
        self.waiting = deque(kept)
        return unsent


def answers_of(replies: Iterable[Reply]) -> list[Answer]:
    """Replies as the answers that they are parts of, in the order of their first mention."""
    parts: dict[int, list[Reply]] = {}
    for reply in replies:
        parts.setdefault(reply.answer_id, []).append(reply)
    return [Answer.of(group) for group in parts.values()]


class Queue:
    """Answers with at least one waiting part, of all platforms and rooms."""

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._answers: dict[int, Answer] = {}

    def __iter__(self) -> Iterator[Answer]:
        return iter(tuple(self._answers.values()))

    def __len__(self) -> int:
        return len(self._answers)

    def add(self, answer: Answer) -> list[Answer]:
        """Take `answer` in; one that is there already changes nothing.

        Returns those that had to go because too much waits in the room: the least important and newest, which
        may be `answer` itself, and never one that is begun.
        """
        self._answers.setdefault(answer.first.answer_id, answer)
        refused = []
        while self._is_full(answer.place) and (last := self._least(answer.place)) is not None:
            self.discard(last)
            refused.append(last)
        return refused

    def joined(self, answer_id: int, *, priority: int) -> None:
        """One more viewer asked for this answer, if it still waits; the most important asker counts."""
        answer = self._answers.get(answer_id)
        if answer is not None:
            answer.askers += 1
            answer.priority = max(answer.priority, priority)

    def discard(self, answer: Answer) -> None:
        self._answers.pop(answer.first.answer_id, None)

    def places(self) -> set[Place]:
        """Where answers wait to go."""
        return {answer.place for answer in self}

    def next(
        self,
        platform: str,
        *,
        now: float,
        is_open: Callable[[Place], bool],
        late_before: float = float("-inf"),
    ) -> Answer | None:
        """What leaves next on this platform at `now` (monotonic); `is_open` tells whether a room takes it.

        Answers made before `late_before` (Unix time) are late.
        """
        there = [answer for answer in self if answer.first.platform == platform]
        unfinished = {answer.place for answer in there if answer.begun}
        due = (
            answer
            for answer in there
            if not answer.in_flight
            and answer.not_before <= now
            and (answer.begun or answer.place not in unfinished)
            and is_open(answer.place)
        )
        return min(due, key=lambda answer: answer.rank(late_before=late_before), default=None)

    def expired(self, now: float) -> list[Answer]:
        """Those whose next part is too old at `now` (Unix time); one in flight has left already."""
        return [answer for answer in self if not answer.in_flight and answer.waiting[0].expires_at <= now]

    def next_expiry(self) -> float | None:
        """Unix time."""
        return min((answer.waiting[0].expires_at for answer in self if not answer.in_flight), default=None)

    def _is_full(self, place: Place) -> bool:
        return sum(len(answer.waiting) for answer in self if answer.place == place) > self._most_waiting

    def _least(self, place: Place) -> Answer | None:
        idle = (one for one in self if one.place == place and not (one.begun or one.in_flight))
        return max(idle, key=Answer.rank, default=None)
