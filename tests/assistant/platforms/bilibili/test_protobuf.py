import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.platforms.bilibili.fields import Unreadable
from assistant.platforms.bilibili.protobuf import Message
from tests.fakes.bilibili import protobuf


@given(st.integers(-(2**63), 2**63 - 1), st.text(max_size=50), st.integers(1, 2**29 - 1))
def test_what_is_written_is_read(number: int, text: str, place: int) -> None:
    assert Message(protobuf((place, number))).whole(place) == number
    assert Message(protobuf((place, text))).text(place) == text


def test_the_last_of_a_repeated_number_counts_and_all_messages_are_kept() -> None:
    packed = Message(protobuf((1, 5), (1, 6), (2, protobuf((1, 7))), (2, protobuf((1, 8)))))
    assert packed.whole(1) == 6
    assert [inner.whole(1) for inner in packed.messages(2)] == [7, 8]


def test_missing_fields_and_other_types_are_empty() -> None:
    packed = Message(protobuf((1, 5), (2, "text")))
    assert (packed.whole(9), packed.text(9), packed.message(9).whole(1)) == (0, "", 0)
    assert (packed.whole(2), packed.text(1), packed.messages(1)) == (0, "", [])


def test_fixed_width_fields_are_passed_over() -> None:
    packed = Message(bytes([1 << 3 | 1]) + bytes(8) + bytes([2 << 3 | 5]) + bytes(4) + protobuf((3, 7)))
    assert packed.whole(3) == 7


@pytest.mark.parametrize(
    "data",
    [
        b"\x08",  # a key without a value
        b"\x08\xff",  # a number cut short
        b"\x08" + b"\xff" * 11,  # a number without an end
        b"\x12\x05abc",  # a text longer than what is left
        b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  # a text longer than anything
        b"\x0b",  # a group
        b"\x0d\x00",  # four bytes cut short
        b"\x0f",  # no wire type
    ],
)
def test_what_is_no_message_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        Message(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_unreadable(data: bytes) -> None:
    try:
        Message.from_base64(base64.b64encode(data).decode())
    except Unreadable as error:
        assert str(error) == "pb"  # noqa: PT017 - only where it is unreadable


@pytest.mark.parametrize("text", [None, 5, "?", "中文", "\ud800", "A" * 200_000])
def test_what_is_no_base64_is_unreadable(text: object) -> None:
    with pytest.raises(Unreadable):
        Message.from_base64(text)
