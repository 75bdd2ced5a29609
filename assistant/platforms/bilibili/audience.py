"""What viewers do besides writing and paying: coming, following, sharing, liking, and how many there are."""

from typing import Any

from assistant import limits
from assistant.events import (
    CrowdSaid,
    Entered,
    Event,
    Followed,
    Liked,
    LikesTotal,
    Shared,
    Viewer,
    ViewersOnline,
    Watched,
)
from assistant.platforms.bilibili import fields
from assistant.platforms.bilibili.protobuf import Message
from assistant.platforms.bilibili.room import PLATFORM, Room

Interaction = type[Entered] | type[Followed] | type[Shared]

# 6, a like, comes as LIKE_INFO_V3_CLICK too and is counted there.
_INTERACTIONS: dict[int, Interaction] = {1: Entered, 2: Followed, 3: Shared, 4: Followed, 5: Followed}
_EQUAL_LINES = 102


def interaction(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    """INTERACT_WORD, and INTERACT_WORD_V2 whose data are protobuf."""
    data = fields.payload(command)
    if "pb" in data:
        return _interaction_v2(Message.from_base64(data["pb"]), room)
    return _interacted(data.get("msg_type"), room.viewer_of(data), data.get("timestamp"), room)


def _interaction_v2(packed: Message, room: Room) -> tuple[Event, ...]:
    user = packed.message(22)
    uid = packed.whole(1) or user.whole(1)
    name = packed.text(2) or user.message(2).text(1)
    return _interacted(packed.whole(5), room.viewer(uid, name), packed.whole(7), room)


def _interacted(kind: Any, viewer: Viewer, timestamp: Any, room: Room) -> tuple[Event, ...]:
    event = _INTERACTIONS.get(fields.whole(kind))
    if event is None:
        return ()
    return (event(platform=PLATFORM, room=room.id, at=fields.seconds(timestamp), viewer=viewer),)


def liked(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    data = fields.payload(command)
    return (Liked(platform=PLATFORM, room=room.id, viewer=room.viewer_of(data)),)


def likes_total(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    count = fields.required(fields.payload(command), "click_count")
    return (LikesTotal(platform=PLATFORM, room=room.id, count=count),)


def watched(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    count = fields.required(fields.payload(command), "num")
    return (Watched(platform=PLATFORM, room=room.id, count=count),)


def viewers_online(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    """`count` are those on the rank's list, `online_count` all viewers; old captures have only the first."""
    data = fields.payload(command)
    count = fields.required(data, "online_count" if "online_count" in data else "count")
    return (ViewersOnline(platform=PLATFORM, room=room.id, count=count),)


def crowd_said(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    """DM_INTERACTION of many equal lines; its votes and its counts of likes and gifts are not read."""
    data = fields.payload(command)
    if fields.whole(data.get("type")) != _EQUAL_LINES:
        return ()
    combos = fields.mapping(_unwrapped(data.get("data"))).get("combo")
    return tuple(
        CrowdSaid(
            platform=PLATFORM,
            room=room.id,
            text=fields.text(combo.get("content"), limits.TEXT_CHARACTERS),
            count=fields.required(combo, "cnt"),
        )
        for combo in (combos if type(combos) is list else [])
        if type(combo) is dict and combo.get("content")
    )


def _unwrapped(value: Any) -> Any:
    """The inner object, which comes as JSON text or as it is."""
    if type(value) is not str:
        return value
    try:
        return fields.parse(value)
    except ValueError:
        raise fields.Unreadable("data.data") from None
