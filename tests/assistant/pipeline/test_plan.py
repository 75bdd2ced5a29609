from itertools import count

import pytest

from assistant.actions import Action, Reason
from assistant.pipeline.cluster import Clusters
from assistant.pipeline.cooldown import Cooldown
from assistant.pipeline.decide import Bars, decide
from assistant.pipeline.handover import Handover
from assistant.pipeline.memory import Memory
from assistant.pipeline.place import Place
from assistant.pipeline.plan import PAID_PRIORITY, Planner
from assistant.pipeline.saying import Sayings
from assistant.settings import SendingSettings
from knowledge import Entry
from tests.fakes.lines import entry, judgement, line

BARS = Bars(reply=0.8, question=0.5)
PLACE = Place("bilibili", "7777", limit=20)


def planner(cooldown: Cooldown | None = None, **values: str) -> Planner:
    ids = count(100)
    memory = Memory(
        clusters=Clusters(seconds=600.0),
        cooldown=cooldown or Cooldown(seconds=60.0),
        handover=Handover(new_id=lambda: next(ids)),
        sayings=Sayings(values=values, most_parts=SendingSettings().most_parts),
    )
    return Planner(memory, bars=BARS, sending=SendingSettings(), new_id=lambda: next(ids))


@pytest.mark.parametrize(
    ("probability", "question_likeness", "paid", "action", "reason"),
    [
        (0.8, 0.9, False, Action.REPLY, Reason.SURE),
        (0.79, 0.9, False, Action.ESCALATE, Reason.UNSURE),
        (0.1, 0.9, False, Action.ESCALATE, Reason.NO_ENTRY),
        (0.79, 0.4, False, Action.IGNORE, Reason.CHATTER),
        (0.98, 0.4, False, Action.IGNORE, Reason.CHATTER),
        (0.1, 0.1, True, Action.ESCALATE, Reason.PAID),
        (0.9, 0.1, True, Action.REPLY, Reason.SURE),
    ],
)
def test_probability_and_likeness_decide(
    probability: float, question_likeness: float, paid: bool, action: Action, reason: Reason
) -> None:
    judged = judgement(probability, question_likeness=question_likeness)
    decision = decide(judged, BARS, is_paid=paid)
    assert (decision.action, decision.reason) == (action, reason)
    assert decision.entry_id == "ship-time"
    assert decision.probability == probability


def test_an_empty_knowledge_base_escalates_questions() -> None:
    decision = decide(judgement(entries=()), BARS)
    assert (decision.action, decision.reason) == (Action.ESCALATE, Reason.NO_ENTRY)
    assert (decision.entry_id, decision.candidates) == (None, ())


def test_a_sure_answer_becomes_a_reply_to_its_asker() -> None:
    plan = planner().plan(line(viewer="42"), judgement(), PLACE, now=100.0)
    (reply,) = plan.replies
    assert (reply.text, reply.reply_to, reply.priority) == ("48小时内发货。", "42", 0)
    assert (reply.created_at, reply.expires_at) == (100.0, 145.0)
    assert plan.message.answered_by == reply.id == reply.answer_id


def test_a_long_answer_leaves_in_parts_that_share_an_answer() -> None:
    long = entry(answer="七天内可退，吊牌要在。运费自理，退款三天到账。")
    plan = planner().plan(line(), judgement(entries=(long,)), PLACE, now=100.0)
    assert [(reply.part, reply.parts) for reply in plan.replies] == [(1, 2), (2, 2)]
    assert len({reply.answer_id for reply in plan.replies}) == 1


def test_an_answer_that_does_not_fit_goes_to_the_host_instead_of_being_cut() -> None:
    endless = entry(answer="很长的答案" * 50)
    plan = planner().plan(line(), judgement(entries=(endless,)), PLACE, now=100.0)
    assert plan.replies == ()
    assert plan.message.decision.reason is Reason.ANSWER_TOO_LONG
    assert plan.escalation is not None


COUPON = Entry(
    id="coupon", question="有券吗", answer="券码 SAVE{amount}", valid_until="1970-01-01T00:02:00+00:00"
)


def test_a_question_whose_answer_cannot_be_filled_goes_to_the_host_with_the_reason() -> None:
    plan = planner().plan(line(), judgement(entries=(COUPON,)), PLACE, now=100.0)
    assert plan.replies == ()
    assert plan.message.decision.reason is Reason.PLACEHOLDER_MISSING
    assert plan.escalation is not None
    assert plan.escalation.reason == Reason.PLACEHOLDER_MISSING


def test_what_ended_since_it_was_judged_is_not_said_any_more() -> None:
    one = planner(amount="20")
    texts = [one.plan(line(), judgement(entries=(COUPON,)), PLACE, now=119.9).replies[0].text]
    late = one.plan(line(id=2), judgement(entries=(COUPON,)), PLACE, now=120.0)
    assert texts == ["券码 SAVE20"]
    assert (late.replies, late.joined, late.message.answered_by) == ((), False, None)
    assert late.message.decision.reason is Reason.LAPSED


def test_a_reply_must_leave_before_its_answer_ends() -> None:
    (reply,) = planner(amount="20").plan(line(), judgement(entries=(COUPON,)), PLACE, now=100.0).replies
    assert reply.expires_at == 120.0


def test_the_answer_given_again_is_given_in_other_words() -> None:
    one = planner()
    judged = judgement(entries=(entry().model_copy(update={"other_answers": ("两天内发。",)}),))
    plans = [one.plan(line(id=id), judged, PLACE, now=100.0 + 61 * id) for id in range(3)]
    assert [plan.replies[0].text for plan in plans] == ["48小时内发货。", "两天内发。", "48小时内发货。"]


def test_paid_questions_leave_first() -> None:
    plan = planner().plan(line(paid=True), judgement(), PLACE, now=100.0)
    assert plan.replies[0].priority == PAID_PRIORITY


def test_twenty_askers_draw_one_answer_and_are_counted() -> None:
    one = planner()
    plans = [one.plan(line(id=id, viewer=str(id)), judgement(), PLACE, now=100.0 + id) for id in range(20)]
    assert sum(len(plan.replies) for plan in plans) == 1
    assert {plan.message.answered_by for plan in plans} == {plans[0].replies[0].answer_id}
    assert plans[-1].joined
    assert plans[-1].askers == 20


def test_the_answer_may_be_given_again_after_the_cooldown() -> None:
    one = planner()
    times = (100.0, 159.0, 161.0)
    plans = [one.plan(line(id=int(now)), judgement(), PLACE, now=now) for now in times]
    assert [len(plan.replies) for plan in plans] == [1, 0, 1]


def test_the_cooldown_counts_from_when_the_answer_stood_in_the_room() -> None:
    cooldown = Cooldown(seconds=60.0)
    one = planner(cooldown)
    first = one.plan(line(), judgement(), PLACE, now=100.0)
    cooldown.shown(first.replies[0].answer_id, now=130.0)
    assert one.plan(line(id=2), judgement(), PLACE, now=185.0).joined


def test_a_failed_answer_does_not_silence_its_entry() -> None:
    cooldown = Cooldown(seconds=60.0)
    one = planner(cooldown)
    first = one.plan(line(), judgement(), PLACE, now=100.0)
    ended = cooldown.end(first.replies[0].answer_id)
    assert ended is not None
    assert ended.question == first.message
    assert one.plan(line(id=2), judgement(), PLACE, now=101.0).replies


def test_where_we_may_not_speak_nothing_is_queued_and_nobody_counts_as_answered() -> None:
    silent = Place("bilibili", "7777", limit=20, speaks=False)
    one = planner()
    plans = [one.plan(line(id=id), judgement(), silent, now=100.0) for id in (1, 2)]
    assert [plan.replies for plan in plans] == [(), ()]
    assert [plan.message.answered_by for plan in plans] == [None, None]
    assert plans[0].message.decision.action is Action.REPLY


def test_equal_questions_before_the_host_are_one_with_its_askers_counted() -> None:
    one = planner()
    unsure = judgement(0.5)
    plans = [
        one.plan(line(id=id, viewer=viewer), unsure, PLACE, now=100.0 + id)
        for id, viewer in ((1, "a"), (2, "b"), (3, "b"))
    ]
    escalations = [plan.escalation for plan in plans]
    assert len({one.id for one in escalations if one}) == 1
    assert [one.askers for one in escalations if one] == [1, 2, 2]
    assert plans[1].message.escalation_id == plans[0].message.escalation_id


def test_one_viewer_who_asks_again_in_other_words_is_one_asker() -> None:
    one = planner()
    one.plan(line("怎么发货", viewer="a"), judgement(), PLACE, now=100.0)
    again = one.plan(line("咋发货呀", id=2, viewer="a"), judgement(), PLACE, now=101.0)
    assert (again.joined, again.askers) == (True, 1)


def test_those_we_were_unsure_of_are_counted_with_those_we_answered() -> None:
    one = planner()
    for viewer in "ab":
        one.plan(line(f"怎么发货{viewer}", viewer=viewer), judgement(), PLACE, now=100.0)
    unsure = one.plan(line("发货咋弄", id=3, viewer="c"), judgement(0.6), PLACE, now=101.0)
    assert unsure.escalation is not None
    assert unsure.escalation.askers == 3
    answered = one.plan(line("怎么发货呢", id=4, viewer="d"), judgement(), PLACE, now=102.0)
    assert (answered.joined, answered.askers) == (True, 4)


def test_a_question_asked_all_the_time_keeps_its_count_when_it_is_answered_anew() -> None:
    one = planner()
    askers = [
        one.plan(line(id=id, viewer=str(id)), judgement(), PLACE, now=100.0 + 50.0 * id).askers
        for id in range(4)
    ]
    assert askers == [1, 2, 3, 4]


def test_an_answer_serves_nobody_else_when_only_its_asker_came_again() -> None:
    cooldown = Cooldown(seconds=60.0)
    one = planner(cooldown)
    first = one.plan(line(viewer="a"), judgement(), PLACE, now=100.0)
    one.plan(line(id=2, viewer="a"), judgement(), PLACE, now=101.0)
    assert cooldown.end_if_alone(first.message.id) == first.replies[0].answer_id


def test_an_answer_that_serves_others_stays_when_its_asker_takes_the_question_back() -> None:
    cooldown = Cooldown(seconds=60.0)
    one = planner(cooldown)
    first = one.plan(line(viewer="a"), judgement(), PLACE, now=100.0)
    one.plan(line(id=2, viewer="b"), judgement(), PLACE, now=101.0)
    assert cooldown.end_if_alone(first.message.id) is None
