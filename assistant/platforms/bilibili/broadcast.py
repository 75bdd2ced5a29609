"""What happens to the broadcast and its chat: on and off, titles, moderation, silences, admins, recalls."""

from collections.abc import Callable
from typing import Any

from assistant import limits
from assistant.events import (
    AdminsChanged,
    BroadcastEnded,
    BroadcastStarted,
    Event,
    ModerationAlert,
    Recalled,
    RoomChanged,
    RoomSilenced,
    RoomUnsilenced,
    ViewerMuted,
    ViewersMasked,
)
from assistant.platforms.bilibili import fields
from assistant.platforms.bilibili.room import PLATFORM, Room

_ONE_LINE, _ONE_VIEWER, _EVERYTHING = 1, 2, 3
_MOMENT_FROM = 10**9  # a silence's `second` is the moment it ends, or -1


def started(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    """LIVE comes twice for each start, and again when the stream reconnects, always with the same key."""
    return (
        BroadcastStarted(
            platform=PLATFORM,
            room=room.id,
            at=fields.seconds(command.get("live_time")),
            broadcast_id=fields.identifier(command.get("live_key")),
        ),
    )


def ended(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    return (
        BroadcastEnded(
            platform=PLATFORM,
            room=room.id,
            at=fields.seconds(command.get("send_time")),
            is_replay_loop=command.get("round") == 1,
        ),
    )


def changed(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    title = fields.payload(command).get("title")
    if type(title) is not str:
        raise fields.Unreadable("title")
    return (RoomChanged(platform=PLATFORM, room=room.id, title=title[: limits.TEXT_CHARACTERS]),)


def masked(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    notice = fields.text(fields.mapping(command.get("data")).get("notice_msg"), limits.TEXT_CHARACTERS)
    return (ViewersMasked(platform=PLATFORM, room=room.id, notice=notice),)


def recalled(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    data = fields.payload(command)
    kind, named = fields.whole(data.get("recall_type")), data.get("target_id")
    target = fields.identifier(named)
    if kind == _EVERYTHING:
        return (Recalled(platform=PLATFORM, room=room.id, everything=True),)
    if kind == _ONE_VIEWER and named == 0:
        return ()  # masked: whose lines these were cannot be told
    if kind not in (_ONE_LINE, _ONE_VIEWER) or not target:
        raise fields.Unreadable("recall_type and target_id")
    if kind == _ONE_LINE:
        return (Recalled(platform=PLATFORM, room=room.id, event_id=target),)
    return (Recalled(platform=PLATFORM, room=room.id, viewer_id=target),)


def viewer_muted(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    data = command.get("data")
    viewer = room.viewer_of(data if type(data) is dict else command)  # older captures have no data
    if not viewer.id and not viewer.name:
        raise fields.Unreadable("uid")
    return (ViewerMuted(platform=PLATFORM, room=room.id, viewer=viewer),)


def silenced(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    data = fields.payload(command)
    kind, least = fields.text(data.get("type"), limits.NAME_CHARACTERS), fields.whole(data.get("level"))
    second = fields.whole(data.get("second"), -1)
    is_moment = second >= _MOMENT_FROM
    return (
        RoomSilenced(
            platform=PLATFORM,
            room=room.id,
            level=f"{kind} {least}" if least > 0 else kind,
            seconds=0 if is_moment else max(second, -1),
            until=float(second) if is_moment else 0.0,
        ),
    )


def unsilenced(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    return (RoomUnsilenced(platform=PLATFORM, room=room.id),)


def alert(*, is_cut_off: bool) -> Callable[[dict[str, Any], Room], tuple[Event, ...]]:
    """The reader of WARNING, or of CUT_OFF and CUT_OFF_V2: an alert even when its words cannot be read."""

    def read(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
        message = command.get("msg") or _dialog(fields.mapping(command.get("data")).get("cut_off_data"))
        return (
            ModerationAlert(
                platform=PLATFORM,
                room=room.id,
                message=fields.text(message, limits.TEXT_CHARACTERS),
                is_cut_off=is_cut_off,
            ),
        )

    return read


def _dialog(content: Any) -> str:
    """The words of the dialog that CUT_OFF_V2 opens before the host, in one line."""
    dialog = fields.mapping(content)
    lines = dialog.get("cut_off_message_list")
    words = [fields.text(dialog.get("cut_off_title"), limits.TEXT_CHARACTERS)]
    for line in lines if type(lines) is list else []:
        label, said = (fields.text(fields.mapping(line).get(name), 200) for name in ("label", "content"))
        words.append(f"{label}: {said}" if label and said else label or said)
    return "; ".join(filter(None, words[:20]))


def admins_changed(*, revoked: bool) -> Callable[[dict[str, Any], Room], tuple[Event, ...]]:
    """The reader of commands that name one admin (or the whole list, which is not repeated)."""

    def read(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
        uid = command.get("uid") or fields.mapping(command.get("data")).get("uid")
        viewer_id = fields.account(uid)
        return (AdminsChanged(platform=PLATFORM, room=room.id, viewer_id=viewer_id, revoked=revoked),)

    return read
