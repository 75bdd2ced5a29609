"""Who may in: cookies, wbi signatures, tokens and the auth body, as the platform checks them.

By default getDanmuInfo wants a right wbi signature and a buvid3. Several HTTP libraries refuse cookies from
an IP address, so the cookie may be missing when the same User-Agent has been given a buvid3 before. A token
belongs to the User-Agent and the uid that fetched it. `lenient` drops all of this for old clients.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.platforms.bilibili import wbi
from assistant.practice.card import RoomCard
from assistant.practice.identifiers import Identifiers

WBI_KEYS = ("7cd084941338484aae1ad9425b84077c", "4932caff0ff746eab6f01bf08b70ac45")
_REMEMBERED = 1000
_WTS_DIGITS = 20


@dataclass(frozen=True, slots=True)
class _Grant:
    uid: int
    user_agent: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """What the auth body asked for. `uid` 0 is an anonymous connection: it sees masked names."""

    uid: int
    protover: int
    wants_acknowledging: bool = False


class Gate:
    """Hands out cookies and tokens and remembers whom they belong to (the last thousand)."""

    def __init__(self, *, card: RoomCard, ids: Identifiers, lenient: bool = False) -> None:
        self._card = card
        self._ids = ids
        self._lenient = lenient
        self._grants: dict[str, _Grant] = {}
        self._known_agents: dict[str, None] = {}

    def new_buvid3(self, user_agent: str) -> str:
        _remember(self._known_agents, user_agent, None)
        return self._ids.buvid3()

    def uid_of(self, cookies: Mapping[str, str]) -> int:
        """The account of these cookies: nobody's (0) without a SESSDATA.

        Any SESSDATA will do. A client that says who it is (DedeUserID) is believed; the others are the bot.
        """
        if not cookies.get("SESSDATA"):
            return 0
        named = cookies.get("DedeUserID", "")
        return int(named) if named.isdecimal() and len(named) < 20 else self._card.bot_uid

    def passes_risk_control(
        self, query: Mapping[str, str], *, cookies: Mapping[str, str], user_agent: str
    ) -> bool:
        if self._lenient:
            return True
        known = bool(cookies.get("buvid3")) or user_agent in self._known_agents
        return known and is_signed(query)

    def new_token(self, *, uid: int, user_agent: str) -> str:
        token = self._ids.token()
        _remember(self._grants, token, _Grant(uid=uid, user_agent=user_agent))
        return token

    def admit(self, body: Any, *, user_agent: str) -> Admitted | None:
        """What a right auth body asks for, None for a wrong one."""
        if not isinstance(body, dict) or not _is_number(body.get("roomid")):
            return None
        uid = body.get("uid", 0)
        if body["roomid"] != self._card.room_id or not _is_number(uid):
            return None
        if not self._lenient and self._grants.get(str(body.get("key"))) != _Grant(uid, user_agent):
            return None
        protover = body.get("protover")
        return Admitted(
            uid=uid,
            protover=protover if protover in (2, 3) else 0,
            wants_acknowledging=body.get("support_ack") is True,
        )


def is_signed(query: Mapping[str, str]) -> bool:
    """Whether `w_rid` is the wbi signature of the rest of the query."""
    unsigned = {name: value for name, value in query.items() if name not in ("w_rid", "wts")}
    wts = query.get("wts", "")
    if not (wts.isascii() and wts.isdecimal() and len(wts) <= _WTS_DIGITS):
        return False
    signed = wbi.sign(unsigned, key=wbi.mixin_key(*WBI_KEYS), now=int(wts))
    return hmac.compare_digest(signed["w_rid"].encode(), query.get("w_rid", "").encode(errors="replace"))


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _remember(memory: dict[str, Any], key: str, value: Any) -> None:
    memory.pop(key, None)
    memory[key] = value
    while len(memory) > _REMEMBERED:
        del memory[next(iter(memory))]
