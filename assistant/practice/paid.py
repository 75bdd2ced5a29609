"""What viewers pay for, as the platform writes it: gifts, guards and super chats.

Pure builders: people, texts and a time in, a JSON object out.
"""

from assistant.practice.payloads import FACE, Command, user
from assistant.practice.people import Person

GOLD_PER_FEN = 10
GUARD_NAMES = {1: "总督", 2: "提督", 3: "舰长"}

_GUARD_PRICES = {1: 19_998_000, 2: 1_998_000, 3: 198_000}

_SUPER_CHAT_COLOURS = {
    "background_bottom_color": "#2A60B2",
    "background_color": "#EDF5FF",
    "background_color_end": "#405D85",
    "background_color_start": "#3171D2",
    "background_icon": "",
    "background_image": "",
    "background_price_color": "#7497CD",
    "message_font_color": "#A3F6FF",
}


def gift(sender: Person, name: str, *, count: int, price_fen: int, at: float, tid: str) -> Command:
    """SEND_GIFT; `price_fen` is the price of one in 1/100 CNY, 0 for a free (silver) one."""
    price = price_fen * GOLD_PER_FEN
    data = {
        "giftName": name,
        "giftId": 31036,
        "num": count,
        "uname": sender.name,
        "uid": sender.uid,
        "face": FACE,
        "guard_level": sender.guard_level,
        "timestamp": int(at),
        "giftType": 0,
        "action": "投喂",
        "price": price,
        "discount_price": price,
        "coin_type": "gold" if price else "silver",
        "total_coin": price * count,
        "rnd": tid,
        "tid": tid,
        "batch_combo_id": "",
        "batch_combo_send": None,
        "combo_send": None,
        "blind_gift": None,
        "medal_info": None,
        "gift_info": {"img_basic": "", "gif": "", "webp": ""},
        "sender_uinfo": user(sender),
        "receive_user_info": None,
        "receiver_uinfo": None,
    }
    return {"cmd": "SEND_GIFT", "data": data}


def guard(sender: Person, *, level: int, count: int, at: float) -> Command:
    """GUARD_BUY with the list price of the level."""
    data = {
        "uid": sender.uid,
        "username": sender.name,
        "guard_level": level,
        "num": count,
        "price": _GUARD_PRICES[level],
        "gift_id": 10000 + level,
        "gift_name": GUARD_NAMES[level],
        "start_time": int(at),
        "end_time": int(at),
    }
    return {"cmd": "GUARD_BUY", "data": data}


def guard_toast(sender: Person, *, level: int, count: int, at: float) -> Command:
    """USER_TOAST_MSG_V2: the same purchase again, with the price that was paid."""
    data = {
        "sender_uinfo": user(sender),
        "receiver_uinfo": None,
        "guard_info": {
            "guard_level": level,
            "role_name": GUARD_NAMES[level],
            "op_type": 1,
            "start_time": int(at),
            "end_time": int(at),
        },
        "pay_info": {
            "payflow_id": f"{int(at)}{sender.uid}",
            "price": _GUARD_PRICES[level],
            "num": count,
            "unit": "月",
        },
        "gift_info": {"gift_id": 10000 + level},
        "option": {"anchor_show": True, "user_show": True, "is_group": 0, "is_show": 0, "source": 0},
        "toast_msg": f"<%{sender.name}%> 在本直播间开通了{GUARD_NAMES[level]}",
    }
    return {"cmd": "USER_TOAST_MSG_V2", "data": data}


def super_chat(
    sender: Person, text: str, *, price_yuan: int, at: float, number: int, room_id: int, seconds: int = 60
) -> Command:
    """SUPER_CHAT_MESSAGE; `number` is its id."""
    start = int(at)
    data = {
        "id": number,
        "uid": sender.uid,
        "price": price_yuan,
        "rate": 1000,
        "message": text,
        "message_trans": "",
        "trans_mark": 0,
        "start_time": start,
        "end_time": start + seconds,
        "time": seconds,
        "ts": start,
        "token": f"{sender.user_hash:08X}",
        **_SUPER_CHAT_COLOURS,
        "color_point": 0.7,
        "dmscore": 120,
        "gift": {"gift_id": 12000, "gift_name": "醒目留言", "num": 1},
        "is_ranked": 1,
        "is_send_audit": 0,
        "medal_info": None,
        "user_info": {
            "uname": sender.name,
            "face": FACE,
            "face_frame": "",
            "guard_level": sender.guard_level,
            "is_main_vip": 0,
            "is_svip": 0,
            "is_vip": 0,
            "level_color": "#61c05a",
            "manager": int(sender.is_admin),
            "name_color": "#666666",
            "title": "0",
            "user_level": 12,
        },
        "uinfo": user(sender),
    }
    return {"cmd": "SUPER_CHAT_MESSAGE", "data": data, "roomid": room_id}


def super_chat_deleted(number: int, *, room_id: int) -> Command:
    return {"cmd": "SUPER_CHAT_MESSAGE_DELETE", "data": {"ids": [number]}, "roomid": room_id}
