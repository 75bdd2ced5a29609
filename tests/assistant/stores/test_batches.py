"""Who waits at the same time is written together, and told what became of it."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from assistant.errors import StoreError
from assistant.stores.batches import Batches


class Disk:
    """Keeps the batches it was given; `bad` calls fail. Each batch takes until `free` is set."""

    def __init__(self, *bad: str) -> None:
        self.batches: list[list[str]] = []
        self.is_busy = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()
        self._bad = bad

    async def write(self, calls: Sequence[str]) -> list[StoreError | None]:
        self.batches.append(list(calls))
        self.is_busy.set()
        await self.free.wait()
        return [StoreError(f"{call} failed") if call in self._bad else None for call in calls]


async def test_calls_gather_while_a_batch_is_written() -> None:
    disk = Disk()
    batches: Batches[str] = Batches(disk.write)
    batches.note("a")
    await disk.is_busy.wait()
    await asyncio.gather(*(batches.put(call) for call in "bcd"))
    assert disk.batches == [["a"], ["b", "c", "d"]]


async def test_a_call_is_not_delayed_to_wait_for_others() -> None:
    disk = Disk()
    batches: Batches[str] = Batches(disk.write)
    await batches.put("a")
    await batches.put("b")
    assert disk.batches == [["a"], ["b"]]


async def test_each_caller_learns_its_own_outcome() -> None:
    batches: Batches[str] = Batches(Disk("b").write)
    outcomes = await asyncio.gather(*(batches.put(call) for call in "abc"), return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["None", "b failed", "None"]


async def test_drain_waits_for_what_was_noted_meanwhile() -> None:
    disk = Disk()
    batches: Batches[str] = Batches(disk.write)
    await batches.drain()
    batches.note("a")
    await disk.is_busy.wait()
    batches.note("b")
    await batches.drain()
    assert disk.batches == [["a"], ["b"]]


async def test_noted_calls_that_fail_are_logged_once_a_batch() -> None:
    batches: Batches[str] = Batches(Disk("a", "b").write)
    with capture_logs() as logs:
        for call in "abc":
            batches.note(call)
        await batches.drain()
    assert [(log["calls"], log["error"]) for log in logs] == [(2, "a failed")]


async def test_an_interrupted_batch_fails_whoever_waits_and_nobody_after() -> None:
    disk = Disk()
    disk.free.clear()
    batches: Batches[str] = Batches(disk.write)
    callers = [asyncio.create_task(batches.put("a"))]
    await disk.is_busy.wait()
    callers.append(asyncio.create_task(batches.put("b")))
    await asyncio.sleep(0)
    (writing,) = (task for task in asyncio.all_tasks() if task.get_name() == "journal batches")
    writing.cancel()
    outcomes = await asyncio.gather(*callers, return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["the journal's writing was interrupted"] * 2
    disk.free.set()
    await batches.put("c")
    assert disk.batches == [["a"], ["c"]]


async def test_a_cancelled_caller_spares_the_batch() -> None:
    disk = Disk()
    batches: Batches[str] = Batches(disk.write)
    doomed = asyncio.create_task(batches.put("a"))
    other = asyncio.create_task(batches.put("b"))
    await asyncio.sleep(0)
    doomed.cancel()
    await other
    with pytest.raises(asyncio.CancelledError):
        await doomed
