"""The room's last lines as the platform lists them, to fill the gap that a reconnect left.

The list tells neither lottery entries nor repeat taps apart, and has no uid hash.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from assistant import limits
from assistant.events import Danmaku
from assistant.platforms.base import Admission, Request, Steps
from assistant.platforms.bilibili import api, fields
from assistant.platforms.bilibili.account import Endpoints
from assistant.platforms.bilibili.room import PLATFORM, Room

_BEIJING = timezone(timedelta(hours=8))
_MOST_LINES = 100
_EMOTICON = 1


def recent(
    admission: Admission, *, endpoints: Endpoints, cookies: Mapping[str, str]
) -> Steps[Sequence[Danmaku]]:
    """Oldest first; none when the list cannot be had. Without a login in `cookies` its names are masked."""
    response = yield Request(
        "GET",
        f"{endpoints.live_url}/xlive/web-room/v1/dM/gethistory",
        params={"roomid": admission.room, "room_type": "0"},
        headers=admission.headers,
        cookies=cookies,
    )
    answer = api.parse(response.body) if response.status == 200 else None
    if answer is None or answer.code != 0:
        return ()
    lines = _lines(answer.data, Room(admission.room, admission.owner))
    unique = {line.event_id or (line.viewer.key, line.text, line.at): line for line in lines}
    return tuple(sorted(unique.values(), key=lambda line: line.at))


def _lines(data: dict[str, Any], room: Room) -> Iterator[Danmaku]:
    """Of the admins' list and of everybody's, which may name the same line."""
    for name in ("admin", "room"):
        entries = data.get(name)
        for entry in entries[:_MOST_LINES] if type(entries) is list else []:
            if type(entry) is dict and type(entry.get("text")) is str:
                yield _line(entry, room)


def _line(entry: dict[str, Any], room: Room) -> Danmaku:
    reply = fields.mapping(entry.get("reply"))
    return Danmaku(
        platform=PLATFORM,
        room=room.id,
        at=fields.seconds(fields.mapping(entry.get("check_info")).get("ts"))
        or _beijing(entry.get("timeline")),
        event_id=fields.identifier(entry.get("id_str")),
        viewer=room.viewer(
            entry.get("uid"),
            entry.get("nickname"),
            is_admin=entry.get("isadmin") == 1,
            guard_level=entry.get("guard_level"),
        ),
        text=entry["text"][: limits.TEXT_CHARACTERS],
        is_emoticon=entry.get("dm_type") == _EMOTICON,
        reply_to=fields.account(reply.get("reply_mid")),
        reply_to_name=fields.text(reply.get("reply_uname"), limits.NAME_CHARACTERS),
    )


def _beijing(timeline: Any) -> float:
    """The moment of a wall clock in Beijing, 0.0 when it cannot be read."""
    try:
        moment = datetime.strptime(fields.text(timeline, 19), "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return 0.0
    return max(moment.replace(tzinfo=_BEIJING).timestamp(), 0.0)
