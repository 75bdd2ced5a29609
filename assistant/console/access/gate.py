"""The gate before everything the console serves: who asks, from where, and whether they may.

It names the caller to what lies behind it (`caller_of`) and lets nothing pass that is not in its tables. What
an operation within a page or of the API needs is asked there, of the same roles.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Final, Protocol
from urllib.parse import parse_qs, quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.console.access.bodies import CALLERS_BYTES, STRANGERS_BYTES, Measured, TooMuch
from assistant.console.access.people import People
from assistant.console.access.roles import PAGES, Caller, Page, Role

API: Final = "/api/"
SOCKET: Final = "/_nicegui_ws/"
LOGIN, PASSWORD, LOGOUT = "/login", "/password", "/logout"
_OPEN: Final = (LOGIN, "/healthz", "/readyz", "/console-static/", "/favicon.ico")
_CHANGES_NOTHING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_NEEDS_BY_PREFIX: Final = (  # the first that fits; pages are in their own table
    ("/_nicegui/client/", Role.HOST),  # uploads of a page
    ("/_nicegui/auto/", Role.HOST),
    (API, Role.HOST),  # at least: each operation names its own
    ("/metrics", Role.HOST),
    ("/docs", Role.HOST),
    ("/openapi.json", Role.HOST),
    (PASSWORD, Role.HOST),
    (LOGOUT, Role.HOST),
)
_AGAIN = '<!doctype html><meta http-equiv="refresh" content="0"><title>…</title>'


def caller_of(connection: HTTPConnection) -> Caller:
    """Who asks, behind the gate."""
    caller: Caller | None = connection.state.caller
    if caller is None:
        raise LookupError("nobody is signed in on an open path")
    return caller


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the console is: the names that it may be called by, and its cookie's name."""

    hosts: Callable[[str], bool]
    cookie: str


class OpenPages(Protocol):
    """The pages that browsers have open, by their ids, which only their openers know."""

    def opener(self, page_id: str) -> Caller | None:
        """Who opened it; None when there is no such page."""
        ...

    def close(self, page_id: str) -> None:
        """It is no more: its browser is told to load it again when it asks for it."""
        ...


class Gate:
    def __init__(self, app: ASGIApp, *, people: People, doors: Doors, open_pages: OpenPages) -> None:
        self._app = app
        self._people = people
        self._doors = doors
        self._open_pages = open_pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
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

    def _caller(self, request: HTTPConnection) -> tuple[Caller | None, bool]:
        bearer = request.headers.get("authorization", "")
        if bearer[:7].lower() == "bearer ":
            return self._people.by_token(bearer[7:].strip()), False
        path = request.url.path
        if path == Page.OVERLAY.path or path.startswith(f"{Page.OVERLAY.path}/"):
            token = request.query_params.get("token")
            if token is not None:
                return self._people.by_token(token), False
        cookie = _cookies(request.headers).get(self._doors.cookie)
        return (None if cookie is None else self._people.by_session(cookie)), True

    def _refusal(self, request: Request, caller: Caller | None, *, is_by_cookie: bool) -> Response | None:
        path = request.scope["path"]
        if not self._doors.hosts(request.headers.get("host", "")):
            return _refused(
                request, HTTPStatus.MISDIRECTED_REQUEST, "not known by this name: see console.hosts"
            )
        if request.method not in _CHANGES_NOTHING and is_by_cookie and not _is_own_origin(request.headers):
            return _refused(request, HTTPStatus.FORBIDDEN, "asked by another site's page")
        if _is_open(path):
            return None
        if path.startswith(SOCKET):
            return _refused(request, HTTPStatus.FORBIDDEN, "websockets only")
        needed = _needed(path)
        if needed is None:
            return _refused(request, HTTPStatus.NOT_FOUND, "no such page")
        if path == "/metrics" and caller is None and request.client and request.client.host in _LOOPBACK:
            return None
        if caller is None:
            return _sign_in(request)
        if not caller.role.reaches(needed) or (caller.kind == "token" and not _is_for_tokens(path)):
            return _refused(request, HTTPStatus.FORBIDDEN, f"not for the role {caller.role}")
        if caller.must_change_password and path not in (PASSWORD, LOGOUT):
            return _redirect(request, PASSWORD)
        return None

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = self._socket_caller(HTTPConnection(scope))
        if caller is _REFUSED:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        HTTPConnection(scope).state.caller = caller
        if caller is None:
            await self._app(scope, receive, send)
            return
        guarded = _GuardedSocket(receive, send, people=self._people, caller=caller)
        await self._app(scope, guarded.receive, guarded.send)

    def _socket_caller(self, connection: HTTPConnection) -> Caller | None:
        """A page's socket is its opener's; one of a page that is no more is let in to be told to reload."""
        if not connection.scope["path"].startswith(SOCKET) or not self._doors.hosts(
            connection.headers.get("host", "")
        ):
            return _REFUSED
        if not _is_own_origin(connection.headers):
            return _REFUSED
        query = parse_qs(connection.scope.get("query_string", b"").decode("latin-1"))
        page_id = query.get("client_id", [""])[0]
        opener = self._open_pages.opener(page_id)
        if opener is not None and not self._people.holds(opener):
            self._open_pages.close(page_id)
            opener = None
        if opener is None:
            return None if query.get("implicit_handshake") == ["true"] else _REFUSED
        if opener.kind == "token":
            return opener
        cookie = _cookies(connection.headers).get(self._doors.cookie, "")
        asking = self._people.by_session(cookie)
        return opener if asking is not None and asking.key == opener.key else _REFUSED


_REFUSED: Final = Caller("", Role.OVERLAY, "")


class _GuardedSocket:
    """A websocket that closes when its session ends. What the person does keeps the session from idling."""

    def __init__(self, receive: Receive, send: Send, *, people: People, caller: Caller) -> None:
        self._receive, self._send = receive, send
        self._people, self._caller = people, caller
        self._ended = people.ended(caller)
        self._is_over = False

    async def receive(self) -> Message:
        if not self._is_over:
            message = await self._next()
            if message is not None:
                if str(message.get("text") or "").startswith('42["event"'):
                    self._people.touch(self._caller)
                return message
            self._is_over = True
            await self._send({"type": "websocket.close", "code": 1008})
        return {"type": "websocket.disconnect", "code": 1008}

    async def send(self, message: Message) -> None:
        if not self._is_over:
            await self._send(message)

    async def _next(self) -> Message | None:
        """None when the session ended first."""
        message = asyncio.ensure_future(self._receive())
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((message, ended), return_when=asyncio.FIRST_COMPLETED)
            return None if self._ended.is_set() else message.result()
        finally:
            for task in (message, ended):
                task.cancel()


def _is_open(path: str) -> bool:
    if path.startswith("/_nicegui/"):
        return not any(path.startswith(prefix) for prefix, _ in _NEEDS_BY_PREFIX)
    return any(path == one or (one.endswith("/") and path.startswith(one)) for one in _OPEN)


def _needed(path: str) -> Role | None:
    for page, role in PAGES.items():
        if path == page.path or (page is Page.OVERLAY and path.startswith(f"{page.path}/")):
            return role
    for prefix, role in _NEEDS_BY_PREFIX:
        if (
            path == prefix
            or (prefix.endswith("/") and path.startswith(prefix))
            or path.startswith(f"{prefix}/")
        ):
            return role
    return None


def _is_for_tokens(path: str) -> bool:
    return path.startswith((API, Page.OVERLAY.path, "/metrics", "/openapi.json", "/docs"))


def _is_own_origin(headers: Headers) -> bool:
    """Whether the page that asks is one of ours. A browser always says so; a program uses a token."""
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
    return headers.get("sec-fetch-site") == "same-origin"


def _cookies(headers: Headers) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _sign_in(request: Request) -> Response:
    path = request.scope["path"]
    is_browsing = request.method in _CHANGES_NOTHING and "token" not in request.query_params
    if path.startswith(API) or not is_browsing:
        return JSONResponse({"detail": "sign in, or send a token"}, HTTPStatus.UNAUTHORIZED)
    if (
        request.headers.get("sec-fetch-site") == "cross-site"
        and request.headers.get("sec-fetch-mode") == "navigate"
    ):
        return HTMLResponse(_AGAIN)  # a link from elsewhere comes without the cookie: from here it has it
    wanted = f"{path}?{request.url.query}" if request.url.query else path
    return _redirect(request, LOGIN if wanted == "/" else f"{LOGIN}?next={quote(wanted)}")


def _redirect(request: Request, target: str) -> Response:
    if request.scope["path"].startswith(API):
        return JSONResponse({"detail": "change the one-time password first"}, HTTPStatus.FORBIDDEN)
    return RedirectResponse(target, HTTPStatus.SEE_OTHER)


def _refused(request: Request, status: HTTPStatus, detail: str) -> Response:
    if request.scope["path"].startswith(API):
        return JSONResponse({"detail": detail}, status)
    return HTMLResponse(
        f"<!doctype html><title>{status.value}</title><p>{detail}</p><p><a href='/'>↩</a></p>", status
    )
