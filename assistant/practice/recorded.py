"""Recordings made by the assistant, as acts: the events that viewers caused, at the pace they came.

Events of the connection itself (auth, heartbeats, malformed packets) are left out: the practice room makes
its own.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from assistant import events
from assistant.practice.acts import Act
from assistant.rooms import recording


def is_recording(first_line: str) -> bool:
    try:
        header = json.loads(first_line)
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and "format" in header


def recorded_acts(path: Path) -> Iterator[Act]:
    """In order. Raises RecordingError naming file and line, while it is read."""
    for at, event in recording.paced(path):
        fields = act_fields(event)
        if fields is not None:
            yield Act(at=at, **fields)


def act_fields(event: events.Event) -> dict[str, Any] | None:
    """The fields of the act that makes this event happen again, None for what cannot be played."""
    make = _MAKERS.get(type(event))
    return None if make is None else make(event)


def _by(kind: str) -> Callable[[Any], dict[str, Any]]:
    return lambda event: {"kind": kind, "viewer": event.viewer.name, "is_host": event.viewer.is_host}


def _counting(kind: str) -> Callable[[Any], dict[str, Any]]:
    return lambda event: {"kind": kind, "count": event.count}


def _danmaku(event: events.Danmaku) -> dict[str, Any]:
    marks = {"emoticon": event.is_emoticon, "lottery": event.is_lottery, "mirror": event.is_mirror}
    kind = next((kind for kind, marked in marks.items() if marked), "danmaku")
    return _by(kind)(event) | {"text": event.text}


def _super_chat(event: events.SuperChat) -> dict[str, Any]:
    return _by("super_chat")(event) | {"text": event.text, "price_yuan": event.price_fen // 100}


def _gift(event: events.Gift) -> dict[str, Any]:
    each = event.total_fen // max(event.count, 1)
    return _by("gift")(event) | {"gift": event.name, "count": event.count, "price_fen": each}


def _membership(event: events.Membership) -> dict[str, Any]:
    return _by("guard")(event) | {"level": min(max(event.level, 1), 3), "count": event.count}


_MAKERS: dict[type[events.Event], Callable[[Any], dict[str, Any]]] = {
    events.Danmaku: _danmaku,
    events.SuperChat: _super_chat,
    events.Gift: _gift,
    events.Membership: _membership,
    events.Entered: _by("enter"),
    events.Followed: _by("follow"),
    events.Shared: _by("share"),
    events.Liked: _by("like"),
    events.ViewerMuted: _by("mute"),
    events.RoomSilenced: lambda event: {"kind": "silent_on"},
    events.RoomUnsilenced: lambda event: {"kind": "silent_off"},
    events.LikesTotal: _counting("likes_total"),
    events.ViewersOnline: _counting("online"),
    events.Watched: _counting("watched"),
    events.BroadcastStarted: lambda event: {"kind": "live"},
    events.BroadcastEnded: lambda event: {"kind": "preparing"},
    events.RoomChanged: lambda event: {"kind": "title", "text": event.title},
}
