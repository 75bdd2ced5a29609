"""The gate before everything the console serves: who asks, from where, and whether they may.

It names the caller to what lies behind it (`caller_of`) and lets nothing pass that is not in its tables. What
an operation within a page or of the API needs is asked there, of the same roles.
"""

from html import escape
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.console.access.bodies import CALLERS_BYTES, STRANGERS_BYTES, Measured, TooMuch
from assistant.console.access.callers import Doors, cookies, is_own_origin
from assistant.console.access.people import People
from assistant.console.access.roles import (
    API,
    LOGIN,
    LOGOUT,
    PASSWORD,
    Caller,
    Role,
    is_for_tokens,
    is_open,
    role_for,
)
from assistant.console.access.sockets import SocketGate
from assistant.console.words import words_for

_CHANGES_NOTHING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_AGAIN: Final = '<!doctype html><meta http-equiv="refresh" content="0"><title>…</title>'


class Gate:
    """`doors` is where the console is found; `sockets` lets the websockets of open pages in."""

    def __init__(self, app: ASGIApp, *, people: People, doors: Doors, sockets: SocketGate) -> None:
        self._app = app
        self._people = people
        self._doors = doors
        self._sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._sockets.pass_on(self._app, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        caller, is_by_cookie = self._caller(request)
        request.state.caller = caller
        refusal = self._refusal(request, caller, is_by_cookie=is_by_cookie)
        if refusal is None:
            refusal = await self._passed(scope, receive, send, is_known=caller is not None)
        if refusal is not None:
            await refusal(scope, receive, send)

    async def _passed(self, scope: Scope, receive: Receive, send: Send, *, is_known: bool) -> Response | None:
        """What is behind the gate answers, unless the body is too long."""
        most_bytes = CALLERS_BYTES if is_known else STRANGERS_BYTES
        measured = Measured(receive, most_bytes=most_bytes)
        length = Headers(scope=scope).get("content-length", "0")
        try:
            if not length.isdecimal() or int(length) > most_bytes:
                raise TooMuch
            await self._app(scope, measured, send)
        except TooMuch:
            return PlainTextResponse("too long", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return None

    def _caller(self, request: Request) -> tuple[Caller | None, bool]:
        """Who asks, and whether a browser's cookie says so, which another site's page could make it send."""
        bearer = request.headers.get("authorization", "")
        if bearer[:7].lower() == "bearer ":
            return self._people.by_token(bearer[7:].strip()), False
        token = request.query_params.get("token")
        if token is not None and role_for(request.scope["path"]) is Role.OVERLAY:
            return self._people.by_token(token), False
        cookie = cookies(request.headers).get(self._doors.cookie)
        return (None if cookie is None else self._people.by_session(cookie)), True

    def _refusal(self, request: Request, caller: Caller | None, *, is_by_cookie: bool) -> Response | None:
        path = request.scope["path"]
        if not self._doors.hosts(request.headers.get("host", "")):
            return _refused(request, HTTPStatus.MISDIRECTED_REQUEST, "an unknown name: see console.hosts")
        if request.method not in _CHANGES_NOTHING and is_by_cookie and not is_own_origin(request.headers):
            return _refused(request, HTTPStatus.FORBIDDEN, "asked by another site's page")
        if is_open(path):
            return None
        needed = role_for(path)
        if needed is None:
            return _refused(request, HTTPStatus.NOT_FOUND, "no such page")
        if caller is None:
            return None if path == "/metrics" and _is_near(request) else _sign_in(request)
        if not caller.role.reaches(needed) or (caller.kind == "token" and not is_for_tokens(path)):
            words = words_for(request)
            detail = words("not allowed", role=words(f"role.{caller.role}"))
            return _refused(request, HTTPStatus.FORBIDDEN, detail)
        if caller.must_change_password and path not in (PASSWORD, LOGOUT):
            return _change_first(request)
        return None


def _is_near(request: Request) -> bool:
    """Whether this machine asks."""
    return request.client is not None and request.client.host in _LOOPBACK


def _sign_in(request: Request) -> Response:
    path, is_with_token = request.scope["path"], "token" in request.query_params
    if path.startswith(API) or is_with_token or request.method not in _CHANGES_NOTHING:
        return JSONResponse({"detail": "sign in, or send a token"}, HTTPStatus.UNAUTHORIZED)
    arrives = request.headers.get("sec-fetch-site"), request.headers.get("sec-fetch-mode")
    if arrives == ("cross-site", "navigate"):
        return HTMLResponse(_AGAIN)  # a link from elsewhere comes without the cookie: from here it has it
    wanted = f"{path}?{request.url.query}" if request.url.query else path
    return RedirectResponse(LOGIN if wanted == "/" else f"{LOGIN}?next={quote(wanted)}", HTTPStatus.SEE_OTHER)


def _change_first(request: Request) -> Response:
    if request.scope["path"].startswith(API):
        return JSONResponse({"detail": "change the one-time password first"}, HTTPStatus.FORBIDDEN)
    return RedirectResponse(PASSWORD, HTTPStatus.SEE_OTHER)


def _refused(request: Request, status: HTTPStatus, detail: str) -> Response:
    if request.scope["path"].startswith(API):
        return JSONResponse({"detail": detail}, status)
    back = escape(words_for(request)("back"))
    page = (
        f'<!doctype html><meta charset="utf-8"><title>{status.value}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/console-static/sign-in.css">'
        f"<main><p>{escape(detail)}</p><a href='/'>{back}</a></main>"
    )
    return HTMLResponse(page, status)
