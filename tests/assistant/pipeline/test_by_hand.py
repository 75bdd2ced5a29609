"""The host answers with a touch: one reply for all who asked, and the question is closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from assistant.actions import Desk, ReceiptState
from assistant.errors import StoreError
from assistant.notices import QuestionAnswered
from assistant.pipeline.by_hand import CannotAnswer
from assistant.platforms.base import SendResult, SendState
from assistant.stores.rows import EscalationState
from tests.fakes.flow_house import FlowHouse
from tests.fakes.lines import danmaku, super_chat

ASKED, SURE, OWN_MATTER = "多久能到我手上", "怎么发货", "我的包裹六天没动了"
ENTRY, ANSWER = "ship-time", "48小时内发货。"


def open_house(path: Path, **settings: Any) -> AbstractAsyncContextManager[FlowHouse]:
    return FlowHouse.open(path / "journal.db", answers={ASKED: 0.3, SURE: 0.95}, **settings)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[FlowHouse]:
    async with open_house(tmp_path) as house:
        yield house


async def answered(house: FlowHouse, entry_id: str = ENTRY) -> None:
    (held,) = await house.flow.open_escalations()
    await house.flow.by_hand.answer(held.id, entry_id)
    await house.settle()


async def test_one_reply_serves_all_who_asked_and_closes_the_question(house: FlowHouse) -> None:
    await house.hear(danmaku(ASKED, event_id="a"), danmaku(ASKED, viewer="43", event_id="b"))
    await answered(house)
    (reply,) = await house.replies()
    assert house.sender.texts == [ANSWER]
    assert (reply.state, reply.entry_id) == (ReceiptState.SENT, ENTRY)
    assert [message.answered_by for message in await house.messages()] == [reply.id, reply.id]
    assert [held.state for held in await house.escalations()] == [EscalationState.ANSWERED]
    assert await house.flow.open_escalations() == []
    assert [one.entry_id for one in house.noticed(QuestionAnswered)] == [ENTRY]


async def test_it_can_be_answered_after_a_restart(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.hear(danmaku(ASKED, event_id="a"))
    async with open_house(tmp_path) as house:
        await answered(house)
        assert house.sender.texts == [ANSWER]


async def test_the_answer_has_its_cool_down_like_any_other(house: FlowHouse) -> None:
    await house.hear(danmaku(ASKED, event_id="a"))
    await answered(house)
    await house.hear(danmaku(SURE, viewer="43", event_id="b"))
    assert house.sender.texts == [ANSWER]


async def test_an_answer_that_was_just_given_serves_the_question_too(house: FlowHouse) -> None:
    await house.hear(danmaku(SURE, viewer="43", event_id="a"))
    await house.hear(danmaku(ASKED, event_id="b"))
    (reply,) = await house.replies()
    await answered(house)
    assert house.sender.texts == [ANSWER]
    assert [message.answered_by for message in await house.messages()] == [reply.id, reply.id]


async def test_what_fails_to_reach_the_room_comes_back_to_the_host(house: FlowHouse) -> None:
    await house.hear(danmaku(ASKED, event_id="a"))
    house.sender.script.append(SendResult(SendState.BLOCKED, reason="a word filter"))
    await answered(house)
    (back,) = await house.flow.open_escalations()
    assert (back.text, back.reason, back.desk) == (ASKED, "answer blocked: a word filter", Desk.HOST)


async def test_a_second_touch_does_not_answer_twice(house: FlowHouse) -> None:
    await house.hear(danmaku(ASKED, event_id="a"))
    (held,) = await house.flow.open_escalations()
    touches = (house.flow.by_hand.answer(held.id, ENTRY) for _ in range(2))
    outcomes = await asyncio.gather(*touches, return_exceptions=True)
    await house.settle()
    assert [type(outcome) for outcome in outcomes] == [type(None), CannotAnswer]
    assert house.sender.texts == [ANSWER]


async def test_a_viewers_own_matter_is_never_answered_in_the_room(house: FlowHouse) -> None:
    await house.hear(super_chat(OWN_MATTER))
    with pytest.raises(CannotAnswer, match="not for the room"):
        await answered(house)
    assert house.sender.texts == []
    assert len(await house.flow.open_escalations(Desk.SERVICE)) == 1


async def test_only_a_candidate_is_sent_and_the_question_stays_open(house: FlowHouse) -> None:
    await house.hear(danmaku(ASKED, event_id="a"))
    with pytest.raises(CannotAnswer, match="no candidate"):
        await answered(house, "refund")
    await answered(house)
    assert house.sender.texts == [ANSWER]


async def test_a_journal_that_fails_leaves_the_question_as_it_was(
    house: FlowHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.hear(danmaku(ASKED, event_id="a"))

    async def fails(*rows: object) -> None:
        if rows:
            raise StoreError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(house.store, "commit", fails)
        with pytest.raises(StoreError):
            await answered(house)
    await answered(house)
    assert house.sender.texts == [ANSWER]
