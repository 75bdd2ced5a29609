import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.pipeline import wording


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize(
    ("answer", "limit", "expected"),
    [
        ("48小时内发货。", 20, ("48小时内发货。",)),
        ("可以退。七天内，吊牌在。", 8, ("可以退。", "七天内，吊牌在。")),
        ("七天内可退，吊牌要在，运费自理", 6, ("七天内可退，", "吊牌要在，", "运费自理")),
        ("It costs 1,000 dollars. Ships free.", 24, ("It costs 1,000 dollars.", "Ships free.")),
        ("free shipping over 99 dollars", 14, ("free shipping", "over 99", "dollars")),
        ("一二三四五六七", 3, ("一二三", "四五六", "七")),
        ("第一行\n第二行", 20, ("第一行 第二行",)),
        ("😀😀😀", 4, ("😀😀", "😀")),
    ],
)
def test_answers_are_split_where_a_reader_would_breathe(
    answer: str, limit: int, expected: tuple[str, ...]
) -> None:
    assert wording.lines(answer, limit=limit, most=9, measure=utf16) == expected


def test_an_answer_that_needs_too_many_lines_has_no_wording_rather_than_a_cut_one() -> None:
    assert wording.lines("一二三四五六七", limit=3, most=2) == ()


@pytest.mark.parametrize("answer", ["", " \n\t ", "\x00\x1b"])
def test_nothing_to_say_has_no_wording(answer: str) -> None:
    assert wording.lines(answer, limit=20, most=4) == ()


def test_a_character_wider_than_the_limit_has_no_wording() -> None:
    assert wording.lines("😀", limit=1, most=4, measure=utf16) == ()


@given(answer=st.text(max_size=120), limit=st.integers(1, 40))
def test_no_line_is_too_long_and_no_character_is_lost(answer: str, limit: int) -> None:
    lines = wording.lines(answer, limit=limit, most=1000, measure=utf16)
    shown = wording.one_line(answer).replace(" ", "")
    assert all(line and utf16(line) <= limit for line in lines)
    assert "".join(lines).replace(" ", "") in (shown, "")
    if shown and (limit >= 2 or utf16(shown) == len(shown)):
        assert lines


@pytest.mark.parametrize(
    "text", ["可以退。七天内，吊牌在。", "It costs 1,000 dollars. Ships free.", "放得下 iPhone 16 Pro"]
)
def test_lines_are_one_text_again(text: str) -> None:
    lines = wording.lines(text, limit=24, most=9)
    assert wording.whole(lines) == text
    assert wording.whole(wording.lines(text, limit=8, most=9)).replace(" ", "") == text.replace(" ", "")
