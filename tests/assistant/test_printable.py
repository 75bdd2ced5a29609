"""What a viewer typed, as a terminal may see it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.printable import MOST_MARKS, printable

HOSTILE = {
    "colour": ("\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m"),
    "clear the screen": ("\x1b[2J\x1b[H", "\ufffd[2J\ufffd[H"),
    "window title": ("\x1b]0;title\x07", "\ufffd]0;title\ufffd"),
    "8-bit escape": ("\x9b31m", "\ufffd31m"),
    "nul and backspace": ("a\x00\x08b\x7f", "a\ufffd\ufffdb\ufffd"),
    "new lines": ("a\nb\r\nc\td", "a b  c d"),
    "strange new lines": ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf"),
    "right to left override": ("\u202egpj.exe", "\ufffdgpj.exe"),
    "isolates and marks": ("\u2066a\u2069\u200f\u061c", "\ufffda\ufffd\ufffd\ufffd"),
    "nothing to see": ("a\u200b\u2060\ufeff\u00adb", "a\ufffd\ufffd\ufffd\ufffdb"),
    "hidden tags": ("a\U000e0041\U000e007f", "a\ufffd\ufffd"),
    "lone surrogates": ("\ud83dx\udfff", "\ufffdx\ufffd"),
    "private and unknown": ("\ue000\uffff\U000effff", "\ufffd\ufffd\ufffd"),
    "a joiner between letters": ("a\u200db\u200d", "a\ufffdb\ufffd"),
    "a tower": ("h" + "\u0337\u031b\u0355\u0301" * 20 + "i", "h\u0337\u031b\u0355i"),
    "a mark before anything": ("\u0337\u0337a", "a"),
}


@pytest.mark.parametrize(("typed", "shown"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_a_terminal_would_obey_is_replaced(typed: str, shown: str) -> None:
    assert printable(typed) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "龙井多少钱？！～",
        "Does it fit, 15 cm wide — «yes»?",
        "tiếng Việt bằng dấu",
        unicodedata.normalize("NFD", "tiếng Việt"),
        "हिन्दी",
        "مرحبا",
        "👩‍👩‍👧‍👦🏳️‍🌈🇨🇳👍🏽1️⃣❤️‍🔥",
        "\U0001fae8\U0001fa77",  # emoji of 2022
        "=cmd|' /C calc'!A0 <script> [bold]",
    ],
)
def test_what_people_write_stays(text: str) -> None:
    assert printable(text) == text


def test_long_text_is_cut_to_the_limit_and_shows_it() -> None:
    assert printable("哈" * 10, limit=10) == "哈" * 10
    assert printable("哈" * 11, limit=10) == "哈" * 9 + "…"
    assert printable("a" * 100_000, limit=10) == "a" * 9 + "…"


def test_a_tower_does_not_hang_on_the_ellipsis() -> None:
    assert printable("ab" + "\u0337" * 50, limit=3) == "ab…"


@given(text=st.text(), limit=st.integers(1, 40))
def test_any_text_becomes_one_short_harmless_line(text: str, limit: int) -> None:
    shown = printable(text, limit=limit)
    assert len(shown) <= limit
    assert shown.splitlines() == ([shown] if shown else [])
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert not [c for c in shown if unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF")]
    assert printable(shown, limit=limit) == shown


@given(text=st.text(alphabet="aé\u0301\u0337\u20dd\U0001f600", max_size=60))
def test_marks_never_tower(text: str) -> None:
    marks = 0
    for character in printable(text):
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        assert marks <= MOST_MARKS
