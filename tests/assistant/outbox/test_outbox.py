"""Replies leave in order and at the account's pace; what holds one room up holds up no other."""

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from assistant.actions import ReceiptState as State
from assistant.errors import StoreError
from assistant.platforms.base import SendResult, SendState
from assistant.stores.rows import Receipt, Row
from tests.fakes.outbox_house import (
    EXPIRE_SECONDS,
    OTHER_ROOM,
    ROOM,
    SPACING_SECONDS,
    OutboxHouse,
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[OutboxHouse]:
    async with OutboxHouse.open(tmp_path / "journal.db") as house, house.running():
        yield house


async def test_reply_is_sent_and_seen(house: OutboxHouse) -> None:
    sender = house.sender()
    [reply] = await house.queue("今天下单，明天发货", reply_to="42")
    await house.until(reply, State.SENT)
    assert house.hear("今天下单，明天发货", event_id=f"event-{ROOM}-1")
    await house.until(reply, State.SEEN)
    assert [(line.text, line.reply_to) for line in sender.lines] == [("今天下单，明天发货", "42")]
    assert house.life(reply) == [State.SENDING, State.SENT, State.SEEN]
    assert house.failures == []
    stored = (await house.journal())[reply.id]
    assert (stored.state, stored.event_id) == (State.SEEN, f"event-{ROOM}-1")


async def test_journal_says_sending_before_the_request_leaves(house: OutboxHouse) -> None:
    sender = house.sender()
    seen_by_the_room: list[State] = []
    send = sender.send

    async def look_then_send(text: str, reply_to: str) -> SendResult:
        seen_by_the_room.append(await house.state(reply))
        return await send(text, reply_to)

    sender.send = look_then_send  # type: ignore[method-assign]
    [reply] = await house.queue("有货")
    await house.until(reply, State.SENT)
    assert seen_by_the_room == [State.SENDING]


async def test_paid_answers_leave_first_then_older_ones(house: OutboxHouse) -> None:
    sender = house.sender()
    sender.is_ready = False
    for text, priority in (("一", 0), ("二", 0), ("付费", 100), ("三", 0)):
        await house.queue(text, priority=priority)
    sender.is_ready = True
    await house.pass_time(10)
    assert sender.texts == ["付费", "一", "二", "三"]


async def test_parts_stay_together_when_a_paid_answer_arrives(house: OutboxHouse) -> None:
    sender = house.sender()
    parts = await house.queue("第一段", "第二段", "第三段")
    await house.until(parts[0], State.SENT)
    await house.queue("付费", priority=100)
    await house.pass_time(10)
    assert sender.texts == ["第一段", "第二段", "第三段", "付费"]


async def test_account_rests_between_lines_of_all_its_rooms(house: OutboxHouse) -> None:
    here, there = house.sender(), house.sender(room=OTHER_ROOM)
    for number in range(3):
        await house.queue(f"这里{number}")
        await house.queue(f"那里{number}", room=OTHER_ROOM)
    await house.pass_time(20)
    times = sorted(line.at for line in here.lines + there.lines)
    assert len(times) == 6
    assert all(later - earlier >= SPACING_SECONDS for earlier, later in pairwise(times))


async def test_platform_may_ask_for_a_longer_rest(house: OutboxHouse) -> None:
    sender = house.sender(spacing_seconds=5.0)
    await house.queue("一")
    await house.queue("二")
    await house.pass_time(10)
    first, second = sender.lines
    assert second.at - first.at >= 5.0


async def test_rest_begins_when_the_platform_has_answered(house: OutboxHouse) -> None:
    sender = house.sender()
    sender.hold()
    await house.queue("一")
    await house.queue("二")
    await house.pass_time(6)
    assert sender.texts == ["一"]
    sender.release()
    await house.pass_time(5)
    assert sender.lines[1].at >= 6 + SPACING_SECONDS


async def test_jitter_only_lengthens_the_rest(tmp_path: Path) -> None:
    async with OutboxHouse.open(tmp_path / "journal.db", random=lambda: 1.0) as house, house.running():
        sender = house.sender()
        await house.queue("一")
        await house.queue("二")
        await house.pass_time(5)
        first, second = sender.lines
        assert second.at - first.at > SPACING_SECONDS


async def test_room_that_is_not_connected_holds_up_no_other(house: OutboxHouse) -> None:
    away, there = house.sender(), house.sender(room=OTHER_ROOM)
    away.is_ready = False
    [waiting] = await house.queue("等一等", priority=100)
    [sent] = await house.queue("先走", room=OTHER_ROOM)
    await house.until(sent, State.SENT)
    assert away.lines == []
    away.is_ready = True
    await house.pass_time(5)
    assert house.life(waiting) == [State.SENDING, State.SENT]
    assert there.texts == ["先走"]


async def test_room_that_breaks_holds_up_no_other(house: OutboxHouse) -> None:
    def broken() -> bool:
        raise RuntimeError("no such socket")

    house.sender().ready = broken  # type: ignore[method-assign]
    house.sender(room=OTHER_ROOM)
    [lost] = await house.queue("等一等")
    [sent] = await house.queue("先走", room=OTHER_ROOM)
    await house.until(sent, State.SENT)
    await house.pass_time(EXPIRE_SECONDS)
    assert house.life(lost) == [State.EXPIRED]


async def test_reply_that_waits_too_long_expires_and_goes_to_the_host(house: OutboxHouse) -> None:
    sender = house.sender()
    sender.is_ready = False
    parts = await house.queue("第一段", "第二段")
    await house.pass_time(EXPIRE_SECONDS - 1)
    assert house.told == []
    await house.pass_time(1)
    assert [house.life(part) for part in parts] == [[State.EXPIRED], [State.EXPIRED]]
    assert [(reply.id, receipt.reason) for reply, receipt in house.failures] == [
        (parts[0].id, "not sent in time: the room was not connected")
    ]
    sender.is_ready = True
    await house.pass_time(10)
    assert sender.lines == []


async def test_failure_is_handed_over_in_the_transaction_that_ends_the_reply(house: OutboxHouse) -> None:
    [reply] = await house.queue("没有房间")
    await house.pass_time(EXPIRE_SECONDS)
    assert await house.state(reply) is State.EXPIRED
    [escalation] = await house.store.escalations(1)
    assert escalation.reason == "not sent in time: the room was not connected"


async def test_paused_room_waits_and_others_go_on(house: OutboxHouse) -> None:
    paused, there = house.sender(), house.sender(room=OTHER_ROOM)
    house.outbox.pause("bilibili", ROOM, reason="the room's chat is closed")
    [reply] = await house.queue("等一等")
    await house.queue("先走", room=OTHER_ROOM)
    await house.pass_time(5)
    assert (paused.texts, there.texts) == ([], ["先走"])
    assert house.outbox.why_paused("bilibili", ROOM) == "the room's chat is closed"
    house.outbox.resume("bilibili", ROOM)
    await house.until(reply, State.SENT)
    assert house.outbox.why_paused("bilibili", ROOM) == ""


async def test_pause_is_the_reason_when_a_reply_expires(house: OutboxHouse) -> None:
    house.sender()
    house.outbox.pause("bilibili", ROOM, reason="the room's chat is closed")
    [reply] = await house.queue("等一等")
    await house.pass_time(EXPIRE_SECONDS)
    assert house.reason(reply) == "not sent in time: the room's chat is closed"


async def test_without_credentials_the_host_gets_the_question_at_once(house: OutboxHouse) -> None:
    sender = house.sender(can_send=False)
    [reply] = await house.queue("发不出去")
    await house.until(reply, State.EXPIRED)
    assert house.reason(reply) == "no credentials to send with"
    assert len(house.failures) == 1
    assert sender.lines == []


async def test_withdrawn_answer_expires_with_the_reason_and_bothers_nobody(house: OutboxHouse) -> None:
    sender = house.sender()
    sender.is_ready = False
    parts = await house.queue("第一段", "第二段", message_id=11)
    [other] = await house.queue("别的", message_id=12)
    withdrawn = house.outbox.cancel(
        lambda reply: reply.message_id == 11, reason="the question was taken back"
    )
    assert withdrawn == 1
    sender.is_ready = True
    await house.until(other, State.SENT)
    assert [house.life(part) for part in parts] == [[State.EXPIRED], [State.EXPIRED]]
    assert house.reason(parts[1]) == "the question was taken back"
    assert sender.texts == ["别的"]
    assert house.failures == []


async def test_withdrawing_stops_the_parts_behind_the_one_in_flight(house: OutboxHouse) -> None:
    sender = house.sender()
    sender.hold()
    parts = await house.queue("第一段", "第二段")
    await house.until(parts[0], State.SENDING)
    house.outbox.cancel(lambda reply: True, reason="the question was taken back")
    sender.release()
    await house.pass_time(5)
    assert [house.life(part)[-1] for part in parts] == [State.SENT, State.EXPIRED]
    assert sender.texts == ["第一段"]


async def test_withdrawn_line_is_not_tried_again(house: OutboxHouse) -> None:
    sender = house.sender(SendResult(SendState.LIMITED, reason="too fast", retry_after_seconds=1.0))
    sender.hold()
    [reply] = await house.queue("第一段")
    await house.until(reply, State.SENDING)
    house.outbox.cancel(lambda reply: True, reason="the question was taken back")
    sender.release()
    await house.pass_time(10)
    assert house.life(reply)[-1] is State.EXPIRED
    assert len(sender.lines) == 1
    assert house.failures == []


async def test_answer_withdrawn_while_its_receipt_is_written_does_not_leave(
    house: OutboxHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = house.sender()
    commit = house.store.commit

    async def commit_and_withdraw(*rows: Row) -> None:
        await commit(*rows)
        if any(isinstance(row, Receipt) and row.state is State.SENDING for row in rows):
            house.outbox.cancel(lambda reply: True, reason="the question was taken back")

    monkeypatch.setattr(house.store, "commit", commit_and_withdraw)
    [reply] = await house.queue("不必了")
    await house.pass_time(5)
    assert house.life(reply) == [State.SENDING, State.EXPIRED]
    assert (sender.lines, house.failures) == ([], [])


async def test_a_silent_room_is_no_proof_that_a_line_was_swallowed(house: OutboxHouse) -> None:
    sender = house.sender()
    sender.silent_since = house.clock.monotonic() - 1.0
    [reply] = await house.queue("答")
    await house.pass_time(20)
    assert house.life(reply) == [State.SENDING, State.SENT]
    sender.silent_since = None
    await house.pass_time(2)
    assert house.life(reply)[-1] is State.LOST


async def test_full_room_refuses_its_least_important_newest_answer(tmp_path: Path) -> None:
    async with OutboxHouse.open(tmp_path / "journal.db", most_waiting=2) as house, house.running():
        house.sender().is_ready = False
        older, newer, paid, other = [
            (await house.queue(text, **changes))[0]
            for text, changes in (
                ("早", {}),
                ("晚", {}),
                ("付费", {"priority": 100}),
                ("别处", {"room": OTHER_ROOM}),
            )
        ]
        await house.until(newer, State.EXPIRED)
        assert house.reason(newer) == "too many replies wait in this room"
        assert [reply.id for reply, _ in house.failures] == [newer.id]
        await house.pass_time(1)
        assert {house.life(reply) == [] for reply in (older, paid, other)} == {True}


async def test_reply_is_never_in_a_log_above_debug(house: OutboxHouse) -> None:
    house.sender(
        ValueError("秘密的回复"),
        SendResult(SendState.BLOCKED, reason="a word filter"),
        SendResult(SendState.REFUSED, reason="not logged in"),
    )
    with capture_logs() as logs:
        for _ in range(4):
            await house.queue("秘密的回复")
        await house.pass_time(EXPIRE_SECONDS + 5)
    told = [log for log in logs if log["log_level"] != "debug"]
    assert {log["event"] for log in told} == {"sending broke", "account refused, sending stopped"}
    assert "秘密" not in str(logs)


async def test_dry_run_sends_nothing_and_bothers_nobody(tmp_path: Path) -> None:
    async with OutboxHouse.open(tmp_path / "journal.db", dry_run=True) as house, house.running():
        sender = house.sender()
        [reply] = await house.queue("不会发出")
        await house.until(reply, State.EXPIRED)
        assert house.reason(reply) == "dry run: nothing is sent"
        assert (sender.lines, house.failures) == ([], [])


async def test_nothing_is_sent_while_the_journal_takes_nothing(
    house: OutboxHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = house.sender()
    commit = house.store.commit
    is_full = True

    async def commit_to_a_full_disk(*rows: Row) -> None:
        if rows and is_full:
            raise StoreError("journal.db: database or disk is full")
        await commit(*rows)

    [reply] = await house.queue("磁盘满了")
    monkeypatch.setattr(house.store, "commit", commit_to_a_full_disk)
    await house.pass_time(5)
    assert sender.lines == []
    is_full = False
    await house.pass_time(3)
    assert sender.texts == ["磁盘满了"]
    assert await house.state(reply) is State.SENT
