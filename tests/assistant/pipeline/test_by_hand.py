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
from assistant.pipeline.by_hand import CannotAnswer, OwnWords
from assistant.platforms.base import SendResult, SendState
from assistant.stores.rows import Escalation, EscalationState
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
    assert [type(outcome) for outcome in outcomes] == [Escalation, CannotAnswer]
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


OWN_WORDS = "今晚八点前下单，明天就能到。"


class Editors:
    """Keeps what was answered, and what had been sent by then."""

    def __init__(self, house: FlowHouse) -> None:
        self._house = house
        self.kept: list[OwnWords] = []
        self.sent_before: list[str] = []
        self.error: Exception | None = None

    async def keep(self, words: OwnWords) -> None:
        if self.error is not None:
            raise self.error
        self.sent_before += self._house.sender.texts
        self.kept.append(words)


async def answered_in_words(house: FlowHouse, text: str = OWN_WORDS, editors: Editors | None = None) -> None:
    (held,) = await house.flow.open_escalations()
    await house.flow.by_hand.answer_in_words(held.id, text, keep=(editors or Editors(house)).keep)
    await house.settle()


async def test_own_words_serve_all_who_asked_and_close_the_question(house: FlowHouse) -> None:
    await house.hear(danmaku(ASKED, event_id="a"), danmaku(ASKED, viewer="43", event_id="b"))
    await answered_in_words(house)
    (reply,) = await house.replies()
    assert house.sender.texts == [OWN_WORDS]
    assert (reply.state, reply.entry_id) == (ReceiptState.SENT, None)
    assert [message.answered_by for message in await house.messages()] == [reply.id, reply.id]
    assert [held.state for held in await house.escalations()] == [EscalationState.ANSWERED]
    assert [one.entry_id for one in house.noticed(QuestionAnswered)] == [None]


async def test_own_words_are_kept_for_the_editors_before_they_are_said(tmp_path: Path) -> None:
    answers = {"多久能到我手上": 0.3, "多久能到我手上啊": 0.3, "多久能到我手上？": 0.3}
    async with FlowHouse.open(tmp_path / "journal.db", answers=answers) as house:
        editors = Editors(house)
        for viewer, text in enumerate(answers):
            await house.hear(danmaku(text, viewer=str(viewer + 40), event_id=text))
        held, *others = await house.flow.open_escalations()
        assert others == []
        await house.flow.by_hand.answer_in_words(held.id, OWN_WORDS, keep=editors.keep)
        await house.settle()
        assert editors.kept == [OwnWords(ASKED, OWN_WORDS, ("多久能到我手上啊", "多久能到我手上？"))]
        assert (editors.sent_before, house.sender.texts) == ([], [OWN_WORDS])


async def test_nothing_in_own_words_can_turn_the_line_of_a_screen(house: FlowHouse) -> None:
    await house.hear(danmaku(ASKED, event_id="a"))
    editors = Editors(house)
    await answered_in_words(house, "\x1b[2J明天\u202e\r\n 发货\ud800", editors)
    assert house.sender.texts == ["[2J明天 发货"]
    assert [words.answer for words in editors.kept] == ["[2J明天 发货"]


async def test_a_long_answer_in_own_words_goes_out_in_lines(house: FlowHouse) -> None:
    await house.hear(danmaku(ASKED, event_id="a"))
    sentences = [
        "江浙沪第二天就能到，别的地方一般要三天。",
        "偏远地区五天左右，节假日要再等两天，请耐心等一等哦。",
    ]
    await answered_in_words(house, "".join(sentences))
    await house.pass_time(10)
    assert house.sender.texts == sentences


@pytest.mark.parametrize(
    ("text", "why"),
    [(" \u200b\n", "nothing to say"), ("长" * 161, "does not fit"), ("字" * 3000, "longer than")],
)
async def test_words_that_cannot_be_said_are_refused_and_the_question_stays_open(
    house: FlowHouse, text: str, why: str
) -> None:
    await house.hear(danmaku(ASKED, event_id="a"))
    editors = Editors(house)
    with pytest.raises(CannotAnswer, match=why):
        await answered_in_words(house, text, editors)
    assert (editors.kept, house.sender.texts) == ([], [])
    await answered_in_words(house)
    assert house.sender.texts == [OWN_WORDS]


async def test_a_viewers_own_matter_is_not_answered_in_own_words_either(house: FlowHouse) -> None:
    await house.hear(super_chat(OWN_MATTER))
    editors = Editors(house)
    with pytest.raises(CannotAnswer, match="not for the room"):
        await answered_in_words(house, OWN_WORDS, editors)
    assert (editors.kept, house.sender.texts) == ([], [])
    assert len(await house.flow.open_escalations(Desk.SERVICE)) == 1


async def test_where_nothing_is_sent_own_words_are_refused(house: FlowHouse) -> None:
    await house.hear(danmaku(ASKED, event_id="a"))
    house.sender.speaks = False
    with pytest.raises(CannotAnswer, match="nothing is sent"):
        await answered_in_words(house)
    assert len(await house.flow.open_escalations()) == 1


async def test_own_words_that_fail_to_reach_the_room_come_back_with_all_who_asked(house: FlowHouse) -> None:
    await house.hear(danmaku(ASKED, event_id="a"), danmaku(ASKED, viewer="43", event_id="b"))
    house.sender.script.append(SendResult(SendState.BLOCKED, reason="a word filter"))
    await answered_in_words(house)
    (back,) = await house.flow.open_escalations()
    assert (back.text, back.askers, back.reason) == (ASKED, 2, "answer blocked: a word filter")


async def test_own_words_that_cannot_be_kept_or_written_leave_the_question_as_it_was(
    house: FlowHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.hear(danmaku(ASKED, event_id="a"))
    editors = Editors(house)
    editors.error = OSError("gone")
    with pytest.raises(OSError, match="gone"):
        await answered_in_words(house, editors=editors)

    async def fails(*rows: object) -> None:
        if rows:
            raise StoreError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(house.store, "commit", fails)
        with pytest.raises(StoreError):
            await answered_in_words(house)
    assert house.sender.texts == []
    await answered_in_words(house)
    assert house.sender.texts == [OWN_WORDS]


async def test_of_two_people_who_answer_at_once_one_is_heard(house: FlowHouse) -> None:
    await house.hear(danmaku(ASKED, event_id="a"))
    (held,) = await house.flow.open_escalations()
    editors = Editors(house)
    by_entry = house.flow.by_hand.answer(held.id, ENTRY)
    in_words = house.flow.by_hand.answer_in_words(held.id, OWN_WORDS, keep=editors.keep)
    outcomes = await asyncio.gather(by_entry, in_words, return_exceptions=True)
    await house.settle()
    assert [type(outcome) for outcome in outcomes] == [Escalation, CannotAnswer]
    assert (house.sender.texts, editors.kept) == ([ANSWER], [])


async def test_insults_become_no_wording_of_the_answer(tmp_path: Path) -> None:
    rude = "多久能到我手上你个傻逼"
    async with FlowHouse.open(tmp_path / "journal.db", answers={ASKED: 0.3, rude: 0.3}) as house:
        await house.hear(danmaku(ASKED, event_id="a"), danmaku(rude, viewer="43", event_id="b"))
        editors = Editors(house)
        for held in await house.flow.open_escalations():
            await house.flow.by_hand.answer_in_words(held.id, OWN_WORDS, keep=editors.keep)
            break
        assert editors.kept == [OwnWords(ASKED, OWN_WORDS)]
