"""Recordings made by the assistant, as acts: the events that viewers caused, at the pace they came.

What viewers did not cause is left out, such as a moderator's doing: the practice room has no act for it.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from assistant import events
from assistant.errors import RecordingError
from assistant.practice.acts import Act, ScriptError
from assistant.rooms.recording import paced

FORMAT = "live-assistant-recording"


def is_header(line: str) -> bool:
    try:
        header = json.loads(line)
    except ValueError:
        return False
    return isinstance(header, dict) and header.get("format") == FORMAT


def read_recording(path: Path) -> Iterator[Act]:
    """Acts with `at` counted from the first event that was heard. Raises ScriptError."""
    try:
        for at, event in paced(path):
            fields = act_fields(event)
            if fields is not None:
                yield Act(at=at, **fields)
    except RecordingError as error:
        raise ScriptError(str(error)) from None


def act_fields(event: events.Event) -> dict[str, Any] | None:
    """The fields of the act that makes this event happen again, None for what cannot be played."""
    make = _MAKERS.get(type(event))
    return None if make is None else make(event)


def _by(kind: str) -> Callable[[Any], dict[str, Any]]:
    return lambda event: {"kind": kind, "viewer": event.viewer.name, "is_host": event.viewer.is_host}


def _counting(kind: str) -> Callable[[Any], dict[str, Any]]:
    return lambda event: {"kind": kind, "count": event.count}


def _danmaku(event: events.Danmaku) -> dict[str, Any]:
    kind = "emoticon" if event.is_emoticon else "lottery" if event.is_lottery else "danmaku"
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
    events.LikesTotal: _counting("likes_total"),
    events.ViewersOnline: _counting("online"),
    events.Watched: _counting("watched"),
    events.BroadcastStarted: lambda event: {"kind": "live"},
    events.BroadcastEnded: lambda event: {"kind": "preparing"},
    events.RoomChanged: lambda event: {"kind": "title", "text": event.title},
}
