"""Packets of the danmaku websocket: a frame's bytes into packets and back, inflated within limits.

Knows lengths, versions and compression; what a body says is left to `session` and `commands`.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence

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
        begun = len(found)
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
            if version in _PIECES:
                self._descend(body, version, depth=depth + 1)
            else:
                found.append(Packet(operation, version, body))
        # The server puts the heartbeat's own body behind its reply, outside the packet's length.
        is_echo = len(found) > begun and _is_heartbeat_reply(found[-1])
        if offset < end and not is_echo:
            found.append(Flaw(_flaw_at(data, offset)))

    def _descend(self, body: bytes, version: int, *, depth: int) -> None:
        if depth > limits.NESTING:
            self.found.append(Flaw("packets nested deeper than is taken"))
            return
        inflated, flaw = self._inflate(body, version)
        self.walk(inflated, depth=depth)
        if flaw:
            self.found.append(Flaw(flaw))

    def _inflate(self, body: bytes, version: int) -> tuple[bytes, str]:
        """What can be used of `body`, and what is wrong with it. Stops when the frame has had its share."""
        pieces: list[bytes] = []
        try:
            for piece in _PIECES[version](body) if self._inflatable_bytes >= 0 else ():
                pieces.append(piece)
                self._inflatable_bytes -= len(piece)
                if self._inflatable_bytes < 0:
                    break
        except EOFError:
            return b"".join(pieces), "compressed body cut short"
        except (zlib.error, brotli.error):
            self._inflatable_bytes -= _STEP_BYTES  # what was inflated in vain counts too
            return b"", "compressed body does not inflate"
        if self._inflatable_bytes < 0:
            return b"", "compressed body inflates to more than is taken"
        inflated = b"".join(pieces)
        return inflated, "" if inflated else "compressed body is empty"


def _is_heartbeat_reply(found: Packet | Flaw) -> bool:
    return isinstance(found, Packet) and found.operation == OP_HEARTBEAT_REPLY


def _flaw_at(data: bytes, offset: int) -> str:
    """Why no packet can be read from here."""
    if len(data) - offset < _HEADER_BYTES:
        return "packet shorter than its header"
    length, header, *_ = _HEADER.unpack_from(data, offset)
    if header < _HEADER_BYTES or length < header:
        return "length field smaller than the header"
    return "packet cut short"


def _zlib_pieces(body: bytes) -> Iterator[bytes]:
    """Raises EOFError when the stream ends before its end."""
    inflater = zlib.decompressobj()
    while not inflater.eof:
        piece = inflater.decompress(body, _STEP_BYTES)
        if not piece and not inflater.eof:
            raise EOFError
        yield piece
        body = inflater.unconsumed_tail


def _brotli_pieces(body: bytes) -> Iterator[bytes]:
    """The same; the library keeps the input, and may pass the limit of a step by a third."""
    inflater = brotli.Decompressor()
    while not inflater.is_finished():
        piece = inflater.process(body, output_buffer_limit=_STEP_BYTES)
        if not piece and not inflater.is_finished():
            raise EOFError
        yield piece
        body = b""


_PIECES: dict[int, Callable[[bytes], Iterator[bytes]]] = {
    VERSION_ZLIB: _zlib_pieces,
    VERSION_BROTLI: _brotli_pieces,
}
