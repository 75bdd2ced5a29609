"""How long a viewer's line takes from its frame to the decision about it, through the whole assistant.

The room speaks from another process over a real socket; the journal is a real file, the model the shipped
one, and the transcript is printed (into a file) as in any run. The time begins just before the codec gets the
frame and ends when the decision is told, which is after the journal holds it. The first two seconds, in which
the ranker meets the entries, are left out.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, time

from rich.console import Console

from assistant.actions import Reason
from assistant.clock import RealClock
from assistant.commands.rehearsing import practice_settings
from assistant.compose import compose
from assistant.events import Danmaku, Event
from assistant.logs import configure
from assistant.notices import MessageDecided, Notice
from assistant.platforms.base import Admission
from assistant.platforms.bilibili import BilibiliPlatform, BilibiliSession, Credentials, Endpoints
from assistant.practice import PRACTICE_BILI_JCT, PRACTICE_SESSDATA, RoomCard
from assistant.transcript import Transcript
from benchmarks import texts
from benchmarks.figures import Figure, percentile
from benchmarks.room import open_room, spawned

LINES_PER_SECOND = 200
TITLE = f"From a line to the decision about it, at {LINES_PER_SECOND} lines/s"
SECONDS = 20
_WARM_LINES = 2 * LINES_PER_SECOND


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds, one for each line: since its frame came, and since the room said it (to the millisecond)."""

    since_frame: list[float] = field(default_factory=list)
    since_said: list[float] = field(default_factory=list)


class Stopwatch:
    """Starts for each line when its frame comes, and stops when the decision about it is told."""

    def __init__(self) -> None:
        self.waits = Waits()
        self._running: dict[str, tuple[float, float]] = {}

    def start(self, events: Sequence[Event], *, came_at: float) -> None:
        for event in events:
            if isinstance(event, Danmaku):
                self._running[event.event_id] = (came_at, event.at)

    def watch(self, notice: Notice) -> None:
        if isinstance(notice, MessageDecided) and notice.message.decision.reason is not Reason.OWN:
            came_at, said_at = self._running.pop(notice.message.event_id)
            self.waits.since_frame.append(perf_counter() - came_at)
            self.waits.since_said.append(time() - said_at)


class TimedPlatform(BilibiliPlatform):
    """The practice account's, on the practice room's addresses."""

    def __init__(self, url: str, stopwatch: Stopwatch) -> None:
        super().__init__(
            Credentials(PRACTICE_SESSDATA, PRACTICE_BILI_JCT),
            Endpoints(live_url=url, api_url=url, www_url=url, websocket_scheme="ws"),
        )
        self._stopwatch = stopwatch

    def session(self, admission: Admission) -> BilibiliSession:
        return TimedSession(admission, self._stopwatch)


class TimedSession(BilibiliSession):
    def __init__(self, admission: Admission, stopwatch: Stopwatch) -> None:
        super().__init__(admission)
        self._stopwatch = stopwatch

    def receive(self, frame: bytes | str) -> Sequence[Event]:
        came_at = perf_counter()
        events = super().receive(frame)
        self._stopwatch.start(events, came_at=came_at)
        return events


def measure() -> Iterator[Figure]:
    for entries in (1_000, 10_000):
        waits = _waits(entries)
        prefix = f"{entries:,} entries: "
        for name, seconds, target in (
            ("frame to decision", waits.since_frame, "under 10 ms"),
            ("said in the room to decision", waits.since_said, ""),
        ):
            yield Figure(
                f"{prefix}{name}, p50", 1000 * percentile(seconds[_WARM_LINES:], 0.5), "ms", digits=1
            )
            yield Figure(
                f"{prefix}{name}, p99", 1000 * percentile(seconds[_WARM_LINES:], 0.99), "ms", target, digits=1
            )


def _waits(entries: int) -> Waits:
    shop = texts.entries(entries)
    acts = texts.acts(_WARM_LINES + LINES_PER_SECOND * SECONDS, shop)
    with (
        TemporaryDirectory(prefix="assistant-bench-") as folder,
        open_room(acts, rate=LINES_PER_SECOND) as room,
    ):
        faq = Path(folder) / "faq.jsonl"
        texts.write_faq(faq, shop)
        ours, theirs = spawned.Pipe()
        listener = spawned.Process(target=_listen, args=(theirs, room.url, faq), name="assistant")
        listener.start()
        theirs.close()
        while listener.is_alive() and not room.has_played(within_seconds=1):
            pass
        ours.send("stop")
        waits: Waits = ours.recv()
        listener.join()
    return waits


def _listen(line: Connection, url: str, faq: Path) -> None:
    """The listener's process."""
    configure(quiet=True)
    line.send(asyncio.run(_run(line, url, faq)))


async def _run(line: Connection, url: str, faq: Path) -> Waits:
    stop = asyncio.Event()
    stopwatch = Stopwatch()
    with (faq.parent / "transcript.txt").open("w", encoding="utf-8") as shown:
        transcript = Transcript(Console(file=shown, highlight=False), clock=RealClock())

        def watch(notice: Notice) -> None:
            stopwatch.watch(notice)
            transcript.watch(notice)

        settings = practice_settings(url, card=RoomCard(), faq=faq, database=faq.parent / "assistant.db")
        platforms = {"bilibili": TimedPlatform(url, stopwatch)}
        running = asyncio.create_task(compose(settings, watch=watch, platforms=platforms).run(stop))
        await asyncio.to_thread(line.recv)
        stop.set()
        await running
    return stopwatch.waits
