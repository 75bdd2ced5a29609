"""What happened since midnight, room by room: counted as it happens, so that whoever looks costs nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from assistant.actions import Action, Reason, ReceiptState
from assistant.notices import MessageDecided, Notice, QuestionAnswered, QuestionClosed, ReplyMoved
from assistant.stores.rows import EscalationState, MessageCount

_LOST = frozenset(state for state in ReceiptState if state.is_final) - {ReceiptState.SENT, ReceiptState.SEEN}


@dataclass(slots=True)
class Today:
    """`heard` lines of viewers, so many of them `questions`; those answered by the bot, by people in
    writing, on air; `seen` and `lost` count our own danmaku."""

    heard: int = 0
    questions: int = 0
    by_bot: int = 0
    by_people: int = 0
    on_air: int = 0
    seen: int = 0
    lost: int = 0

    def to_dict(self) -> dict[str, int]:
        return asdict(self)


class DayTally:
    """Hears all notices. At local midnight it begins anew."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._rooms: defaultdict[str, Today] = defaultdict(Today)
        self._ends_at = _next_midnight(clock())

    @property
    def began_at(self) -> float:
        """Unix time of the last midnight."""
        return _midnight(self._clock())

    def resume(self, counts: Iterable[MessageCount]) -> None:
        """What earlier runs heard today."""
        for count in counts:
            today = self._rooms[f"{count.platform}:{count.room}"]
            today.heard += count.messages
            today.questions += count.messages * (count.action is not Action.IGNORE)
            if count.state is EscalationState.ON_AIR:
                today.on_air += count.messages
            elif count.state is EscalationState.IN_PRIVATE:
                today.by_people += count.messages
            elif count.is_answered:
                today.by_bot += count.messages * (count.action is Action.REPLY)
                today.by_people += count.messages * (count.action is Action.ESCALATE)

    def watch(self, notice: Notice) -> None:
        self._turn()
        count = _COUNTERS.get(type(notice))
        if count is not None:
            count(self._rooms[getattr(notice, "room", "")], notice)

    def of(self, room: str | None) -> Today:
        """Of one room, or of all."""
        self._turn()
        rooms = [today for name, today in self._rooms.items() if room in (None, name)]
        return Today(*(sum(column) for column in zip(*(asdict(one).values() for one in rooms), strict=True)))

    def _turn(self) -> None:
        if self._clock() >= self._ends_at:
            self._rooms.clear()
            self._ends_at = _next_midnight(self._clock())


def _decided(today: Today, notice: MessageDecided) -> None:
    decision = notice.message.decision
    if decision.reason is Reason.OWN:
        return
    today.heard += 1
    today.questions += decision.is_question
    today.by_bot += decision.action is Action.REPLY and notice.message.answered_by is not None


def _answered(today: Today, notice: QuestionAnswered | QuestionClosed) -> None:
    state, askers = notice.escalation.state, notice.escalation.askers
    is_said = isinstance(notice, QuestionAnswered) and state is EscalationState.ANSWERED
    today.on_air += askers * (state is EscalationState.ON_AIR)
    today.by_people += askers * (is_said or state is EscalationState.IN_PRIVATE)


def _moved(today: Today, notice: ReplyMoved) -> None:
    today.seen += notice.receipt.state is ReceiptState.SEEN
    today.lost += notice.receipt.state in _LOST


_COUNTERS: dict[type, Callable[[Today, Any], None]] = {
    MessageDecided: _decided,
    QuestionAnswered: _answered,
    QuestionClosed: _answered,
    ReplyMoved: _moved,
}


def _midnight(now: float) -> float:
    day = datetime.fromtimestamp(now).astimezone()
    return day.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def _next_midnight(now: float) -> float:
    return _midnight(_midnight(now) + 36 * 3600.0)
