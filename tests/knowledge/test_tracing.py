import pytest

from knowledge import Entry
from knowledge.evidence import Profile
from knowledge.lexicon import shipped_lexicon
from knowledge.text import fold
from knowledge.tracing import (
    abbreviated,
    heard_alike,
    numbered,
    spelled_alike,
    words_common,
    words_of_answer,
    words_unknown,
)

LEXICON = shipped_lexicon()
LAMP = Profile.of(
    Entry(
        id="lamp",
        question="台灯包邮吗？",
        variants=("X8台灯的运费险怎么买", "Does the lamp have a warranty?"),
        answer="全国包邮，灯泡终身质保。",
    ),
    LEXICON,
)


def test_words_in_common_are_whole_runs_without_what_says_little() -> None:
    assert words_common("这个台灯的运费险是什么", LAMP, LEXICON) == ("台灯的运费险",)
    assert words_common("does it have the warranty", LAMP, LEXICON) == ("warranty",)
    assert words_common("晚饭吃啥", LAMP, LEXICON) == ()


def test_words_of_the_answer_are_named_apart() -> None:
    assert words_of_answer("终身质保吗", LAMP, LEXICON) == ("终身质保",)
    assert words_of_answer("台灯包邮", LAMP, LEXICON) == ()


def test_words_that_the_entry_does_not_know_are_named() -> None:
    assert words_unknown("台灯有蓝牙音箱吗", LAMP, LEXICON) == ("蓝牙音箱",)
    assert words_unknown("is the lamp waterproof", LAMP, LEXICON) == ("waterproof",)
    assert words_unknown("台灯包邮", LAMP, LEXICON) == ()


def test_a_slip_for_a_word_of_the_entry_is_not_unknown() -> None:
    assert words_unknown("does the lamp have a waranty", LAMP, LEXICON) == ()
    assert words_unknown("yfx有吗", LAMP, LEXICON) == ()
    assert "油" not in "".join(words_unknown("台灯包油吗", LAMP, LEXICON))


@pytest.mark.parametrize(
    ("typed", "pairs"),
    [("台灯包油吗", ("包油=包邮",)), ("台灯包邮吗", ()), ("fu费险", ()), ("运废险", ("运废=运费",))],
)
def test_same_sounds_are_paired_with_what_is_written(typed: str, pairs: tuple[str, ...]) -> None:
    assert heard_alike(typed, LAMP, LEXICON) == pairs


def test_slips_of_the_finger_are_paired_and_short_likenesses_are_not() -> None:
    assert spelled_alike("waranty of the lmap", LAMP) == ("waranty=warranty",)
    assert spelled_alike("there", LAMP) == ()


def test_initials_are_paired_with_the_words_they_may_stand_for() -> None:
    assert abbreviated("yfx怎么弄", LAMP, LEXICON) == ("yfx=运费险",)
    assert abbreviated("qqq怎么弄", LAMP, LEXICON) == ()


def test_numbers_are_shown_with_their_unit() -> None:
    assert numbered({"2", "x9"}, ["2号还是X9雨伞"]) == ("2号", "X9")
    assert numbered({"2"}, ["12号"]) == ("2",)


def test_any_text_is_traced_in_bounds() -> None:
    for text in ("包油" * 500, "yfx " * 250, "x9" * 400, "ل" * 100):
        folded = fold(text)
        for words in (
            words_common(folded, LAMP, LEXICON),
            words_unknown(folded, LAMP, LEXICON),
            heard_alike(folded, LAMP, LEXICON),
            abbreviated(folded, LAMP, LEXICON),
        ):
            assert len(words) <= 4
