"""Gathers what waits to be written into batches: whoever waits at the same time is written together.

Nothing is delayed to fill a batch; while one is being written, the next one gathers. How a batch becomes a
transaction is for the `write` function given.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from assistant.errors import StoreError

Call = TypeVar("Call")

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[Call]):
    call: Call
    waiter: asyncio.Future[None] | None

    def settle(self, error: StoreError | None) -> None:
        if self.waiter is None or self.waiter.done():
            return  # nobody waits: it was noted, or its caller was cancelled
        if error is None:
            self.waiter.set_result(None)
        else:
            self.waiter.set_exception(error)


class Batches(Generic[Call]):
    """Belongs to one event loop. `write` takes calls in order and returns an error or None for each."""

    def __init__(self, write: Callable[[Sequence[Call]], Awaitable[Sequence[StoreError | None]]]) -> None:
        self._write = write
        self._waiting: list[_Waiting[Call]] = []
        self._task: asyncio.Task[None] | None = None

    async def put(self, call: Call) -> None:
        """Returns once the call is written, raises the StoreError that it met.

        A caller that is cancelled stops waiting; its call may be written all the same.
        """
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gather(_Waiting(call, waiter))
        await waiter

    def note(self, call: Call) -> None:
        """Have it written without waiting; a failure is logged."""
        self._gather(_Waiting(call, None))

    async def drain(self) -> None:
        """Returns once nothing waits. Cancelling this does not stop the writing."""
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    def _gather(self, waiting: _Waiting[Call]) -> None:
        self._waiting.append(waiting)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_all(), name="journal batches")

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                outcomes = await self._write([waiting.call for waiting in batch])
            except BaseException:
                batch, self._waiting = [*batch, *self._waiting], []
                _settle(batch, [StoreError("the journal's writing was interrupted")] * len(batch))
                raise
            _settle(batch, outcomes)


def _settle(batch: Sequence[_Waiting[Call]], outcomes: Sequence[StoreError | None]) -> None:
    lost = []
    for waiting, error in zip(batch, outcomes, strict=True):
        waiting.settle(error)
        if error is not None and waiting.waiter is None:
            lost.append(error)
    if lost:
        _log.error("noted rows were not written", calls=len(lost), error=str(lost[0]))
