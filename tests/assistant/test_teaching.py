"""People teach the running assistant: their own answers wait for editors, their corrections become cases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assistant.compose import compose
from assistant.learning import CannotCorrect
from assistant.notices import Alert, MessageDecided, QuestionAnswered, QuestionEscalated
from assistant.pipeline.by_hand import CannotAnswer
from assistant.service import Assistant
from knowledge.errors import KnowledgeStoreError
from knowledge.pending import PendingEntries
from knowledge.reviews import Review, ReviewLog
from tests.fakes.practice_house import PracticeHouse, Watched, is_live

ROOM = "bilibili:7777"
ASKED, OWN_WORDS = "你们仓库在哪个城市呀能参观吗", "仓库在杭州，不开放参观哦"
PERSONAL = "我上周三买的那单物流一直停在杭州不动是怎么回事"


@asynccontextmanager
async def running(house: PracticeHouse) -> AsyncIterator[tuple[Assistant, Watched]]:
    notices, stop = Watched(), asyncio.Event()
    assistant = compose(house.settings(), watch=notices)
    task = asyncio.create_task(assistant.run(stop))
    try:
        await notices.until(is_live)
        yield assistant, notices
    finally:
        stop.set()
        await task


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[PracticeHouse]:
    async with PracticeHouse.open(tmp_path) as house:
        yield house


async def escalated(house: PracticeHouse, notices: Watched, text: str = ASKED) -> QuestionEscalated:
    house.say(text)
    notice: QuestionEscalated = await notices.until(
        lambda one: isinstance(one, QuestionEscalated) and one.escalation.text == text
    )
    return notice


async def test_an_answer_in_own_words_is_said_and_waits_for_the_editors(house: PracticeHouse) -> None:
    async with running(house) as (assistant, notices):
        question = (await escalated(house, notices)).escalation
        await assistant.board.answer_in_words(
            ROOM, question.id, f" {OWN_WORDS}\n", "小\x1b李", source="agent"
        )
        await notices.until(lambda one: isinstance(one, QuestionAnswered))
        await house.sent.until(lambda line: line.text == OWN_WORDS)
        assert await assistant.open_escalations() == {ROOM: []}
    with PendingEntries(house.database) as pending:
        (one,) = pending.open()
    assert (one.question, one.answer, one.author, one.source) == (ASKED, OWN_WORDS, "小李", "agent")


async def test_what_is_for_customer_service_is_neither_said_nor_kept(house: PracticeHouse) -> None:
    async with running(house) as (assistant, notices):
        question = (await escalated(house, notices, PERSONAL)).escalation
        with pytest.raises(CannotAnswer, match="not for the room"):
            await assistant.board.answer_in_words(ROOM, question.id, OWN_WORDS, "小李")
        with pytest.raises(CannotAnswer, match="person must be named"):
            await assistant.board.answer_in_words(ROOM, question.id, OWN_WORDS, " ")
        with pytest.raises(CannotAnswer, match="not one of our rooms"):
            await assistant.board.answer_in_words("bilibili:1", question.id, OWN_WORDS, "小李")
    with PendingEntries(house.database) as pending:
        assert pending.all() == []
    assert house.texts() == []


async def test_viewers_get_the_answer_even_when_it_cannot_be_kept(
    house: PracticeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> int:
        raise KnowledgeStoreError("the disk is full")

    monkeypatch.setattr(PendingEntries, "add", fails)
    async with running(house) as (assistant, notices):
        question = (await escalated(house, notices)).escalation
        await assistant.board.answer_in_words(ROOM, question.id, OWN_WORDS, "小李")
        await house.sent.until(lambda line: line.text == OWN_WORDS)
    alerts = [one.text for one in notices.seen if isinstance(one, Alert)]
    assert "an answer could not be kept for the editors: the disk is full" in alerts


async def test_corrections_become_cases_and_the_one_overruled_is_told(house: PracticeHouse) -> None:
    async with running(house) as (assistant, notices):
        house.say(ASKED)
        message = (await notices.until(lambda one: isinstance(one, MessageDecided))).message
        assert await assistant.records.correct(ROOM, message.id, "reply", "ship-when", "Lin") is None
        overruled = await assistant.records.correct(ROOM, message.id, "escalate", None, "Wu")
        assert overruled is not None
        assert (overruled.expect, overruled.entry, overruled.reviewer) == ("reply", "ship-when", "Lin")
    expected = Review(message.id, message.broadcast_id, ASKED, "escalate", None, "Wu")
    with ReviewLog(house.database) as log:
        assert log.all() == [expected]
        assert log.of(message.id) == [expected, overruled]


@pytest.mark.parametrize(
    ("expect", "entry", "reviewer", "why"),
    [
        ("reply", "nowhere", "Lin", "no entry 'nowhere'"),
        ("reply", None, "Lin", "no entry None"),
        ("ignore", "ship-when", "Lin", "only what is to be replied to"),
        ("answer", None, "Lin", "reply, escalate or ignore"),
        ("ignore", None, "\n", "reviewer must be named"),
    ],
)
async def test_what_makes_no_case_is_refused(
    house: PracticeHouse, expect: str, entry: str | None, reviewer: str, why: str
) -> None:
    async with running(house) as (assistant, notices):
        house.say(ASKED)
        message = (await notices.until(lambda one: isinstance(one, MessageDecided))).message
        with pytest.raises(CannotCorrect, match=why):
            await assistant.records.correct(ROOM, message.id, expect, entry, reviewer)
        for room, id in ((ROOM, 999_999), ("bilibili:1", message.id)):
            with pytest.raises(CannotCorrect, match="no message"):
                await assistant.records.correct(room, id, "ignore", None, "Lin")


async def test_a_lottery_entry_teaches_nothing(house: PracticeHouse) -> None:
    async with running(house) as (assistant, notices):
        house.say("[doge]")
        message = (await notices.until(lambda one: isinstance(one, MessageDecided))).message
        with pytest.raises(CannotCorrect, match="not decided by its words"):
            await assistant.records.correct(ROOM, message.id, "ignore", None, "Lin")
