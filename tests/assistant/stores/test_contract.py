"""What every store does, run over every backend."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.actions import Action, Decision, Desk, Reason, ReceiptState
from assistant.errors import StoreBusy, StoreError
from assistant.stores.base import Store
from assistant.stores.rows import (
    AuditRecord,
    Broadcast,
    EscalationState,
    Figure,
    FigureKind,
    MessageCount,
    Receipt,
)
from assistant.stores.sqlite import SqliteStore
from tests.fakes.rows import BROADCAST, a_message, a_reply, an_escalation

Opener = Callable[[Path], Store]


def _sqlite(folder: Path) -> Store:
    return SqliteStore(folder / "journal.db")


BACKENDS: dict[str, Opener] = {"sqlite": _sqlite}


@pytest.fixture(params=BACKENDS.values(), ids=BACKENDS.keys())
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    opener: Opener = request.param
    return lambda: opener(tmp_path)


@asynccontextmanager
async def opened(make: Callable[[], Store]) -> AsyncIterator[Store]:
    store = make()
    await store.open()
    try:
        yield store
    finally:
        await store.aclose()


@pytest.fixture
async def store(make: Callable[[], Store]) -> AsyncIterator[Store]:
    async with opened(make) as store:
        yield store


async def test_rows_come_back_as_they_were_written(store: Store) -> None:
    message, reply, escalation = a_message(), a_reply(), an_escalation()
    figure = Figure(1, 1001.0, FigureKind.VIEWERS_ONLINE, 120.0)
    receipt = Receipt(reply.id, 1014.0, ReceiptState.SENT)
    await store.commit(BROADCAST, message, reply, escalation, figure, receipt)
    assert await store.broadcast(1) == BROADCAST
    assert await store.messages(1) == [message]
    assert (await store.message(message.id), await store.message(999)) == (message, None)
    assert await store.replies(1) == [a_reply(state=ReceiptState.SENT)]
    assert await store.escalations(1) == [escalation]
    assert await store.figures(1) == [figure]
    assert await store.receipts(1) == [receipt]


async def test_rows_survive_closing_and_opening(make: Callable[[], Store]) -> None:
    async with opened(make) as store:
        await store.commit(BROADCAST, a_message())
    async with opened(make) as store:
        assert await store.broadcasts() == [BROADCAST]
        assert await store.messages(1) == [a_message()]


async def test_a_row_replaces_the_older_row_of_its_id(store: Store) -> None:
    ended = Broadcast(1, "bilibili", "21987615", "key", "夏季上新", 1000.0, 2000.0)
    answered = a_message(answered_by=21, escalation_id=31)
    closed = an_escalation(state=EscalationState.ANSWERED, askers=7)
    await store.commit(BROADCAST, a_message(), an_escalation())
    await store.commit(ended, answered, closed)
    assert await store.broadcasts() == [ended]
    assert await store.messages(1) == [answered]
    assert await store.escalations(1) == [closed]


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("action", Action)
async def test_every_decision_is_kept(store: Store, action: Action, reason: Reason) -> None:
    decision = Decision(action, reason)
    await store.commit(a_message(decision=decision))
    assert (await store.messages(1))[0].decision == decision


async def test_receipts_move_their_reply_and_keep_its_echo(store: Store) -> None:
    seen = Receipt(21, 3.0, ReceiptState.SEEN, event_id="echo-1")
    receipts = [Receipt(21, 1.0, ReceiptState.SENDING), Receipt(21, 2.0, ReceiptState.SENT), seen]
    await store.commit(a_reply())
    for receipt in receipts:
        await store.commit(receipt)
    assert await store.replies(1) == [a_reply(state=ReceiptState.SEEN, event_id="echo-1")]
    await store.commit(Receipt(21, 4.0, ReceiptState.LOST, reason="recalled"))
    assert await store.replies(1) == [a_reply(state=ReceiptState.LOST, event_id="echo-1")]
    assert await store.receipts(1) == [*receipts, Receipt(21, 4.0, ReceiptState.LOST, reason="recalled")]


async def test_open_replies_are_those_the_outbox_owes_something_oldest_first(store: Store) -> None:
    replies = [
        a_reply(100 + i, state=state, created_at=50.0 - i, broadcast_id=i)
        for i, state in enumerate(ReceiptState)
    ]
    await store.commit(*replies)
    owed = [reply for reply in reversed(replies) if not reply.state.is_final]
    assert len(owed) == 3
    assert await store.open_replies() == owed


async def test_open_escalations_are_those_of_the_broadcast_still_open(store: Store) -> None:
    waiting = an_escalation(31, opened_at=9.0), an_escalation(32, opened_at=8.0)
    done = an_escalation(33, state=EscalationState.ANSWERED)
    dismissed = an_escalation(34, state=EscalationState.DISMISSED)
    await store.commit(*waiting, done, dismissed, an_escalation(35, broadcast_id=2))
    assert await store.open_escalations(1) == [waiting[1], waiting[0]]
    assert len(await store.escalations(1)) == 4


async def test_a_desk_sees_its_own_open_escalations_the_paid_ones_first(store: Store) -> None:
    service = an_escalation(31, desk=Desk.SERVICE, candidates=(("退款", 0.5), ("ship", 0.25)))
    early = an_escalation(32, desk=Desk.SERVICE, is_paid=False, opened_at=1.0)
    await store.commit(early, service, an_escalation(33))
    assert await store.open_escalations(1, desk=Desk.SERVICE) == [service, early]
    assert [one.id for one in await store.open_escalations(1, desk=Desk.HOST)] == [33]


async def test_broadcasts_come_newest_first_and_rooms_are_told_apart(store: Store) -> None:
    first = Broadcast(1, "bilibili", "1", "a", "", 100.0, 200.0)
    second = Broadcast(2, "bilibili", "1", "b", "", 300.0)
    other = Broadcast(3, "bilibili", "2", "c", "", 400.0)
    await store.commit(second, first, other)
    assert await store.broadcasts() == [other, second, first]
    assert await store.broadcasts(limit=2) == [other, second]
    assert await store.last_broadcast("bilibili", "1") == second
    assert await store.last_broadcast("bilibili", "3") is None
    assert await store.broadcast(9) is None


async def test_messages_and_figures_come_in_the_order_of_time(store: Store) -> None:
    late, early = a_message(11, heard_at=9.0), a_message(12, heard_at=8.0)
    figures = [Figure(1, at, FigureKind.LIKES, 1.0) for at in (3.0, 1.0, 2.0)]
    await store.commit(late, early, *figures)
    assert await store.messages(1) == [early, late]
    assert [figure.at for figure in await store.figures(1)] == [1.0, 2.0, 3.0]


async def test_the_newest_messages_come_first_and_only_so_many(store: Store) -> None:
    await store.commit(*(a_message(id) for id in range(11, 21)), a_message(31, broadcast_id=2))
    assert [one.id for one in await store.newest_messages(1, 3)] == [20, 19, 18]


async def test_who_asked_one_question_is_found_in_the_order_heard(store: Store) -> None:
    await store.commit(
        a_message(12, escalation_id=31), a_message(11, escalation_id=31), a_message(13, escalation_id=32)
    )
    assert [one.id for one in await store.askers_of(31)] == [11, 12]


async def test_messages_are_counted_by_what_became_of_them(store: Store) -> None:
    own = Decision(Action.IGNORE, Reason.OWN)
    waits = Decision(Action.ESCALATE, Reason.UNSURE)
    await store.commit(
        BROADCAST,
        an_escalation(31, state=EscalationState.ON_AIR),
        a_message(11, heard_at=10.0, answered_by=21),
        a_message(12, heard_at=20.0, answered_by=21),
        a_message(13, heard_at=20.0, answered_by=21),
        a_message(14, heard_at=20.0, decision=own),
        a_message(15, heard_at=20.0, decision=waits, escalation_id=31),
    )
    room = (BROADCAST.platform, BROADCAST.room)
    assert sorted(await store.message_counts(since=20.0), key=lambda count: count.messages) == [
        MessageCount(*room, Action.ESCALATE, False, EscalationState.ON_AIR, 1),
        MessageCount(*room, Action.REPLY, True, None, 2),
    ]


async def test_a_broadcast_that_ended_before_is_not_counted(store: Store) -> None:
    await store.commit(replace(BROADCAST, ended_at=1000.0), a_message(11, heard_at=900.0))
    assert await store.message_counts(since=2000.0) == []


async def test_the_audit_comes_newest_first(store: Store) -> None:
    records = [AuditRecord(float(at), "Lin", "pause", f"{at} s") for at in range(5)]
    await store.commit(*records)
    assert await store.audit() == records[::-1]
    assert await store.audit(limit=2) == [records[4], records[3]]


async def test_rows_of_another_broadcast_stay_out(store: Store) -> None:
    await store.commit(a_message(), a_reply(), an_escalation(), Figure(1, 1.0, FigureKind.LIKES, 1.0))
    await store.commit(Receipt(21, 1.0, ReceiptState.SENT))
    readers = (store.messages, store.replies, store.receipts, store.escalations, store.figures)
    for read in readers:
        assert len(await read(1)) == 1
        assert await read(2) == []


async def test_seen_event_ids_are_those_of_the_room_since_then(store: Store) -> None:
    await store.commit(BROADCAST, Broadcast(2, "bilibili", "other", "", "", 1000.0))
    await store.commit(
        a_message(11, heard_at=10.0),
        a_message(12, heard_at=20.0),
        a_message(13, heard_at=30.0, event_id=""),
        a_message(14, heard_at=30.0),
        a_message(15, heard_at=30.0, broadcast_id=2),
    )
    assert await store.seen_event_ids("bilibili", "21987615", since=20.0) == ["event-12", "event-14"]


async def test_a_call_that_fails_leaves_none_of_its_rows(store: Store) -> None:
    orphan = Receipt(999, 1.0, ReceiptState.SENT)
    with pytest.raises(StoreError):
        await store.commit(a_message(), orphan)
    assert await store.messages(1) == []


async def test_a_call_that_fails_spares_the_calls_beside_it(store: Store) -> None:
    calls = [store.commit(a_message(id)) for id in range(100, 150)]
    calls.insert(25, store.commit(a_message(999), Receipt(999, 1.0, ReceiptState.SENT)))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [StoreError]
    assert isinstance(outcomes[25], StoreError)
    assert [message.id for message in await store.messages(1)] == list(range(100, 150))


async def test_calls_are_written_in_the_order_they_were_made(store: Store) -> None:
    await store.commit(a_reply())
    receipts = [Receipt(21, float(i), ReceiptState.SENDING, reason=str(i)) for i in range(200)]
    await asyncio.gather(*(store.commit(receipt) for receipt in receipts))
    assert await store.receipts(1) == receipts


@pytest.mark.parametrize("bad", [float("nan"), 2**70], ids=["not a number", "too large"])
async def test_a_value_no_column_can_hold_is_the_callers_error(store: Store, bad: float) -> None:
    with pytest.raises(StoreError):
        await store.commit(a_message(heard_at=bad))
    await store.commit(a_message())
    assert await store.messages(1) == [a_message()]


async def test_a_cancelled_caller_does_not_stop_the_others(store: Store) -> None:
    doomed = asyncio.create_task(store.commit(a_message(11)))
    others = [asyncio.create_task(store.commit(a_message(id))) for id in range(12, 20)]
    await asyncio.sleep(0)
    doomed.cancel()
    await asyncio.gather(*others)
    assert {message.id for message in await store.messages(1)} >= set(range(12, 20))


async def test_noted_rows_are_there_once_the_next_commit_is(store: Store) -> None:
    for second in range(100):
        store.note(Figure(1, float(second), FigureKind.ENTERED, 1.0))
    await store.commit(a_message())
    assert len(await store.figures(1)) == 100


async def test_noted_rows_are_written_when_the_store_closes(make: Callable[[], Store]) -> None:
    async with opened(make) as store:
        store.note(Figure(1, 1.0, FigureKind.ENTERED, 1.0))
    async with opened(make) as store:
        assert len(await store.figures(1)) == 1


async def test_noted_rows_do_not_wait_for_a_commit(store: Store) -> None:
    store.note(Figure(1, 1.0, FigureKind.ENTERED, 1.0))
    async with asyncio.timeout(1.0):
        while not await store.figures(1):
            pass


async def test_a_noted_row_that_fails_does_not_fail_the_commit_beside_it(store: Store) -> None:
    store.note(Figure(1, 1.0, FigureKind.LIKES, float("nan")))
    store.note(Figure(1, 2.0, FigureKind.LIKES, 1.0))
    await store.commit(a_message())
    assert [figure.at for figure in await store.figures(1)] == [2.0]


async def test_ids_rise_and_are_never_given_twice(make: Callable[[], Store]) -> None:
    given: list[int] = []
    for _ in range(3):
        async with opened(make) as store:
            given += [store.new_id() for _ in range(5)]
    assert given == sorted(set(given))


async def test_ids_start_above_every_row(make: Callable[[], Store]) -> None:
    for row in (a_message(500_000), a_reply(600_000), an_escalation(700_000)):
        async with opened(make) as store:
            await store.commit(row)
        async with opened(make) as store:
            assert store.new_id() > row.id


async def test_opening_by_several_tasks_opens_once(make: Callable[[], Store]) -> None:
    store = make()
    await asyncio.gather(*(store.open() for _ in range(10)))
    await store.commit(a_message())
    await asyncio.gather(*(store.aclose() for _ in range(10)))
    await store.aclose()


async def test_closing_an_unopened_store_is_nothing(make: Callable[[], Store]) -> None:
    await make().aclose()


async def test_a_closed_store_refuses_work(make: Callable[[], Store]) -> None:
    async with opened(make) as store:
        pass
    with pytest.raises(StoreError):
        await store.commit(a_message())
    with pytest.raises(StoreError):
        store.note(Figure(1, 1.0, FigureKind.LIKES, 1.0))
    with pytest.raises(StoreError):
        await store.broadcasts()
    with pytest.raises(StoreError):
        store.new_id()


async def test_closing_waits_for_commits_under_way(make: Callable[[], Store]) -> None:
    async with opened(make) as store:
        commits = [asyncio.create_task(store.commit(a_message(id))) for id in range(100, 200)]
        await asyncio.sleep(0)
    await asyncio.gather(*commits)
    async with opened(make) as store:
        assert len(await store.messages(1)) == 100


async def test_a_store_in_use_is_busy_and_free_again_once_closed(make: Callable[[], Store]) -> None:
    async with opened(make):
        with pytest.raises(StoreBusy):
            await make().open()
    async with opened(make) as store:
        await store.commit(a_message())


HOSTILE_TEXTS = {
    "nul": "a\x00b",
    "ansi": "\x1b[2J\x1b]0;title\x07",
    "bidi": "\u202egpj.exe\u2066",
    "sql": "'); DROP TABLE messages; --",
    "formula": '=cmd|" /C calc"!A0',
    "markup": "<script>alert(1)</script>",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈",
    "long": "哈" * 100_000,
    "empty": "",
}


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
async def test_hostile_text_is_kept_as_it_is(store: Store, text: str) -> None:
    message = a_message(text=text, viewer_name=text, viewer_key=text, event_id=text)
    await store.commit(message)
    assert await store.messages(1) == [message]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udfff", "\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
    ],
    ids=["high", "low", "split pair", "wrong order"],
)
async def test_a_lone_surrogate_becomes_a_replacement_character(store: Store, text: str, kept: str) -> None:
    lone = Decision(Action.REPLY, Reason.SURE, text, 0.9, 0.8, ((text, 0.8),))
    whole = Decision(Action.REPLY, Reason.SURE, kept, 0.9, 0.8, ((kept, 0.8),))
    await store.commit(a_message(text=text, decision=lone), a_reply(text=text))
    await store.commit(Receipt(21, 1.0, ReceiptState.SEEN, reason=text, event_id=text))
    assert await store.messages(1) == [a_message(text=kept, decision=whole)]
    assert await store.replies(1) == [a_reply(text=kept, state=ReceiptState.SEEN, event_id=kept)]
    assert await store.receipts(1) == [Receipt(21, 1.0, ReceiptState.SEEN, reason=kept, event_id=kept)]


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=4, max_size=4))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    text, name, key, event_id = texts
    message = a_message(text=text, viewer_name=name, viewer_key=key, event_id=event_id)

    async def round_trip(folder: Path) -> None:
        for opener in BACKENDS.values():
            async with opened(lambda opener=opener: opener(folder)) as store:
                await store.commit(message)
                assert await store.messages(1) == [message]

    asyncio.run(round_trip(tmp_path_factory.mktemp("any-text")))
