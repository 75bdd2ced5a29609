"""Getting into a room: its facts, who we are, a buvid3, and a token with the hosts that take it.

Pure steps. What the platform does not want to be asked for every time is kept between visits.
"""

import re
from typing import Any, NamedTuple

from assistant import limits
from assistant.errors import RoomRefused, RoomUnreachable
from assistant.platforms.base import Admission, Request, Steps
from assistant.platforms.bilibili import api, fields, wbi
from assistant.platforms.bilibili.account import USER_AGENT, Credentials, Endpoints

KEY_SECONDS = 11 * 3600 + 59 * 60 + 30.0  # the platform changes its signing keys twice a day
_NO_SUCH_ROOM = frozenset({1, -400, -404, 60004, 1002002, 19002000})
_ROOM_LEFT = frozenset({60004, 1002002})
_LOGIN_CODES = frozenset({1, api.NOT_LOGGED_IN, 60009, 65530})  # when asked for a token
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}")
_BUVID3 = re.compile(r"[A-Za-z0-9_-]{1,128}")
_MOST_HOSTS = 16
_TOKEN_CHARACTERS = 4096


class _Visitor(NamedTuple):
    """`uid` is empty when the platform takes us for anonymous; `key` signs."""

    uid: str
    key: str


class _RoomFacts(NamedTuple):
    id: str
    owner: str
    is_live: bool | None
    title: str


class Entrance:
    """The way into any room with one account."""

    def __init__(self, credentials: Credentials, endpoints: Endpoints) -> None:
        self._credentials = credentials
        self._endpoints = endpoints
        self._key, self._key_until = "", 0.0
        self._buvid3 = credentials.buvid3

    def enter(self, room: str, *, now: float) -> Steps[Admission]:
        """Raises RoomRefused and RoomUnreachable, worded for the user."""
        if not (room.isascii() and room.isdigit()):
            raise RoomRefused("a Bilibili room is a number, the one in its address")
        facts = yield from self._look_up(room)
        visitor = yield from self._identify(room, now=now)
        yield from self._fetch_buvid3()
        answer = yield from self._ask_for_token(facts.id, visitor, now=now)
        if answer.code in api.RISK_CONTROL_CODES:
            self._forget()
            visitor = yield from self._identify(room, now=now)
            yield from self._fetch_buvid3()
            answer = yield from self._ask_for_token(facts.id, visitor, now=now)
        return self._admit(facts, visitor, answer)

    def cookies(self) -> dict[str, str]:
        """What a browser would send for reading."""
        cookies = {"SESSDATA": self._credentials.sessdata, "buvid3": self._buvid3}
        return {name: value for name, value in cookies.items() if value}

    def _look_up(self, room: str) -> Steps[_RoomFacts]:
        url = f"{self._endpoints.live_url}/room/v1/Room/get_info"
        answer = api.read((yield self._get(url, {"room_id": room})), asked_for=f"room {room}")
        if answer.code in _NO_SUCH_ROOM:
            raise RoomRefused(f"room {room} does not exist (code {answer.code})")
        if answer.code != 0:
            raise self._turned_away(room, answer.code)
        return _facts(room, answer.data)

    def _identify(self, room: str, *, now: float) -> Steps[_Visitor]:
        """A login is asked for anew each time: it may have ended, and a token belongs to its uid."""
        if not self._credentials.sessdata and now < self._key_until:
            return _Visitor("", self._key)
        url = f"{self._endpoints.api_url}/x/web-interface/nav"
        answer = api.read((yield self._get(url)), asked_for=f"room {room}: the login")
        if answer.code not in (0, api.NOT_LOGGED_IN):
            raise self._turned_away(room, answer.code)
        key = _signing_key(answer.data.get("wbi_img"))
        if not key:
            raise RoomUnreachable(f"room {room}: the platform gave no keys to sign with")
        self._key, self._key_until = key, now + KEY_SECONDS
        is_logged_in = answer.code == 0 and answer.data.get("isLogin") is True
        return _Visitor(fields.account(answer.data.get("mid")) if is_logged_in else "", key)

    def _fetch_buvid3(self) -> Steps[None]:
        """Any visit to the front page hands one out; without it the token may still be given."""
        if self._buvid3:
            return
        response = yield Request("GET", f"{self._endpoints.www_url}/", headers={"User-Agent": USER_AGENT})
        handed_out = response.cookies.get("buvid3", "")
        self._buvid3 = handed_out if _BUVID3.fullmatch(handed_out) else ""

    def _ask_for_token(self, room_id: str, visitor: _Visitor, *, now: float) -> Steps[api.Answer]:
        url = f"{self._endpoints.live_url}/xlive/web-room/v1/index/getDanmuInfo"
        unsigned = {"id": room_id, "type": "0", "web_location": "444.8"}
        request = self._get(url, wbi.sign(unsigned, key=visitor.key, now=now))
        return api.read((yield request), asked_for=f"room {room_id}: the token")

    def _admit(self, facts: _RoomFacts, visitor: _Visitor, answer: api.Answer) -> Admission:
        if answer.code in _ROOM_LEFT:
            raise RoomRefused(f"room {facts.id} does not exist any more (code {answer.code})")
        if answer.code != 0:
            raise self._turned_away(facts.id, answer.code)
        token = fields.text(answer.data.get("token"), _TOKEN_CHARACTERS)
        urls = _websocket_urls(answer.data.get("host_list"), self._endpoints)
        if not token or not urls:
            raise RoomUnreachable(f"room {facts.id}: the platform gave no {'host' if token else 'token'}")
        return Admission(
            room=facts.id,
            owner=facts.owner,
            urls=urls,
            headers={"User-Agent": USER_AGENT},
            own_viewer_id=visitor.uid,
            token=token,
            is_live=facts.is_live,
            buvid=self._buvid3,
            room_title=facts.title,
        )

    def _turned_away(self, room: str, code: int) -> RoomUnreachable:
        has_login = bool(self._credentials.sessdata)
        advice = "log in again, or wait" if has_login else "log in (set sessdata), or wait"
        if code in api.RISK_CONTROL_CODES:
            return RoomUnreachable(
                f"room {room}: the platform's risk control turns us away (code {code}); {advice}",
                retry_after_seconds=api.RISK_CONTROL_SECONDS,
            )
        if code in _LOGIN_CODES:
            return RoomUnreachable(f"room {room}: the platform wants a login (code {code}); {advice}")
        return RoomUnreachable(f"room {room}: the platform has trouble (code {code})")

    def _forget(self) -> None:
        self._key, self._key_until = "", 0.0
        self._buvid3 = self._credentials.buvid3

    def _get(self, url: str, params: dict[str, str] | None = None) -> Request:
        headers = {"User-Agent": USER_AGENT}
        return Request("GET", url, params=params or {}, headers=headers, cookies=self.cookies())


def _facts(room: str, data: dict[str, Any]) -> _RoomFacts:
    if data.get("is_locked") is True:
        raise RoomRefused(f"room {room} is closed by the platform")
    if data.get("encrypted") is True and data.get("pwd_verified") is not True:
        raise RoomRefused(f"room {room} asks for a password")
    room_id = fields.account(data.get("room_id"))
    if not room_id:
        raise RoomUnreachable(f"room {room}: the platform does not say which room it is")
    status = fields.whole(data.get("live_status"), -1)
    return _RoomFacts(
        id=room_id,
        owner=fields.account(data.get("uid")),
        is_live=status == 1 if status >= 0 else None,
        title=fields.text(data.get("title"), limits.TEXT_CHARACTERS),
    )


def _signing_key(images: Any) -> str:
    """From the names of the two files; empty when they cannot be what they should be."""
    found = fields.mapping(images)
    try:
        return wbi.mixin_key(_stem(found.get("img_url")), _stem(found.get("sub_url")))
    except ValueError:
        return ""


def _stem(url: Any) -> str:
    return fields.text(url, 1000).rpartition("/")[2].partition(".")[0]


def _websocket_urls(hosts: Any, endpoints: Endpoints) -> tuple[str, ...]:
    field, usual_port = endpoints.port_field
    named = []
    for entry in hosts[:_MOST_HOSTS] if type(hosts) is list else []:
        host, port = fields.mapping(entry).get("host"), fields.whole(fields.mapping(entry).get(field))
        if type(host) is str and _HOST.fullmatch(host):
            named.append((host, port if 0 < port < 65536 else usual_port))
    named = named or [(host, usual_port) for host in endpoints.fallback_hosts]
    return tuple(dict.fromkeys(f"{endpoints.websocket_scheme}://{host}:{port}/sub" for host, port in named))
