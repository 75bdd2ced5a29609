"""The websocket of a practice room, from the outside."""

import json
from typing import Any

import pytest

from assistant.platforms.bilibili import packets
from assistant.practice import PracticeRoom, connection
from assistant.practice.acts import Act
from tests.fakes.clock import ManualClock
from tests.fakes.visitor import ROOM_ID, Visitor, Wire, until

HELLO = Act(viewer="小雨", text="晚上好")


async def refused(wire: Wire, body: bytes) -> bool:
    """Whether this auth is answered with a refusal and a cut."""
    await wire.say(packets.OP_AUTH, body)
    (reply,) = await wire.packets()
    assert isinstance(reply, packets.Packet)
    await wire.ended()
    return reply.operation == packets.OP_AUTH_REPLY and json.loads(reply.body) == {"code": -101}


async def test_a_right_auth_is_accepted(room: PracticeRoom, account: Visitor) -> None:
    await account.enter()
    assert (room.counters.admitted, room.counters.refused) == (1, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"key": "made-up"},
        {"key": None},
        {"uid": 5},
        {"uid": "0"},
        {"roomid": 77},
        {"roomid": str(ROOM_ID)},
        {"roomid": True},
    ],
    ids=str,
)
async def test_a_wrong_auth_is_refused(visitor: Visitor, change: dict[str, Any]) -> None:
    assert await refused(await visitor.open(), await visitor.auth(**change))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"\xff"])
async def test_an_auth_that_is_no_object_is_refused(visitor: Visitor, body: bytes) -> None:
    assert await refused(await visitor.open(), body)


async def test_a_token_belongs_to_the_browser_that_fetched_it(room: PracticeRoom, visitor: Visitor) -> None:
    async with Visitor(room.url, user_agent="Another/2") as other:
        assert await refused(await other.open(), await visitor.auth())


async def test_a_token_belongs_to_the_account_that_fetched_it(visitor: Visitor, account: Visitor) -> None:
    assert await refused(await visitor.open(), await visitor.auth(key=await account.token()))


async def test_a_lenient_room_lets_anyone_in() -> None:
    async with PracticeRoom([], lenient=True) as room, Visitor(room.url) as visitor:
        wire = await visitor.open()
        await wire.say(packets.OP_AUTH, json.dumps({"roomid": ROOM_ID}).encode())
        (reply,) = await wire.packets()
    assert isinstance(reply, packets.Packet)
    assert json.loads(reply.body) == {"code": 0}


@pytest.mark.parametrize("first", [packets.OP_HEARTBEAT, packets.OP_ACKNOWLEDGE, 1234])
async def test_whoever_says_something_before_the_auth_is_cut_off(visitor: Visitor, first: int) -> None:
    wire = await visitor.open()
    await wire.say(first)
    await wire.ended()


async def test_broken_packets_of_a_client_end_its_connection_only(
    room: PracticeRoom, visitor: Visitor
) -> None:
    good, bad = await visitor.enter(), await visitor.enter()
    await bad.socket.send_bytes(b"\x00\x00\x00\x00\x00\x10")
    await bad.ended()
    room.show(HELLO)
    assert await good.texts(1) == ["晚上好"]


async def test_whoever_stays_silent_is_cut_off_after_five_seconds(
    room: PracticeRoom, visitor: Visitor, clock: ManualClock
) -> None:
    wire = await visitor.open()
    await until(lambda: bool(room.connections))
    await clock.advance(4.5)
    assert len(room.connections) == 1
    await clock.advance(0.5)
    await wire.ended()


async def test_without_heartbeats_a_connection_lasts_seventy_seconds(
    room: PracticeRoom, visitor: Visitor, clock: ManualClock
) -> None:
    wire = await visitor.enter()
    await clock.advance(60)
    await wire.beat()
    await clock.advance(69)
    assert len(room.connections) == 1
    await clock.advance(1)
    await wire.ended()


@pytest.mark.parametrize("body", [b"", b"{}", b"[object Object]"])
async def test_a_heartbeat_is_echoed_behind_a_packet_that_says_twenty_bytes(
    account: Visitor, body: bytes
) -> None:
    wire = await account.enter()
    assert await wire.beat(body) == bytes.fromhex("0000001400100001000000030000000000000001") + body


async def test_pings_stay_unanswered(room: PracticeRoom, account: Visitor) -> None:
    wire = await account.enter()
    await wire.socket.ping(b"anyone?")
    assert (await wire.beat())[:4] == b"\x00\x00\x00\x14"  # and no PONG before it
    assert room.counters.pings == 1


@pytest.mark.parametrize(
    ("asked", "version"),
    [(3, packets.VERSION_BROTLI), (2, packets.VERSION_ZLIB), (0, packets.VERSION_JSON), (9, 0), (None, 0)],
)
async def test_bodies_are_compressed_as_the_client_asked(
    room: PracticeRoom, account: Visitor, asked: int | None, version: int
) -> None:
    wire = await account.enter(protover=asked)
    room.show(HELLO)
    frame = await wire.frame()
    assert int.from_bytes(frame[6:8], "big") == version
    (packet,) = packets.unpack(frame)
    assert isinstance(packet, packets.Packet)
    assert json.loads(packet.body)["info"][1] == "晚上好"


async def test_short_single_commands_travel_plain(room: PracticeRoom, account: Visitor) -> None:
    wire = await account.enter(protover=3)
    room.show(Act(kind="watched", count=31415))
    frame = await wire.frame()
    assert frame[6:8] == b"\x00\x00"
    assert b'"text_small":"3.1' in frame


async def test_strangers_are_told_that_they_see_masked_names(room: PracticeRoom, visitor: Visitor) -> None:
    wire = await visitor.enter()
    assert (await wire.commands())[0]["cmd"] == "LOG_IN_NOTICE"
    room.show(HELLO)
    info = (await wire.command("DANMU_MSG"))["info"]
    assert info[2][:2] == [0, "小***"]
    assert (info[0][15]["user"]["uid"], info[0][15]["user"]["base"]["name"]) == (0, "小***")
    assert info[0][7] != "00000000"  # the weak id stays


async def test_accounts_see_names(room: PracticeRoom, account: Visitor) -> None:
    wire = await account.enter()
    room.show(HELLO)
    info = (await wire.command("DANMU_MSG"))["info"]
    assert info[2][1] == "小雨"
    assert info[2][0] > 1_000_000


async def test_everyone_sees_what_an_account_sends_under_the_id_of_its_answer(
    visitor: Visitor, account: Visitor
) -> None:
    own, other = await account.enter(), await visitor.enter()
    answer = await account.send("包邮的", reply_mid="1000007")
    id_str = json.loads(answer["data"]["mode_info"]["extra"])["id_str"]
    for wire in (own, other):
        info = (await wire.command("DANMU_MSG"))["info"]
        extra = json.loads(info[0][15]["extra"])
        assert (info[1], extra["id_str"], extra["reply_mid"]) == ("包邮的", id_str, 1000007)


async def test_a_reply_names_the_viewer_who_was_seen(room: PracticeRoom, account: Visitor) -> None:
    wire = await account.enter()
    room.show(HELLO)
    uid = (await wire.command("DANMU_MSG"))["info"][2][0]
    await account.send("晚上好呀", reply_mid=str(uid))
    extra = json.loads((await wire.command("DANMU_MSG"))["info"][0][15]["extra"])
    assert (extra["reply_mid"], extra["reply_uname"]) == (uid, "小雨")


async def test_acknowledgements_are_counted(room: PracticeRoom, account: Visitor) -> None:
    wire = await account.enter(support_ack=True)
    room.show(Act(kind="super_chat", viewer="小雨", text="保修多久", price_yuan=30))
    command = await wire.command("SUPER_CHAT_MESSAGE")
    assert command["p_is_ack"] is True
    fields = {"msg_id": command["msg_id"], "cmd": command["cmd"], "p_msg_type": command["p_msg_type"]}
    await wire.say(packets.OP_ACKNOWLEDGE, json.dumps(fields).encode())
    await wire.say(packets.OP_ACKNOWLEDGE, b"nonsense")
    await wire.beat()
    assert list(room.connections[0].acknowledged) == [command["msg_id"]]


async def test_a_client_that_does_not_read_holds_up_nobody(
    room: PracticeRoom, account: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "QUEUED_FRAMES", 2)
    lazy = await account.enter()
    for _ in range(4):  # more than fit, before the writer gets its turn
        room.show(HELLO)
    await lazy.ended()
    monkeypatch.undo()
    eager = await account.enter()
    room.show(HELLO)
    assert await eager.texts(1) == ["晚上好"]


async def test_a_client_that_leaves_is_forgotten(room: PracticeRoom, account: Visitor) -> None:
    wire = await account.enter()
    await wire.socket.close()
    await until(lambda: not room.connections)
