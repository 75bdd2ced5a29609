"""A websocket server on a free port that does only what a test tells it to, one guest at a time."""

import asyncio
from types import TracebackType
from typing import Self

from websockets.asyncio.server import ServerConnection, serve


class Guest:
    """A client that came in, from the server's side."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket

    @property
    def headers(self) -> dict[str, str]:
        assert self._socket.request is not None
        return dict(self._socket.request.headers.raw_items())

    @property
    def path(self) -> str:
        assert self._socket.request is not None
        return self._socket.request.path

    async def heard(self) -> str:
        """The next thing the client said."""
        frame = await self._socket.recv()
        return frame.decode() if isinstance(frame, bytes) else frame

    async def say(self, *lines: str) -> None:
        await self._socket.send("\n".join(lines))

    async def admit(self) -> None:
        """Take the token, welcome the client and take its first heartbeat."""
        assert (await self.heard()).startswith("token ")
        await self.say("welcome")
        assert await self.heard() == "beat"

    async def leave(self, code: int = 1000) -> None:
        await self._socket.close(code)

    def drop(self) -> None:
        """Cut the line without a word."""
        self._socket.transport.abort()

    async def gone(self) -> None:
        await self._socket.wait_closed()


class RoomServer:
    """`async with RoomServer() as server:` then `guest = await server.guest()` for each client in turn."""

    def __init__(self) -> None:
        self._guests: asyncio.Queue[Guest] = asyncio.Queue()
        self.visits = 0

    async def __aenter__(self) -> Self:
        self._server = await serve(self._receive, "127.0.0.1", 0, ping_interval=None)
        self.port: int = next(iter(self._server.sockets)).getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await self._server.wait_closed()

    def url(self, path: str = "sub") -> str:
        return f"ws://127.0.0.1:{self.port}/{path}"

    async def guest(self) -> Guest:
        return await self._guests.get()

    @property
    def is_empty(self) -> bool:
        return not self._server.connections

    async def _receive(self, socket: ServerConnection) -> None:
        self.visits += 1
        await self._guests.put(Guest(socket))
        await socket.wait_closed()
