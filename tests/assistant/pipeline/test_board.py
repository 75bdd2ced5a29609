"""What waits for one room's people: its order, how it was put, who is at it, how quiet we are meanwhile."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.actions import Desk
from assistant.events import BroadcastEnded, BroadcastStarted
from assistant.notices import QuestionChanged, QuestionClaimed, QuestionClosed
from assistant.pipeline.claims import LEASE_SECONDS, AlreadyClaimed, CannotAnswer
from assistant.platforms.base import SendResult, SendState
from assistant.stores.rows import EscalationState
from tests.fakes.flow_house import FlowHouse
from tests.fakes.lines import danmaku, super_chat

ASKED, ALSO, SURE, OWN_MATTER = "多久能到我手上", "可以开发票吗", "怎么发货", "我的包裹六天没动了"
ANSWER = "48小时内发货。"
ANSWERS = {ASKED: 0.5, ALSO: 0.1, "包邮吗": 0.1, SURE: 0.95}
ENTRY = "ship-time"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[FlowHouse]:
    async with FlowHouse.open(tmp_path / "journal.db", answers=ANSWERS) as house:
        yield house


def texts(house: FlowHouse, desk: Desk | None = None) -> list[str]:
    return [one.escalation.text for one in house.flow.board.questions(desk)]


async def asked(house: FlowHouse, text: str = ASKED, viewer: str = "42") -> int:
    await house.hear(danmaku(text, viewer=viewer, event_id=f"{text} {viewer}"))
    return next(one.escalation.id for one in house.flow.board.questions() if one.escalation.text == text)


async def test_paid_questions_come_first_then_the_bigger_crowds_then_the_older(house: FlowHouse) -> None:
    await asked(house, ASKED)
    await asked(house, ALSO, "50")
    await asked(house, ALSO, "51")
    await house.hear(super_chat("包邮吗", viewer="60"))
    assert texts(house) == ["包邮吗", ALSO, ASKED]
    await house.flow.board.later(house.flow.board.questions()[0].escalation.id, by="Lin")
    assert texts(house) == [ALSO, ASKED, "包邮吗"]


async def test_a_question_shows_what_is_known_of_it(house: FlowHouse) -> None:
    await asked(house)
    await house.pass_time(30)
    (question,) = house.flow.board.questions()
    assert question.samples == (ASKED,)
    assert question.waiting_seconds == pytest.approx(30, abs=1)
    assert (question.claimed_by, question.claimed_until) == (None, None)
    (candidate,) = question.candidates
    assert (candidate.entry_id, candidate.question, candidate.answer) == (ENTRY, "什么时候发货", ANSWER)


async def test_each_wording_is_shown_once_also_after_a_restart(tmp_path: Path) -> None:
    wordings = ["多久能到我手上", "多久能到我手上啊", "多久能到我手上[doge]", "多久能到我手上"]
    judged = dict.fromkeys(wordings, 0.5)
    async with FlowHouse.open(tmp_path / "journal.db", answers=judged) as house:
        for viewer, text in enumerate(wordings):
            await house.hear(danmaku(text, viewer=str(viewer + 40), event_id=str(viewer)))
        (before,) = house.flow.board.questions()
    async with FlowHouse.open(tmp_path / "journal.db", answers=judged) as house:
        (after,) = house.flow.board.questions()
    assert before.samples == after.samples == ("多久能到我手上", "多久能到我手上啊")


async def test_a_claimed_question_shows_whose_it_is_until_it_lapses(house: FlowHouse) -> None:
    id = await asked(house)
    claim = house.flow.board.claim(id, "Lin")
    (question,) = house.flow.board.questions()
    assert (question.claimed_by, question.claimed_until) == ("Lin", claim.until)
    with pytest.raises(AlreadyClaimed, match="Lin"):
        house.flow.board.claim(id, "Wu")
    await house.clock.advance(LEASE_SECONDS)
    assert house.flow.board.questions()[0].claimed_by is None
    house.flow.board.claim(id, "Wu")
    house.flow.board.release(id, "Wu")
    assert [one.who for one in house.noticed(QuestionClaimed)] == ["Lin", "Wu", None]


async def test_only_who_claimed_it_answers_or_closes_it(house: FlowHouse) -> None:
    id, board = await asked(house), house.flow.board
    board.claim(id, "Lin")
    for command in (
        house.flow.by_hand.answer(id, ENTRY, by="Wu"),
        board.close(id, "skipped", by="Wu"),
        board.close(id, "on air", by="Wu", say=ENTRY),
        board.later(id, by="Wu"),
        board.pass_to_service(id, by="Wu"),
    ):
        with pytest.raises(AlreadyClaimed, match="Lin"):
            await command
    await house.flow.by_hand.answer(id, ENTRY, by="Lin")
    await house.settle()
    assert (texts(house), house.sender.texts) == ([], [ANSWER])


async def test_while_somebody_is_at_a_question_those_who_ask_it_join_it(tmp_path: Path) -> None:
    answers = {ASKED: 0.7, f"{ASKED}呢": 0.95}  # one entry answers both, and only of the second we are sure
    async with FlowHouse.open(tmp_path / "journal.db", answers=answers) as house:
        id = await asked(house)
        house.flow.board.claim(id, "Lin")
        await house.hear(danmaku(f"{ASKED}呢", viewer="43", event_id="b"))
        (question,) = house.flow.board.questions()
        assert (question.escalation.askers, house.sender.texts) == (2, [])
        assert house.reasons == ["UNSURE", "HELD"]
        house.flow.board.release(id, "Lin")
        await house.hear(danmaku(f"{ASKED}呢", viewer="44", event_id="c"))
        assert house.sender.texts == [ANSWER]


async def test_what_nobody_holds_is_answered_while_another_question_is_held(house: FlowHouse) -> None:
    house.flow.board.claim(await asked(house, ALSO), "Lin")
    await house.hear(danmaku(SURE, viewer="43", event_id="b"))
    assert house.sender.texts == [ANSWER]


async def test_an_answer_that_failed_is_not_tried_again_while_somebody_is_at_it(house: FlowHouse) -> None:
    house.sender.script.append(SendResult(SendState.BLOCKED, reason="a word filter"))
    await house.hear(danmaku(SURE, event_id="a"))
    (back,) = house.flow.board.questions()
    house.flow.board.claim(back.escalation.id, "Lin")
    await house.hear(danmaku(SURE, viewer="43", event_id="b"))
    (held,) = house.flow.board.questions()
    assert (held.escalation.id, held.escalation.askers) == (back.escalation.id, 2)
    assert len(house.sender.texts) == 1


@pytest.mark.parametrize(
    ("as_", "state"),
    [
        ("on air", EscalationState.ON_AIR),
        ("in private", EscalationState.IN_PRIVATE),
        ("skipped", EscalationState.DISMISSED),
        ("not a question", EscalationState.NOT_A_QUESTION),
    ],
)
async def test_a_closed_question_leaves_the_board_and_nothing_is_said(
    house: FlowHouse, as_: str, state: EscalationState
) -> None:
    id = await asked(house)
    closed = await house.flow.board.close(id, as_, by="Lin")  # type: ignore[arg-type]
    assert (closed.escalation.state, closed.unsaid) == (state, "")
    assert [one.state for one in await house.escalations()] == [state]
    assert (texts(house), house.sender.texts) == ([], [])
    assert [one.escalation.state for one in house.noticed(QuestionClosed)] == [state]
    with pytest.raises(CannotAnswer, match="no open question"):
        await house.flow.board.close(id, "skipped", by="Lin")


async def test_what_was_answered_on_air_may_be_said_in_the_room_as_well(house: FlowHouse) -> None:
    closed = await house.flow.board.close(await asked(house), "on air", by="Lin", say=ENTRY)
    await house.settle()
    assert (closed.escalation.state, closed.unsaid) == (EscalationState.ON_AIR, "")
    assert house.sender.texts == [ANSWER]


async def test_it_is_closed_also_where_the_room_cannot_be_told(house: FlowHouse) -> None:
    id = await asked(house)
    house.sender.speaks = False
    closed = await house.flow.board.close(id, "on air", by="Lin", say=ENTRY)
    assert closed.escalation.state is EscalationState.ON_AIR
    assert "nothing is sent" in closed.unsaid


async def test_a_question_passed_to_service_is_still_one_for_the_room(house: FlowHouse) -> None:
    id = await asked(house)
    await house.flow.board.pass_to_service(id, by="Lin")
    assert (texts(house, Desk.HOST), texts(house, Desk.SERVICE)) == ([], [ASKED])
    assert [one.escalation.desk for one in house.noticed(QuestionChanged)] == [Desk.SERVICE]
    await house.flow.by_hand.answer(id, ENTRY, by="Wu")
    await house.settle()
    assert house.sender.texts == [ANSWER]


async def test_what_was_passed_is_joined_after_a_restart(tmp_path: Path) -> None:
    async with FlowHouse.open(tmp_path / "journal.db", answers=ANSWERS) as house:
        await house.flow.board.pass_to_service(await asked(house), by="Lin")
    async with FlowHouse.open(tmp_path / "journal.db", answers=ANSWERS) as house:
        await house.hear(danmaku(ASKED, viewer="43", event_id="b"))
        (question,) = house.flow.board.questions(Desk.SERVICE)
        assert question.escalation.askers == 2


async def test_a_viewers_own_matter_can_be_settled_in_private_only(house: FlowHouse) -> None:
    await house.hear(super_chat(OWN_MATTER))
    (question,) = house.flow.board.questions(Desk.SERVICE)
    with pytest.raises(CannotAnswer, match="not for the room"):
        await house.flow.by_hand.answer(question.escalation.id, ENTRY, by="Lin")
    await house.flow.board.close(question.escalation.id, "in private", by="Lin")
    assert (texts(house), house.sender.texts) == ([], [])


async def test_an_answer_that_is_seen_after_all_leaves_the_board(house: FlowHouse) -> None:
    await house.hear(danmaku(SURE, event_id="a"))
    await house.pass_time(20)  # no echo came
    assert texts(house) == [SURE]
    await house.hear(danmaku(ANSWER, viewer="1", event_id="event-1"))
    assert texts(house) == []


async def test_the_next_broadcast_begins_with_an_empty_board(house: FlowHouse) -> None:
    room = {"platform": "bilibili", "room": "7777"}
    await asked(house)
    await house.hear(BroadcastEnded(**room))
    assert texts(house) == [ASKED]
    await house.hear(BroadcastStarted(**room, broadcast_id="next"))
    assert texts(house) == []
