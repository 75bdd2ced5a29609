"""A clock that stands still until a test moves it."""

import asyncio
import heapq
import itertools

SETTLING_TURNS = 20  # turns of the event loop that let woken tasks get to their next await


class ManualClock:
    """`await clock.advance(seconds)` wakes sleepers in the order of their time, each at its own moment.

    `slept` lists every delay asked for, in order: what a test of a backoff looks at.
    """

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._started_at = now
        self._passed = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._changed = asyncio.Event()
        self.slept: list[float] = []

    def now(self) -> float:
        return self._started_at + self._passed

    def monotonic(self) -> float:
        return self._passed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._passed + seconds, next(self._order), woken))
        self._changed.set()
        await woken

    async def advance(self, seconds: float) -> None:
        """Move time on; what wakes and sleeps again within `seconds` wakes again."""
        await self.settle()
        end = self._passed + seconds
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, woken = heapq.heappop(self._sleepers)
            if woken.done():
                continue  # its task was cancelled
            self._passed = max(self._passed, due)
            woken.set_result(None)
            await self.settle()
        self._passed = end
        await self.settle()

    async def advance_to_next(self) -> float:
        """Wait for a sleeper, move time to where the first one wakes, and say how far that was."""
        await self.wait_for_sleepers()
        seconds = min(due for due, _, woken in self._sleepers if not woken.done()) - self._passed
        await self.advance(seconds)
        return seconds

    @property
    def sleepers(self) -> int:
        return sum(not woken.done() for _, _, woken in self._sleepers)

    async def wait_for_sleepers(self, count: int = 1) -> None:
        """Wait, in real time, until at least `count` tasks sleep on this clock."""
        while self.sleepers < count:
            self._changed.clear()
            await self._changed.wait()

    @staticmethod
    async def settle() -> None:
        """Let every task that is ready run until it waits."""
        for _ in range(SETTLING_TURNS):
            await asyncio.sleep(0)
