"""Packets of the danmaku websocket: a frame's bytes into packets and back, inflated within limits.

Knows lengths, versions and compression; what a body says is left to `session` and `commands`.
"""

import struct
import zlib
from collections.abc import Callable, Sequence

import brotli
import msgspec

from assistant import limits

OP_HEARTBEAT = 2
OP_HEARTBEAT_REPLY = 3
OP_MESSAGE = 5
OP_AUTH = 7
OP_AUTH_REPLY = 8
OP_ACKNOWLEDGE = 24

VERSION_JSON = 0
VERSION_RAW = 1
VERSION_ZLIB = 2
VERSION_BROTLI = 3

# Total length, header length (honoured: it may grow), version of the body, operation, sequence.
_HEADER = struct.Struct(">IHHII")
_HEADER_BYTES = _HEADER.size
_STEP_BYTES = 256 * 1024
_PACKETS_PER_FRAME = 20_000  # a full frame of ordinary danmaku holds 6,000
_BROTLI_QUALITY = 5  # within a tenth of the best size in a sixtieth of its time


class Packet(msgspec.Struct, frozen=True, gc=False):
    """One packet that is not compressed (any more)."""

    operation: int
    version: int
    body: bytes


class Flaw(msgspec.Struct, frozen=True, gc=False):
    """Bytes that could not be read; `reason` quotes none of them."""

    reason: str


def encode(op: int, body: bytes, version: int, sequence: int) -> bytes:
    return _HEADER.pack(_HEADER_BYTES + len(body), _HEADER_BYTES, version, op, sequence) + body


def pack(packets: Sequence[bytes], protover: int) -> bytes:
    """One compressed packet that holds `packets`; `protover` is VERSION_ZLIB or VERSION_BROTLI."""
    joined = b"".join(packets)
    if protover == VERSION_ZLIB:
        return encode(OP_MESSAGE, zlib.compress(joined), VERSION_ZLIB, 0)
    if protover == VERSION_BROTLI:
        squeezed: bytes = brotli.compress(joined, quality=_BROTLI_QUALITY)  # type: ignore[no-untyped-call]
        return encode(OP_MESSAGE, squeezed, VERSION_BROTLI, 0)
    raise ValueError(f"no compression has the number {protover}")


def unpack(frame: bytes) -> list[Packet | Flaw]:
    """All packets of a frame in order, compressed ones replaced by what they hold. Never raises."""
    if len(frame) > limits.FRAME_BYTES:
        return [Flaw("frame larger than is taken")]
    if not frame:
        return [Flaw("empty frame")]
    unpacking = _Unpacking()
    unpacking.walk(frame, depth=0)
    return unpacking.found


class _Unpacking:
    """One frame's worth of work: what was found, and how much may still be inflated."""

    __slots__ = ("_inflatable_bytes", "found")

    def __init__(self) -> None:
        self.found: list[Packet | Flaw] = []
        self._inflatable_bytes = limits.FRAME_BYTES

    def walk(self, data: bytes, *, depth: int) -> None:
        """Every step goes at least one header forward, so that no length field can hold it up."""
        found, offset, end = self.found, 0, len(data)
        read_header = _HEADER.unpack_from
        while end - offset >= _HEADER_BYTES:
            length, header, version, operation, _ = read_header(data, offset)
            if not _HEADER_BYTES <= header <= length <= end - offset:
                break
            if len(found) >= _PACKETS_PER_FRAME:
                found.append(Flaw("more packets in a frame than are taken"))
                return
            body = data[offset + header : offset + length]
            offset += length
            if version in _INFLATERS:
                self._descend(body, version, depth=depth + 1)
            else:
                found.append(Packet(operation, version, body))
        if offset < end and not self._is_echo():
            found.append(Flaw(_flaw_at(data, offset)))

    def _is_echo(self) -> bool:
        """Whether what cannot be read comes after a heartbeat reply: the server puts the heartbeat's own
        body there, outside the packet's length.
        """
        last = self.found[-1] if self.found else None
        return isinstance(last, Packet) and last.operation == OP_HEARTBEAT_REPLY

    def _descend(self, body: bytes, version: int, *, depth: int) -> None:
        if depth > limits.NESTING:
            self.found.append(Flaw("packets nested deeper than is taken"))
            return
        try:
            inflated = _INFLATERS[version](body, self._inflatable_bytes)
        except (zlib.error, brotli.error):
            self.found.append(Flaw("compressed body does not inflate"))
            return
        self._inflatable_bytes -= len(inflated)
        if self._inflatable_bytes < 0:
            self.found.append(Flaw("compressed body inflates to more than is taken"))
            return
        if not inflated:
            self.found.append(Flaw("compressed body is empty"))
            return
        self.walk(inflated, depth=depth)


def _flaw_at(data: bytes, offset: int) -> str:
    """Why no packet can be read from here."""
    if len(data) - offset < _HEADER_BYTES:
        return "packet shorter than its header"
    length, header, *_ = _HEADER.unpack_from(data, offset)
    if header < _HEADER_BYTES or length < header:
        return "length field smaller than the header"
    return "packet cut short"


def _inflate_zlib(body: bytes, most_bytes: int) -> bytes:
    """At most one byte more than `most_bytes`, which tells the caller that there was more."""
    return zlib.decompressobj().decompress(body, max(most_bytes, 0) + 1)


def _inflate_brotli(body: bytes, most_bytes: int) -> bytes:
    """One step more than `most_bytes` at most: the library may pass its own limit, so the steps are short."""
    stream = brotli.Decompressor()
    inflated: bytes = stream.process(body, output_buffer_limit=_STEP_BYTES)
    if stream.is_finished():
        return inflated
    pieces, total = [inflated], len(inflated)
    while total <= most_bytes and (piece := stream.process(b"", output_buffer_limit=_STEP_BYTES)):
        pieces.append(piece)
        total += len(piece)
    return b"".join(pieces)


_INFLATERS: dict[int, Callable[[bytes, int], bytes]] = {
    VERSION_ZLIB: _inflate_zlib,
    VERSION_BROTLI: _inflate_brotli,
}
