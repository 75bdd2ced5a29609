"""Which lines an event takes back: recalled, deleted with their super chat, or a muted viewer's."""

from collections.abc import Callable, Mapping
from typing import Any

from assistant import events

ChatLine = events.Danmaku | events.SuperChat
IsMeant = Callable[[ChatLine], bool]

_MOST_ANSWERING = 1000


class AnsweredLines:
    """The lines whose answers are on their way or were given, the latest thousand, by message id."""

    def __init__(self) -> None:
        self._lines: dict[int, ChatLine] = {}

    def remember(self, message_id: int, line: ChatLine) -> None:
        self._lines[message_id] = line
        if len(self._lines) > _MOST_ANSWERING:
            del self._lines[next(iter(self._lines))]

    def meant(self, is_meant: IsMeant) -> list[int]:
        return [id for id, line in self._lines.items() if is_meant(line)]


def withdrawn_by(event: events.Event) -> IsMeant | None:
    """Tells the lines that must be neither judged nor answered any more; None when the event takes none."""
    make = _WITHDRAWALS.get(type(event))
    return None if make is None else make(event)


def _recalled(event: events.Recalled) -> IsMeant:
    if event.everything:
        return lambda line: True
    if event.viewer_id:
        return lambda line: line.viewer.id == event.viewer_id
    return lambda line: line.event_id == event.event_id != ""


def _deleted(event: events.SuperChatDeleted) -> IsMeant:
    return lambda line: line.event_id in event.event_ids


def _muted(event: events.ViewerMuted) -> IsMeant:
    return lambda line: line.viewer.id == event.viewer.id != ""


_WITHDRAWALS: Mapping[type[events.Event], Callable[[Any], IsMeant]] = {
    events.Recalled: _recalled,
    events.SuperChatDeleted: _deleted,
    events.ViewerMuted: _muted,
}
