"""Time as a collaborator: loops that wait take a `Clock`, so that tests move time by hand."""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """`now` is Unix time in seconds, for what is stored or shown; `monotonic` is for measuring what passed.

    `sleep` returns once `monotonic` has moved on by `seconds`; 0 or less only lets others run.
    """

    def now(self) -> float: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class RealClock:
    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0.0))
