"""Just enough protobuf to write the payloads that travel as base64 in `data.pb`. It reads nothing."""

Value = int | str | bytes

_VARINT, _BYTES = 0, 2


def varint(number: int) -> bytes:
    """An unsigned varint. Raises ValueError for a negative number."""
    if number < 0:
        raise ValueError("a varint here is unsigned")
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def message(*fields: tuple[int, Value]) -> bytes:
    """A message of (field number, value): int as varint, text and bytes with their length, in this order."""
    return b"".join(_field(number, value) for number, value in fields)


def _field(number: int, value: Value) -> bytes:
    if isinstance(value, int):
        return varint(number << 3 | _VARINT) + varint(value)
    data = value.encode(errors="replace") if isinstance(value, str) else value
    return varint(number << 3 | _BYTES) + varint(len(data)) + data
