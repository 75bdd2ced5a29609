"""Recognises our own lines when the room sends them back. Pure; what follows from it is for `delivery`.

A line is ours when it carries an event id that the platform gave to one of ours, or when our account, or a
masked viewer, says just what we sent and have not seen yet. Who may be a stranger is never taken for us.
"""

from dataclasses import dataclass

from assistant.actions import ReceiptState
from assistant.events import Danmaku
from assistant.outbox.queue import Answer
from assistant.stores.rows import Reply

REMEMBERED_LINES = 2_000

_EventKey = tuple[str, str, str]  # platform, room, event id
_TextKey = tuple[str, str, str]  # platform, room, text as compared


@dataclass(slots=True, eq=False)
class Flight:
    """One part from when its request leaves. `deadline` is when its echo is given up.

    Times are monotonic; `reason` says what is wrong with it so far.
    """

    answer: Answer
    reply: Reply
    state: ReceiptState = ReceiptState.SENDING
    left_at: float = 0.0
    deadline: float = float("inf")
    reason: str = ""


class Echoes:
    """Remembers the latest `most` lines; older ones are taken for a stranger's."""

    def __init__(self, *, most: int = REMEMBERED_LINES) -> None:
        self._most = most
        self._by_event: dict[_EventKey, Flight] = {}
        self._unseen: dict[_TextKey, list[Flight]] = {}

    def expect(self, flight: Flight) -> None:
        """Its line may stand in the room from now on."""
        self._unseen.setdefault(_text_key(flight), []).append(flight)
        if len(self._unseen) > self._most:
            del self._unseen[next(iter(self._unseen))]

    def name(self, flight: Flight, event_id: str) -> None:
        """The platform calls its line `event_id`."""
        reply = flight.reply
        self._by_event[reply.platform, reply.room, event_id] = flight
        if len(self._by_event) > self._most:
            del self._by_event[next(iter(self._by_event))]

    def forget(self, flight: Flight) -> None:
        """Its text is no longer looked for: it was seen, or never reached the room."""
        key = _text_key(flight)
        rest = [other for other in self._unseen.get(key, ()) if other is not flight]
        if rest:
            self._unseen[key] = rest
        else:
            self._unseen.pop(key, None)

    def find(self, danmaku: Danmaku, *, own_viewer_id: str) -> Flight | None:
        """The line of ours that this is; of several with one text the oldest."""
        platform, room = danmaku.platform, danmaku.room
        if danmaku.event_id and (named := self._by_event.get((platform, room, danmaku.event_id))):
            return named
        if danmaku.viewer.id not in ("", own_viewer_id):
            return None
        alike = self._unseen.get((platform, room, _compared(danmaku.text)))
        return alike[0] if alike else None


def _text_key(flight: Flight) -> _TextKey:
    return flight.reply.platform, flight.reply.room, _compared(flight.reply.text)


def _compared(text: str) -> str:
    """Platforms trim and collapse white space."""
    return " ".join(text.split())
