"""Keeps one room connected until it is cancelled or the room refuses us, whatever happens on the way.

One connection and everything it started has ended before the next begins, so a dead connection never
delivers anything late. This is one of the three places where a broad `except` stands: an error of ours in one
room is logged and the room tried again, the other rooms never notice.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NoReturn

import structlog

from assistant.backoff import Backoff
from assistant.clock import Clock, RealClock
from assistant.errors import AuthenticationRefused, RoomRefused, RoomUnreachable
from assistant.events import Danmaku, Event, ViewersMasked
from assistant.logs import whereabouts
from assistant.platforms.base import Admission, Platform
from assistant.rooms.connection import Connection
from assistant.rooms.gap import Gap
from assistant.rooms.http import Http
from assistant.rooms.tally import Tally

HOLD_SECONDS = 30.0  # a connection that lived so long was a good one
LEAST_FAILURES_PER_TOKEN = 3

log = structlog.get_logger(__name__)


class RoomState(StrEnum):
    ENTERING = "entering"  # asking for a token
    CONNECTING = "connecting"
    LIVE = "live"  # connected and accepted
    WAITING = "waiting"  # before the next attempt
    REFUSED = "refused"  # for good
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class RoomStatus:
    """What a face shows of a room. `detail` is safe to show; `since` is Unix time in seconds; `attempts` are
    the failed ones since a connection last held; `masked` says that viewers' names do not reach us.
    """

    state: RoomState
    detail: str
    since: float
    attempts: int = 0
    masked: bool = False


class Keeper:
    """`await keeper.run()` is the body of the room's task. `connected` is set while the room hears.

    `on_events` and `on_status` must neither block nor await.
    """

    def __init__(
        self,
        platform: Platform,
        room: str,
        *,
        http: Http,
        on_events: Callable[[Sequence[Event]], None],
        on_status: Callable[[RoomStatus], None] = lambda status: None,
        clock: Clock | None = None,
        backoff: Backoff | None = None,
        hold_seconds: float = HOLD_SECONDS,
    ) -> None:
        self._platform = platform
        self._room = room
        self._http = http
        self._on_events = on_events
        self._on_status = on_status
        self._clock = clock or RealClock()
        self._backoff = backoff or Backoff()
        self._hold_seconds = hold_seconds
        self._needs_token = True
        self._failures = 0
        self._failures_of_token = 0
        self._host = 0
        self._established_at: float | None = None
        self._connection: Connection | None = None
        self._gap = Gap()
        self._filling: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()
        self.admission: Admission | None = None
        self.unknown_commands = Tally()
        self.malformed_packets = 0
        self.status = RoomStatus(RoomState.CLOSED, "not started", self._clock.now())

    @property
    def heard_at(self) -> float:
        """When the connection of now last brought a frame, in monotonic seconds."""
        return self._connection.heard_at if self._connection is not None else float("-inf")

    async def run(self) -> None:
        """Returns when the room refuses us for good; otherwise runs until it is cancelled."""
        with structlog.contextvars.bound_contextvars(room=f"{self._platform.name}:{self._room}"):
            try:
                await self._keep()
            except RoomRefused as refused:
                log.info("room refused", detail=str(refused))
                self._show(RoomState.REFUSED, str(refused))
            except asyncio.CancelledError:
                self._show(RoomState.CLOSED, "stopped")
                raise

    async def _keep(self) -> NoReturn:
        while True:
            least_seconds = 0.0
            try:
                await self._attempt()
            except RoomRefused:
                raise
            except AuthenticationRefused as error:
                detail, self._needs_token = str(error), True
            except RoomUnreachable as error:
                detail, least_seconds = str(error), error.retry_after_seconds
            except Exception as error:
                detail = f"an error of ours ({type(error).__name__})"
                log.error("room failed", error=whereabouts(error))
            self._note_failure()
            await self._wait(detail, least_seconds)

    async def _attempt(self) -> NoReturn:
        admission = self.admission
        if admission is None or self._needs_token:
            admission = await self._enter()
        if not admission.urls:
            raise RoomUnreachable("the platform named no host to connect to")
        await self._hold(admission, admission.urls[self._host % len(admission.urls)])

    async def _enter(self) -> Admission:
        self._show(RoomState.ENTERING, "asking for a token")
        admission = await self._http.run(self._platform.enter(self._room, now=self._clock.now()))
        self.admission = admission
        self._needs_token = False
        self._failures_of_token = 0
        return admission

    async def _hold(self, admission: Admission, url: str) -> NoReturn:
        connection = Connection(
            self._platform,
            admission,
            url=url,
            clock=self._clock,
            on_events=self._hear,
            on_established=lambda: self._established(connection.host, admission),
            unknown_commands=self.unknown_commands,
        )
        self._connection = connection
        self._show(RoomState.CONNECTING, f"connecting to {connection.host}")
        try:
            await connection.run()
        finally:
            self.connected.clear()
            self._gap.begin()
            self.malformed_packets += connection.malformed.total
            await self._stop_filling()

    def _established(self, host: str, admission: Admission) -> None:
        self._established_at = self._clock.monotonic()
        self.connected.set()
        self._show(RoomState.LIVE, f"connected to {host}")
        log.info("connected", host=host, attempts=self._failures)
        self._gap.first_connected(self._clock.now())
        if self._gap.is_open:
            self._filling = asyncio.create_task(self._fill_gap(admission))

    async def _fill_gap(self, admission: Admission) -> None:
        now = self._clock.now()
        try:
            lines = await self._gap.fill(self._platform, admission, http=self._http, now=now)
            log.info("asked for what was missed", lines=len(lines))
            if lines:
                self._on_events(lines)
        except Exception as error:  # a missed line is not worth a good connection
            log.warning("cannot tell what was missed", error=whereabouts(error))

    async def _stop_filling(self) -> None:
        if self._filling is not None:
            self._filling.cancel()
            await asyncio.gather(self._filling, return_exceptions=True)
            self._filling = None

    def _hear(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, Danmaku):
                self._gap.hear(event)
            elif isinstance(event, ViewersMasked) and not self.status.masked:
                self._publish(replace(self.status, masked=True))
        self._on_events(events)

    def _note_failure(self) -> None:
        if self._has_held():
            self._backoff.reset()
            self._failures = self._failures_of_token = 0
        self._established_at = None
        self._failures += 1
        self._failures_of_token += 1
        self._host += 1
        hosts = len(self.admission.urls) if self.admission else 0
        if self._failures_of_token >= max(LEAST_FAILURES_PER_TOKEN, hosts):
            self._needs_token = True

    def _has_held(self) -> bool:
        since = self._established_at
        return since is not None and self._clock.monotonic() - since >= self._hold_seconds

    async def _wait(self, trouble: str, least_seconds: float) -> None:
        seconds = self._backoff.next(least_seconds)
        log.info("not connected", detail=trouble, retry_in_seconds=round(seconds, 1))
        self._show(RoomState.WAITING, f"{trouble}; trying again in {math.ceil(seconds)} s")
        await self._clock.sleep(seconds)

    def _show(self, state: RoomState, detail: str) -> None:
        self._publish(RoomStatus(state, detail, self._clock.now(), self._failures))

    def _publish(self, status: RoomStatus) -> None:
        self.status = status
        self._on_status(status)
