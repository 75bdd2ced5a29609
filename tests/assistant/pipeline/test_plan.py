from itertools import count

import numpy as np
import pytest

from assistant.actions import Action, Reason
from assistant.pipeline.cluster import Clusters, Question
from assistant.pipeline.cooldown import Cooldown
from assistant.pipeline.decide import Bars, decide
from assistant.pipeline.handover import Handover
from assistant.pipeline.plan import PAID_PRIORITY, Place, Planner
from assistant.settings import SendingSettings
from tests.fakes.lines import UNIT, entry, judgement, line

BARS = Bars(reply=0.8, question=0.5)
PLACE = Place("bilibili", "7777", limit=20)
OTHER = np.array([0.0, 1.0], dtype=np.float32)


def planner(cooldown: Cooldown | None = None) -> Planner:
    ids = count(100)
    return Planner(
        bars=BARS,
        cooldown=cooldown or Cooldown(seconds=60.0),
        handover=Handover(new_id=lambda: next(ids), window_seconds=600.0),
        sending=SendingSettings(),
        new_id=lambda: next(ids),
    )


@pytest.mark.parametrize(
    ("probability", "question_likeness", "paid", "action", "reason"),
    [
        (0.8, 0.9, False, Action.REPLY, Reason.SURE),
        (0.79, 0.9, False, Action.ESCALATE, Reason.UNSURE),
        (0.1, 0.9, False, Action.ESCALATE, Reason.NO_ENTRY),
        (0.79, 0.4, False, Action.IGNORE, Reason.CHATTER),
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


@pytest.mark.parametrize(
    ("first", "second", "vector", "same"),
    [
        ("几点下播", "几点下播", OTHER, True),
        ("几点下播", "什么时候结束", OTHER, False),
        ("几点下播", "什么时候下播", np.array([0.9, 0.43], dtype=np.float32), True),
        ("1号链接有货吗", "2号链接有货吗", np.array([1.0, 0.0], dtype=np.float32), False),
    ],
)
def test_which_questions_count_as_equal(first: str, second: str, vector: np.ndarray, same: bool) -> None:
    clusters = Clusters(seconds=600.0)
    clusters.add(1, Question(first, np.array([1.0, 0.0], dtype=np.float32)), now=0.0)
    assert (clusters.find(Question(second, vector), now=1.0) is not None) is same


@pytest.mark.parametrize(("text", "same"), [("龙井啥价", True), ("2号龙井啥价", False)])
def test_questions_that_the_same_entry_probably_answers_are_equal(text: str, same: bool) -> None:
    clusters = Clusters(seconds=600.0)
    clusters.add(1, Question("龙井多少钱一罐", UNIT, "price-longjing"), now=0.0)
    assert (clusters.find(Question(text, OTHER, "price-longjing"), now=1.0) is not None) is same


def test_a_question_asked_again_after_the_window_is_a_new_one() -> None:
    clusters = Clusters(seconds=600.0)
    question = Question("几点下播", OTHER)
    clusters.add(1, question, now=0.0)
    assert clusters.find(question, now=599.0) is not None
    assert clusters.find(question, now=1198.0) is not None
    assert clusters.find(question, now=1799.0) is None
