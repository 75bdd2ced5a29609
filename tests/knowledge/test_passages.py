"""Passages are short enough for a glance and lose nothing of their section."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.passages import GLANCE_COLUMNS, Passage, passages_of
from knowledge.readers import Section


def cut(*paragraphs: str) -> list[str]:
    return [passage.text for passage in passages_of([Section("", paragraphs)], source="a")]


def test_short_paragraphs_of_a_section_stand_together() -> None:
    assert cut("一。", "二。") == ["一。\n二。"]


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    sentence = "这一句正好有二十个汉字用来数一数长短吧。"
    parts = cut(sentence * 12)
    assert len(parts) == 2
    assert all(part.endswith("。") for part in parts)


@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=400), max_size=4))
def test_nothing_is_lost_and_nothing_is_longer_than_a_glance(paragraphs: list[str]) -> None:
    parts = cut(*paragraphs)
    assert all(sum(1 + (ord(c) >= 0x2E80) for c in part) <= GLANCE_COLUMNS for part in parts)
    assert "".join("".join(parts).split()) == "".join("".join(paragraphs).split())


def test_a_passage_says_where_to_look_it_up() -> None:
    assert Passage("x", "a.md", "充电 › 时间").place == "a.md › 充电 › 时间"
    assert Passage("x", "a.pdf", page=3).place == "a.pdf, p. 3"
