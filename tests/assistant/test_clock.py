import asyncio

from assistant.clock import RealClock
from tests.fakes.clock import ManualClock


async def test_the_real_clock_moves_on_and_a_past_moment_needs_no_waiting() -> None:
    clock = RealClock()
    before = clock.monotonic()
    await clock.sleep(-5)
    assert clock.monotonic() >= before
    assert clock.now() > 1_700_000_000


async def test_the_manual_clock_wakes_sleepers_in_order_each_at_its_moment() -> None:
    clock = ManualClock(now=100.0)
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, *delays: float) -> None:
        for seconds in delays:
            await clock.sleep(seconds)
            woken.append((name, clock.now()))

    tasks = [asyncio.create_task(sleeper("slow", 3)), asyncio.create_task(sleeper("fast", 1, 1, 5))]
    await clock.advance(4)
    assert woken == [("fast", 101.0), ("fast", 102.0), ("slow", 103.0)]
    assert clock.now() == 104.0
    assert await clock.advance_to_next() == 3.0
    await asyncio.gather(*tasks)


async def test_the_manual_clock_forgets_a_cancelled_sleeper() -> None:
    clock = ManualClock()
    task = asyncio.create_task(clock.sleep(1))
    await clock.wait_for_sleepers()
    task.cancel()
    await clock.settle()
    assert clock.sleepers == 0
    await clock.advance(5)
    assert clock.monotonic() == 5
