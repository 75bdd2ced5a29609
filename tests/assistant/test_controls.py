"""The big switch, the pause and the budget: what they change in a room that is running."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.controls import CannotSet, Mode
from assistant.errors import StoreError
from assistant.notices import QuestionClosed, SpeakingMoved
from assistant.stores.rows import EscalationState
from tests.fakes.desk_house import BUDGET, ROOM, DeskHouse
from tests.fakes.lines import danmaku, entry, super_chat

SURE, LESS_SURE, UNSURE = "怎么发货", "啥时候发", "多久能到我手上"
ANSWER = "48小时内发货。"
JUDGED = {SURE: 0.95, LESS_SURE: 0.7, UNSURE: 0.3}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[DeskHouse]:
    async with DeskHouse.open(
        tmp_path / "journal.db", answers=JUDGED, entries=(entry(answer=ANSWER),)
    ) as one:
        yield one


async def asked(house: DeskHouse, text: str = SURE, viewer: str = "42") -> None:
    await house.hear(danmaku(text, viewer=viewer, event_id=f"{text} {viewer}"))


async def test_off_says_nothing_by_itself_and_every_question_goes_to_people(house: DeskHouse) -> None:
    await house.controls.set_mode(Mode.OFF, "Lin")
    await asked(house)
    question = await house.the_question()
    assert (question.text, question.reason) == (SURE, "automatic replies are off")
    assert house.sender.texts == []
    await house.board.answer(ROOM, question.id, "ship-time", "Lin")
    await house.settle()
    assert house.sender.texts == [ANSWER]


async def test_a_pause_ends_by_itself(house: DeskHouse) -> None:
    await house.controls.pause(300, "Lin")
    await asked(house)
    assert (await house.the_question()).reason == "automatic replies are paused"
    await house.pass_time(300)
    assert house.controls.speaking.paused_until is None
    await asked(house, viewer="43")
    assert house.sender.texts == [ANSWER]


async def test_a_pause_can_be_ended(house: DeskHouse) -> None:
    await house.controls.pause(300, "Lin")
    assert not house.controls.says_by_itself
    await house.controls.resume("Lin")
    assert house.controls.says_by_itself
    await asked(house)
    assert house.sender.texts == [ANSWER]


async def test_a_dry_run_decides_and_sends_nothing(house: DeskHouse) -> None:
    await house.controls.set_mode(Mode.DRY_RUN, "Lin")
    house.sender.speaks = False  # as a room's voice is then
    await asked(house)
    assert (house.reasons, house.sender.texts) == (["SURE"], [])
    assert await house.board.questions() == []


async def test_after_a_dry_run_nothing_counts_as_said(house: DeskHouse) -> None:
    await house.controls.set_mode(Mode.DRY_RUN, "Lin")
    house.sender.speaks = False
    await asked(house)
    await house.controls.set_mode(Mode.AUTO, "Lin")
    house.sender.speaks = True
    await asked(house, viewer="43")
    assert house.sender.texts == [ANSWER]


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.DRY_RUN])
async def test_what_waits_to_be_sent_goes_to_people(house: DeskHouse, mode: Mode) -> None:
    house.sender.is_ready = False
    await asked(house)
    await house.controls.set_mode(mode, "Lin")
    house.sender.is_ready = True
    await house.pass_time(5)
    assert (house.sender.texts, (await house.the_question()).text) == ([], SURE)
    assert [reply.state.value for reply in await house.replies()] == ["expired"]
    assert [message.answered_by for message in await house.messages()] == [None]


async def test_what_a_person_said_is_sent_though_replies_were_switched_off(house: DeskHouse) -> None:
    house.sender.is_ready = False
    await asked(house, UNSURE)
    await house.board.answer(ROOM, (await house.the_question()).id, "ship-time", "Lin")
    await house.controls.set_mode(Mode.OFF, "Lin")
    house.sender.is_ready = True
    await house.pass_time(5)
    assert house.sender.texts == [ANSWER]


async def test_what_is_decided_while_the_switch_is_turned_is_not_said(
    house: DeskHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = house.store.commit

    async def slow(*rows: object) -> None:
        monkeypatch.setattr(house.store, "commit", commit)
        await house.controls.set_mode(Mode.OFF, "Lin")
        await commit(*rows)  # type: ignore[arg-type]

    monkeypatch.setattr(house.store, "commit", slow)
    house.flow.receive([danmaku(SURE, event_id="a")])
    await house.flow.drain()
    await house.settle()
    assert (house.sender.texts, (await house.the_question()).text) == ([], SURE)


async def test_who_was_answered_just_now_needs_nobody(house: DeskHouse) -> None:
    await asked(house)
    await house.controls.set_mode(Mode.OFF, "Lin")
    await asked(house, viewer="43")
    assert await house.board.questions() == []
    assert len(house.sender.texts) == 1


async def test_paid_questions_stay_paid_before_people(house: DeskHouse) -> None:
    await house.controls.set_mode(Mode.OFF, "Lin")
    await house.hear(super_chat(SURE))
    assert (await house.the_question()).is_paid


async def test_everybody_is_told_and_it_is_audited(house: DeskHouse) -> None:
    await house.controls.set_mode(Mode.OFF, "Lin")
    await house.controls.set_mode(Mode.AUTO, "Wu")
    await house.controls.pause(60, "Wu")
    await house.controls.resume("Wu")
    await house.controls.set_budget(0.02, "Lin")
    told = [(one.by, one.speaking.mode, one.speaking.paused_until) for one in house.noticed(SpeakingMoved)]
    until = house.clock.now() + 60
    assert told == [
        ("Lin", Mode.OFF, None),
        ("Wu", Mode.AUTO, None),
        ("Wu", Mode.AUTO, until),
        ("Wu", Mode.AUTO, None),
    ]
    assert await house.audited() == [
        ("Lin", "mode: off"),
        ("Wu", "mode: auto"),
        ("Wu", "pause"),
        ("Wu", "resume"),
        ("Lin", "wrong-reply budget"),
    ]


async def test_what_cannot_be_set_is_refused_and_nothing_changes(house: DeskHouse) -> None:
    for command, why in (
        (house.controls.pause(0, "Lin"), "longer than nothing"),
        (house.controls.pause(float("nan"), "Lin"), "longer than nothing"),
        (house.controls.pause(90_000, "Lin"), "than a day"),
        (house.controls.set_budget(1.0, "Lin"), "is a share"),
        (house.controls.set_mode(Mode.OFF, ""), "must be named"),
    ):
        with pytest.raises(CannotSet, match=why):
            await command
    with pytest.raises(CannotSet, match="is a share"):
        house.controls.budget_preview(0.0)
    assert (house.controls.speaking.mode, house.controls.budget) == (Mode.AUTO, BUDGET)
    await house.controls.set_mode(Mode.OFF, "Lin")
    with pytest.raises(CannotSet, match="nothing to pause"):
        await house.controls.pause(60, "Lin")


async def test_a_switch_holds_even_when_the_journal_fails(
    house: DeskHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*rows: object) -> None:
        raise StoreError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(house.store, "commit", fails)
        with pytest.raises(StoreError):
            await house.controls.set_mode(Mode.OFF, "Lin")
    await asked(house)
    assert house.sender.texts == []


async def test_a_preview_says_what_a_budget_would_change_and_changes_nothing(house: DeskHouse) -> None:
    for viewer, text in enumerate([SURE, LESS_SURE, LESS_SURE, UNSURE, "主播好"]):
        await asked(house, text, str(40 + viewer))
    looser, stricter = house.controls.budget_preview(0.2), house.controls.budget_preview(0.01)
    assert (looser.bar, looser.questions, looser.before, looser.after) == (0.6, 4, 1, 3)
    assert [(one.text, one.times, one.probability) for one in looser.gained] == [(LESS_SURE, 2, 0.7)]
    assert [one.text for one in stricter.lost] == [SURE]
    await asked(house, LESS_SURE, "50")
    assert len(house.sender.texts) == 1


async def test_a_preview_forgets_what_was_asked_longer_ago(house: DeskHouse) -> None:
    await asked(house)
    await house.clock.advance(120)
    assert house.controls.budget_preview(0.2).questions == 1
    assert house.controls.budget_preview(0.2, seconds=60).questions == 0


async def test_a_budget_holds_from_the_next_question_on(house: DeskHouse) -> None:
    await house.controls.set_budget(0.2, "Lin")
    await asked(house, LESS_SURE)
    assert house.sender.texts == [ANSWER]
    assert house.controls.budget == 0.2
    assert house.controls.budget_preview(0.2).gained == ()


async def test_a_question_kept_from_its_answer_closes_itself_once_it_is_answered(house: DeskHouse) -> None:
    await house.controls.set_mode(Mode.OFF, "Lin")
    await asked(house)
    await house.controls.set_mode(Mode.AUTO, "Lin")
    await asked(house, viewer="43")
    assert house.sender.texts == [ANSWER]
    assert await house.board.questions() == []
    assert [one.state for one in await house.escalations()] == [EscalationState.ANSWERED]
    assert len(house.noticed(QuestionClosed)) == 1


async def test_a_question_that_went_to_people_while_off_can_be_closed(house: DeskHouse) -> None:
    await house.controls.set_mode(Mode.OFF, "Lin")
    await asked(house)
    await house.board.close(ROOM, (await house.the_question()).id, "on air", "Lin")
    assert [one.state for one in await house.escalations()] == [EscalationState.ON_AIR]
