"""From an unanswered question to a better FAQ, with the scripts alone, while the assistant is in the room."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from assistant.actions import Action
from assistant.compose import compose
from assistant.notices import MessageDecided, QuestionEscalated
from assistant.practice import sample_faq
from assistant.service import Assistant
from tests.fakes.practice_house import PracticeHouse, Watched, is_live
from tests.fakes.scripts import json_of

ROOM = "bilibili:7777"
ASKED, OWN_WORDS = "你们仓库在哪个城市呀能参观吗", "仓库在杭州，不开放参观哦"
ANOTHER, ITS_ANSWER = "这个壶的盖子丢了能单独配吗", "可以单独买壶盖，找客服拍链接"


@asynccontextmanager
async def live(house: PracticeHouse) -> AsyncIterator[tuple[Assistant, Watched]]:
    notices, stop = Watched(), asyncio.Event()
    assistant = compose(house.settings(knowledge={"faq": None}), watch=notices)
    running = asyncio.create_task(assistant.run(stop))
    try:
        await notices.until(is_live)
        yield assistant, notices
    finally:
        stop.set()
        await running


async def script(name: str, *arguments: Any) -> Any:
    return await asyncio.to_thread(json_of, name, *arguments)


async def escalated(house: PracticeHouse, notices: Watched, text: str, viewer: str) -> QuestionEscalated:
    house.say(text, viewer=viewer)
    notice: QuestionEscalated = await notices.until(
        lambda one: isinstance(one, QuestionEscalated) and one.escalation.text == text
    )
    return notice


async def test_questions_of_a_broadcast_are_answered_later_in_the_same_one(tmp_path: Path) -> None:
    async with PracticeHouse.open(tmp_path) as house:
        db = ("--db", house.database)
        await script("import_faqs.py", sample_faq("shop"), *db)
        await script("publish_faqs.py", "--yes", *db)
        async with live(house) as (assistant, notices):
            question = (await escalated(house, notices, ASKED, "小雨")).escalation
            await assistant.board.answer_in_words(ROOM, question.id, OWN_WORDS, "小李")
            await house.sent.until(lambda line: line.text == OWN_WORDS)
            await escalated(house, notices, ANOTHER, "阿木")

            (waiting,) = (await script("review_escalations.py", "list", *db))["pending"]
            await script("review_escalations.py", "approve", waiting["id"], *db)
            suggested = (await script("suggest_faqs.py", *db))["suggestions"]
            (number,) = [one["number"] for one in suggested if one["question"] == ANOTHER]
            await script("suggest_faqs.py", "--accept", number, "--answer", ITS_ANSWER, *db)
            published = await script("publish_faqs.py", "--yes", "--fail-on-lost", "1", *db)
            assert {flip["text"] for flip in published["replay"]["gained"]} == {ASKED, ANOTHER}

            await ask_until_answered(house, notices)
            assert any(ITS_ANSWER in line for line in house.texts())


async def ask_until_answered(house: PracticeHouse, notices: Watched) -> None:
    """Viewer after viewer asks, and everybody is heard, until the new entries are in use."""
    for number in range(1000):
        viewer = f"观众{number}"
        house.say(ANOTHER, viewer=viewer)
        decided = await notices.until(
            lambda one, who=viewer: isinstance(one, MessageDecided) and one.message.viewer_name == who
        )
        if decided.message.decision.action is Action.REPLY:
            await house.sent.until(lambda line: ITS_ANSWER in line.text)
            return
    raise AssertionError("nobody was answered from what was published")
