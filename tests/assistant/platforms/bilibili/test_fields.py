from typing import Any

import pytest

from assistant.platforms.bilibili import fields


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7), (-7, -7), ("7", 7), (7.0, 7), (2**63 - 1, 2**63 - 1),
        (2**63, 99), (1e300, 99), (7.5, 99), ("-7", 99), ("７", 99), ("9" * 30, 99),
        (True, 99), (None, 99), ([], 99),
    ],
)  # fmt: skip
def test_numbers_are_integers_that_64_bits_hold(value: Any, number: int) -> None:
    assert fields.whole(value, 99) == number


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (7, "7"), ("abc", "abc"), ("x" * 99, "x" * 64),
        (0, ""), ("0", ""), (-1, ""), (2**64, ""), (1.5, ""), (True, ""), (None, ""), ({}, ""),
    ],
)  # fmt: skip
def test_ids_are_text(value: Any, shown: str) -> None:
    assert fields.identifier(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(7, "7"), ("7", "7"), (0, ""), ("0", ""), (-7, ""), ("abc", ""), (None, "")]
)
def test_a_uid_is_a_positive_number(value: Any, shown: str) -> None:
    assert fields.account(value) == shown


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ([1, 2, 3], [1, 2, 3]),
        ([1, 2], [1, 2]),
        ([1], [1, None]),
        ([], [None, None]),
        (None, [None, None]),
        ({}, [None, None]),
    ],
)
def test_arrays_are_as_long_as_they_must_be(value: Any, items: list[Any]) -> None:
    assert fields.padded(value, 2) == items


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (b'{"a":"\\ud800"}', {"a": "\ufffd"}),
        (b'{"a":"\\ud83d\\ude00"}', {"a": "😀"}),
        (b'{"a":"x\xff"}', {"a": "x\ufffd"}),
        ('{"a":"\ud800"}', {"a": "\ufffd"}),
    ],
)
def test_characters_that_cannot_be_are_replaced(source: bytes | str, value: Any) -> None:
    assert fields.parse(source) == value


@pytest.mark.parametrize("source", [b"", b"{", b"nan", b"[1e400]", b"[" * 5000, b"[" * 500_000, b"1" * 5000])
def test_what_is_no_json_is_an_error_and_never_too_deep(source: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kind is all that is promised
        fields.parse(source)
