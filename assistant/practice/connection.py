"""One client of a practice room's websocket, from the open socket to its end.

A bounded queue and a writer of its own, so that a client that does not read holds up nobody; when its queue
is full it is cut off. Who gets what, and when a connection must end, is left to `audience`.
"""

import asyncio
import math
from collections import deque

from aiohttp import web

from assistant.practice.admission import Admitted

QUEUED_FRAMES = 1024
CLIENT_FRAME_BYTES = 65_536
_REMEMBERED_ACKNOWLEDGEMENTS = 1000

Frame = bytes


class Connection:
    """Times are the clock's monotonic seconds. `acknowledged`: the last msg_ids. Holds no token."""

    def __init__(self, request: web.Request, *, opened_at: float) -> None:
        # Websocket PINGs stay unanswered and nothing is deflated twice, as on the platform.
        self.socket = web.WebSocketResponse(autoping=False, compress=False, max_msg_size=CLIENT_FRAME_BYTES)
        self.user_agent = request.headers.get("User-Agent", "")
        self.admitted: Admitted | None = None
        self.opened_at = opened_at
        self.admitted_at = math.inf
        self.heard_at = opened_at
        self.heartbeats = 0
        self.acknowledged: deque[str] = deque(maxlen=_REMEMBERED_ACKNOWLEDGEMENTS)
        self._transport = request.transport
        self._queue: asyncio.Queue[Frame] = asyncio.Queue(QUEUED_FRAMES)

    def __repr__(self) -> str:
        return f"Connection({self.admitted})"

    @property
    def is_masked(self) -> bool:
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
        """Write past the queue, for the first words of a connection. Raises ConnectionError."""
        await self.socket.send_bytes(frame)

    async def write(self) -> None:
        """Write what is queued until the client is gone."""
        try:
            while True:
                await self.send(await self._queue.get())
        except ConnectionError:
            self.cut()

    def cut(self) -> None:
        """End the TCP connection without a websocket goodbye: the client sees 1006."""
        if self._transport is not None:
            self._transport.abort()
