"""The web APIs of a practice room: who may ask, what a fault makes of it, and which answer goes out.

Their addresses are the platform's, all on one port whatever the host name; the JSON is made by `answers`.
"""

from collections.abc import Awaitable, Callable, Iterator
from functools import wraps
from typing import Any

from aiohttp import web

from assistant.clock import Clock
from assistant.practice import answers
from assistant.practice.admission import Gate
from assistant.practice.answers import Answer
from assistant.practice.danmaku import Line
from assistant.practice.desk import Desk
from assistant.practice.faults import Faults
from assistant.practice.identifiers import Identifiers
from assistant.practice.payloads import to_json
from assistant.practice.people import Person
from assistant.practice.state import RoomState

WEBSOCKET_PATH = "/sub"
_COOKIE_SECONDS = 400 * 24 * 3600

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Endpoints:
    """`show` puts a line that was accepted in front of the room."""

    def __init__(
        self,
        *,
        host: str,
        state: RoomState,
        gate: Gate,
        desk: Desk,
        ids: Identifiers,
        faults: Faults,
        clock: Clock,
        show: Callable[[Line], None],
    ) -> None:
        self._host = host
        self._state = state
        self._gate = gate
        self._desk = desk
        self._ids = ids
        self._faults = faults
        self._clock = clock
        self._show = show

    def routes(self) -> Iterator[web.RouteDef]:
        index, chat = "/xlive/web-room/v1/index", "/xlive/web-room/v1/dM"
        get: dict[str, Callable[[web.Request], Awaitable[Any]]] = {
            "/": self._home,
            "/x/web-interface/nav": self._nav,
            "/x/frontend/finger/spi": self._fingerprint,
            "/room/v1/Room/get_info": self._of_room("room_id", answers.room_info, missing=1),
            "/room/v1/Room/room_init": self._of_room("id", answers.room_init, missing=60004),
            "/room/v1/Room/mobileRoomInit": self._of_room("id", answers.room_init, missing=60004),
            f"{index}/getRoomPlayInfo": self._of_room("room_id", answers.room_init, missing=19002000),
            f"{index}/getInfoByRoom": self._of_room("room_id", answers.room_details, missing=19002000),
            f"{index}/getDanmuInfo": self._danmu_info,
            f"{index}/getInfoByUser": self._user_info,
            f"{chat}/gethistory": self._history,
            f"{chat}/GetDMConfigByGroup": self._danmu_config,
            "/xlive/web-ucenter/user/get_user_info": self._own_account,
            "/xlive/rdata-interface/v1/heartbeat/webHeartBeat": self._noted,
        }
        post: dict[str, Callable[[web.Request], Awaitable[Any]]] = {
            "/msg/send": self._send,
            "/x/internal/gaia-gateway/ExClimbWuzhi": self._noted,
        }
        yield from (web.get(path, _answering(handler)) for path, handler in get.items())
        yield from (web.post(path, _answering(handler)) for path, handler in post.items())

    @web.middleware
    async def failing(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What faults do to every request, and the platform's way to say that a page does not exist."""
        if "offline" in self._faults:
            return _hung_up(request)
        if "http-500" in self._faults and request.path != WEBSOCKET_PATH:
            return web.Response(status=500, text="Internal Server Error")
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return _json(answers.NOT_FOUND, status=404)

    async def _home(self, request: web.Request) -> web.Response:
        response = web.Response(text="<!doctype html><title>practice room</title>", content_type="text/html")
        domain = ".bilibili.com" if _host_name(request).endswith("bilibili.com") else None
        buvid3 = self._gate.new_buvid3(_user_agent(request))
        response.set_cookie("buvid3", buvid3, max_age=_COOKIE_SECONDS, domain=domain)
        return response

    async def _nav(self, request: web.Request) -> Answer:
        uid = self._uid(request)
        return answers.nav(uid, name=self._account(uid).name)

    async def _fingerprint(self, request: web.Request) -> Answer:
        buvids = (self._gate.new_buvid3(_user_agent(request)) for _ in range(2))
        return answers.ok(dict(zip(("b_3", "b_4"), buvids, strict=True)))

    def _of_room(
        self, parameter: str, make: Callable[..., Answer], *, missing: int
    ) -> Callable[[web.Request], Awaitable[Answer]]:
        async def answer(request: web.Request) -> Answer:
            card = self._state.card
            known = card.means(request.query.get(parameter, ""))
            return answers.ok(make(card)) if known else answers.no_such_room(missing)

        return answer

    async def _danmu_info(self, request: web.Request) -> Answer:
        allowed = self._gate.passes_risk_control(
            request.query, cookies=request.cookies, user_agent=_user_agent(request)
        )
        if not allowed or "risk-control" in self._faults:
            return answers.RISK_CONTROL
        if request.query.get("id") != str(self._state.card.room_id):
            return answers.no_such_room(1002002)
        return answers.ok(
            answers.danmu_info(
                host=self._host,
                port=_port(request),
                token=self._gate.new_token(uid=self._uid(request), user_agent=_user_agent(request)),
                with_dead_host="dead-host" in self._faults,
            )
        )

    async def _user_info(self, request: web.Request) -> Answer:
        uid = self._uid(request)
        if not uid:
            return answers.NOT_LOGGED_IN
        limit = self._desk.rules.text_limit
        return answers.ok(answers.user_info(uid, name=self._account(uid).name, text_limit=limit))

    async def _own_account(self, request: web.Request) -> Answer:
        uid = self._uid(request)
        return answers.ok(answers.own_account(self._account(uid))) if uid else answers.NOT_LOGGED_IN

    async def _history(self, request: web.Request) -> Answer:
        return answers.ok(answers.history(self._state.history, masked=not self._uid(request)))

    async def _danmu_config(self, request: web.Request) -> Answer:
        return answers.ok(answers.danmu_config())

    async def _noted(self, request: web.Request) -> Answer:
        """For what a page reports about itself."""
        return answers.ok({})

    async def _send(self, request: web.Request) -> Answer:
        try:
            fields = await request.post()
        except (ValueError, LookupError):  # no boundary, or a charset that does not exist
            return answers.UNREADABLE
        form = {name: value for name, value in fields.items() if isinstance(value, str)}
        uid = self._uid(request)
        verdict = self._desk.judge(form, uid=uid, bili_jct=request.cookies.get("bili_jct", ""))
        answer = answers.not_sent(verdict)
        if verdict.accepted:
            answer = answers.sent(self._accept(form, uid))
        if "slow" in self._faults:
            await self._clock.sleep(self._faults.number("slow"))
        return answer

    def _accept(self, form: dict[str, str], uid: int) -> Line:
        accepted = self._desk.accept(form, uid=uid, id_str=self._ids.sent_id())
        named = accepted.reply_mid
        line = Line(
            sender=self._account(uid),
            text=accepted.text,
            at=accepted.at,
            id_str=accepted.id_str,
            reply_to=Person.of(named, self._state.figures.name_of(named)) if named else None,
        )
        if accepted.shown:
            self._show(line)
        return line

    def _uid(self, request: web.Request) -> int:
        return 0 if "logged-out" in self._faults else self._gate.uid_of(request.cookies)

    def _account(self, uid: int) -> Person:
        return Person.of(uid, self._state.card.bot_name)


def _answering(handler: Callable[[web.Request], Awaitable[Answer | web.Response]]) -> Handler:
    @wraps(handler)
    async def answer(request: web.Request) -> web.Response:
        made = await handler(request)
        return made if isinstance(made, web.Response) else _json(made)

    return answer


def _json(answer: Answer, *, status: int = 200) -> web.Response:
    return web.Response(body=to_json(answer), status=status, content_type="application/json", charset="utf-8")


def _hung_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=503)


def _user_agent(request: web.Request) -> str:
    return request.headers.get("User-Agent", "")


def _host_name(request: web.Request) -> str:
    return request.host.partition(":")[0]


def _port(request: web.Request) -> int:
    """The port this request came in on, which is the only one."""
    assert request.transport is not None  # noqa: S101 - a request that is being answered has one
    port: int = request.transport.get_extra_info("sockname")[1]
    return port
