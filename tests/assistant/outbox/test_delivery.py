"""What becomes of a reply for each thing that a platform says, or does not say."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.actions import ReceiptState as State
from assistant.outbox.delivery import ANSWER_SECONDS
from assistant.platforms.base import SendResult, SendState
from tests.fakes.outbox_house import ECHO_SECONDS, EXPIRE_SECONDS, OTHER_ROOM, ROOM, OutboxHouse

TOO_FAST = SendResult(SendState.LIMITED, reason="too fast", retry_after_seconds=5.0)
REPEAT = SendResult(SendState.LIMITED, reason="the same again", retry_after_seconds=4.0, repeat=True)
FILTERED = SendResult(SendState.BLOCKED, reason="a word filter")
TOO_LONG = SendResult(SendState.TOO_LONG, reason="over the length limit")
LOGGED_OUT = SendResult(SendState.REFUSED, reason="not logged in")
NO_ANSWER = SendResult(SendState.UNKNOWN, reason="no answer came")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[OutboxHouse]:
    async with OutboxHouse.open(tmp_path / "journal.db") as house, house.running():
        yield house


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (FILTERED, State.BLOCKED),
        (SendResult(SendState.FAILED, reason="server trouble"), State.BLOCKED),
        (LOGGED_OUT, State.BLOCKED),
        (TOO_LONG, State.TOO_LONG),
    ],
)
async def test_refused_line_is_not_tried_again_and_goes_to_the_host(
    house: OutboxHouse, result: SendResult, state: State
) -> None:
    sender = house.sender(result)
    [reply] = await house.queue("说不得")
    await house.pass_time(10)
    assert len(sender.lines) == 1
    assert house.life(reply) == [State.SENDING, state]
    assert [(failed.id, receipt.reason) for failed, receipt in house.failures] == [(reply.id, result.reason)]


async def test_later_parts_are_not_sent_after_one_that_failed(house: OutboxHouse) -> None:
    sender = house.sender(SendResult(SendState.ACCEPTED, event_id="one"), FILTERED)
    parts = await house.queue("第一段", "第二段", "第三段", "第四段")
    await house.pass_time(10)
    assert sender.texts == ["第一段", "第二段"]
    assert [house.life(part)[-1] for part in parts] == [
        State.SENT, State.BLOCKED, State.EXPIRED, State.EXPIRED
    ]  # fmt: skip
    assert house.reason(parts[3]) == "an earlier part of the answer did not get through"
    assert [failed.id for failed, _ in house.failures] == [parts[1].id]


async def test_limited_line_is_sent_again_after_the_wait(house: OutboxHouse) -> None:
    sender = house.sender(TOO_FAST)
    [reply] = await house.queue("慢一点")
    await house.pass_time(10)
    first, second = sender.lines
    assert first.text == second.text
    assert second.at - first.at >= TOO_FAST.retry_after_seconds
    assert house.life(reply) == [State.SENDING, State.LIMITED, State.QUEUED, State.SENDING, State.SENT]


async def test_limit_holds_up_the_whole_account(house: OutboxHouse) -> None:
    house.sender(TOO_FAST)
    other = house.sender(room=OTHER_ROOM)
    await house.queue("一", priority=100)
    await house.queue("二", room=OTHER_ROOM)
    await house.pass_time(15)
    assert other.lines[0].at >= TOO_FAST.retry_after_seconds


async def test_repeat_holds_up_no_other_answer(house: OutboxHouse) -> None:
    sender = house.sender(REPEAT)
    await house.queue("说过了", priority=100)
    await house.queue("新的")
    await house.pass_time(10)
    assert sender.texts == ["说过了", "新的", "说过了～"]


async def test_repeated_line_changes_a_little_and_the_journal_holds_what_was_sent(house: OutboxHouse) -> None:
    sender = house.sender(REPEAT, REPEAT)
    [reply] = await house.queue("48小时内发货。")
    await house.pass_time(15)
    assert sender.texts == ["48小时内发货。", "48小时内发货～", "48小时内发货哦"]
    assert house.life(reply)[-1] is State.SENT
    assert (await house.journal())[reply.id].text == "48小时内发货哦"


async def test_repeated_line_is_said_in_other_words_before_its_closing_changes(tmp_path: Path) -> None:
    others = [("48小时内发货。",), ("两天内发货",), ("下单后两天", "一定发货"), ("太长" * 30,)]
    async with OutboxHouse.open(tmp_path / "journal.db", others=lambda reply: others) as house:
        sender = house.sender(REPEAT, REPEAT, REPEAT, limit=20)
        async with house.running():
            [reply] = await house.queue("48小时内发货。")
            await house.pass_time(20)
        assert sender.texts == ["48小时内发货。", "两天内发货", "下单后两天", "下单后两天～", "一定发货"]
        journal = list((await house.journal()).values())
    assert [(one.text, one.part, one.parts) for one in journal] == [
        ("下单后两天～", 1, 2),
        ("一定发货", 2, 2),
    ]
    assert {one.answer_id for one in journal} == {reply.id}


async def test_repeat_within_an_answer_that_has_begun_keeps_its_words(tmp_path: Path) -> None:
    async with OutboxHouse.open(tmp_path / "journal.db", others=lambda reply: [("丙", "丁")]) as house:
        sender = house.sender(SendResult(SendState.ACCEPTED, event_id="a"), REPEAT)
        async with house.running():
            await house.queue("甲", "乙")
            await house.pass_time(20)
    assert sender.texts == ["甲", "乙", "乙～"]


async def test_repeated_line_that_cannot_change_goes_to_the_host(house: OutboxHouse) -> None:
    sender = house.sender(REPEAT, limit=4)
    [reply] = await house.queue("刚好四字")
    await house.pass_time(10)
    assert len(sender.lines) == 1
    assert house.life(reply)[-1] is State.BLOCKED
    assert len(house.failures) == 1


async def test_limited_line_ends_when_no_time_is_left(house: OutboxHouse) -> None:
    house.sender(SendResult(SendState.LIMITED, reason="risk control", retry_after_seconds=600.0))
    [reply] = await house.queue("等不到")
    await house.pass_time(1)
    assert house.life(reply) == [State.SENDING, State.EXPIRED]
    assert house.reason(reply) == "no time left to try again: risk control"


async def test_line_that_is_always_limited_expires(house: OutboxHouse) -> None:
    sender = house.sender(*[TOO_FAST] * 50)
    [reply] = await house.queue("慢一点")
    await house.pass_time(EXPIRE_SECONDS + 10)
    assert house.life(reply)[-1] is State.EXPIRED
    assert len(sender.lines) <= EXPIRE_SECONDS / TOO_FAST.retry_after_seconds
    assert len(house.failures) == 1


async def test_too_long_answer_is_split_again_at_the_new_limit(house: OutboxHouse) -> None:
    sender = house.sender(TOO_LONG, limit=40, limits=(9,))
    parts = await house.queue("今天下单，明天发货。", "七天无理由。")
    await house.pass_time(10)
    assert sender.texts == ["今天下单，明天发货。", "今天下单，", "明天发货。", "七天无理由。"]
    rows = sorted((await house.journal()).values(), key=lambda reply: reply.part)
    assert [(row.text, row.part, row.parts, row.state) for row in rows] == [
        ("今天下单，", 1, 3, State.SENT),
        ("明天发货。", 2, 3, State.SENT),
        ("七天无理由。", 3, 3, State.SENT),
    ]
    assert {row.answer_id for row in rows} == {parts[0].id}
    assert house.failures == []


@pytest.mark.parametrize(
    "limits",
    [(9, 9), (40,), (2,), (None,)],
    ids=["too long again", "limit unchanged", "too many parts", "limit unknown"],
)
async def test_answer_that_splitting_cannot_save_goes_to_the_host(
    house: OutboxHouse, limits: tuple[int | None, ...]
) -> None:
    sender = house.sender(TOO_LONG, TOO_LONG, limits=limits)
    [reply] = await house.queue("今天下单，明天发货。")
    await house.pass_time(10)
    assert len(sender.lines) == (2 if limits == (9, 9) else 1)
    assert house.life(reply)[-1] is State.TOO_LONG
    assert {row.state.is_final for row in (await house.journal()).values()} == {True}
    assert len(house.failures) == 1


async def test_refused_account_sends_nothing_more_until_resumed(house: OutboxHouse) -> None:
    here, there = house.sender(LOGGED_OUT), house.sender(room=OTHER_ROOM)
    await house.queue("一", priority=100)
    [waiting] = await house.queue("二", room=OTHER_ROOM)
    await house.pass_time(10)
    assert (len(here.lines), there.lines) == (1, [])
    assert house.outbox.why_paused("bilibili", OTHER_ROOM) == "the account was refused: not logged in"
    house.outbox.resume("bilibili")
    await house.until(waiting, State.SENT)


async def test_what_waits_for_a_refused_account_expires_with_that_reason(house: OutboxHouse) -> None:
    house.sender(LOGGED_OUT)
    [refused] = await house.queue("一")
    [waiting] = await house.queue("二")
    await house.pass_time(EXPIRE_SECONDS)
    assert house.reason(waiting) == "not sent in time: the account was refused: not logged in"
    assert [failed.id for failed, _ in house.failures] == [refused.id, waiting.id]


async def test_swallowed_line_is_lost_and_goes_to_the_host(house: OutboxHouse) -> None:
    house.sender()
    [reply] = await house.queue("被吞了")
    await house.pass_time(ECHO_SECONDS - 1)
    assert house.life(reply)[-1] is State.SENT
    await house.pass_time(2)
    assert house.life(reply)[-1] is State.LOST
    assert len(house.failures) == 1


async def test_answer_with_several_lost_parts_is_handed_over_once(house: OutboxHouse) -> None:
    house.sender()
    parts = await house.queue("第一段", "第二段", "第三段")
    await house.pass_time(2 * ECHO_SECONDS)
    assert [house.life(part)[-1] for part in parts] == [State.LOST] * 3
    assert len(house.failures) == 1


async def test_line_is_not_called_lost_when_nobody_could_hear_it(house: OutboxHouse) -> None:
    sender = house.sender()
    [reply] = await house.queue("断线了")
    await house.until(reply, State.SENT)
    sender.is_ready = False
    await house.pass_time(2 * ECHO_SECONDS)
    assert house.life(reply)[-1] is State.SENT
    assert house.failures == []


async def test_platform_without_echoes_owes_none(house: OutboxHouse) -> None:
    house.sender(echoes=False)
    [reply] = await house.queue("没有回声")
    await house.pass_time(2 * ECHO_SECONDS)
    assert house.life(reply) == [State.SENDING, State.SENT]
    assert house.failures == []


async def test_unanswered_line_is_unknown_when_its_echo_had_time_enough(house: OutboxHouse) -> None:
    sender = house.sender(NO_ANSWER)
    [reply] = await house.queue("发了吗")
    await house.pass_time(ECHO_SECONDS - 1)
    assert house.life(reply) == [State.SENDING]
    await house.pass_time(1)
    assert house.life(reply) == [State.SENDING, State.UNKNOWN]
    await house.pass_time(EXPIRE_SECONDS)
    assert len(sender.lines) == 1
    assert [receipt.reason for _, receipt in house.failures] == ["no answer came"]


async def test_unanswered_line_without_echoes_is_unknown_at_once(house: OutboxHouse) -> None:
    house.sender(NO_ANSWER, echoes=False)
    [reply] = await house.queue("发了吗")
    await house.until(reply, State.UNKNOWN)


async def test_unanswered_line_is_seen_when_its_echo_comes(house: OutboxHouse) -> None:
    sender = house.sender(NO_ANSWER)
    parts = await house.queue("第一段", "第二段")
    await house.pass_time(5)
    assert sender.texts == ["第一段"]
    assert house.hear("第一段", event_id="x")
    await house.pass_time(1)
    assert house.life(parts[0]) == [State.SENDING, State.SEEN]
    assert sender.texts == ["第一段", "第二段"]
    assert house.failures == []


async def test_unknown_line_is_seen_when_its_echo_comes_late(house: OutboxHouse) -> None:
    house.sender(NO_ANSWER)
    [reply] = await house.queue("发了吗")
    await house.until(reply, State.SENDING)
    await house.pass_time(ECHO_SECONDS)
    assert house.hear("发了吗", event_id="x", viewer_id="")
    await house.until(reply, State.SEEN)


async def test_lost_line_is_seen_when_its_echo_comes_late(house: OutboxHouse) -> None:
    house.sender()
    [reply] = await house.queue("迟到了")
    await house.pass_time(2 * ECHO_SECONDS)
    assert house.hear("迟到了", event_id=f"event-{ROOM}-1", viewer_id="")
    await house.until(reply, State.SEEN)
    assert len(house.failures) == 1


async def test_echo_may_be_faster_than_the_answer(house: OutboxHouse) -> None:
    sender = house.sender()
    sender.hold()
    [reply] = await house.queue("回声先到")
    await house.until(reply, State.SENDING)
    assert house.hear("回声先到", event_id="first")
    await house.until(reply, State.SEEN)
    sender.release()
    await house.pass_time(2 * ECHO_SECONDS)
    assert house.life(reply) == [State.SENDING, State.SEEN]
    assert house.hear("回声先到", event_id=f"event-{ROOM}-1", viewer_id="")
    assert house.failures == []


async def test_sending_that_breaks_may_have_been_sent(house: OutboxHouse) -> None:
    sender = house.sender(ValueError("text: 说不得"))
    [reply] = await house.queue("说不得")
    [next_one] = await house.queue("下一条")
    await house.pass_time(ECHO_SECONDS)
    assert house.life(reply) == [State.SENDING, State.UNKNOWN]
    assert house.reason(reply) == "an error of ours (ValueError)"
    assert State.SENT in house.life(next_one)
    assert sender.texts == ["说不得", "下一条"]


async def test_platform_that_never_answers_blocks_the_account_only_for_a_while(house: OutboxHouse) -> None:
    silent, other = house.sender(), house.sender(room=OTHER_ROOM)
    silent.hold()
    [reply] = await house.queue("没有回答")
    [next_one] = await house.queue("下一条", room=OTHER_ROOM)
    await house.pass_time(ANSWER_SECONDS + 5)
    assert house.life(reply) == [State.SENDING, State.UNKNOWN]
    assert house.life(next_one) == [State.SENDING, State.SENT]
    assert other.texts == ["下一条"]


async def test_delivery_that_breaks_ends_the_reply_and_carries_on(house: OutboxHouse) -> None:
    sender = house.sender(REPEAT)

    async def broken(*, fresh: bool = False) -> int:
        raise KeyError("data")

    sender.text_limit = broken  # type: ignore[method-assign]
    [reply] = await house.queue("说过了")
    [next_one] = await house.queue("下一条")
    await house.pass_time(5)
    assert house.life(reply)[-1] is State.UNKNOWN
    assert house.life(next_one)[-1] is State.SENT
    assert len(house.failures) == 1
