"""Which broadcast a room is in: from going live, or from our arrival, to its end. Pure; rows out.

Platforms say that a stream began more than once, and not at all to who comes later; the platform's own key
of the broadcast, where there is one, tells one from the next.
"""

from collections.abc import Callable
from dataclasses import replace

from assistant.events import BroadcastStarted, Event, RoomChanged
from assistant.stores.rows import Broadcast


class BroadcastLog:
    """The broadcasts of one room. Every method returns the rows that changed, to be written in order."""

    def __init__(
        self, *, platform: str, room: str, new_id: Callable[[], int], last: Broadcast | None = None
    ) -> None:
        self._platform = platform
        self._room = room
        self._new_id = new_id
        self._title = ""
        self._current = last if last is not None and last.ended_at is None else None

    @property
    def current(self) -> Broadcast:
        """The open broadcast; `arrive` or `began` came before."""
        if self._current is None:
            raise LookupError("no broadcast is open in this room")
        return self._current

    def heed(self, event: Event, *, now: float) -> tuple[Broadcast, ...]:
        """What the platform tells of the broadcast besides its end; nothing for any other event."""
        match event:
            case BroadcastStarted():
                return self.began(event.broadcast_id, now=now)
            case RoomChanged():
                return self.titled(event.title)
        return ()

    @property
    def current_id(self) -> int | None:
        """Of the open broadcast, None for none."""
        return None if self._current is None else self._current.id

    def arrive(self, *, now: float) -> tuple[Broadcast, ...]:
        """Something happens in the room: go on with the open broadcast, or open one."""
        return () if self._current is not None else (self._open("", now),)

    def began(self, key: str, *, now: float) -> tuple[Broadcast, ...]:
        """The platform says that the stream is on; said again with the same key it changes nothing."""
        if self._current is None:
            return (self._open(key, now),)
        if not key or key == self._current.key:
            return ()
        if not self._current.key:
            return (self._change(replace(self._current, key=key)),)
        return self._close(now), self._open(key, now)

    def ended(self, *, now: float) -> tuple[Broadcast, ...]:
        return () if self._current is None else (self._close(now),)

    def titled(self, title: str) -> tuple[Broadcast, ...]:
        self._title = title
        if self._current is None or self._current.title == title:
            return ()
        return (self._change(replace(self._current, title=title)),)

    def _open(self, key: str, now: float) -> Broadcast:
        self._current = Broadcast(self._new_id(), self._platform, self._room, key, self._title, now)
        return self._current

    def _change(self, changed: Broadcast) -> Broadcast:
        self._current = changed
        return changed

    def _close(self, now: float) -> Broadcast:
        closed = replace(self.current, ended_at=now)
        self._current = None
        return closed
