"""What viewers pay for: gifts, memberships and super chats, all in 1/100 CNY.

The platform tells of one purchase more than once. What tells of the same purchase carries the same event id;
commands that only repeat another (COMBO_SEND, SUPER_CHAT_MESSAGE_JPN) are not read at all.
"""

from typing import Any

from assistant import limits
from assistant.events import Event, Gift, Membership, SuperChat, SuperChatDeleted, Viewer
from assistant.platforms.bilibili import fields
from assistant.platforms.bilibili.protobuf import Message
from assistant.platforms.bilibili.room import PLATFORM, Room

_GOLD_PER_FEN = 10  # 1000 gold are 1 CNY; silver is free
_FEN_PER_YUAN = 100
_TOLD_AGAIN = 2  # the source of a second toast about the same membership


def gift(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    """SEND_GIFT. `total_coin` is what was paid, also for a box whose content is worth another sum."""
    data = fields.payload(command)
    count = fields.required(data, "num")
    gold = fields.whole(data.get("total_coin"), fields.whole(data.get("price")) * count)
    return (
        Gift(
            platform=PLATFORM,
            room=room.id,
            at=fields.seconds(data.get("timestamp")),
            event_id=fields.identifier(data.get("tid")) or fields.identifier(data.get("rnd")),
            viewer=room.viewer_of(data, guard_level=data.get("guard_level")),
            name=fields.text(data.get("giftName"), limits.NAME_CHARACTERS),
            count=count,
            total_fen=_fen(gold) if data.get("coin_type") == "gold" else 0,
        ),
    )


def gift_v2(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    """SEND_GIFT_V2: one sender and any number of gifts, in protobuf."""
    packed = Message.from_base64(fields.payload(command).get("pb"))
    viewer = room.viewer(packed.whole(1), packed.text(2), guard_level=packed.whole(5))
    gifts: list[Event] = []
    used: set[str] = set()
    for one in packed.messages(10):
        tid = fields.identifier(one.text(9) or one.whole(9))
        event_id = f"{tid}#{len(gifts)}" if tid in used else tid  # what one box held may share its number
        used.add(tid)
        gifts.append(_packed_gift(one, room, viewer=viewer, event_id=event_id if tid else ""))
    return tuple(gifts)


def _packed_gift(packed: Message, room: Room, *, viewer: Viewer, event_id: str) -> Gift:
    count = max(packed.whole(3), 0)
    gold = packed.whole(7) or packed.whole(5) * count
    return Gift(
        platform=PLATFORM,
        room=room.id,
        at=fields.seconds(packed.whole(10)),
        event_id=event_id,
        viewer=viewer,
        name=fields.text(packed.text(2), limits.NAME_CHARACTERS),
        count=count,
        total_fen=_fen(gold) if packed.text(8) == "gold" else 0,
    )


def guard_bought(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    """GUARD_BUY, which names the list price."""
    data = fields.payload(command)
    viewer = room.viewer_of(data, name="username", guard_level=data.get("guard_level"))
    return (_membership(room, viewer, price=data, when=data),)


def guard_toasted(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    """USER_TOAST_MSG, which names the price that was paid."""
    data = fields.payload(command)
    if fields.whole(data.get("source")) == _TOLD_AGAIN:
        return ()
    return guard_bought(command, room)


def guard_toasted_v2(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    """USER_TOAST_MSG_V2: the same in objects of their own."""
    data = fields.payload(command)
    if fields.whole(fields.mapping(data.get("option")).get("source")) == _TOLD_AGAIN:
        return ()
    guard, paid = fields.mapping(data.get("guard_info")), fields.mapping(data.get("pay_info"))
    viewer = room.viewer_of(data, guard_level=guard.get("guard_level"))
    return (_membership(room, viewer, price=paid, when=guard),)


def _membership(room: Room, viewer: Viewer, *, price: dict[str, Any], when: dict[str, Any]) -> Membership:
    """All commands about one purchase name the same start: who, what and when make its id."""
    if not viewer.guard_level:
        raise fields.Unreadable("guard_level")
    count = fields.required(price, "num")
    at = fields.seconds(when.get("start_time"))
    return Membership(
        platform=PLATFORM,
        room=room.id,
        at=at,
        event_id=f"guard:{viewer.id or viewer.name}:{viewer.guard_level}:{at:.0f}" if at else "",
        viewer=viewer,
        level=viewer.guard_level,
        count=count,
        total_fen=_fen(fields.whole(price.get("price")) * count),
    )


def super_chat(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    """SUPER_CHAT_MESSAGE; the price is in CNY."""
    data = fields.payload(command)
    if type(data.get("message")) is not str:
        raise fields.Unreadable("message")
    user = fields.mapping(data.get("user_info"))
    begin, end = fields.seconds(data.get("start_time")), fields.seconds(data.get("end_time"))
    viewer = room.viewer(
        data.get("uid"),
        user.get("uname") or fields.mapping(fields.mapping(data.get("uinfo")).get("base")).get("name"),
        is_admin=user.get("manager") == 1,
        guard_level=user.get("guard_level"),
    )
    return (
        SuperChat(
            platform=PLATFORM,
            room=room.id,
            at=begin or fields.seconds(data.get("ts")),
            event_id=fields.identifier(data.get("id")),
            viewer=viewer,
            text=data["message"][: limits.TEXT_CHARACTERS],
            price_fen=_yuan(data.get("price")),
            seconds=fields.whole(data.get("time")) or max(int(end - begin), 0),
        ),
    )


def super_chat_deleted(command: dict[str, Any], room: Room) -> tuple[Event, ...]:
    ids = fields.payload(command).get("ids")
    if type(ids) is not list:
        raise fields.Unreadable("ids")
    event_ids = tuple(filter(None, map(fields.identifier, ids)))
    return (SuperChatDeleted(platform=PLATFORM, room=room.id, event_ids=event_ids),) if event_ids else ()


def _fen(gold: int) -> int:
    return max(fields.whole(gold // _GOLD_PER_FEN), 0)


def _yuan(price: Any) -> int:
    """CNY, which may have a fraction, as fen."""
    if type(price) is float and 0 <= price < 1e12:
        return round(price * _FEN_PER_YUAN)
    return max(fields.whole(fields.whole(price) * _FEN_PER_YUAN), 0)
