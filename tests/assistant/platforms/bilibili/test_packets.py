"""Frames into packets and back: the documented bytes, any split, and everything a hostile server may send."""

import json
import struct
import tracemalloc
import zlib
from typing import Any

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import limits
from assistant.platforms.bilibili import packets
from assistant.platforms.bilibili.packets import Flaw, Packet
from tests.fakes.bilibili import DATA

DOCUMENTED: dict[str, dict[str, Any]] = json.loads(
    (DATA / "bilibili_packets.json").read_text(encoding="utf-8")
)
COMPRESSIONS = (packets.VERSION_ZLIB, packets.VERSION_BROTLI)

plain_packets = st.builds(
    Packet,
    operation=st.sampled_from([packets.OP_MESSAGE, packets.OP_AUTH_REPLY, 1234]),
    version=st.sampled_from([packets.VERSION_JSON, packets.VERSION_RAW, 9]),
    body=st.binary(max_size=60),
)


def documented(name: str) -> bytes:
    return bytes.fromhex(DOCUMENTED[name]["hex"])


def message(body: bytes = b"{}", version: int = packets.VERSION_JSON) -> bytes:
    return packets.encode(packets.OP_MESSAGE, body, version, 0)


def reasons(frame: bytes) -> list[str]:
    return [found.reason for found in packets.unpack(frame) if isinstance(found, Flaw)]


def bodies(frame: bytes) -> list[bytes]:
    return [found.body for found in packets.unpack(frame) if isinstance(found, Packet)]


def bomb(version: int, mebibytes: int) -> bytes:
    piece = bytes(1024 * 1024)
    if version == packets.VERSION_ZLIB:
        deflater = zlib.compressobj(9)
        body = b"".join(deflater.compress(piece) for _ in range(mebibytes)) + deflater.flush()
    else:
        squeezer = brotli.Compressor(quality=5)
        body = b"".join(squeezer.process(piece) for _ in range(mebibytes)) + squeezer.finish()
    return message(body, version)


@pytest.mark.parametrize(
    "name", [name for name, case in DOCUMENTED.items() if isinstance(case["expect"], list)]
)
def test_documented_commands_decode(name: str) -> None:
    assert [json.loads(body) for body in bodies(documented(name))] == DOCUMENTED[name]["expect"]
    assert reasons(documented(name)) == []


@pytest.mark.parametrize("name", [name for name, case in DOCUMENTED.items() if case["expect"] == "error"])
def test_documented_damage_is_told_apart_from_packets(name: str) -> None:
    if name == "bad_json":  # a whole packet; its body is somebody else's concern
        assert reasons(documented(name)) == []
    else:
        assert len(reasons(documented(name))) == 1


@pytest.mark.parametrize("name", [name for name in DOCUMENTED if name.startswith("c2s")])
def test_documented_client_packets_are_encoded_byte_for_byte(name: str) -> None:
    (packet,) = packets.unpack(documented(name))
    assert isinstance(packet, Packet)
    assert packets.encode(packet.operation, packet.body, packet.version, 1) == documented(name)


def test_the_echo_behind_a_heartbeat_reply_is_no_packet() -> None:
    (packet,) = packets.unpack(documented("s2c_heartbeat_reply_op3_echo"))
    assert packet == Packet(packets.OP_HEARTBEAT_REPLY, packets.VERSION_RAW, (123456).to_bytes(4, "big"))


def test_a_packet_after_a_heartbeat_reply_is_read() -> None:
    frame = documented("s2c_heartbeat_reply_op3") + message(b'{"cmd":"LIVE"}')
    assert bodies(frame)[1:] == [b'{"cmd":"LIVE"}']


@given(plain_packets)
def test_what_is_encoded_is_unpacked(packet: Packet) -> None:
    frame = packets.encode(packet.operation, packet.body, packet.version, 1)
    assert packets.unpack(frame) == [packet]


@given(st.lists(plain_packets, max_size=8), st.data())
def test_packets_are_the_same_however_they_are_put_into_frames(
    sent: list[Packet], data: st.DataObject
) -> None:
    """Several in one frame, several in one compressed packet, compressed twice: what comes out is equal."""
    frames = []
    rest = [packets.encode(packet.operation, packet.body, packet.version, 0) for packet in sent]
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        together, rest = rest[:size], rest[size:]
        for _ in range(data.draw(st.integers(0, limits.NESTING))):
            together = [packets.pack(together, data.draw(st.sampled_from(COMPRESSIONS)))]
        frames.append(b"".join(together))
    if data.draw(st.booleans()):
        frames = [b"".join(frames)] if frames else []
    assert [found for frame in frames for found in packets.unpack(frame)] == sent


@given(st.binary(max_size=400))
def test_any_bytes_end_in_packets_and_flaws(frame: bytes) -> None:
    assert packets.unpack(frame)


@given(st.data())
def test_any_damage_to_a_real_frame_is_survived(data: st.DataObject) -> None:
    frame = bytearray(documented(data.draw(st.sampled_from(sorted(DOCUMENTED)))))
    for _ in range(data.draw(st.integers(1, 6))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    assert packets.unpack(bytes(frame[: data.draw(st.integers(0, len(frame)))]))


@pytest.mark.parametrize("length", [0, 1, 15])
def test_a_length_below_the_header_ends_the_frame(length: int) -> None:
    frame = message(b"first") + struct.pack(">I", length) + message(b"lost")[4:]
    assert bodies(frame) == [b"first"]
    assert reasons(frame) == ["length field smaller than the header"]


def test_a_length_below_its_own_longer_header_is_refused() -> None:
    assert reasons(struct.pack(">IHHII", 20, 32, 0, 5, 0) + bytes(40)) == [
        "length field smaller than the header"
    ]


def test_a_body_begins_where_the_header_says() -> None:
    frame = struct.pack(">IHHII", 26, 20, 0, 5, 0) + b"more" + b"BODY##"
    assert bodies(frame) == [b"BODY##"]


@pytest.mark.parametrize("version", COMPRESSIONS)
def test_a_compressed_packet_that_does_not_inflate_leaves_its_neighbours(version: int) -> None:
    frame = (
        message(b"before")
        + message(b"\xff\x06 no stream", version)
        + packets.pack([message(b"after")], version)
    )
    assert bodies(frame) == [b"before", b"after"]
    assert reasons(frame) == ["compressed body does not inflate"]


@pytest.mark.parametrize("version", COMPRESSIONS)
def test_a_stream_cut_short_is_told(version: int) -> None:
    whole = packets.pack([message(bytes([number]) * 400) for number in range(50)], version)
    cut = message(whole[16 : len(whole) * 3 // 4], version)
    assert 0 <= len(bodies(cut)) < 50
    assert reasons(cut)[-1] == "compressed body cut short"


def test_what_was_inflated_before_a_stream_was_cut_is_read() -> None:
    squeezed = zlib.compress(message(b"whole"))
    assert bodies(message(squeezed[:-4], packets.VERSION_ZLIB)) == [b"whole"]


@pytest.mark.parametrize("version", COMPRESSIONS)
def test_an_empty_stream_is_a_flaw(version: int) -> None:
    assert reasons(packets.pack([], version)) == ["compressed body is empty"]


def test_nesting_deeper_than_the_limit_is_not_followed() -> None:
    frame = message(b"deep")
    for _ in range(limits.NESTING):
        frame = packets.pack([frame], packets.VERSION_ZLIB)
    assert bodies(frame) == [b"deep"]
    assert reasons(packets.pack([frame], packets.VERSION_ZLIB)) == ["packets nested deeper than is taken"]


@pytest.mark.parametrize("version", COMPRESSIONS)
def test_a_bomb_is_stopped_while_it_inflates(version: int) -> None:
    """Measured where the library cannot hide it: the inflated pieces are Python's own bytes."""
    frame = bomb(version, mebibytes=128)
    tracemalloc.start()
    try:
        assert reasons(frame) == ["compressed body inflates to more than is taken"]
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 3 * limits.FRAME_BYTES


@pytest.mark.parametrize("version", COMPRESSIONS)
def test_what_inflates_to_just_the_limit_is_taken(version: int) -> None:
    most = message(bytes(limits.FRAME_BYTES - 16))
    assert bodies(packets.pack([most], version)) == [most[16:]]
    assert reasons(packets.pack([most + b"\0"], version)) == [
        "compressed body inflates to more than is taken"
    ]


def test_the_limit_counts_everything_that_a_frame_holds() -> None:
    half = packets.pack([message(bytes(limits.FRAME_BYTES // 2))], packets.VERSION_BROTLI)
    assert len(bodies(half + message(b"between") + half)) == 2
    assert reasons(half + half) == ["compressed body inflates to more than is taken"]


def test_many_streams_that_fail_late_use_up_the_limit_too() -> None:
    piece = zlib.compress(bytes(4 * 1024 * 1024))
    broken = message(piece[:-4] + b"\0\0\0\0", packets.VERSION_ZLIB)
    assert reasons(broken * 10)[-1] == "compressed body inflates to more than is taken"


def test_a_frame_of_countless_packets_is_cut_off() -> None:
    found = packets.unpack(message(b"") * 30_000)
    assert found[-1] == Flaw("more packets in a frame than are taken")
    assert len(found) < 30_000


def test_a_frame_above_the_limit_is_not_looked_at() -> None:
    assert packets.unpack(bytes(limits.FRAME_BYTES + 1)) == [Flaw("frame larger than is taken")]


def test_an_empty_frame_is_a_flaw() -> None:
    assert packets.unpack(b"") == [Flaw("empty frame")]


def test_nothing_is_packed_without_compression() -> None:
    with pytest.raises(ValueError, match="compression"):
        packets.pack([message()], packets.VERSION_JSON)
