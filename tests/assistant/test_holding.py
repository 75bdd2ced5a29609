"""A room answers from what holds there at that moment, no sooner, no longer; nothing is embedded twice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest

from assistant.answers import Answers
from assistant.holding import LOOK_SECONDS, Holding
from assistant.pipeline.decide import Bars
from knowledge import Entry
from knowledge.embedder import Embedder
from tests.fakes.clock import ManualClock
from tests.fakes.embedders import CountingEmbedder, HashEmbedder
from tests.fakes.flow_house import ScriptedRanker

EIGHT = 1_800_000_000.0
HERE, THERE = "bilibili:1", "bilibili:2"


def entry(id: str, **fields: Any) -> Entry:
    return Entry(id=id, question=f"问题{id}", answer=f"答案{id}", **fields)


ALWAYS = entry("always")
COUPON = entry("coupon", valid_until="2027-01-15T16:00:00+08:00")
AFTER = entry("after", valid_from="2027-01-15T16:00:00+08:00")
ONLY_HERE = entry("only-here", rooms=(HERE,))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(EIGHT - 10.0)


@contextlib.asynccontextmanager
async def holding(
    *entries: Entry, clock: ManualClock, embedder: Embedder | None = None
) -> AsyncIterator[Holding]:
    ranker = ScriptedRanker({})
    bars = Bars.of(ranker, wrong_reply_budget=0.1)
    one = Holding(entries, embedder=embedder or HashEmbedder(), ranker=ranker, bars=bars, clock=clock)
    yield one
    await one.aclose()


async def ids(answers: Answers) -> list[str]:
    """What the room's questions are judged by, once it has asked one."""
    await answers.judge(["有券吗"])
    return list(answers.base.entries)


async def test_whoever_asks_at_the_moment_is_judged_by_what_holds_from_then_on(clock: ManualClock) -> None:
    async with holding(ALWAYS, COUPON, AFTER, clock=clock) as one:
        room = one.answers(HERE)
        assert await ids(room) == ["always", "coupon"]
        await clock.advance(9.999)
        assert await ids(room) == ["always", "coupon"]
        await clock.advance(0.001)
        assert await ids(room) == ["always", "after"]


async def test_what_ends_while_nobody_asks_is_gone_within_a_look(clock: ManualClock) -> None:
    async with holding(ALWAYS, COUPON, clock=clock) as one:
        room = one.answers(HERE)
        running = asyncio.create_task(one.run())
        for _ in range(21):
            await clock.wait_for_sleepers()
            await clock.advance(LOOK_SECONDS)
        await clock.wait_for_sleepers()
        assert list(room.base.entries) == ["always"]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_rooms_of_the_same_entries_share_a_base_and_others_have_their_own(clock: ManualClock) -> None:
    async with holding(ALWAYS, ONLY_HERE, clock=clock) as one:
        here, there, elsewhere = map(one.answers, (HERE, THERE, "bilibili:3"))
        assert await ids(here) == ["always", "only-here"]
        assert await ids(there) == await ids(elsewhere) == ["always"]
        assert there.base is elsewhere.base is not here.base
        await one.publish([ALWAYS])
        assert here.base is there.base


async def test_nothing_is_embedded_twice_whatever_rooms_and_time_do(clock: ManualClock) -> None:
    embedder = CountingEmbedder()
    async with holding(ALWAYS, COUPON, AFTER, ONLY_HERE, clock=clock, embedder=embedder) as one:
        one.answers(HERE)
        one.answers(THERE)
        await clock.advance(10.0)
        await one.turn()
        await one.publish([ALWAYS, AFTER, ONLY_HERE, entry("new")])
        wordings = [text for text in embedder.texts if text.startswith("问题")]
        assert sorted(wordings) == sorted(set(wordings))
        assert "问题new" in wordings


async def test_a_room_that_nothing_changes_for_keeps_its_base(clock: ManualClock) -> None:
    async with holding(ALWAYS, clock=clock) as one:
        room = one.answers(THERE)
        base = room.base
        changes = await one.publish([ALWAYS.model_copy(), ONLY_HERE])
        assert (changes.added, changes.unchanged) == (1, 1)
        assert room.base is base


async def test_published_entries_wait_for_their_time(clock: ManualClock) -> None:
    async with holding(clock=clock) as one:
        room = one.answers(HERE)
        await one.publish([AFTER])
        assert await ids(room) == []
        await clock.advance(10.0)
        assert await ids(room) == ["after"]


async def test_what_was_asked_before_a_change_is_judged_by_what_held_then(clock: ManualClock) -> None:
    async with holding(ALWAYS, clock=clock) as one:
        room = one.answers(HERE)
        before = room.base
        asked = asyncio.create_task(room.judge(["有券吗"]))
        await asyncio.gather(asked, one.publish([entry("new")]))
        assert list(before.entries) == ["always"]  # a base in use never changes
        assert await ids(room) == ["new"]


async def test_a_publication_that_cannot_be_embedded_leaves_everything_as_it_was(clock: ManualClock) -> None:
    class Broken(HashEmbedder):
        def embed(self, texts: Any) -> Any:
            if any("new" in text for text in texts):
                raise ValueError("broken")
            return super().embed(texts)

    async with holding(ALWAYS, clock=clock, embedder=Broken()) as one:
        room = one.answers(HERE)
        with pytest.raises(ValueError, match="broken"):
            await one.publish([entry("new")])
        assert await ids(room) == ["always"]


async def test_whoever_watches_hears_of_all_entries_at_the_beginning_and_when_they_change(
    clock: ManualClock,
) -> None:
    heard: list[list[str]] = []

    def hear(entries: Iterable[Entry]) -> None:
        heard.append([entry.id for entry in entries])

    ranker = ScriptedRanker({})
    bars = Bars.of(ranker, wrong_reply_budget=0.1)
    one = Holding([AFTER], embedder=HashEmbedder(), ranker=ranker, bars=bars, clock=clock, on_entries=hear)
    running = asyncio.create_task(one.run())
    await clock.wait_for_sleepers()
    await one.publish([AFTER, ALWAYS])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await one.aclose()
    assert heard == [["after"], ["after", "always"]]
