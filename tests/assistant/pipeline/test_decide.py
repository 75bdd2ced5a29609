from assistant.actions import Action
from assistant.pipeline.decide import Bars, decide
from knowledge.base import KnowledgeBase
from knowledge.embedder import open_embedder
from knowledge.entries import Entry
from knowledge.ranking import Ranker


def test_a_wording_letter_by_letter_is_answered_even_where_it_looks_like_chatter() -> None:
    greeting = Entry(id="hello", question="哈哈哈哈", answer="欢迎来玩。")
    base, ranker = KnowledgeBase(open_embedder(), [greeting]), Ranker()
    (judged,) = ranker.judge(["哈哈哈哈"], base)
    decision = decide(judged, Bars.of(ranker, wrong_reply_budget=0.1))
    assert (decision.action, decision.entry_id) == (Action.REPLY, "hello")
