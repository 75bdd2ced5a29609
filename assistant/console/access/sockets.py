"""The gate for websockets: an open page's is its opener's, for as long as their session or token holds."""

import asyncio
from typing import Final, Protocol
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.console.access.callers import Doors, cookies, is_own_origin
from assistant.console.access.people import People
from assistant.console.access.roles import Caller

PLACE: Final = "/_nicegui_ws/"
_POLICY_VIOLATION: Final = 1008
_DONE_ON_THE_PAGE: Final = '42["event"'  # as NiceGUI tells of it through socket.io


class OpenPages(Protocol):
    """The pages that browsers have open, by their ids, which only their openers know."""

    def opener(self, page_id: str) -> Caller | None:
        """Who opened it; None when there is no such page."""
        ...

    def close(self, page_id: str) -> None:
        """It is no more: its browser is told to load it again when it asks for it."""
        ...


class SocketGate:
    def __init__(self, *, people: People, doors: Doors, open_pages: OpenPages) -> None:
        self._people = people
        self._doors = doors
        self._open_pages = open_pages

    async def pass_on(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            caller = self._admitted(HTTPConnection(scope))
        except _NotAdmitted:
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        if caller is None:
            await app(scope, receive, send)
            return
        socket = _GuardedSocket(receive, send, people=self._people, caller=caller)
        await app(scope, socket.receive, socket.send)

    def _admitted(self, connection: HTTPConnection) -> Caller | None:
        """None for a page that is no more: NiceGUI tells its browser to load it again, and no more than that.

        Raises _NotAdmitted.
        """
        headers = connection.headers
        is_ours = connection.scope["path"].startswith(PLACE) and self._doors.hosts(headers.get("host", ""))
        if not is_ours or not is_own_origin(headers):
            raise _NotAdmitted
        query = parse_qs(connection.scope["query_string"].decode("latin-1"))
        opener = self._opener(query.get("client_id", [""])[0])
        if opener is None:
            if query.get("implicit_handshake") != ["true"]:
                raise _NotAdmitted
            return None
        if opener.kind == "session":
            asking = self._people.by_session(cookies(headers).get(self._doors.cookie, ""))
            if asking is None or asking.key != opener.key:
                raise _NotAdmitted
        return opener

    def _opener(self, page_id: str) -> Caller | None:
        opener = self._open_pages.opener(page_id)
        if opener is None or self._people.holds(opener):
            return opener
        self._open_pages.close(page_id)
        return None


class _NotAdmitted(Exception):
    pass


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
                if str(message.get("text") or "").startswith(_DONE_ON_THE_PAGE):
                    self._people.touch(self._caller)
                return message
            self._is_over = True
            await self._send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}

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
