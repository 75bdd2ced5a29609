"""The running assistant is switched, paused and rehearsed in a practice room, over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.compose import compose
from assistant.controls import Mode
from assistant.notices import MessageDecided, QuestionEscalated
from assistant.practice import sample_faq
from assistant.service import Assistant
from tests.fakes.practice_house import PracticeHouse, Watched, is_live

ROOM = "bilibili:7777"
FIRST = json.loads(sample_faq("shop").read_text(encoding="utf-8").splitlines()[0])
QUESTION, ANSWER = FIRST["question"], FIRST["answer"]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[PracticeHouse]:
    async with PracticeHouse.open(tmp_path) as house:
        yield house


@asynccontextmanager
async def running(house: PracticeHouse, **changes: Any) -> AsyncIterator[tuple[Assistant, Watched]]:
    notices, stop = Watched(), asyncio.Event()
    assistant = compose(house.settings(**changes), watch=notices)
    task = asyncio.create_task(assistant.run(stop))
    try:
        await notices.until(is_live)
        yield assistant, notices
    finally:
        stop.set()
        await task


async def test_a_rehearsal_can_become_the_broadcast(house: PracticeHouse) -> None:
    async with running(house, dry_run=True) as (assistant, notices):
        assert assistant.controls.speaking.mode is Mode.DRY_RUN
        house.say(QUESTION)
        await notices.until(lambda one: isinstance(one, MessageDecided))
        assert house.texts() == []
        await assistant.controls.set_mode(Mode.AUTO, "Lin")
        house.say(QUESTION, "小雪")
        await house.sent.until(lambda line: line.text == ANSWER)
    assert house.texts() == [ANSWER]


async def test_while_off_people_answer_by_hand(house: PracticeHouse) -> None:
    async with running(house) as (assistant, notices):
        await assistant.controls.set_mode(Mode.OFF, "Lin")
        house.say(QUESTION)
        await notices.until(lambda one: isinstance(one, QuestionEscalated))
        (question,) = await assistant.board.questions()
        assert question.candidates[0].entry_id == FIRST["id"]
        await assistant.board.answer(ROOM, question.escalation.id, FIRST["id"], "Lin")
        await house.sent.until(lambda line: line.text == ANSWER)
        assert assistant.records.today().by_people == 1


async def test_todays_figures_survive_a_restart(house: PracticeHouse) -> None:
    async with running(house) as (_, notices):
        house.say(QUESTION)
        await notices.until(lambda one: isinstance(one, MessageDecided) and one.message.text == QUESTION)
    async with running(house) as (assistant, _):
        assert assistant.records.today(ROOM).by_bot == 1
