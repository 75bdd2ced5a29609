"""Everyone connected to a practice room's websocket: lets them in, hears them, shows them what happens.

The deadlines and the faults of connections live here; time passes through `tend`, which the room calls.
"""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from aiohttp import WSMessage, WSMsgType, web

from assistant.clock import Clock
from assistant.platforms.bilibili import packets
from assistant.practice import frames, payloads
from assistant.practice.admission import Gate
from assistant.practice.connection import Connection
from assistant.practice.faults import Faults
from assistant.practice.malformed import MALFORMED
from assistant.practice.shown import Shown

AUTH_SECONDS = 5.0
HEARTBEAT_SECONDS = 70.0  # without a heartbeat, then the connection is cut
REFUSED = -101


@dataclass(slots=True)
class Counters:
    """What went over the sockets so far, all connections together."""

    connections: int = 0
    admitted: int = 0
    refused: int = 0
    frames: int = 0
    heartbeats: int = 0
    acknowledgements: int = 0
    pings: int = 0


class Audience:
    """`connections` are the open ones, oldest first; `arrived` is set from the first admitted one on."""

    def __init__(self, *, gate: Gate, faults: Faults, clock: Clock) -> None:
        self._gate = gate
        self._faults = faults
        self._clock = clock
        self._broken = itertools.count()
        self.connections: list[Connection] = []
        self.counters = Counters()
        self.arrived = asyncio.Event()

    def show(self, commands: Sequence[Shown]) -> None:
        """Queue the commands for everyone who was let in, several to a frame."""
        for commands_of_frame in frames.batches(commands):
            made: dict[tuple[int, bool], bytes] = {}
            for connection in self._admitted():
                style = (connection.protover, connection.is_masked)
                if style not in made:
                    made[style] = frames.frame(commands_of_frame, protover=style[0], masked=style[1])
                self._post(connection, made[style])
                self._post_broken(connection)

    def tend(self) -> None:
        """Cut every connection whose time is over."""
        now = self._clock.monotonic()
        for connection in self.connections:
            if self._is_over(connection, now):
                connection.cut()

    def cut_all(self) -> None:
        for connection in self.connections:
            connection.cut()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One client's whole stay."""
        connection = Connection(request, opened_at=self._clock.monotonic())
        await connection.socket.prepare(request)
        self.counters.connections += 1
        self.connections.append(connection)
        writer = asyncio.create_task(connection.write(), name="practice room writer")
        try:
            await self._listen(connection)
        except ConnectionError:
            pass  # it went away while being talked to
        finally:
            self.connections.remove(connection)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            connection.cut()
        return connection.socket

    async def _listen(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is WSMsgType.PING:
                self.counters.pings += 1
            elif message.type is WSMsgType.BINARY and not await self._hear(connection, message):
                return connection.cut()

    async def _hear(self, connection: Connection, message: WSMessage) -> bool:
        """Whether the connection may go on."""
        for packet in packets.unpack(message.data):
            if isinstance(packet, packets.Flaw):
                return False
            if connection.admitted is None:
                if packet.operation != packets.OP_AUTH or not await self._let_in(connection, packet.body):
                    return False
            elif packet.operation == packets.OP_HEARTBEAT:
                self._heartbeat(connection, packet.body)
            elif packet.operation == packets.OP_ACKNOWLEDGE:
                self._acknowledged(connection, packet.body)
        return True

    async def _let_in(self, connection: Connection, body: bytes) -> bool:
        if self._faults.spend("close-before-auth"):
            return False
        admitted = self._gate.admit(_parsed(body), user_agent=connection.user_agent)
        refused = "refuse-auth-forever" in self._faults or self._faults.spend("refuse-auth")
        if admitted is None or refused:
            self.counters.refused += 1
            await connection.send(frames.auth_reply(REFUSED))
            return False
        await connection.send(frames.auth_reply(0))
        if "accept-then-drop" in self._faults:
            return False
        connection.admitted, connection.admitted_at = admitted, self._clock.monotonic()
        connection.heard_at = connection.admitted_at
        if connection.is_masked:
            self._post(connection, _notice_of_masking(admitted.protover))
        self.counters.admitted += 1
        self.arrived.set()
        return True

    def _heartbeat(self, connection: Connection, body: bytes) -> None:
        self.counters.heartbeats += 1
        connection.heartbeats += 1
        connection.heard_at = self._clock.monotonic()
        self._post(connection, frames.heartbeat_reply(body))

    def _acknowledged(self, connection: Connection, body: bytes) -> None:
        fields = _parsed(body)
        if isinstance(fields, dict) and isinstance(fields.get("msg_id"), str):
            self.counters.acknowledgements += 1
            connection.acknowledged.append(fields["msg_id"])

    def _post(self, connection: Connection, frame: bytes) -> None:
        if self._clock.monotonic() - connection.admitted_at >= self._faults.number("silence"):
            return
        for _ in range(2 if "duplicate" in self._faults else 1):
            self.counters.frames += 1
            connection.post(frame)

    def _post_broken(self, connection: Connection) -> None:
        kinds = self._faults.malformations()
        if kinds:
            self._post(connection, MALFORMED[kinds[next(self._broken) % len(kinds)]]())

    def _is_over(self, connection: Connection, now: float) -> bool:
        if "offline" in self._faults:
            return True
        if connection.admitted is None:
            return now - connection.opened_at >= AUTH_SECONDS
        if now - connection.admitted_at >= self._faults.number("drop"):
            return True
        return now - connection.heard_at >= HEARTBEAT_SECONDS

    def _admitted(self) -> list[Connection]:
        return [connection for connection in self.connections if connection.admitted is not None]


def _notice_of_masking(protover: int) -> bytes:
    return frames.frame([Shown.public(payloads.log_in_notice())], protover=protover, masked=True)


def _parsed(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except ValueError:
        return None
