"""The hub: every reader gets what happens in order, and a slow one loses the oldest and is told."""

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from assistant.actions import Action, Decision, Reason
from assistant.console.hub import Batch, Hub, plain
from assistant.notices import Alert, MessageDecided, RoomMoved
from assistant.stores.rows import Message
from tests.fakes.console_served import settled

ROOM = "bilibili:7777"


def numbered(hub: Hub, count: int) -> None:
    for number in range(count):
        hub.watch(Alert(ROOM, str(number)))


def texts(batch: Batch) -> list[str]:
    return [event.notice.text for event in batch.events]  # type: ignore[union-attr]


def hub(most_kept: int = 5, at: float = 1_800_000_000.0) -> Hub:
    return Hub(now=lambda: at, most_kept=most_kept)


def test_a_reader_gets_each_event_once_and_in_order() -> None:
    here = hub()
    start = here.last_id
    numbered(here, 3)
    first = here.after(start)
    assert texts(first) == ["0", "1", "2"]
    assert here.after(first.last_id) == Batch((), 0, first.last_id)
    numbered(here, 2)
    assert texts(here.after(first.last_id)) == ["0", "1"]


def test_a_slow_reader_loses_the_oldest_and_is_told_how_many() -> None:
    here = hub()
    start = here.last_id
    numbered(here, 12)
    batch = here.after(start)
    assert (texts(batch), batch.skipped) == (["7", "8", "9", "10", "11"], 7)
    assert here.after(batch.last_id).skipped == 0


def test_a_page_may_ask_for_the_newest_only() -> None:
    here = hub()
    start = here.last_id
    numbered(here, 4)
    batch = here.after(start, limit=1)
    assert (texts(batch), batch.skipped, batch.last_id) == (["3"], 3, start + 4)


def test_an_id_from_before_a_restart_gets_everything_kept() -> None:
    before = hub(at=1_800_000_000.0)
    numbered(before, 100)
    after = hub(at=1_800_000_007.0)
    numbered(after, 3)
    assert texts(after.after(before.last_id)) == ["0", "1", "2"]
    assert texts(after.after(after.last_id + 10)) == ["0", "1", "2"]
    assert after.after(0).skipped == 0
    assert after.after(-1).last_id > before.last_id


@given(st.lists(st.integers(0, 9)), st.integers(1, 6), st.integers(1, 6))
def test_nothing_is_lost_uncounted_or_told_twice(bursts: list[int], most_kept: int, limit: int) -> None:
    here = hub(most_kept)
    last, got, skipped = here.last_id, 0, 0
    for burst in bursts:
        numbered(here, burst)
        batch = here.after(last, limit)
        assert len(batch.events) <= min(limit, most_kept)
        assert [event.id for event in batch.events] == sorted({event.id for event in batch.events})
        last, got, skipped = batch.last_id, got + len(batch.events), skipped + batch.skipped
    assert got + skipped == sum(bursts)


async def test_subscribers_read_at_their_own_pace_until_the_hub_closes() -> None:
    here = hub()
    seen: list[list[str]] = []
    may_read = asyncio.Semaphore(0)

    async def read_slowly() -> int:
        skipped = 0
        async for batch in here.subscribe():
            seen.append(texts(batch))
            skipped += batch.skipped
            await may_read.acquire()
        return skipped

    async def read_at_once() -> int:
        count = 0
        async for batch in here.subscribe():
            count += len(batch.events)
        return count

    slow, quick = asyncio.create_task(read_slowly()), asyncio.create_task(read_at_once())
    await settled()
    for _ in range(10):
        numbered(here, 1)
        await settled()
    assert seen == [["0"]]
    may_read.release()
    await settled()
    assert seen == [["0"], ["0"] * 5]
    may_read.release()
    here.close()
    assert (await slow, await quick) == (4, 10)


async def test_a_subscriber_who_comes_back_goes_on_from_where_they_were() -> None:
    here = hub()
    start = here.last_id
    numbered(here, 4)
    async for batch in here.subscribe(after=start + 2):
        assert texts(batch) == ["2", "3"]
        break


def test_events_are_plain_values_made_once() -> None:
    here = hub()
    decision = Decision(Action.REPLY, Reason.SURE, "postage", 0.9, 0.8, (("postage", 0.8),))
    message = Message(1, 2, "e", 3.0, 3.1, "k", "<img src=x onerror=alert(1)>", "包邮吗", False, decision)
    here.watch(MessageDecided(ROOM, message, askers=2))
    here.watch(RoomMoved(ROOM, "live"))
    decided, moved = here.after(0).events
    assert (decided.kind, moved.kind) == ("message", "room")
    assert decided.data is decided.data
    assert json.loads(json.dumps(decided.data))["message"]["decision"] == {
        "action": "reply",
        "reason": "sure of the answer",
        "entry_id": "postage",
        "probability": 0.9,
        "score": 0.8,
        "candidates": [["postage", 0.8]],
    }
    assert decided.data["message"]["viewer_name"] == message.viewer_name
    assert moved.data == {"room": ROOM, "state": "live", "detail": ""}
    assert plain({1: (Action.IGNORE,)}) == {"1": ["ignore"]}
