"""How fast the codec turns frames into events, beside the floor that no codec in Python can beat.

The floor inflates the same frames and parses the JSON in them with the same libraries, and does nothing else.
For scale: the best-known Python client of the platform reaches 15 % of it.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

import brotli
import orjson

from assistant.platforms.base import Admission
from assistant.platforms.bilibili import BilibiliPlatform, packets
from assistant.practice import RoomCard
from assistant.practice.identifiers import Identifiers
from assistant.practice.shown import staged
from benchmarks import texts
from benchmarks.figures import Figure

TITLE = "Decoding danmaku, frames of ten"

_LINES = 10_000
_LINES_PER_FRAME = 10
_ROUNDS = 9
_STARTED_AT = 1_790_000_000.0
_HEADER = struct.Struct(">IHHII")


@dataclass(frozen=True, slots=True)
class _Form:
    """How ten packets become a frame, and back."""

    name: str
    pack: Callable[[Sequence[bytes]], bytes]
    inflate: Callable[[bytes], bytes]


_FORMS = (
    _Form(
        "brotli",
        lambda lines: packets.pack(lines, packets.VERSION_BROTLI),
        lambda frame: brotli.decompress(frame[_HEADER.size :]),
    ),
    _Form(
        "zlib",
        lambda lines: packets.pack(lines, packets.VERSION_ZLIB),
        lambda frame: zlib.decompress(frame[_HEADER.size :]),
    ),
    _Form("plain", b"".join, lambda frame: frame),
)


def measure() -> Iterator[Figure]:
    """The best of several rounds, codec and floor in turn, so that both meet the same machine."""
    lines = list(_packets())
    for form in _FORMS:
        frames = [
            form.pack(lines[start : start + _LINES_PER_FRAME]) for start in range(0, _LINES, _LINES_PER_FRAME)
        ]
        codec, floor = _best_seconds(frames, form)
        yield Figure(f"{form.name}: events by the codec", _LINES / codec, "danmaku/s")
        yield Figure(f"{form.name}: the floor, inflate and parse", _LINES / floor, "danmaku/s")
        yield Figure(f"{form.name}: share of the floor", 100 * floor / codec, "%", "at least 50 %")


def _best_seconds(frames: Sequence[bytes], form: _Form) -> tuple[float, float]:
    codec, floor = [], []
    for _ in range(_ROUNDS):
        codec.append(_seconds(lambda: _decode(frames)))
        floor.append(_seconds(lambda: _parse(frames, form.inflate)))
    return min(codec), min(floor)


def _seconds(work: Callable[[], None]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _decode(frames: Sequence[bytes]) -> None:
    card = RoomCard()
    session = BilibiliPlatform().session(
        Admission(
            room=str(card.room_id),
            owner=str(card.owner_uid),
            urls=(),
            headers={},
            own_viewer_id=str(card.bot_uid),
            token="",
        )
    )
    for frame in frames:
        session.receive(frame)


def _parse(frames: Sequence[bytes], inflate: Callable[[bytes], bytes]) -> None:
    for frame in frames:
        data = inflate(frame)
        offset = 0
        while offset < len(data):
            length, header, *_ = _HEADER.unpack_from(data, offset)
            orjson.loads(data[offset + header : offset + length])
            offset += length


def _packets() -> Iterator[bytes]:
    """Lines of chat as the practice room writes them, some 1.6 kB each as on the platform."""
    ids, card = Identifiers(texts.SEED), RoomCard()
    for number, act in enumerate(texts.acts(_LINES, texts.entries(1_000))):
        (shown,) = staged(act, card=card, ids=ids, now=_STARTED_AT + number / 100)
        yield packets.encode(packets.OP_MESSAGE, shown.to(masked=False), packets.VERSION_JSON, 0)
