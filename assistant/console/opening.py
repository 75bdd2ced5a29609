"""Opens the console beside an assistant and closes it: what the commands call."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from assistant.clock import Clock
from assistant.console.access.callers import Doors
from assistant.console.access.people import FIRST_NAME, People
from assistant.console.access.sessions import TimeOuts
from assistant.console.console import Console
from assistant.console.hub import Hub
from assistant.console.metrics import Metrics
from assistant.console.server import create_app, known_hosts, listening, served
from assistant.notices import Notice
from assistant.rooms.keeper import RoomState
from assistant.service import Assistant
from assistant.settings import ConsoleSettings, Settings

_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not listened on


class Face:
    """The console before and while it is open: first made, then told of notices by the assistant.

    `watch` is a `Watcher`. `password_once`: the first password must be changed when it is used.
    `or_free_port`: take another port when that of the settings is taken.
    """

    def __init__(
        self, settings: Settings, *, clock: Clock, password_once: bool = True, or_free_port: bool = False
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._password_once = password_once
        self._or_free_port = or_free_port
        self._hub = Hub(now=clock.now)
        self._assistant: Assistant | None = None
        self._metrics = Metrics(rooms=self._connected, waiting=self._waiting)

    def watch(self, notice: Notice) -> None:
        self._metrics.watch(notice)
        self._hub.watch(notice)

    @asynccontextmanager
    async def open(
        self, assistant: Assistant, *, stop: asyncio.Event, tell: Callable[[str], None]
    ) -> AsyncIterator[None]:
        """Around the assistant's run: served from when its journal is open until `stop` is set.

        `tell` gets a line for the terminal: the address and, at first, the password. A console that cannot be
        opened sets `stop`. Raises PortTaken before the block, StoreError after it.
        """
        bound = listening(self._settings.console, or_free=self._or_free_port)
        self._assistant = assistant
        closing = asyncio.Event()
        serving = asyncio.create_task(self._serve(assistant, bound, tell, (stop, closing)), name="console")
        serving.add_done_callback(lambda _: stop.set())
        try:
            yield
        finally:
            closing.set()
            await serving

    async def _serve(
        self,
        assistant: Assistant,
        bound: socket.socket,
        tell: Callable[[str], None],
        endings: Sequence[asyncio.Event],
    ) -> None:
        with bound:
            await _any_of(assistant.opened, *endings)
            if any(ending.is_set() for ending in endings):
                return
            async with self._opened(assistant, bound) as password:
                tell(_introduction(self._settings.console, bound.getsockname()[1], password))
                await _any_of(*endings)

    @asynccontextmanager
    async def _opened(self, assistant: Assistant, bound: socket.socket) -> AsyncIterator[str | None]:
        """Yields the first password, while there is one to be told."""
        settings, port = self._settings.console, bound.getsockname()[1]
        people = People(
            self._settings.store.path,
            clock=self._clock,
            audit=assistant.audit.record,
            time_outs=TimeOuts(settings.idle_hours * 3600.0, settings.session_hours * 3600.0),
        )
        console = Console(
            assistant=assistant,
            hub=self._hub,
            people=people,
            metrics=self._metrics,
            settings=self._settings,
            doors=Doors(known_hosts(settings), cookie=f"console_{port}"),
        )
        async with AsyncExitStack() as stack:
            await people.open()
            stack.push_async_callback(people.aclose)
            password = await people.first_password(once=self._password_once)
            looking = asyncio.create_task(people.run(), name="console sessions")
            stack.push_async_callback(_cancelled, looking)
            await stack.enter_async_context(served(create_app(console), bound))
            stack.callback(self._hub.close)
            yield password

    def _connected(self) -> dict[str, float]:
        if self._assistant is None:
            return {}
        return {room: float(status.state is RoomState.LIVE) for room, status in self._assistant.rooms.items()}

    def _waiting(self) -> dict[str, float]:
        return {} if self._assistant is None else dict(self._assistant.waiting)


async def _any_of(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


def _introduction(settings: ConsoleSettings, port: int, password: str | None) -> str:
    host = "127.0.0.1" if settings.host in _EVERYWHERE else settings.host
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    signing_in = f"; sign in as {FIRST_NAME} with the password {password}" if password else ""
    return f"console at {address}{signing_in}"
