"""One connection: what is said first, what is answered, and what is made of every frame."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import events
from assistant.events import (
    AuthAccepted,
    AuthRefused,
    Event,
    HeartbeatAcknowledged,
    Malformed,
    UnknownCommand,
)
from assistant.platforms.bilibili import BilibiliSession, packets
from tests.fakes.bilibili import ADMISSION, DATA, danmaku, example, packet, session

OF: Any = {"platform": "bilibili", "room": "7777"}
DOCUMENTED: dict[str, dict[str, Any]] = json.loads(
    (DATA / "bilibili_packets.json").read_text(encoding="utf-8")
)


def documented(name: str) -> bytes:
    return bytes.fromhex(DOCUMENTED[name]["hex"])


def content(frame: bytes) -> Any:
    """The JSON of a packet that we sent."""
    (sent,) = packets.unpack(frame)
    assert isinstance(sent, packets.Packet)
    return json.loads(sent.body)


def auth_reply(body: bytes) -> bytes:
    return packets.encode(packets.OP_AUTH_REPLY, body, packets.VERSION_RAW, 1)


def asking(msg_id: str = "7:1000:1000", *, kind: Any = 1, count: int = 7) -> bytes:
    """A command that asks for an acknowledgement."""
    asked = {"msg_id": msg_id, "p_is_ack": True, "p_msg_type": kind, "send_time": 1790000000000}
    return packet({"cmd": "WATCHED_CHANGE", "data": {"num": count}} | asked)


def test_the_opening_names_account_room_and_token() -> None:
    assert content(session().opening()) == {
        "uid": 90001,
        "roomid": 7777,
        "protover": 3,
        "platform": "web",
        "type": 2,
        "buvid": "TEST-BUVID3",
        "key": "SECRET-TOKEN",
        "support_ack": True,
        "queue_uuid": "0a1b2c3d",
        "scene": "room",
    }


def test_the_opening_of_an_anonymous_visitor_has_uid_0() -> None:
    assert content(session(replace(ADMISSION, own_viewer_id="")).opening())["uid"] == 0


def test_the_heartbeat_is_the_web_pages() -> None:
    assert session().heartbeat() == documented("c2s_heartbeat_op2_object")


def test_an_accepted_auth_is_followed_by_a_heartbeat_at_once() -> None:
    ours = session()
    assert ours.outgoing() == []
    assert ours.receive(documented("s2c_auth_ok_op8")) == [AuthAccepted(**OF)]
    assert ours.outgoing() == [ours.heartbeat()]
    assert ours.outgoing() == []


def test_a_refused_auth_says_why_and_sends_nothing() -> None:
    ours = session()
    assert ours.receive(documented("s2c_auth_bad_op8")) == [AuthRefused(**OF, code=-101)]
    assert ours.outgoing() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"code":"0"}', b'{"code":null}', b"\xff"])
def test_an_auth_reply_that_cannot_be_read_admits_nobody(body: bytes) -> None:
    ours = session()
    assert ours.receive(auth_reply(body)) == [Malformed(**OF, reason="auth reply without a code")]
    assert ours.outgoing() == []


@pytest.mark.parametrize("name", ["s2c_heartbeat_reply_op3", "s2c_heartbeat_reply_op3_echo"])
def test_a_heartbeat_reply_is_four_bytes_whatever_follows(name: str) -> None:
    assert session().receive(documented(name)) == [HeartbeatAcknowledged(**OF, popularity=123456)]


def test_a_heartbeat_reply_cut_short_is_malformed() -> None:
    frame = packets.encode(packets.OP_HEARTBEAT_REPLY, b"\x01", packets.VERSION_RAW, 0)
    assert session().receive(frame) == [Malformed(**OF, reason="heartbeat reply cut short")]


def test_the_acknowledgement_is_the_documented_one() -> None:
    ours = session()
    assert ours.receive(packet(example("PREPARING"))) == [events.BroadcastEnded(**OF, at=1790000009.0)]
    assert ours.outgoing() == [documented("c2s_ack_op24")]


def test_what_is_sent_again_is_acknowledged_again_and_told_once() -> None:
    ours = session()
    found = [*ours.receive(asking()), *ours.receive(asking()), *ours.receive(asking("8:1000:1000", count=8))]
    assert found == [events.Watched(**OF, count=7), events.Watched(**OF, count=8)]
    assert len(ours.outgoing()) == 3


def test_only_commands_that_are_sent_again_until_acknowledged_are_told_once() -> None:
    ours = session()
    assert len(ours.receive(asking(kind=2) + asking(kind=2))) == 2


def test_a_danmaku_that_asks_for_an_acknowledgement_gets_one() -> None:
    ours = session()
    frame = packet(danmaku() | {"msg_id": "9:1000:1000", "p_is_ack": True, "p_msg_type": 1})
    assert len(ours.receive(frame + frame)) == 1
    assert [content(sent)["cmd"] for sent in ours.outgoing()] == ["DANMU_MSG", "DANMU_MSG"]


@pytest.mark.parametrize("msg_id", ["", None, 5, [], "x" * 10_000])
def test_what_cannot_be_acknowledged_is_read_all_the_same(msg_id: Any) -> None:
    ours = session()
    assert ours.receive(asking(msg_id)) == [events.Watched(**OF, count=7)]
    assert ours.outgoing() == []


def test_remembering_what_was_acknowledged_is_bounded() -> None:
    ours = session()
    for number in range(1500):
        ours.receive(asking(f"{number}:1"))
    assert ours.receive(asking("1499:1")) == []
    assert len(ours.receive(asking("0:1"))) == 1


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b"", "empty frame"),
        ("text", "text frame"),
        (documented("bad_short_header"), "packet shorter than its header"),
        (documented("bad_truncated_body"), "packet cut short"),
        (documented("bad_zero_length"), "length field smaller than the header"),
        (documented("bad_zlib_garbage"), "compressed body does not inflate"),
        (documented("bad_json"), "command is not JSON"),
        (packet(b""), "command is not JSON"),
        (packet(b"[" * 100_000), "command is not JSON"),
        (packet(b'{"cmd":"LIVE","live_key":NaN}'), "command is not JSON"),
        (packet([]), "command is no object"),
    ],
)
def test_what_cannot_be_read_is_malformed_and_never_quoted(frame: bytes | str, reason: str) -> None:
    assert session().receive(frame) == [Malformed(**OF, reason=reason)]


@pytest.mark.parametrize(
    ("name", "shown"), [("bad_unknown_version", "version 9"), ("bad_unknown_op", "operation 1234")]
)
def test_unknown_versions_and_operations_are_told_and_harmless(name: str, shown: str) -> None:
    assert session().receive(documented(name)) == [UnknownCommand(**OF, command=shown)]


def test_a_header_of_another_length_is_honoured() -> None:
    assert session().receive(documented("bad_header_len_32")) == [events.Watched(**OF, count=31415)]


def test_a_huge_command_that_is_no_json_is_given_up_quickly() -> None:
    assert session().receive(packet(b'{"cmd":"' + b"x" * 4_000_000)) == [
        Malformed(**OF, reason="command is not JSON")
    ]


PIECES = [
    packet(danmaku("一")),
    packet({"cmd": "WATCHED_CHANGE", "data": {"num": 3}}),
    packet({"cmd": "NEW"}),
    packet(b'{"cmd":'),
    documented("s2c_auth_ok_op8"),
    documented("s2c_heartbeat_reply_op3"),
    asking(),
]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=10), st.data())
def test_the_events_are_the_same_however_packets_share_frames(
    pieces: list[bytes], data: st.DataObject
) -> None:
    alone, together = session(), session()
    expected: list[Event] = [event for piece in pieces for event in alone.receive(piece)]
    found: list[Event] = []
    while pieces:
        size = data.draw(st.integers(1, len(pieces)))
        frame, pieces = pieces[:size], pieces[size:]
        protover = data.draw(st.sampled_from([0, packets.VERSION_ZLIB, packets.VERSION_BROTLI]))
        found += together.receive(packets.pack(frame, protover) if protover else b"".join(frame))
    assert found == expected
    assert together.outgoing() == alone.outgoing()


@given(st.binary(max_size=300) | st.text(max_size=30))
def test_any_frame_is_survived(frame: bytes | str) -> None:
    assert session().receive(frame)


def test_neither_session_nor_admission_shows_the_token() -> None:
    assert "SECRET" not in repr(session()) + repr(vars(session())) + repr(ADMISSION)
    assert isinstance(session(), BilibiliSession)
