"""What an answer leaves open is filled, or it is not said; everything else stays as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.placeholders import fill, is_name, names_in

VALUES = {"price": "199元", "link": "https://a.cn/x?a={b}", "价格": "199", "blank": ""}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("今天{price}，链接{link}", "今天199元，链接https://a.cn/x?a={b}"),
        ("{price}{price}", "199元199元"),
        ("今天｛price｝，{ 价格 }", "今天199元，199"),
        ("没有要填的。", "没有要填的。"),
        ("{{price}} {1} {} {price", "{{price}} {1} {} {price"),
        ('{"price": 1} {a-b} {0.5}', '{"price": 1} {a-b} {0.5}'),
        ("{link!r} {price:>9} {price.real}", "{link!r} {price:>9} {price.real}"),
        ("今天{price}，{unknown}", None),
        ("今天{blank}", None),
    ],
)
def test_placeholders_are_filled_and_other_braces_stay(text: str, filled: str | None) -> None:
    assert fill(text, VALUES) == filled


def test_names_come_once_in_order() -> None:
    assert names_in("{link} {price} {link} {{code}} {1} ｛价格｝") == ("link", "price", "价格")


@pytest.mark.parametrize(("text", "answer"), [("next_broadcast", True), ("价格", True), ("2nd", False)])
def test_names(text: str, answer: bool) -> None:
    assert is_name(text) is answer


@given(st.text(alphabet="ab1{}｛｝ \t_价", max_size=30), st.text(alphabet="ab{}｛｝%$\\", min_size=1))
def test_a_value_is_never_filled_again(text: str, value: str) -> None:
    filled = fill(text, dict.fromkeys(names_in(text), value))
    assert filled is not None
    assert filled.count(value) >= len(names_in(text))
    assert fill(text, {}) == (None if names_in(text) else text)
