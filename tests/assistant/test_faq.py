import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.faq import POLL_SECONDS, EntryWatch, entries_version, load_entries, open_base
from knowledge import Entry
from knowledge.store import EntryStore
from tests.fakes.clock import ManualClock
from tests.fakes.lines import entry
from tests.fakes.practice_house import Watched


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "assistant.db"


def spoil(database: Path) -> None:
    database.write_bytes(b"no database, for now")


def mend(database: Path) -> None:
    database.unlink()
    with EntryStore(database) as store:
        store.save([entry()])


@contextlib.asynccontextmanager
async def watching(database: Path, *, version: int, clock: ManualClock) -> AsyncIterator[Watched]:
    """What the watch hands over, as lists of entries."""
    swapped = Watched()

    async def swap(entries: list[Entry]) -> None:
        swapped(entries)

    task = asyncio.create_task(EntryWatch(database, version=version, clock=clock, swap=swap).run())
    try:
        yield swapped
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_entries_that_changed_while_they_were_loaded_are_loaded_again(database: Path) -> None:
    clock, version = ManualClock(), entries_version(database)
    assert load_entries(faq=None, database=database) == []
    with EntryStore(database) as store:
        store.save([entry()])
    async with watching(database, version=version, clock=clock) as swapped:
        await clock.advance(POLL_SECONDS)
        assert await swapped.until(bool) == [entry()]


async def test_entries_that_did_not_change_are_left_alone(database: Path) -> None:
    with EntryStore(database) as store:
        store.save([entry()])
    clock = ManualClock()
    async with watching(database, version=entries_version(database), clock=clock) as swapped:
        for _ in range(3):
            await clock.wait_for_sleepers()
            await clock.advance(POLL_SECONDS)
        await clock.wait_for_sleepers()
        assert swapped.seen == []


async def test_a_database_that_cannot_be_read_now_is_looked_at_again(database: Path) -> None:
    clock = ManualClock()
    spoil(database)
    async with watching(database, version=0, clock=clock) as swapped:
        await clock.advance(POLL_SECONDS)
        await clock.wait_for_sleepers()
        mend(database)
        await clock.advance(POLL_SECONDS)
        assert await swapped.until(bool) == [entry()]


def test_a_text_is_tried_against_what_holds_at_the_time_in_any_room() -> None:
    here = entry("here").model_copy(update={"rooms": ("bilibili:1",)})
    over = Entry(id="over", question="有券吗", answer="有", valid_until="2020-01-01")
    assert list(open_base([here, over], at=1_800_000_000.0).entries) == ["here"]
