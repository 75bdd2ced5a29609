"""What faces read of the rooms, and corrections that people make there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.actions import Action, ReceiptState
from assistant.errors import StoreError
from assistant.learning import CannotCorrect
from tests.fakes.desk_house import ROOM, DeskHouse
from tests.fakes.lines import danmaku

SURE, UNSURE, CHATTER = "怎么发货", "多久能到我手上", "主播好"
ANSWER = "48小时内发货。"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[DeskHouse]:
    async with DeskHouse.open(tmp_path / "journal.db", answers={SURE: 0.95, UNSURE: 0.5}) as house:
        for viewer, text in enumerate([SURE, UNSURE, CHATTER]):
            await house.hear(danmaku(text, viewer=str(40 + viewer), event_id=text))
            await house.pass_time(1)
        yield house


async def test_recent_messages_come_newest_first_with_what_was_decided(house: DeskHouse) -> None:
    recent = await house.records.recent(ROOM)
    assert [one.text for one in recent] == [CHATTER, UNSURE, SURE]
    assert [one.decision.action for one in recent] == [Action.IGNORE, Action.ESCALATE, Action.REPLY]
    assert [one.text for one in await house.records.recent(ROOM, 1)] == [CHATTER]
    assert await house.records.recent("bilibili:1") == []
    assert await house.records.message(recent[0].id) == recent[0]


async def test_they_are_found_by_decision_by_words_and_by_name(house: DeskHouse) -> None:
    records = house.records
    assert [one.text for one in await records.recent(ROOM, action=Action.REPLY)] == [SURE]
    assert [one.text for one in await records.recent(ROOM, search="发货")] == [SURE]
    assert [one.text for one in await records.recent(ROOM, search="观众42")] == [CHATTER]
    assert await records.recent(ROOM, action=Action.REPLY, search="主播") == []


async def test_replies_come_with_their_receipts(house: DeskHouse) -> None:
    (said,) = await house.records.replies(ROOM)
    assert said.reply.text == ANSWER
    assert [one.state for one in said.receipts] == [ReceiptState.SENDING, ReceiptState.SENT]
    assert await house.records.replies("bilibili:1") == []


async def test_a_report_goes_on_with_the_broadcast(house: DeskHouse) -> None:
    (broadcast,) = await house.records.broadcasts()
    report = await house.records.report(broadcast.id)
    assert [one.text for one in await house.records.questions(broadcast.id)] == [UNSURE]
    assert await house.records.viewers_online(broadcast.id) == []
    assert report.served == {"bot": 1, "nobody": 1}
    await house.board.close(ROOM, (await house.the_question()).id, "on air", "Lin")
    assert (await house.records.report(broadcast.id)).served == {"bot": 1, "on air": 1}
    assert report.scores.answers.questions == 2
    with pytest.raises(StoreError, match="no broadcast 999"):
        await house.records.report(999)


async def test_a_correction_is_kept_and_audited(house: DeskHouse) -> None:
    message = (await house.records.recent(ROOM, action=Action.REPLY))[0]
    assert await house.records.correct(ROOM, message.id, "ignore", None, "Lin") is None
    assert [(one.text, one.expect) for one in house.labelled()] == [(SURE, "ignore")]
    with pytest.raises(CannotCorrect, match="no message"):
        await house.records.correct("bilibili:1", message.id, "ignore", None, "Lin")
    assert await house.audited() == [("Lin", "correct")]
