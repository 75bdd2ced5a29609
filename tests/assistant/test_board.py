"""What people do with questions, room by room: by name, written down, and taught where it teaches."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.board import AlreadyClaimed, CannotAnswer
from assistant.notices import Alert
from knowledge.errors import KnowledgeStoreError
from knowledge.reviews import ReviewLog
from tests.fakes.desk_house import ROOM, DeskHouse
from tests.fakes.lines import danmaku

ASKED, ALSO = "多久能到我手上", "可以开发票吗"
ENTRY, ANSWER = "ship-time", "48小时内发货。"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[DeskHouse]:
    async with DeskHouse.open(tmp_path / "journal.db", answers={ASKED: 0.5, ALSO: 0.1}) as house:
        yield house


async def asked(house: DeskHouse, text: str = ASKED, viewer: str = "42") -> int:
    await house.hear(danmaku(text, viewer=viewer, event_id=f"{text} {viewer}"))
    questions = await house.board.questions()
    return next(one.escalation.id for one in questions if one.escalation.text == text)


async def test_everything_that_people_do_is_audited_by_name(house: DeskHouse) -> None:
    first, second = await asked(house), await asked(house, ALSO)
    await house.board.claim(ROOM, first, "Lin")
    await house.board.later(ROOM, first, "Lin")
    await house.board.answer(ROOM, first, ENTRY, "Lin")
    await house.board.pass_to_service(ROOM, second, "Wu\x1b[2J")
    await house.board.close(ROOM, second, "skipped", "Wu")
    assert await house.audited() == [
        ("Lin", "later"),
        ("Lin", "answer"),
        ("Wu[2J", "pass to service"),
        ("Wu", "close: skipped"),
    ]
    details = [one.detail for one in await house.audit.recent()]
    assert all(detail.startswith(ROOM) and ASKED not in detail for detail in details)


async def test_what_was_refused_is_not_audited(house: DeskHouse) -> None:
    id = await asked(house)
    await house.board.claim(ROOM, id, "Lin")
    with pytest.raises(AlreadyClaimed):
        await house.board.answer(ROOM, id, ENTRY, "Wu")
    assert await house.audited() == []


@pytest.mark.parametrize(("room", "who", "why"), [("bilibili:1", "Lin", "our rooms"), (ROOM, " ", "named")])
async def test_nobody_and_nowhere_are_refused(house: DeskHouse, room: str, who: str, why: str) -> None:
    id, board = await asked(house), house.board
    for command in (
        board.claim(room, id, who),
        board.release(room, id, who),
        board.answer(room, id, ENTRY, who),
        board.answer_in_words(room, id, "两天", who),
        board.close(room, id, "on air", who),
        board.later(room, id, who),
        board.pass_to_service(room, id, who),
    ):
        with pytest.raises(CannotAnswer, match=why):
            await command
    assert len(await board.questions()) == 1


async def test_questions_are_asked_for_by_room(house: DeskHouse) -> None:
    await asked(house)
    await asked(house, ALSO)
    assert len(await house.board.questions(room=ROOM)) == 2
    assert len(await house.board.questions(limit=1)) == 1
    assert await house.board.questions(room="bilibili:1") == []
    assert (house.board.waiting(), house.board.waiting(room="bilibili:1")) == (2, 0)


async def test_on_air_says_a_candidate_where_it_is_told_to(house: DeskHouse) -> None:
    assert await house.board.close(ROOM, await asked(house), "on air", "Lin", say=ENTRY) == ""
    await house.settle()
    assert house.sender.texts == [ANSWER]
    unsaid = await house.board.close(ROOM, await asked(house, ALSO), "on air", "Lin", say="refund")
    assert "no candidate" in unsaid
    assert await house.board.questions() == []


async def test_there_is_no_other_way_to_close_a_question(house: DeskHouse) -> None:
    id = await asked(house)
    with pytest.raises(CannotAnswer, match="on air, in private, skipped, not a question"):
        await house.board.close(ROOM, id, "deleted", "Lin")  # type: ignore[arg-type]


async def test_what_was_no_question_is_a_labelled_case_for_each_wording(tmp_path: Path) -> None:
    wordings = ["主播今天真好看", "主播今天真好看啊", "主播今天真好看"]
    answers = dict.fromkeys(wordings, 0.5)
    async with DeskHouse.open(tmp_path / "journal.db", answers=answers) as house:
        for viewer, text in enumerate(wordings):
            await house.hear(danmaku(text, viewer=str(40 + viewer), event_id=str(viewer)))
        await house.board.close(ROOM, (await house.the_question()).id, "not a question", "Lin")
        labelled = [(one.text, one.expect, one.entry, one.reviewer) for one in house.labelled()]
    assert labelled == [(text, "ignore", None, "Lin") for text in wordings[:2]]


async def test_it_is_closed_also_when_the_case_cannot_be_kept(
    house: DeskHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise KnowledgeStoreError("the disk is full")

    monkeypatch.setattr(ReviewLog, "add", fails)
    await house.board.close(ROOM, await asked(house), "not a question", "Lin")
    assert await house.board.questions() == []
    assert house.noticed(Alert)[-1].text == "what was no question could not be kept: the disk is full"
