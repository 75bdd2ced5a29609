"""The commands a room sends, with every field that clients are known to read.

Pure builders: people, texts and a time in, a JSON object out. They say nothing of packets or sockets.
Shapes are those of the platform's web socket today.
"""

import base64
import json
from typing import Any

from assistant.practice.people import Person
from assistant.practice.protobuf import message

Command = dict[str, Any]

FACE = "https://example.invalid/face.jpg"
ENTER, FOLLOW, SHARE = 1, 2, 3
LOTTERY = 2
GOLD_PER_FEN = 10
GUARD_NAMES = {1: "总督", 2: "提督", 3: "舰长"}

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


def danmaku(
    sender: Person,
    text: str,
    *,
    at: float,
    id_str: str,
    emoticon: bool = False,
    lottery: bool = False,
    reply_to: Person | None = None,
    sent_by_api: bool = False,
) -> Command:
    """DANMU_MSG with the 18 elements of today; `at` in Unix seconds."""
    head = [
        0, 1, 25, 16777215, int(at * 1000), sender.user_hash - 2**31, 0, f"{sender.user_hash:08x}", 0,
        LOTTERY if lottery else 0, 0, "", int(emoticon), _emoticon(text) if emoticon else "{}", "{}",
        {
            "extra": danmaku_extra(
                sender, text, id_str=id_str, emoticon=emoticon, reply_to=reply_to, sent_by_api=sent_by_api
            ),
            "mode": 0,
            "show_player_type": 0,
            "user": user(sender),
        },
        {"activity_identity": "", "activity_source": int(lottery), "not_show": 0},
        0,
    ]  # fmt: skip
    info = [
        head, text, _identity(sender), _medal(sender), [12, 0, 9868950, ">50000", 0], ["", ""], 0,
        sender.guard_level, None, {"ct": f"{sender.user_hash:08X}", "ts": int(at)}, 0, 0, None, None, 0, 105,
        [7], None,
    ]  # fmt: skip
    return {"cmd": "DANMU_MSG", "dm_v2": "", "info": info}


def danmaku_extra(
    sender: Person,
    text: str,
    *,
    id_str: str,
    emoticon: bool = False,
    reply_to: Person | None = None,
    sent_by_api: bool = False,
) -> str:
    """The JSON text that rides in `info[0][15].extra` and in the answer to msg/send."""
    extra = {
        "send_from_me": sent_by_api,
        "mode": 0,
        "color": 16777215,
        "dm_type": int(emoticon),
        "font_size": 25,
        "player_mode": 1,
        "show_player_type": 0,
        "content": text,
        "user_hash": str(sender.user_hash),
        "emoticon_unique": _emoticon(text)["emoticon_unique"] if emoticon else "",
        "bulge_display": 0,
        "recommend_score": 3,
        "main_state_dm_color": "",
        "objective_state_dm_color": "",
        "direction": 0,
        "pk_direction": 0,
        "quartet_direction": 0,
        "anniversary_crowd": 0,
        "yeah_space_type": "",
        "yeah_space_url": "",
        "jump_to_url": "",
        "space_type": "",
        "space_url": "",
        "animation": {},
        "emots": None,
        "is_audited": False,
        "id_str": id_str,
        "icon": None,
        "show_reply": True,
        "reply_mid": reply_to.uid if reply_to else 0,
        "reply_uname": reply_to.name if reply_to else "",
        "reply_uname_color": "",
        "reply_is_mystery": False,
        "reply_type_enum": int(reply_to is not None),
        "hit_combo": 0,
        "esports_jump_url": "",
        "is_mirror": False,
        "is_collaboration_member": False,
    }
    return json.dumps(extra)


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
    price = {1: 19_998_000, 2: 1_998_000, 3: 198_000}[level]
    data = {
        "uid": sender.uid,
        "username": sender.name,
        "guard_level": level,
        "num": count,
        "price": price,
        "gift_id": 10000 + level,
        "gift_name": GUARD_NAMES[level],
        "start_time": int(at),
        "end_time": int(at),
    }
    return {"cmd": "GUARD_BUY", "data": data}


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
    command = {"cmd": "SUPER_CHAT_MESSAGE", "data": data, "roomid": room_id}
    return command | acknowledged(f"{number}:1000:1000", at=at)


def super_chat_deleted(number: int, *, room_id: int) -> Command:
    return {"cmd": "SUPER_CHAT_MESSAGE_DELETE", "data": {"ids": [number]}, "roomid": room_id}


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


def preparing(*, room_id: int, at: float) -> Command:
    """PREPARING: the broadcast is over. Its room id is text, as on the platform."""
    acknowledgement = acknowledged(f"{int(at * 1000)}:1000:1000", at=at)
    return {"cmd": "PREPARING", "roomid": str(room_id)} | acknowledgement


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


def recalled(*, kind: int, target: int | str) -> Command:
    """RECALL_DANMU_MSG: `kind` 1 one danmaku, 2 all of a viewer, 3 all."""
    return {"cmd": "RECALL_DANMU_MSG", "data": {"recall_type": kind, "target_id": target}}


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


def acknowledged(msg_id: str, *, at: float) -> Command:
    """The top-level fields of a command that asks for an acknowledgement."""
    return {"msg_id": msg_id, "p_is_ack": True, "p_msg_type": 1, "send_time": int(at * 1000)}


def _identity(person: Person) -> list[Any]:
    colour = {1: "#FF7C28", 2: "#E17AFF", 3: "#00D1F1"}.get(person.guard_level, "")
    return [person.uid, person.name, int(person.is_admin), 0, 0, 10000, 1, colour]


def _medal(person: Person) -> list[Any]:
    if not person.guard_level:
        return []
    return [
        21, "练习牌", "主播", 7777, 1725515, "", 0, 6809855, 1725515, 5414290, person.guard_level, 1, 4242,
    ]  # fmt: skip


def _emoticon(text: str) -> dict[str, Any]:
    return {
        "bulge_display": 0,
        "emoticon_unique": f"official_{len(text)}",
        "height": 60,
        "in_player_area": 1,
        "is_dynamic": 1,
        "url": "https://example.invalid/e.png",
        "width": 183,
    }
