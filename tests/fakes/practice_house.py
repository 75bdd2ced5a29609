"""The whole assistant in a practice room: what `assistant run` is, with notices that a test can wait for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from assistant.commands.rehearsing import practice_settings
from assistant.compose import compose
from assistant.notices import Notice, RoomMoved
from assistant.practice import PracticeRoom, RoomCard, SentLine, sample_faq
from assistant.practice.acts import Act
from assistant.settings import Settings

PATIENCE_SECONDS = 30.0  # after which a test fails instead of hanging


class Watched:
    """Collects what happens and lets a test wait for something among it."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self._changed = asyncio.Event()

    def __call__(self, happening: Any) -> None:
        self.seen.append(happening)
        self._changed.set()

    async def until(self, matches: Callable[[Any], bool]) -> Any:
        """The first that matches, whether it came before or comes yet."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := [one for one in self.seen if matches(one)]):
                self._changed.clear()
                await self._changed.wait()
        return found[0]


class PracticeHouse:
    """A practice room on a free port, quiet but for what the test lets happen."""

    def __init__(self, folder: Path, *faults: str, card: RoomCard | None = None) -> None:
        self.card = card or RoomCard()
        self.database = folder / "assistant.db"
        self.sent = Watched()
        self.room = PracticeRoom([], card=self.card, faults=faults, on_sent=self.sent)

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, *faults: str) -> AsyncIterator["PracticeHouse"]:
        house = cls(folder, *faults)
        async with house.room:
            yield house

    def say(self, text: str, viewer: str = "小雨", **fields: Any) -> None:
        self.room.show(Act(viewer=viewer, text=text, **fields))

    def settings(self, **changes: Any) -> Settings:
        base = practice_settings(
            self.room.url, card=self.card, faq=sample_faq("shop"), database=self.database
        )
        return Settings(**(base.model_dump() | changes))

    @asynccontextmanager
    async def assistant(self, **changes: Any) -> AsyncIterator[Watched]:
        """Runs until the block is left, then stops as Ctrl-C stops it. The room is connected."""
        notices, stop = Watched(), asyncio.Event()
        running = asyncio.create_task(compose(self.settings(**changes), watch=notices).run(stop))
        try:
            await notices.until(is_live)
            yield notices
        finally:
            stop.set()
            await running

    def texts(self) -> list[str]:
        return [line.text for line in self.sent.seen if isinstance(line, SentLine)]


def is_live(notice: Notice) -> bool:
    return isinstance(notice, RoomMoved) and notice.state == "live"
