"""What viewers asked in vain becomes a short list: what to add, for how many, and why."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import Entry, KnowledgeBase, open_embedder
from knowledge.ranking import Ranker
from knowledge.suggestions import Asked, Suggestion, alike, suggest

RANKER = Ranker()
ENTRIES = (
    Entry(id="ship-time", question="什么时候发货", answer="下单后48小时内发货"),
    Entry(id="return", question="可以退货吗", answer="七天无理由退货"),
    Entry(id="warranty", question="保修多久", answer="全国联保两年"),
)


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase(open_embedder(), ENTRIES)


def lines(text: str, *, viewers: int, broadcast: int = 1, **said: Any) -> list[Asked]:
    """As many viewers of one broadcast who typed it; none is among those of another text."""
    return [Asked(text, f"{text}/{number}", broadcast, **said) for number in range(viewers)]


def suggested(base: KnowledgeBase, *groups: list[Asked], **options: int) -> list[Suggestion]:
    return suggest([asked for group in groups for asked in group], base, RANKER, **options)


def test_what_most_viewers_asked_comes_first(base: KnowledgeBase) -> None:
    found = suggested(
        base,
        lines("能不能开发票", viewers=2),
        lines("这个杯子能放洗碗机吗", viewers=5),
        lines("还有别的颜色吗", viewers=3),
    )
    assert [(one.question, one.askers) for one in found] == [
        ("这个杯子能放洗碗机吗", 5),
        ("还有别的颜色吗", 3),
        ("能不能开发票", 2),
    ]
    assert {one.kind for one in found} == {"new entry"}
    assert [one.question for one in suggested(base, lines("能不能开发票", viewers=2), most=0)] == []


def test_one_viewer_counts_once_a_broadcast_however_often_and_however_put(base: KnowledgeBase) -> None:
    asked = [
        Asked(text, "甲", broadcast)
        for broadcast in (1, 2)
        for text in ("能不能开发票", "能不能开发票？？", "能不能开发票啊", "能不能开发票")
    ]
    (one,) = suggest(asked, base, RANKER)
    assert (one.askers, one.broadcasts) == (2, 2)


def test_what_was_put_differently_in_other_broadcasts_is_one_question(base: KnowledgeBase) -> None:
    (one,) = suggested(
        base,
        lines("可以开发票吗", viewers=3, broadcast=1),
        lines("请问可以开发票吗老板", viewers=1, broadcast=2),
        lines("可以开发票不", viewers=2, broadcast=3),
    )
    assert (one.question, one.askers, one.broadcasts) == ("可以开发票吗", 6, 3)
    assert one.samples[0] == "可以开发票不"
    assert one.wordings == ("可以开发票吗", *one.samples)


def test_numbers_part_questions(base: KnowledgeBase) -> None:
    found = suggested(base, lines("1号链接有粉色吗", viewers=2), lines("2号链接有粉色吗", viewers=1))
    assert [(one.question, one.askers) for one in found] == [("1号链接有粉色吗", 2), ("2号链接有粉色吗", 1)]


def test_chatter_and_what_is_answered_by_now_are_left_out(base: KnowledgeBase) -> None:
    assert suggested(base, lines("哈哈哈哈哈", viewers=9), lines("主播好美", viewers=8)) == []
    assert suggested(base, lines("什么时候发货", viewers=7), lines("保修多久？", viewers=7)) == []
    assert suggested(base, lines("[doge]", viewers=7), []) == []


def test_what_people_answered_was_no_chatter(base: KnowledgeBase) -> None:
    assert suggested(base, lines("粉色", viewers=2)) == []
    (one,) = suggested(base, lines("粉色", viewers=2, answer="粉色下周上"))
    assert (one.question, one.answers) == ("粉色", ("粉色下周上",))


def test_what_was_heard_as_a_question_does_not_vanish_when_the_entries_change(base: KnowledgeBase) -> None:
    (one,) = suggest([Asked("粉色", "甲", 1, asks=True)], base, RANKER)
    assert one.question == "粉色"


def test_what_people_answered_with_an_entry_are_wordings_that_it_lacks(base: KnowledgeBase) -> None:
    asked = lines("几天能到我手里", viewers=2, entry_id="ship-time")
    (one,) = suggested(base, asked, lines("几天能到我手里呀", viewers=1))
    assert (one.kind, one.entry_id, one.askers) == ("new variant", "ship-time", 3)


def test_an_entry_that_is_gone_lacks_nothing(base: KnowledgeBase) -> None:
    (one,) = suggested(base, lines("这个杯子能放洗碗机吗", viewers=2, entry_id="gone"))
    assert (one.kind, one.entry_id) == ("new entry", None)


def test_peoples_own_answers_are_evidence_of_a_new_entry(base: KnowledgeBase) -> None:
    dishwasher = "可以的，上层放"
    (one,) = suggested(
        base,
        lines("这个杯子能放洗碗机吗", viewers=2, answer=dishwasher),
        lines("洗碗机能洗吗", viewers=3, answer=dishwasher),
        lines("洗碗机洗得了吗", viewers=1, answer="放上层"),
    )
    assert (one.kind, one.entry_id, one.askers) == ("new entry", None, 6)
    assert one.answers == (dishwasher, "放上层")


def test_the_nearest_entries_stand_beside_with_their_scores(base: KnowledgeBase) -> None:
    (one,) = suggested(base, lines("还有别的颜色吗", viewers=1))
    assert len(one.nearest) == len(ENTRIES)
    assert {id for id, _ in one.nearest} == {entry.id for entry in ENTRIES}
    assert all(-1 <= score <= 1 for _, score in one.nearest)
    assert 0 <= one.probability < 0.5


def test_an_empty_base_gets_new_entries_only() -> None:
    (one,) = suggested(KnowledgeBase(open_embedder()), lines("还有别的颜色吗", viewers=1))
    assert (one.kind, one.nearest, one.probability) == ("new entry", (), 0.0)


def test_nothing_that_is_shown_can_turn_the_line_of_a_screen(base: KnowledgeBase) -> None:
    (one,) = suggested(base, lines("还有\x1b\u202e别的颜色\r\n吗\ud800", viewers=1))
    assert one.question == "还有别的颜色 吗"


@given(st.lists(st.tuples(st.sampled_from(["能不能开发票", "有粉色吗", "好看"]), st.sampled_from("甲乙丙"))))
def test_no_asker_is_counted_twice_and_none_is_made_up(pairs: list[tuple[str, str]]) -> None:
    base = KnowledgeBase(_EMBEDDER, ENTRIES)
    asked = [Asked(text, viewer, 1) for text, viewer in pairs]
    for one in suggest(asked, base, RANKER):
        assert one.askers == len({viewer for text, viewer in pairs if text in one.wordings})


_EMBEDDER = open_embedder()


@given(st.integers(0, 2**32), st.integers(1, 700), st.integers(1, 50))
def test_every_row_is_in_one_group_unless_there_is_no_room_for_more(seed: int, rows: int, most: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(rows, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    groups = alike(vectors, most=most)
    placed = [row for group in groups for row in group]
    assert len(placed) == len(set(placed))
    assert len(groups) <= most
    if len(groups) < most:
        assert len(placed) == rows
