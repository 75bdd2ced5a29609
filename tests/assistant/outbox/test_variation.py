"""A line said again differs a little, fits, and says the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.outbox.variation import vary

TEXTS = st.text(alphabet="今天下单，明天发货。！？：；SAVE20 https://a.cn/x?y=1 12:30 3.5,~～:)!", min_size=1)


@pytest.mark.parametrize(
    ("text", "varied"),
    [
        ("48小时内发货。", "48小时内发货～"),
        ("48小时内发货", "48小时内发货～"),
        ("48小时内发货～", "48小时内发货哦"),
        ("可以退货吗？", "可以退货吗？～"),
        ("Ships tomorrow.", "Ships tomorrow ~"),
        ("券码 SAVE20", "券码 SAVE20 ~"),
        ("https://a.cn/x", "https://a.cn/x ~"),
        ("👍", "👍～"),
        ("。", "。～"),
    ],
)
def test_first_variation(text: str, varied: str) -> None:
    assert vary(text, tried=(), fits=lambda text: True) == varied


def test_line_at_the_limit_gives_up_a_closing_mark_or_swaps_one() -> None:
    assert vary("好的。", tried=("好的～", "好的哦", "好的！"), fits=lambda text: len(text) <= 3) == "好的"
    assert vary("是，好的", tried=(), fits=lambda text: len(text) <= 4) == "是,好的"


def test_line_that_cannot_change_has_no_variation() -> None:
    assert vary("刚好四字", tried=(), fits=lambda text: len(text) <= 4) is None


@given(TEXTS, st.integers(1, 60))
def test_variations_are_new_fit_and_keep_every_word_and_number(text: str, limit: int) -> None:
    tried: set[str] = {text}
    while (other := vary(text, tried=tried, fits=lambda text: len(text) <= limit)) is not None:
        assert other not in tried
        assert len(other) <= limit
        assert _words(other).removesuffix("哦") == _words(text)
        tried.add(other)
    assert len(tried) < 20


def _words(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
