"""Today's figures are counted as things happen, taken up after a restart, and begin anew at midnight."""

from dataclasses import replace

from assistant.actions import Action, Decision, Reason, ReceiptState
from assistant.notices import MessageDecided, Notice, QuestionAnswered, QuestionClosed, ReplyMoved
from assistant.stores.rows import EscalationState, MessageCount, Receipt
from assistant.today import DayTally, Today
from tests.fakes.clock import ManualClock
from tests.fakes.rows import a_message, a_reply, an_escalation

ROOM, OTHER = "bilibili:1", "bilibili:2"


def tally(clock: ManualClock | None = None) -> DayTally:
    return DayTally(clock=(clock or ManualClock()).now)


def decided(action: Action, reason: Reason = Reason.SURE, *, answered_by: int | None = None) -> Notice:
    message = replace(a_message(), decision=Decision(action, reason), answered_by=answered_by)
    return MessageDecided(ROOM, message)


def moved(state: ReceiptState) -> Notice:
    return ReplyMoved(ROOM, a_reply(), Receipt(21, 1.0, state))


def test_what_happens_is_counted_by_room() -> None:
    today = tally()
    for notice in (
        decided(Action.REPLY, answered_by=1),
        decided(Action.REPLY),  # a dry run
        decided(Action.ESCALATE, Reason.UNSURE),
        decided(Action.IGNORE, Reason.CHATTER),
        decided(Action.IGNORE, Reason.OWN),
        moved(ReceiptState.SENDING),
        moved(ReceiptState.SEEN),
        moved(ReceiptState.BLOCKED),
    ):
        today.watch(notice)
    assert today.of(ROOM) == Today(heard=4, questions=3, by_bot=1, seen=1, lost=1)
    assert today.of(OTHER) == Today()
    assert today.of(None) == today.of(ROOM)


def test_questions_count_with_all_who_asked_by_how_people_answered_them() -> None:
    today = tally()
    answered = an_escalation(state=EscalationState.ANSWERED, askers=3)
    today.watch(QuestionAnswered(ROOM, answered, None))
    today.watch(QuestionAnswered(ROOM, replace(answered, state=EscalationState.ON_AIR, askers=4), "a"))
    today.watch(QuestionClosed(ROOM, replace(answered, state=EscalationState.ON_AIR, askers=5)))
    today.watch(QuestionClosed(ROOM, replace(answered, state=EscalationState.IN_PRIVATE, askers=1)))
    today.watch(QuestionClosed(ROOM, replace(answered, state=EscalationState.DISMISSED)))
    today.watch(QuestionClosed(ROOM, answered))  # the bot's own answer was seen after all
    assert today.of(ROOM) == Today(by_people=4, on_air=9)


def test_a_restart_goes_on_with_what_the_journal_has() -> None:
    today = tally()
    counts = [
        (Action.REPLY, True, None, 5),
        (Action.REPLY, False, None, 1),
        (Action.ESCALATE, True, EscalationState.ANSWERED, 2),
        (Action.ESCALATE, False, EscalationState.ON_AIR, 3),
        (Action.ESCALATE, False, EscalationState.IN_PRIVATE, 1),
        (Action.IGNORE, False, None, 100),
    ]
    today.resume(MessageCount("bilibili", "1", *count) for count in counts)
    today.watch(decided(Action.REPLY, answered_by=1))
    assert today.of(ROOM) == Today(heard=113, questions=13, by_bot=6, by_people=3, on_air=3)


async def test_at_midnight_it_begins_anew() -> None:
    clock = ManualClock()
    today = tally(clock)
    today.watch(decided(Action.REPLY, answered_by=1))
    assert clock.now() - 86_400 <= today.began_at <= clock.now()
    await clock.advance(25 * 3600.0)  # the longest day that there is
    assert today.of(ROOM) == Today()
    today.watch(decided(Action.IGNORE, Reason.CHATTER))
    assert today.of(ROOM).to_dict()["heard"] == 1
