from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import Entry, open_embedder
from knowledge.embedder import Embedder
from knowledge.evaluation.replay import Asked, Replay, replay
from knowledge.ranking import Judgement, Ranker
from tests.fakes.embedders import CountingEmbedder

NOW = datetime(2026, 11, 11, 20).timestamp()
Run = Callable[..., Replay]


def entry(id: str, question: str, answer: str, *variants: str, **fields: Any) -> Entry:
    return Entry(id=id, question=question, answer=answer, variants=variants, **fields)


SHIP = entry("ship", "什么时候发货？", "48小时内发出", "多久能发货")
COURIER = entry("courier", "发什么快递？", "默认中通", "快递是哪家")
INVOICE = entry("invoice", "能开发票吗？", "能开电子普票")
SHOP = [SHIP, COURIER, INVOICE]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder()


@pytest.fixture(scope="module")
def run(embedder: Embedder) -> Run:
    ranker = Ranker()

    def run(texts: list[str | Asked], before: list[Entry], after: list[Entry], **asked: Any) -> Replay:
        questions = [Asked(text) if isinstance(text, str) else text for text in texts]
        return replay(questions, before, after, **({"embedder": embedder, "ranker": ranker} | asked))

    return run


def test_nothing_edited_changes_nothing(run: Run) -> None:
    seen = run(["多久能发货", "快递是哪家", "哈哈哈"], SHOP, SHOP)
    assert (seen.gained, seen.lost, seen.changed) == ((), (), ())
    assert (seen.questions, seen.answered_before, seen.answered_after) == (3, 2, 2)


def test_a_new_entry_gains_answers(run: Run) -> None:
    seen = run(["多久能发货", "快递是哪家"], [COURIER], SHOP)
    (gained,) = seen.gained
    assert (gained.text, gained.before, gained.after) == ("多久能发货", None, "ship")
    assert (gained.before_answer, gained.after_answer) == ("", "48小时内发出")
    assert gained.probability > 0.9
    assert not seen.lost


def test_a_removed_entry_loses_answers(run: Run) -> None:
    (lost,) = run(["多久能发货", "快递是哪家"], SHOP, [COURIER, INVOICE]).lost
    assert (lost.before, lost.after, lost.before_answer, lost.after_answer) == (
        "ship",
        None,
        "48小时内发出",
        "",
    )
    assert lost.probability > 0.9


def test_a_wording_given_to_a_second_entry_loses_its_answer(run: Run) -> None:
    clash = entry("courier", "发什么快递？", "默认中通", "多久能发货")
    assert [flip.text for flip in run(["多久能发货"], SHOP, [SHIP, clash]).lost] == ["多久能发货"]


def test_another_answer_is_a_change_whether_of_the_entry_or_of_another(run: Run) -> None:
    faster = entry("ship", "什么时候发货？", "24小时内发出", "多久能发货")
    moved = [
        entry("ship", "什么时候发货？", "48小时内发出"),
        entry("slow", "多久能发货", "一周内发出"),
    ]
    for after, id in (([faster], "ship"), (moved, "slow")):
        (changed,) = run(["多久能发货"], [SHIP], after).changed
        assert (changed.before, changed.after) == ("ship", id)
        assert changed.before_answer == "48小时内发出"
        assert changed.after_answer in ("24小时内发出", "一周内发出")


def test_a_changed_short_answer_is_a_change(run: Run) -> None:
    short = SHIP.model_copy(update={"short_answer": "两天内"})
    (changed,) = run(["多久能发货"], [SHIP], [short]).changed
    assert (changed.before_answer, changed.after_answer) == ("", "两天内")


def test_the_same_answer_under_another_id_is_no_change(run: Run) -> None:
    seen = run(["多久能发货"], [SHIP], [SHIP.model_copy(update={"id": "shipping"})])
    assert not seen.changed


def test_an_entry_switched_off_answers_no_more(run: Run) -> None:
    assert len(run(["多久能发货"], [SHIP], [SHIP.model_copy(update={"enabled": False})]).lost) == 1


def test_only_what_holds_at_the_time_and_in_the_room_counts(run: Run) -> None:
    coupon = entry("coupon", "优惠券怎么领", "点左上角", valid_until="2026-11-11 19:00")
    elsewhere = entry("gift", "有赠品吗", "送茶针", rooms=("bilibili:2",))
    texts = ["优惠券怎么领", "有赠品吗"]
    assert not run(texts, [], [coupon, elsewhere], at=NOW, room="bilibili:1").gained
    assert len(run(texts, [], [coupon, elsewhere], at=NOW - 7_200, room="bilibili:2").gained) == 2


def test_what_most_viewers_asked_comes_first_and_its_askers_count_together(run: Run) -> None:
    asked: list[str | Asked] = [
        Asked("快递是哪家", 2),
        Asked("多久能发货", 1),
        Asked("多久能发货", 4, said="ship"),
    ]
    seen = run(asked, SHOP, [])
    assert [(flip.text, flip.times, flip.said) for flip in seen.lost] == [
        ("多久能发货", 5, "ship"),
        ("快递是哪家", 2, ""),
    ]
    assert seen.questions == 2


def test_a_raised_threshold_of_an_entry_loses_what_was_not_its_wording(run: Run) -> None:
    careful = SHIP.model_copy(update={"threshold": 1.0})
    assert [flip.text for flip in run(["多久能发货呀"], SHOP, [careful, COURIER, INVOICE]).lost] == [
        "多久能发货呀"
    ]


def test_a_stricter_budget_answers_less(run: Run) -> None:
    texts = ["几天能发货", "寄什么快递呀", "开票可以吗", "发货快不快"]
    generous, strict = (run(texts, [], SHOP, budget=budget) for budget in (0.5, 0.0))
    assert len(strict.gained) < len(generous.gained)


def test_the_callers_policy_decides(run: Run) -> None:
    def never_invoices(text: str, judgement: Judgement) -> bool:
        return "发票" not in text and judgement.probability > 0.9

    seen = run(["能开发票吗", "快递是哪家"], [], SHOP, is_reply=never_invoices)
    assert [flip.text for flip in seen.gained] == ["快递是哪家"]


def test_only_what_changed_is_embedded_again(run: Run, embedder: Embedder) -> None:
    counting = CountingEmbedder(embedder)
    faster = entry("ship", "何时寄出？", "24小时内发出", "多久能发货")
    run(["多久能发货"], SHOP, [faster, COURIER, INVOICE], embedder=counting)
    assert counting.texts.count("发什么快递?") <= 2  # by the base, and by what judges
    assert "何时寄出?" in counting.texts


def test_progress_ends_with_all_of_both_runs(run: Run) -> None:
    heard: list[tuple[int, int]] = []
    run([f"多久能发货{n}" for n in range(300)], SHOP, SHOP, progress=lambda *step: heard.append(step))
    assert heard[0] == (0, 600)
    assert heard[-1] == (600, 600)
    assert len(heard) == 5


def test_no_questions_are_no_trouble(run: Run) -> None:
    assert run([], SHOP, []) == Replay(0)


@settings(max_examples=20, deadline=None)
@given(before=st.sets(st.sampled_from(range(3))), after=st.sets(st.sampled_from(range(3))))
def test_going_back_swaps_what_was_gained_and_lost(run: Run, before: set[int], after: set[int]) -> None:
    texts: list[str | Asked] = ["多久能发货", "快递是哪家", "能开发票吗", "主播好美"]
    there = run(texts, [SHOP[n] for n in before], [SHOP[n] for n in after])
    back = run(texts, [SHOP[n] for n in after], [SHOP[n] for n in before])
    assert {flip.text for flip in there.gained} == {flip.text for flip in back.lost}
    assert {flip.text for flip in there.lost} == {flip.text for flip in back.gained}
    assert there.answered_after - there.answered_before == len(there.gained) - len(there.lost)
