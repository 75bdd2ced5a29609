"""DANMU_MSG, whose fields go by position: read so that captures of 2017, 2022 and today all parse.

The array grew from 9 to 18 elements over the years, and its parts may be null, empty or missing. It is nine
tenths of all traffic, so beside the way of all commands there is a quick one that skips what nobody reads.
"""

import re
from typing import Any

import msgspec

from assistant import limits
from assistant.events import Danmaku
from assistant.platforms.bilibili import fields
from assistant.platforms.bilibili.room import PLATFORM, Room

_EMOTICON, _VOICE = 1, 2
_LOTTERY_KINDS = (1, 2, 9)  # storm, lottery entry, interactive game: typed to enter, not to ask
_NO_ACTIVITY = (0, None, "", "0")
_HASH_CHARACTERS = 16


class _Content(msgspec.Struct, gc=False):
    """`info[0][15]`. What is `Raw`, here and below, the quick way leaves unparsed."""

    extra: Any = None
    user: msgspec.Raw = msgspec.Raw()


class _Head(msgspec.Struct, array_like=True, gc=False):
    """`info[0]`; a position that nobody reads is named by its number."""

    p0: Any = None
    p1: Any = None
    p2: Any = None
    p3: Any = None
    sent_at: Any = None
    p5: Any = None
    p6: Any = None
    user_hash: Any = None
    p8: Any = None
    kind: Any = None
    p10: Any = None
    p11: Any = None
    dm_type: Any = None
    p13: Any = None
    voice: Any = None
    content: _Content | None = None
    activity: Any = None


class _Who(msgspec.Struct, array_like=True, gc=False):
    """`info[2]`."""

    uid: Any = None
    name: Any = None
    is_admin: Any = None


class _Info(msgspec.Struct, array_like=True, gc=False):
    """`info`."""

    head: _Head | None = None
    text: Any = None
    who: _Who | None = None
    medal: msgspec.Raw = msgspec.Raw()
    p4: msgspec.Raw = msgspec.Raw()
    p5: msgspec.Raw = msgspec.Raw()
    p6: Any = None
    guard_level: Any = None
    p8: Any = None
    checked: msgspec.Raw = msgspec.Raw()


class _Line(msgspec.Struct, gc=False):
    info: _Info
    p_is_ack: Any = None


class Extra(msgspec.Struct, gc=False):
    """What is wanted of the JSON text that rides inside the JSON, as it came."""

    id_str: Any = ""
    user_hash: Any = ""
    reply_mid: Any = 0
    reply_uname: Any = ""
    hit_combo: Any = 0
    is_mirror: Any = False


_is_line = re.compile(rb'\{\s*"cmd"\s*:\s*"DANMU_MSG[":]').match
_decode_line = msgspec.json.Decoder(_Line).decode
_decode_extra = msgspec.json.Decoder(Extra).decode
_NO_HEAD, _NO_WHO, _NO_CONTENT = _Head(), _Who(), _Content()


def read_quickly(body: bytes, room: Room) -> Danmaku | None:
    """A command as nearly all of them are; None for any other, which wants the long way."""
    if _is_line(body) is None:
        return None
    try:
        line = _decode_line(body)
    except (ValueError, RecursionError):
        return None
    if line.p_is_ack or type(line.info.text) is not str:
        return None
    return _danmaku(line.info, room)


def read_danmaku(command: dict[str, Any], room: Room, *, is_mirror: bool = False) -> tuple[Danmaku, ...]:
    """The same from a parsed command, whatever its parts are. Raises Unreadable when there is no text."""
    head, text, who, *rest = fields.padded(command.get("info"), 10)[:10]
    if type(text) is not str:
        raise fields.Unreadable("info")
    head_parts = fields.padded(head, 17)[:17]
    content = fields.mapping(head_parts[15])
    user: Any = content.get("user")
    head_parts[15] = _Content(content.get("extra"), user)
    info = _Info(_Head(*head_parts), text, _Who(*fields.padded(who, 3)[:3]), *rest)
    return (_danmaku(info, room, is_mirror=is_mirror),)


def _danmaku(info: _Info, room: Room, *, is_mirror: bool = False) -> Danmaku:
    head, who = info.head or _NO_HEAD, info.who or _NO_WHO
    content = head.content or _NO_CONTENT
    extra = read_extra(content.extra)
    uid, name = (who.uid, who.name) if who.name is not None else _named_in(content.user)
    return Danmaku(
        platform=PLATFORM,
        room=room.id,
        at=fields.seconds(head.sent_at) or fields.seconds(_object(info.checked).get("ts")),
        event_id=fields.identifier(extra.id_str),
        viewer=room.viewer(
            uid,
            name,
            weak_id=_weak_id(head.user_hash, extra.user_hash),
            is_admin=who.is_admin == 1,
            guard_level=info.guard_level,
        ),
        text=_said(info.text, head)[: limits.TEXT_CHARACTERS],
        is_emoticon=head.dm_type == _EMOTICON,
        is_lottery=head.kind in _LOTTERY_KINDS or _enters_activity(head.activity),
        is_mirror=is_mirror or extra.is_mirror is True,
        is_repeat_tap=extra.hit_combo == 1,
        reply_to=fields.account(extra.reply_mid),
        reply_to_name=fields.text(extra.reply_uname, limits.NAME_CHARACTERS),
    )


def read_extra(source: Any) -> Extra:
    """From the JSON text, also from an object; defaults for what is neither."""
    if type(source) is str:
        try:
            return _decode_extra(source)
        except (ValueError, RecursionError):  # msgspec refuses lone surrogates, which other fields may hold
            source = _parsed(source)
    found = fields.mapping(source)
    return Extra(**{name: found[name] for name in Extra.__struct_fields__ if name in found})


def _parsed(source: str | bytes) -> Any:
    try:
        return fields.parse(source)
    except ValueError:
        return None


def _object(value: Any) -> dict[str, Any]:
    return fields.mapping(_parsed(bytes(value)) if type(value) is msgspec.Raw else value)


def _said(text: str, head: _Head) -> str:
    """What a voice message says is its transcript, where there is one."""
    transcript = fields.mapping(head.voice).get("text") if head.dm_type == _VOICE else ""
    return transcript if transcript and type(transcript) is str else text


def _named_in(user: Any) -> tuple[Any, Any]:
    found = _object(user)
    return found.get("uid"), fields.mapping(found.get("base")).get("name")


def _weak_id(shown: Any, in_extra: Any) -> str:
    """The CRC32 of the uid in hex, from wherever it is; `extra` has it in decimal."""
    if shown and type(shown) is str:
        return shown[:_HASH_CHARACTERS]
    number = fields.whole(in_extra)
    return f"{number:x}" if number > 0 else ""


def _enters_activity(activity: Any) -> bool:
    return type(activity) is dict and activity.get("activity_source", 0) not in _NO_ACTIVITY
