"""As much of protobuf's wire format as the platform's `pb` fields need: bounds checked, without a schema."""

import base64
from collections.abc import Iterator

from assistant.platforms.bilibili.fields import Unreadable

_MOST_BYTES = 64 * 1024
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED_BYTES = {_FIXED64: 8, _FIXED32: 4}
_VARINT_BYTES = 10

Value = int | bytes


class Message:
    """The fields of one message by number; a repeated one keeps all its values, in order."""

    def __init__(self, data: bytes) -> None:
        """Raises Unreadable when the bytes are no message."""
        self._values: dict[int, list[Value]] = {}
        for number, value in _read(data):
            self._values.setdefault(number, []).append(value)

    @classmethod
    def from_base64(cls, text: object) -> "Message":
        """Raises Unreadable."""
        if not isinstance(text, str) or len(text) > _MOST_BYTES * 4 // 3 + 4:
            raise Unreadable("pb")
        try:
            return cls(base64.b64decode(text, validate=True))
        except ValueError:
            raise Unreadable("pb") from None

    def whole(self, number: int) -> int:
        """An int64; 0 when the field is missing or no varint. The last value counts, as in protobuf."""
        value = self._values.get(number, [0])[-1]
        if isinstance(value, bytes):
            return 0
        return value - 2**64 if value >= 2**63 else value

    def text(self, number: int) -> str:
        value = self._values.get(number, [b""])[-1]
        return value.decode(errors="replace") if isinstance(value, bytes) else ""

    def message(self, number: int) -> "Message":
        """The nested message; an empty one when the field is missing. Raises Unreadable."""
        return (self.messages(number) or [Message(b"")])[-1]

    def messages(self, number: int) -> list["Message"]:
        return [Message(value) for value in self._values.get(number, []) if isinstance(value, bytes)]


def _read(data: bytes) -> Iterator[tuple[int, Value]]:
    offset = 0
    while offset < len(data):
        key, offset = _varint(data, offset)
        value: Value
        if key & 7 == _VARINT:
            value, offset = _varint(data, offset)
        else:
            start, offset = _extent(data, offset, wire_type=key & 7)
            value = data[start:offset]
        yield key >> 3, value


def _extent(data: bytes, offset: int, *, wire_type: int) -> tuple[int, int]:
    """Where the bytes of a field begin and end."""
    if wire_type == _BYTES:
        length, offset = _varint(data, offset)
    elif wire_type in _FIXED_BYTES:
        length = _FIXED_BYTES[wire_type]
    else:
        raise Unreadable("pb")
    if length > len(data) - offset:
        raise Unreadable("pb")
    return offset, offset + length


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    """The number and where it ends; only 64 bits of it count."""
    value = 0
    for place, byte in enumerate(data[offset : offset + _VARINT_BYTES]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value & (2**64 - 1), offset + place + 1
    raise Unreadable("pb")
