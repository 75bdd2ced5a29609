"""When the platform or a moderator closes the room's mouth, or ours: replies wait, and the team is told.

A closed chat opens again by its own end, by the platform's word, or with the next connection, which would
hear of it anew.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from assistant import events
from assistant.notices import Alert, Watcher
from assistant.outbox import Outbox
from assistant.settings import RoomAddress


class Moderation:
    """One room's."""

    def __init__(self, address: RoomAddress, *, outbox: Outbox, watch: Watcher) -> None:
        self._address = address
        self._outbox = outbox
        self._watch = watch
        self._silent_until = math.inf

    def heed(self, event: events.Event, *, own_viewer_id: str, now: float) -> None:
        """To be called with every event: a closed chat whose time is over opens with the next one."""
        if now >= self._silent_until:
            self.open()
        if isinstance(event, events.ViewerMuted) and event.viewer.id == own_viewer_id != "":
            self._close("our account was muted in this room")
        react = _REACTIONS.get(type(event))
        if react is not None:
            react(self, event, now)

    def open(self) -> None:
        self._silent_until = math.inf
        self._outbox.resume(self._address.platform, self._address.id)

    def _silenced(self, event: events.RoomSilenced, now: float) -> None:
        ends_at = now + event.seconds if event.seconds > 0 else event.until
        self._silent_until = ends_at or math.inf
        self._close("the room's chat is closed")

    def _unsilenced(self, event: events.RoomUnsilenced, now: float) -> None:
        self.open()

    def _warned(self, event: events.ModerationAlert, now: float) -> None:
        what = "the broadcast was cut off" if event.is_cut_off else "the platform warns the broadcast"
        self._watch(Alert(str(self._address), f"{what}: {event.message}"))

    def _close(self, reason: str) -> None:
        self._outbox.pause(self._address.platform, self._address.id, reason=reason)
        self._watch(Alert(str(self._address), f"{reason}: replies wait"))


_REACTIONS: Mapping[type[events.Event], Callable[[Moderation, Any, float], None]] = {
    events.RoomSilenced: Moderation._silenced,
    events.RoomUnsilenced: Moderation._unsilenced,
    events.ModerationAlert: Moderation._warned,
}
