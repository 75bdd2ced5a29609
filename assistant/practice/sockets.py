"""The websocket side of a practice room: auth, heartbeats, deadlines, and frames out.

One `Connection` per client with a bounded queue and its own writer, so that a client that does not read
holds up nobody; when its queue is full it is cut off. Websocket PINGs stay unanswered, as on the platform.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import WSMsgType, web

from assistant.platforms.bilibili import packets
from assistant.practice import frames, payloads
from assistant.practice.admission import Admitted, Gate
from assistant.practice.faults import Faults
from assistant.practice.shown import Shown

AUTH_SECONDS = 5.0
HEARTBEAT_DEADLINE_SECONDS = 70.0
REFUSED = -101
QUEUED_FRAMES = 8192
_CLIENT_FRAME_BYTES = 65_536

Frame = bytes | str


class Connection:
    """One client, from the open socket to its end. Holds no token."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.user_agent = request.headers.get("User-Agent", "")
        self.admitted: Admitted | None = None
        self.heartbeats = 0
        self.acknowledged: list[str] = []
        self.pings_ignored = 0
        self.deadline = 0.0
        self._transport = request.transport
        self._queue: asyncio.Queue[Frame] = asyncio.Queue(QUEUED_FRAMES)

    def __repr__(self) -> str:
        return f"Connection({self.admitted})"

    @property
    def masked(self) -> bool:
        return self.admitted is None or self.admitted.uid == 0

    @property
    def protover(self) -> int:
        return self.admitted.protover if self.admitted else 0

    def post(self, frame: Frame) -> None:
        """Queue one frame; a client that lags too far behind is cut off."""
        try:
            self._queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.cut()

    async def send(self, frame: Frame) -> None:
        """Write past the queue, for the first words of a connection."""
        with contextlib.suppress(ConnectionError):
            await (self.socket.send_str(frame) if isinstance(frame, str) else self.socket.send_bytes(frame))

    async def write(self) -> None:
        while True:
            await self.send(await self._queue.get())

    def cut(self) -> None:
        """End the TCP connection without a websocket goodbye: the client sees 1006."""
        if self._transport is not None:
            self._transport.abort()
