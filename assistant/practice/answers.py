"""The JSON that the platform's web APIs answer with, as far as clients of a live room read it.

Pure builders; who may ask and what happens then is left to `endpoints`.
"""

from collections.abc import Iterable
from typing import Any

from assistant.practice.admission import WBI_KEYS
from assistant.practice.card import RoomCard
from assistant.practice.danmaku import Line, extra, remembered
from assistant.practice.payloads import FACE, user
from assistant.practice.people import Person
from assistant.practice.sending import Verdict

Answer = dict[str, Any]

DEAD_PORT = 1  # nobody listens there

NOT_LOGGED_IN = {"code": -101, "message": "账号未登录", "msg": "账号未登录", "ttl": 1}
RISK_CONTROL = {"code": -352, "message": "-352", "msg": "-352", "ttl": 1}
UNREADABLE = {"code": -400, "message": "请求错误", "msg": "请求错误", "ttl": 1}
NOT_FOUND = {"code": -404, "message": "啥都木有", "msg": "啥都木有", "ttl": 1}


def ok(data: Any) -> Answer:
    return {"code": 0, "message": "0", "msg": "0", "ttl": 1, "data": data}


def no_such_room(code: int) -> Answer:
    """Each API has its own code for a room that does not exist."""
    return {"code": code, "message": "直播间不存在", "msg": "直播间不存在", "ttl": 1, "data": None}


def room_info(card: RoomCard) -> Answer:
    """room/v1/Room/get_info"""
    return _room(card) | {
        "title": card.title,
        "description": "",
        "live_time": "2026-09-21 22:13:20" if card.is_live else "0000-00-00 00:00:00",
        "online": 1,
        "attention": 0,
        "area_id": 216,
        "area_name": "练习",
        "parent_area_id": 6,
        "parent_area_name": "生活",
        "user_cover": "",
        "keyframe": "",
        "background": "",
        "tags": "",
    }


def room_init(card: RoomCard) -> Answer:
    """room/v1/Room/room_init and getRoomPlayInfo"""
    return _room(card) | {
        "need_p2p": 0,
        "is_hidden": False,
        "is_locked": False,
        "is_portrait": False,
        "hidden_till": 0,
        "lock_till": 0,
        "encrypted": False,
        "pwd_verified": False,
        "live_time": card.opened_at if card.is_live else -62170012800,
        "room_shield": 0,
        "is_sp": 0,
        "special_type": 0,
    }


def room_details(card: RoomCard) -> Answer:
    """getInfoByRoom, as older clients ask it for the real room"""
    return {
        "room_info": room_info(card) | {"live_start_time": card.opened_at if card.is_live else 0},
        "anchor_info": {
            "base_info": {"uname": card.host_name, "face": FACE, "gender": "", "official_info": {"role": 0}},
            "live_info": {"level": 1, "level_color": 0},
        },
        "watched_show": {"switch": True, "num": 0, "text_small": "0", "text_large": "0人看过"},
    }


def nav(uid: int, *, name: str) -> Answer:
    """x/web-interface/nav: the wbi keys come with it whether one is logged in or not."""
    img, sub = (f"https://i0.hdslb.com/bfs/wbi/{key}.png" for key in WBI_KEYS)
    data = {"isLogin": bool(uid), "wbi_img": {"img_url": img, "sub_url": sub}}
    if not uid:
        return NOT_LOGGED_IN | {"data": data}
    return ok(data | {"mid": uid, "uname": name, "face": FACE, "level_info": {"current_level": 5}})


def danmu_info(*, host: str, port: int, token: str, with_dead_host: bool) -> Answer:
    """xlive/web-room/v1/index/getDanmuInfo"""
    ports = [DEAD_PORT, port] if with_dead_host else [port]
    hosts = [{"host": host, "port": each, "wss_port": each, "ws_port": each} for each in ports]
    return {
        "group": "live",
        "business_id": 0,
        "refresh_row_factor": 0.125,
        "refresh_rate": 100,
        "max_delay": 5000,
        "token": token,
        "host_list": hosts,
    }


def user_info(uid: int, *, name: str, text_limit: int) -> Answer:
    """xlive/web-room/v1/index/getInfoByUser: `property.danmu.length` is the limit of this account here."""
    return {
        "user_level": {"level": 12, "color": 9868950},
        "property": {
            "uname_color": "",
            "bubble": 0,
            "bubble_color": "",
            "danmu": {"mode": 1, "color": 16777215, "length": text_limit, "room_id": 0},
        },
        "info": {"uid": uid, "uname": name, "uface": FACE},
        "badge": {"is_room_admin": False, "is_weared": 0, "admin_level": 0},
        "relation": {"is_followed": False, "is_fans": False},
        "mode": 1,
    }


def danmu_config() -> Answer:
    """xlive/web-room/v1/dM/GetDMConfigByGroup: white, scrolling."""
    colour = {
        "name": "白色",
        "color": "16777215",
        "color_hex": "ffffff",
        "status": 1,
        "weight": 1,
        "color_id": 1,
    }
    return {
        "group": [{"name": "默认颜色", "sort": 1, "color": [colour]}],
        "mode": [{"name": "滚动", "mode": 1, "type": "scroll", "status": 1}],
    }


def history(lines: Iterable[Line], *, masked: bool) -> Answer:
    """xlive/web-room/v1/dM/gethistory: the last lines, oldest first."""
    seen = [line.seen_as(line.sender.masked()) if masked else line for line in lines]
    return {
        "admin": [remembered(line) for line in seen if line.sender.is_admin],
        "room": [remembered(line) for line in seen],
    }


def sent(line: Line) -> Answer:
    """msg/send, for a line that the platform takes (which does not prove that anyone sees it)"""
    mode_info = {
        "mode": 0,
        "show_player_type": 0,
        "extra": extra(line, from_me=True),
        "user": user(line.sender),
    }
    return {"code": 0, "message": "", "msg": "", "data": {"mode_info": mode_info, "dm_v2": None}}


def not_sent(verdict: Verdict) -> Answer:
    """msg/send, for a line that is dropped: with some codes of 0."""
    return {"code": verdict.code, "message": verdict.message, "msg": verdict.message, "data": None}


def own_account(person: Person) -> Answer:
    """xlive/web-ucenter/user/get_user_info"""
    return {"uid": person.uid, "uname": person.name, "face": FACE, "user_level": 12, "vip": 0, "silver": 0}


def _room(card: RoomCard) -> Answer:
    return {
        "uid": card.owner_uid,
        "room_id": card.room_id,
        "short_id": card.short_id,
        "live_status": int(card.is_live),
    }
