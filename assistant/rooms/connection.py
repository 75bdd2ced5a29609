"""One websocket connection of a room, from open to close: authentication, heartbeats, silence, events.

It knows no way back: whatever ends it is one `RoomError`, and the keeper decides what to do about that.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any, NoReturn
from urllib.parse import urlsplit

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from assistant.clock import Clock
from assistant.errors import AuthenticationRefused, RoomUnreachable
from assistant.events import (
    AuthAccepted,
    AuthRefused,
    Event,
    HeartbeatAcknowledged,
    Malformed,
    UnknownCommand,
)
from assistant.limits import FRAME_BYTES
from assistant.platforms.base import Admission, Platform
from assistant.rooms.tally import Tally

OPEN_SECONDS = 10.0
CLOSE_SECONDS = 2.0  # a peer that hangs must not hold up the next connection
PING_SECONDS = 20.0
ABNORMAL_CLOSURE = 1006

log = structlog.get_logger(__name__)


class Connection:
    """Run it once. `on_events` gets each frame's events in order, without those about the connection itself;
    it must neither block nor await. `on_established` is called once, when the platform has accepted us.

    `unknown_commands` outlives the connection: a name is logged once a room, not once a connection.
    """

    def __init__(
        self,
        platform: Platform,
        admission: Admission,
        *,
        url: str,
        clock: Clock,
        on_events: Callable[[Sequence[Event]], None],
        on_established: Callable[[], None],
        unknown_commands: Tally,
    ) -> None:
        self._platform = platform
        self._admission = admission
        self._session = platform.session(admission)
        self._url = url
        self._clock = clock
        self._on_events = on_events
        self._on_established = on_established
        self._unknown_commands = unknown_commands
        self._established = asyncio.Event()
        self.heard_at = clock.monotonic()
        self.host = _host(url)
        self.malformed = Tally()
        self._about_connection: dict[type[Event], Callable[[Any], None]] = {
            AuthAccepted: self._accepted,
            AuthRefused: self._refused,
            HeartbeatAcknowledged: lambda _: None,
            UnknownCommand: self._unknown,
            Malformed: self._unreadable,
        }

    async def run(self) -> NoReturn:
        """Ends only by raising: RoomUnreachable, or AuthenticationRefused, or when it is cancelled."""
        async with self._opened() as socket:
            try:
                await socket.send(self._session.opening())
                await _first_to_end(self._listen(socket), self._beat(socket), self._watch())
            except ConnectionClosed as closed:
                raise self._worded(closed) from None
            except RoomUnreachable:
                socket.transport.abort()  # a peer that says nothing would not answer a close either
                raise

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[ClientConnection]:
        try:
            socket = await _Connect(
                self._url,
                additional_headers=self._admission.headers,
                user_agent_header=Headers(self._admission.headers).get("User-Agent"),
                compression=None,
                proxy=None if is_loopback(self.host) else True,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
                ping_interval=PING_SECONDS if self._platform.answers_pings else None,
                max_size=FRAME_BYTES,
            )
        except InvalidStatus as refused:
            status = refused.response.status_code
            raise RoomUnreachable(f"{self.host} refused the connection (HTTP {status})") from None
        except ImportError:
            raise RoomUnreachable("a SOCKS proxy is set, and the package python-socks is missing") from None
        except (OSError, EOFError, ValueError, WebSocketException) as error:
            raise RoomUnreachable(f"cannot connect to {self.host} ({type(error).__name__})") from None
        async with socket:
            yield socket

    async def _listen(self, socket: ClientConnection) -> NoReturn:
        while True:
            frame = await socket.recv()
            self.heard_at = self._clock.monotonic()
            self._take(self._session.receive(frame))
            for packet in self._session.outgoing():
                await socket.send(packet)

    async def _beat(self, socket: ClientConnection) -> NoReturn:
        await self._established.wait()
        while True:
            await socket.send(self._session.heartbeat())
            await self._clock.sleep(self._platform.heartbeat_seconds)

    async def _watch(self) -> NoReturn:
        await self._clock.sleep(self._platform.auth_seconds)
        if not self._established.is_set():
            raise RoomUnreachable(f"{self.host} did not answer our token")
        silence_seconds = self._platform.silence_seconds
        while (left := self.heard_at + silence_seconds - self._clock.monotonic()) > 0:
            await self._clock.sleep(left)
        raise RoomUnreachable(f"{self.host} was silent for {silence_seconds:g} s")

    def _take(self, events: Sequence[Event]) -> None:
        heard = []
        for event in events:
            about_connection = self._about_connection.get(type(event))
            if about_connection is None:
                heard.append(event)
            else:
                about_connection(event)
        if heard:
            self._on_events(heard)

    def _accepted(self, _: AuthAccepted) -> None:
        if not self._established.is_set():
            self._established.set()
            self._on_established()

    def _refused(self, event: AuthRefused) -> NoReturn:
        raise AuthenticationRefused(f"{self.host} refused our token (code {event.code})")

    def _unknown(self, event: UnknownCommand) -> None:
        if self._unknown_commands.add(event.command):
            log.info("unknown command", command=event.command)

    def _unreadable(self, event: Malformed) -> None:
        if self.malformed.add(event.reason):
            log.warning("malformed packet", reason=event.reason, host=self.host)

    def _worded(self, closed: ConnectionClosed) -> AuthenticationRefused | RoomUnreachable:
        if not self._established.is_set():
            return AuthenticationRefused(f"{self.host} closed the connection before accepting our token")
        said = closed.rcvd or closed.sent
        code = said.code if said else ABNORMAL_CLOSURE
        return RoomUnreachable(f"{self.host} closed the connection (code {code})")


def is_loopback(host: str) -> bool:
    """Whether it is this machine, where no proxy can be on the way."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"


class _Connect(connect):
    """Stays on the host it was sent to: the token is for that one."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def _first_to_end(*coroutines: Coroutine[Any, Any, NoReturn]) -> NoReturn:
    """Run all side by side; when one raises, end the others and raise the same."""
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task in ended:
                task.result()
        raise AssertionError("none of them returns")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
