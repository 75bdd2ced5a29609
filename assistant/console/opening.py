"""Opens the console beside an assistant and closes it: what the commands call."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from assistant.clock import Clock
from assistant.console.access.gate import Doors
from assistant.console.access.people import FIRST_NAME, People, TimeOuts
from assistant.console.console import Console
from assistant.console.hub import Hub
from assistant.console.metrics import Metrics
from assistant.console.server import create_app, known_hosts, listening, served
from assistant.notices import Notice
from assistant.rooms.keeper import RoomState
from assistant.service import Assistant
from assistant.settings import ConsoleSettings, Settings

_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not listened on
_log = structlog.get_logger(__name__)


class Face:
    """The console before and while it is open: first made, then told of notices by the assistant.

    `watch` is a `Watcher`. `password_once`: the first password must be changed when it is used.
    """

    def __init__(self, settings: Settings, *, clock: Clock, password_once: bool = True) -> None:
        self._settings = settings
        self._clock = clock
        self._password_once = password_once
        self._hub = Hub(now=clock.now)
        self._assistant: Assistant | None = None
        self._metrics = Metrics(rooms=self._connected)

    def watch(self, notice: Notice) -> None:
        self._metrics.watch(notice)
        self._hub.watch(notice)

    @asynccontextmanager
    async def open(self, assistant: Assistant, *, tell: Callable[[str], None]) -> AsyncIterator[None]:
        """Served while the block runs, in which the assistant is run.

        `tell` gets a line for the terminal: the address and, at first, the password. Raises PortTaken before
        anything else, StoreError.
        """
        settings = self._settings.console
        self._assistant = assistant
        bound = listening(settings)
        port = bound.getsockname()[1]
        async with AsyncExitStack() as stack:
            stack.callback(bound.close)
            people = self._people(settings)
            await people.open()
            stack.push_async_callback(people.aclose)
            password = await people.first_password(once=self._password_once)
            console = Console(
                assistant=assistant,
                hub=self._hub,
                people=people,
                metrics=self._metrics,
                settings=self._settings,
                doors=Doors(known_hosts(settings), cookie=f"console_{port}"),
            )
            looking = asyncio.create_task(people.run(), name="console sessions")
            stack.callback(looking.cancel)
            stack.callback(self._hub.close)
            await stack.enter_async_context(served(create_app(console), bound))
            tell(_introduction(settings, port, password))
            yield

    def _people(self, settings: ConsoleSettings) -> People:
        time_outs = TimeOuts(settings.idle_hours * 3600.0, settings.session_hours * 3600.0)
        return People(self._settings.store.path, clock=self._clock, audit=_audit, time_outs=time_outs)

    def _connected(self) -> dict[str, float]:
        if self._assistant is None:
            return {}
        return {room: float(status.state is RoomState.LIVE) for room, status in self._assistant.rooms.items()}


def _audit(who: str, what: str, detail: str) -> None:
    _log.info("console", who=who, what=what, detail=detail)


def _introduction(settings: ConsoleSettings, port: int, password: str | None) -> str:
    host = "127.0.0.1" if settings.host in _EVERYWHERE else settings.host
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    signing_in = f"; sign in as {FIRST_NAME} with the password {password}" if password else ""
    return f"console at {address}{signing_in}"
