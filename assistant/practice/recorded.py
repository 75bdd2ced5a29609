"""Recordings made by the assistant, as acts: the events that viewers caused, at the pace they came.

Events of the connection itself (auth, heartbeats, malformed packets) are left out: the practice room makes
its own. A line cut short at the end of the file, as a crash leaves it, ends the recording.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from assistant import events
from assistant.practice.acts import Act, ScriptError

FORMAT = "live-assistant-recording"
VERSION = 1


def is_header(line: str) -> bool:
    try:
        header = json.loads(line)
    except ValueError:
        return False
    return isinstance(header, dict) and header.get("format") == FORMAT


def read_recording(path: Path, numbered: Sequence[tuple[int, str]]) -> Iterator[Act]:
    """Acts with `at` counted from the first event that names its time. Raises ScriptError."""
    start, at = None, 0.0
    for place, (number, line) in enumerate(numbered, 1):
        try:
            event = events.decode(line)
        except msgspec.DecodeError as error:
            if place == len(numbered):
                return
            raise ScriptError(f"{path}:{number}: {error}") from None
        if event.at > 0:
            start = event.at if start is None else start
            at = max(at, event.at - start)
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
