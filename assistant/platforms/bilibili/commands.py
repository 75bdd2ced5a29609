"""Which command is read by whom: the one table of the names that the platform sends.

A name may carry a suffix behind a colon. Names are compared whole: DANMU_MSG is part of RECALL_DANMU_MSG too.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from assistant.events import Event, Malformed, UnknownCommand
from assistant.platforms.bilibili import audience, broadcast, fields, payments
from assistant.platforms.bilibili.danmaku import read_danmaku
from assistant.platforms.bilibili.noise import is_noise
from assistant.platforms.bilibili.room import PLATFORM, Room

Reader = Callable[[dict[str, Any], Room], Sequence[Event]]
_NAME_CHARACTERS = 64


def read(command: dict[str, Any], room: Room) -> Sequence[Event]:
    """The events of one command, none for noise. Never raises: what cannot be read is Malformed."""
    name = command.get("cmd")
    if type(name) is not str:
        return (Malformed(platform=PLATFORM, room=room.id, reason="command without a name"),)
    name = name.partition(":")[0]
    reader = _READERS.get(name)
    if reader is None:
        return () if is_noise(name) else (unknown(name, room),)
    try:
        return reader(command, room)
    except fields.Unreadable as error:
        return (Malformed(platform=PLATFORM, room=room.id, reason=f"{name}: {error} cannot be read"),)


def unknown(name: str, room: Room) -> UnknownCommand:
    """Its name is the server's, so only what a name consists of is kept of it."""
    shown = name[:_NAME_CHARACTERS]
    is_plain = shown.isascii() and shown.replace("_", "").replace(" ", "").isalnum()
    return UnknownCommand(platform=PLATFORM, room=room.id, command=shown if is_plain else "(unprintable)")


_READERS: dict[str, Reader] = {
    "DANMU_MSG": read_danmaku,
    "DANMU_MSG_MIRROR": partial(read_danmaku, is_mirror=True),
    "SEND_GIFT": payments.gift,
    "SEND_GIFT_V2": payments.gift_v2,
    "GUARD_BUY": payments.guard_bought,
    "USER_TOAST_MSG": payments.guard_toasted,
    "USER_TOAST_MSG_V2": payments.guard_toasted_v2,
    "SUPER_CHAT_MESSAGE": payments.super_chat,
    "SUPER_CHAT_MESSAGE_DELETE": payments.super_chat_deleted,
    "INTERACT_WORD": audience.interaction,
    "INTERACT_WORD_V2": audience.interaction,
    "LIKE_INFO_V3_CLICK": audience.liked,
    "LIKE_INFO_V3_UPDATE": audience.likes_total,
    "WATCHED_CHANGE": audience.watched,
    "ONLINE_RANK_COUNT": audience.viewers_online,
    "DM_INTERACTION": audience.crowd_said,
    "LIVE": broadcast.started,
    "PREPARING": broadcast.ended,
    "ROOM_CHANGE": broadcast.changed,
    "LOG_IN_NOTICE": broadcast.masked,
    "RECALL_DANMU_MSG": broadcast.recalled,
    "ROOM_BLOCK_MSG": broadcast.viewer_muted,
    "ROOM_SILENT_ON": broadcast.silenced,
    "ROOM_SILENT_OFF": broadcast.unsilenced,
    "WARNING": broadcast.alert(is_cut_off=False),
    "CUT_OFF": broadcast.alert(is_cut_off=True),
    "CUT_OFF_V2": broadcast.alert(is_cut_off=True),
    "ROOM_ADMINS": broadcast.admins_changed(revoked=False),
    "room_admin_entrance": broadcast.admins_changed(revoked=False),
    "ROOM_ADMIN_REVOKE": broadcast.admins_changed(revoked=True),
}
