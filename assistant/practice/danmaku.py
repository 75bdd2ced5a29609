"""A line of chat, and how the platform writes it: DANMU_MSG, and the parts of it that its web APIs repeat."""

import time
from dataclasses import dataclass, replace
from typing import Any

from assistant.practice.payloads import FACE, Command, to_json, user
from assistant.practice.people import Person

_LOTTERY = 2
_WHITE = 16777215
_NO_MEDAL: list[Any] = []
_USER_LEVEL = [12, 0, 9868950, ">50000", 0]
_GUARD_COLOURS = {1: "#FF7C28", 2: "#E17AFF", 3: "#00D1F1"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of chat; `at` in Unix seconds, `id_str` its identity everywhere it shows up."""

    sender: Person
    text: str
    at: float
    id_str: str
    is_emoticon: bool = False
    is_lottery: bool = False
    is_mirror: bool = False
    reply_to: Person | None = None

    def seen_as(self, sender: Person) -> "Line":
        return replace(self, sender=sender)


def command(line: Line) -> Command:
    """DANMU_MSG with the 18 elements of today; a line from a linked room has a name of its own."""
    sender = line.sender
    head = [
        0, 1, 25, _WHITE, int(line.at * 1000), sender.user_hash - 2**31, 0, f"{sender.user_hash:08x}", 0,
        _LOTTERY if line.is_lottery else 0, 0, "", int(line.is_emoticon),
        _emoticon(line.text) if line.is_emoticon else "{}", "{}",
        {"extra": extra(line), "mode": 0, "show_player_type": 0, "user": user(sender)},
        {"activity_identity": "", "activity_source": int(line.is_lottery), "not_show": 0},
        0,
    ]  # fmt: skip
    info = [
        head, line.text, _identity(sender), _medal(sender), _USER_LEVEL, ["", ""], 0, sender.guard_level,
        None, _check(line), 0, 0, None, None, 0, 105, [7], None,
    ]  # fmt: skip
    return {"cmd": "DANMU_MSG_MIRROR" if line.is_mirror else "DANMU_MSG", "dm_v2": "", "info": info}


def extra(line: Line, *, from_me: bool = False) -> str:
    """The JSON text that rides in `info[0][15].extra` and, `from_me`, in the answer to msg/send."""
    reply_to = line.reply_to
    fields: dict[str, Any] = {
        "send_from_me": from_me,
        "mode": 0,
        "color": _WHITE,
        "dm_type": int(line.is_emoticon),
        "font_size": 25,
        "player_mode": 1,
        "show_player_type": 0,
        "content": line.text,
        "user_hash": str(line.sender.user_hash),
        "emoticon_unique": _emoticon(line.text)["emoticon_unique"] if line.is_emoticon else "",
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
        "id_str": line.id_str,
        "icon": None,
        "show_reply": True,
        "reply_mid": reply_to.uid if reply_to else 0,
        "reply_uname": reply_to.name if reply_to else "",
        "reply_uname_color": "",
        "reply_is_mystery": False,
        "reply_type_enum": int(reply_to is not None),
        "hit_combo": 0,
        "esports_jump_url": "",
        "is_mirror": line.is_mirror,
        "is_collaboration_member": False,
    }
    return to_json(fields).decode()


def remembered(line: Line) -> dict[str, Any]:
    """The line as dM/gethistory lists it."""
    sender, reply_to = line.sender, line.reply_to
    return {
        "text": line.text,
        "dm_type": int(line.is_emoticon),
        "uid": sender.uid,
        "nickname": sender.name,
        "uname_color": _GUARD_COLOURS.get(sender.guard_level, ""),
        "timeline": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(line.at + 8 * 3600)),  # Beijing's clock
        "isadmin": int(sender.is_admin),
        "vip": 0,
        "svip": 0,
        "medal": _medal(sender),
        "title": ["", ""],
        "user_level": _USER_LEVEL,
        "rank": 10000,
        "teamid": 0,
        "rnd": str(sender.user_hash),
        "user_title": "",
        "guard_level": sender.guard_level,
        "bubble": 0,
        "bubble_color": "",
        "lpl": 0,
        "check_info": _check(line),
        "voice_dm_info": {"voice_url": "", "file_format": "", "text": "", "file_duration": 0, "file_id": ""},
        "emoticon": _emoticon(line.text) if line.is_emoticon else {"emoticon_unique": "", "url": ""},
        "emots": None,
        "id_str": line.id_str,
        "wealth_level": 7,
        "group_medal": None,
        "reply": {
            "show_reply": True,
            "reply_mid": reply_to.uid if reply_to else 0,
            "reply_uname": reply_to.name if reply_to else "",
            "reply_uname_color": "",
            "reply_is_mystery": False,
        },
        "user": user(sender),
    }


def _check(line: Line) -> dict[str, Any]:
    return {"ts": int(line.at), "ct": f"{line.sender.user_hash:08X}"}


def _identity(person: Person) -> list[Any]:
    colour = _GUARD_COLOURS.get(person.guard_level, "")
    return [person.uid, person.name, int(person.is_admin), 0, 0, 10000, 1, colour]


def _medal(person: Person) -> list[Any]:
    if not person.guard_level:
        return _NO_MEDAL
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
        "url": f"{FACE}#emoticon",
        "width": 183,
    }
