"""The practice room: one port with the platform's web APIs and websocket, and viewers who play a script.

Opens and closes the server and keeps the time; everything that is said on the wire is made elsewhere.
"""

import asyncio
import contextlib
import errno
from collections.abc import Callable, Iterable, Sequence

from aiohttp import web

from assistant.clock import Clock, RealClock
from assistant.errors import AssistantError
from assistant.practice.acts import Act
from assistant.practice.admission import Gate
from assistant.practice.audience import Audience, Counters
from assistant.practice.card import RoomCard
from assistant.practice.connection import Connection
from assistant.practice.danmaku import Line
from assistant.practice.desk import Desk
from assistant.practice.endpoints import WEBSOCKET_PATH, Endpoints
from assistant.practice.faults import Faults
from assistant.practice.frames import COMMANDS_PER_FRAME
from assistant.practice.identifiers import Identifiers
from assistant.practice.sending import SendingRules, SentLine
from assistant.practice.shown import Shown, person_of, spoken, staged
from assistant.practice.state import RoomState
from assistant.practice.timetable import timetable

TENDING_SECONDS = 0.5
FIGURES_SECONDS = 5.0
BATCHING_SECONDS = 0.05  # acts that are due within it travel together
_ANY_ADDRESS = ("", "0.0.0.0")  # noqa: S104 - compared with, not listened on


class RoomNotOpened(AssistantError):
    """The practice room cannot listen where it was told to."""


class PracticeRoom:
    """`async with PracticeRoom(acts) as room` serves at `room.url` until the block is left.

    `acts` come in the order of their time. `rate`: chat messages a second on average (figures are then told
    in their own rhythm), None for the script's own pace. `loop`: start over after the last act, with new
    ids. `seed` makes ids and pace the same in every run. `faults`: specs as in `faults.FAULTS`; `room.faults`
    switches them while it runs. `lenient` lets in clients that sign nothing and know no cookies. `on_sent`
    hears of every line that an account sent and the platform took, also of swallowed ones.

    Raises UnknownFault, and RoomNotOpened when the port is taken.
    """

    def __init__(
        self,
        acts: Sequence[Act],
        *,
        card: RoomCard | None = None,
        rate: float | None = None,
        seed: int | None = None,
        faults: Iterable[str] = (),
        rules: SendingRules | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        loop: bool = False,
        lenient: bool = False,
        on_sent: Callable[[SentLine], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        if rate is not None and rate <= 0:
            raise ValueError("rate must be positive")
        card = card or RoomCard()
        self._acts = acts
        self._rate, self._seed, self._loop = rate, seed, loop
        self._host, self._port = host, port
        self._clock = clock or RealClock()
        self._ids = Identifiers(seed)
        self._state = RoomState(card)
        self.faults = Faults(faults)
        self._gate = Gate(card=card, ids=self._ids, lenient=lenient)
        self._audience = Audience(gate=self._gate, faults=self.faults, clock=self._clock)
        self._desk = Desk(
            card=card, rules=rules or SendingRules(), faults=self.faults, clock=self._clock, on_sent=on_sent
        )
        self._closing = contextlib.AsyncExitStack()

    @property
    def url(self) -> str:
        """Where the web APIs are; the websocket is at the same port, under /sub."""
        return f"http://{self._reachable_host}:{self._port}"

    @property
    def sent(self) -> Sequence[SentLine]:
        """What accounts said and the room saw, oldest first."""
        return self._desk.sent

    @property
    def connections(self) -> Sequence[Connection]:
        return self._audience.connections

    @property
    def counters(self) -> Counters:
        return self._audience.counters

    @property
    def danmaku_shown(self) -> int:
        """Lines of chat so far, the account's own among them."""
        return self._state.danmaku

    async def __aenter__(self) -> "PracticeRoom":
        async with contextlib.AsyncExitStack() as stack:
            runner = web.AppRunner(self._app(), access_log=None, handle_signals=False, shutdown_timeout=1.0)
            stack.push_async_callback(runner.cleanup)
            await runner.setup()
            await self._listen(runner)
            stack.callback(self._audience.cut_all)
            tending = asyncio.create_task(self._tend(), name="practice room tending")
            stack.push_async_callback(_cancelled, tending)
            self._closing = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._closing.aclose()

    async def play(self) -> None:
        """Wait for the first client, then let the acts happen; for ever when the room loops."""
        await self._audience.arrived.wait()
        if not any(act.kind == "live" for act in self._acts) and self._state.card.is_live:
            self.show(Act(kind="live"))
        figures = asyncio.create_task(self._show_figures(), name="practice room figures")
        try:
            await self._perform()
        finally:
            await _cancelled(figures)

    def show(self, act: Act) -> None:
        """Let one act happen now."""
        self._show_all([act])

    async def _perform(self) -> None:
        """Acts that are due together are shown together; late ones catch up a frame at a time."""
        started = self._clock.monotonic()
        due: list[Act] = []
        for at, act in timetable(self._acts, rate=self._rate, loop=self._loop, seed=self._seed):
            ahead = at - (self._clock.monotonic() - started)
            if ahead > 0 or len(due) >= COMMANDS_PER_FRAME:
                self._show_all(due)
                due = []
                await self._clock.sleep(max(ahead, BATCHING_SECONDS) if ahead > 0 else 0)
            if act.is_figure and self._rate is not None:
                self._take_in(act)  # `_show_figures` tells it
            else:
                due.append(act)
        self._show_all(due)

    async def _show_figures(self) -> None:
        while True:
            await self._clock.sleep(FIGURES_SECONDS)
            report = self._state.figures.report(now=self._clock.monotonic())
            self._audience.show([command for act in report for command in self._staged(act)])

    async def _tend(self) -> None:
        while True:
            await self._clock.sleep(TENDING_SECONDS)
            self._audience.tend()

    def _show_all(self, acts: Iterable[Act]) -> None:
        self._audience.show([command for act in acts for command in self._happening(act)])

    def _happening(self, act: Act) -> Sequence[Shown]:
        self._take_in(act)
        commands = self._staged(act)
        for command in commands:
            if command.line is not None:
                self._state.remember(command.line)
        return commands

    def _take_in(self, act: Act) -> None:
        self._state.notice(act)
        self._state.figures.notice(act, person_of(act, self._state.card), now=self._clock.monotonic())

    def _staged(self, act: Act) -> Sequence[Shown]:
        return staged(act, card=self._state.card, ids=self._ids, now=self._clock.now())

    def _say(self, line: Line) -> None:
        self._state.remember(line)
        self._audience.show([spoken(line)])

    def _app(self) -> web.Application:
        endpoints = Endpoints(
            host=self._reachable_host,
            state=self._state,
            gate=self._gate,
            desk=self._desk,
            ids=self._ids,
            faults=self.faults,
            clock=self._clock,
            show=self._say,
        )
        app = web.Application(middlewares=[endpoints.failing])
        app.add_routes([*endpoints.routes(), web.get(WEBSOCKET_PATH, self._audience.serve)])
        return app

    async def _listen(self, runner: web.AppRunner) -> None:
        try:
            site = web.TCPSite(runner, self._host, self._port)
            await site.start()
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = "the port is taken; name another one" if taken else error.strerror or "no such address"
            raise RoomNotOpened(f"cannot listen on {self._host}:{self._port}: {reason}") from None
        self._port = runner.addresses[0][1]

    @property
    def _reachable_host(self) -> str:
        return "127.0.0.1" if self._host in _ANY_ADDRESS else self._host


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
