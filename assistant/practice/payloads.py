"""The commands a room sends, with every field that clients are known to read.

Pure builders: people, texts and a time in, a JSON object out. They say nothing of packets or sockets.
Shapes are those of the platform's web socket today. Lines of chat are in `danmaku`, what costs in `paid`.
"""

import base64
import json
from typing import Any

import orjson

from assistant.practice.people import Person
from assistant.practice.protobuf import message

Command = dict[str, Any]

FACE = "https://example.invalid/face.jpg"
ENTER, FOLLOW, SHARE = 1, 2, 3


def to_json(value: Any) -> bytes:
    """JSON bytes; what UTF-8 cannot hold (lone surrogates) goes escaped, as a hostile server sends it."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value).encode()


def user(person: Person) -> dict[str, Any]:
    """The `user` / `sender_uinfo` object."""
    return {
        "uid": person.uid,
        "base": {
            "name": person.name,
            "face": FACE,
            "name_color": 0,
            "is_mystery": False,
            "risk_ctrl_info": None,
            "origin_info": {"name": person.name, "face": FACE},
            "official_info": {"role": 0, "title": "", "desc": "", "type": -1},
            "name_color_str": "",
        },
        "medal": None,
        "wealth": None,
        "title": {"old_title_css_id": "", "title_css_id": ""},
        "guard": None,
        "uhead_frame": None,
        "guard_leader": {"is_guard_leader": False},
    }


def interact_word(person: Person, *, kind: int, at: float, room_id: int) -> Command:
    """INTERACT_WORD_V2: `kind` 1 enter, 2 follow, 3 share; the payload is protobuf."""
    uinfo = message((1, person.uid), (2, message((1, person.name), (2, FACE))))
    packed = message(
        (1, person.uid),
        (2, person.name),
        (4, b"\x01"),
        (5, kind),
        (6, room_id),
        (7, int(at)),
        (8, int(at * 1000)),
        (15, int(at * 1e9)),
        (22, uinfo),
    )
    return {"cmd": "INTERACT_WORD_V2", "data": {"dmscore": 3, "pb": base64.b64encode(packed).decode()}}


def like(person: Person) -> Command:
    data = {
        "uid": person.uid,
        "uname": person.name,
        "uname_color": "",
        "like_text": "为主播点赞了",
        "like_icon": "",
        "msg_type": 6,
        "show_area": 0,
        "identities": [1],
        "fans_medal": None,
        "contribution_info": {"grade": 0},
        "dmscore": 20,
        "uinfo": user(person),
    }
    return {"cmd": "LIKE_INFO_V3_CLICK", "data": data}


def likes_total(count: int) -> Command:
    return {"cmd": "LIKE_INFO_V3_UPDATE", "data": {"click_count": count}}


def watched(count: int) -> Command:
    small = f"{count / 10_000:.1f}万" if count >= 10_000 else str(count)
    return {
        "cmd": "WATCHED_CHANGE",
        "data": {"num": count, "text_small": small, "text_large": f"{small}人看过"},
    }


def viewers_online(count: int) -> Command:
    """ONLINE_RANK_COUNT; the platform caps it at 9999 and then writes `1万+`."""
    shown = min(count, 9999)
    text = "1万+" if count > 9999 else str(shown)
    data = {"count": shown, "count_text": text, "online_count": shown, "online_count_text": text}
    return {"cmd": "ONLINE_RANK_COUNT", "data": data}


def live(*, room_id: int, live_key: str, at: float, first: bool) -> Command:
    """LIVE; the platform sends it twice, `live_time` only in the first."""
    command: Command = {
        "cmd": "LIVE",
        "live_key": live_key,
        "voice_background": "",
        "sub_session_key": f"{live_key}sub_time:{int(at)}",
        "live_platform": "pc_link",
        "live_model": 0,
        "roomid": room_id,
    }
    return command | ({"live_time": int(at)} if first else {})


def preparing(*, room_id: int) -> Command:
    """PREPARING: the broadcast is over. Its room id is text, as on the platform."""
    return {"cmd": "PREPARING", "roomid": str(room_id)}


def room_changed(title: str) -> Command:
    data = {
        "title": title,
        "area_id": 216,
        "parent_area_id": 6,
        "area_name": "练习",
        "parent_area_name": "生活",
        "live_key": "0",
        "sub_session_key": "",
    }
    return {"cmd": "ROOM_CHANGE", "data": data}


def log_in_notice() -> Command:
    notice = "为保护用户隐私，未注册登陆用户将无法查看他人昵称"
    return {"cmd": "LOG_IN_NOTICE", "data": {"notice_msg": notice, "image_web": "", "image_app": ""}}


def recalled(person: Person) -> Command:
    """RECALL_DANMU_MSG of everything that a viewer said."""
    return {"cmd": "RECALL_DANMU_MSG", "data": {"recall_type": 2, "target_id": person.uid}}


def viewer_muted(person: Person) -> Command:
    data = {
        "block_expired": 2145888000,
        "dmscore": 30,
        "operator": 2,
        "uid": person.uid,
        "uname": person.name,
        "vaild_period": "永久",
    }
    return {"cmd": "ROOM_BLOCK_MSG", "data": data, "uid": person.uid, "uname": person.name}


def room_silenced() -> Command:
    """ROOM_SILENT_ON for every viewer, without an end."""
    return {"cmd": "ROOM_SILENT_ON", "data": {"type": "level", "level": 0, "second": -1}}


def room_unsilenced() -> Command:
    return {"cmd": "ROOM_SILENT_OFF", "data": {"type": "", "level": 0, "second": 0}}


def warning(text: str, *, room_id: int) -> Command:
    return {"cmd": "WARNING", "msg": text, "roomid": room_id}


def acknowledged(msg_id: str, *, at: float) -> Command:
    """The top-level fields of a command that asks for an acknowledgement."""
    return {"msg_id": msg_id, "p_is_ack": True, "p_msg_type": 1, "send_time": int(at * 1000)}
