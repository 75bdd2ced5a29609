import pytest

from knowledge import Entry, Match
from knowledge.evidence import (
    CANDIDATE_FEATURES,
    Profile,
    bare,
    candidate_features,
    without_address,
    words_of,
)
from knowledge.lexicon import shipped_lexicon
from knowledge.text import fold

ENTRY = Entry(id="x9", question="X9保修几年？", variants=("X9质保多久",), answer="整机两年，电池18个月。")


def evidence(typed: str, *, others: str = "") -> dict[str, float]:
    """`others`: what else the base is asked."""
    match = Match(ENTRY, 0.5, ENTRY.question, fold(ENTRY.question))
    profile = Profile.of(ENTRY, shipped_lexicon())
    candidates = [(match, profile, 0.25, 0.5)]
    vocabulary = profile.words | words_of(fold(others))
    (row,) = candidate_features(fold(typed), candidates, shipped_lexicon(), vocabulary=vocabulary)
    return dict(zip(CANDIDATE_FEATURES, row, strict=True))


@pytest.mark.parametrize(
    ("folded", "asked"),
    [
        ("包邮吗?", "包邮吗"),
        ("请问一下包邮吗", "包邮吗"),
        ("你好请问包邮吗", "包邮吗"),
        ("hi how much?", "how much"),
        ("history class", "history class"),
        ("你好", "你好"),
        ("hello", "hello"),
    ],
)
def test_courtesies_are_not_the_question(folded: str, asked: str) -> None:
    assert bare(folded) == asked


@pytest.mark.parametrize(
    ("text", "left"),
    [("主播包邮吗", "包邮吗"), ("包邮吗亲", "包邮吗"), ("主播", "主播"), ("host how much", "how much")],
)
def test_whom_it_speaks_to_is_not_the_question(text: str, left: str) -> None:
    assert without_address(text) == left


def test_cosines_are_passed_on() -> None:
    assert evidence("x9保修")["cosine"] == 0.5
    assert evidence("x9保修")["answer_cosine"] == 0.25


def test_all_words_of_a_variant_are_shared() -> None:
    assert evidence("x9质保多久")["shared"] == pytest.approx(1.0)
    assert evidence("主播x9质保多久")["shared"] == pytest.approx(1.0)
    assert evidence("晚上吃啥")["shared"] == 0.0


def test_words_of_the_answer_count_apart() -> None:
    assert evidence("电池18个月")["in_answer"] > evidence("电池两万")["in_answer"] > 0
    assert evidence("电池18个月")["shared"] < 0.2


def test_a_wording_within_a_longer_text_is_not_all_it_says() -> None:
    assert evidence("x9保修几年")["beyond"] == pytest.approx(0.0)
    assert evidence("x9保修几年能不能延长")["beyond"] > 0.2


@pytest.mark.parametrize(
    ("typed", "conflict", "unknown"),
    [("x9保修", 0, 0), ("x8保修", 1, 1), ("保修", 0, 0), ("是18个月吗", 1, 0), ("x9 2024款保修", 0, 1)],
)
def test_numbers_and_models_tell_questions_apart(typed: str, conflict: int, unknown: int) -> None:
    found = evidence(typed)
    assert (found["number_conflict"], found["number_unknown"]) == (conflict, unknown)


def test_negation_of_one_side_is_seen() -> None:
    assert evidence("x9没有保修")["negation_differs"] == 1
    assert evidence("x9有没有保修")["negation_differs"] == 0
    assert evidence("x9保修不")["negation_differs"] == 0


def test_initials_are_seen() -> None:
    assert evidence("bx几年")["initials"] == 1
    assert evidence("zz几年")["initials"] == 0


def test_a_word_of_another_entry_in_the_place_of_one_of_this_is_a_swap() -> None:
    swapped = evidence("滑板保修几年", others="滑板能不能上路")["swapped"]
    assert swapped > 0.1
    assert swapped > evidence("滑板在哪买", others="滑板能不能上路")["swapped"]


@pytest.mark.parametrize("typed", ["X9保修几年啊", "保修几年", "它保修几年"])
def test_without_a_word_of_another_entry_nothing_is_swapped(typed: str) -> None:
    assert evidence(typed, others="滑板能不能上路")["swapped"] == 0


def test_a_word_that_no_entry_knows_is_no_swap() -> None:
    assert evidence("滑板保修几年")["swapped"] == 0
