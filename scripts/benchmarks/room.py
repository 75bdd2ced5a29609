"""A practice room in a process of its own, so that it takes no time from the assistant that is measured.

The room plays as many lines as it is told to and then stays open, until whoever started it is done.
"""

import asyncio
import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from assistant.practice import PRACTICE_BILI_JCT, PRACTICE_SESSDATA, Act, PracticeRoom, RoomCard

ADDRESS = f"bilibili:{RoomCard().room_id}"
_OPEN_SECONDS = 60.0

spawned = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """The room from outside."""

    url: str
    process_id: int
    _line: Connection

    def has_played(self, *, within_seconds: float) -> bool:
        """Whether everything was said, waiting for it as long; to be asked until it is so."""
        return self._line.poll(within_seconds) and self._line.recv() is None

    @property
    def environment(self) -> Mapping[str, str]:
        """What lets the assistant in with the practice account."""
        urls = {f"ASSISTANT_BILIBILI__{name}_URL": self.url for name in ("LIVE", "API", "WWW")}
        return urls | {
            "ASSISTANT_BILIBILI__WEBSOCKET_SCHEME": "ws",
            "ASSISTANT_BILIBILI__SESSDATA": PRACTICE_SESSDATA,
            "ASSISTANT_BILIBILI__BILI_JCT": PRACTICE_BILI_JCT,
        }


@contextmanager
def open_room(acts: Sequence[Act], *, rate: float | None = None) -> Iterator[OpenRoom]:
    """`rate`: lines a second; None for the acts' own times. Nobody speaks before the assistant is there."""
    ours, theirs = spawned.Pipe()
    process = spawned.Process(target=_serve, args=(theirs, acts, rate), name="practice room")
    process.start()
    try:
        if not ours.poll(_OPEN_SECONDS):
            raise TimeoutError("the practice room did not open")
        yield OpenRoom(ours.recv(), process.pid or 0, ours)
    finally:
        ours.close()
        process.join()


def _serve(line: Connection, acts: Sequence[Act], rate: float | None) -> None:
    asyncio.run(_play(line, acts, rate))


async def _play(line: Connection, acts: Sequence[Act], rate: float | None) -> None:
    async with PracticeRoom(acts, rate=rate, seed=0) as room:
        line.send(room.url)
        playing = asyncio.create_task(room.play())
        playing.add_done_callback(lambda task: None if task.cancelled() else line.send(None))
        await asyncio.to_thread(_until_closed, line)
        playing.cancel()
        await asyncio.wait([playing])


def _until_closed(line: Connection) -> None:
    with suppress(EOFError):
        line.recv()
