"""What goes wrong in a practice room when it is told to, as a client sees it."""

import asyncio
import json
from urllib.parse import urlsplit

import aiohttp
import pytest

from assistant.platforms.bilibili import packets
from assistant.practice import FAULTS, Faults, PracticeRoom, SentLine, UnknownFault
from assistant.practice.acts import Act
from assistant.practice.malformed import MALFORMED
from tests.fakes.clock import ManualClock
from tests.fakes.visitor import LOGGED_IN, Visitor, until

HELLO = Act(viewer="小雨", text="晚上好")


def test_faults_are_switched_by_name() -> None:
    faults = Faults(["drop=2.5", "duplicate"])
    assert faults.number("drop") == 2.5
    faults.switch_off("drop")
    assert "drop" not in faults
    assert "duplicate" in faults


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ("explode", "no fault 'explode'; there are drop, "),
        ("duplicate=2", "fault 'duplicate' takes no number"),
        ("drop=soon", r"fault 'drop=soon': the number \(seconds\) must be positive"),
        ("drop=-1", "must be positive"),
        ("drop=inf", "must be positive"),
        ("drop=", "must be positive"),
    ],
)
def test_a_fault_that_does_not_exist_is_named(spec: str, complaint: str) -> None:
    with pytest.raises(UnknownFault, match=complaint):
        Faults([spec])


def test_every_fault_says_what_it_does() -> None:
    assert all(fault.does for fault in FAULTS.values())
    assert {f"malformed-{kind}" for kind in MALFORMED} < set(FAULTS)


async def test_dropped_connections_last_a_few_seconds(
    room: PracticeRoom, account: Visitor, clock: ManualClock
) -> None:
    room.faults.switch_on("drop=5")
    wire = await account.enter()
    await clock.advance(4.5)
    assert len(room.connections) == 1
    await clock.advance(0.5)
    await wire.ended()
    again = await account.enter()
    await clock.advance(5)
    await again.ended()


async def test_accept_then_drop_hangs_up_behind_the_welcome(room: PracticeRoom, account: Visitor) -> None:
    room.faults.switch_on("accept-then-drop")
    wire = await account.enter()
    await wire.ended()


async def test_a_silent_room_keeps_the_line_open_and_says_nothing(
    room: PracticeRoom, account: Visitor, clock: ManualClock
) -> None:
    room.faults.switch_on("silence")
    wire = await account.enter()
    room.show(HELLO)
    await wire.say(packets.OP_HEARTBEAT)
    await until(lambda: room.counters.heartbeats == 1)
    room.faults.switch_off("silence")
    room.show(Act(viewer="小雨", text="有人吗"))
    assert await wire.texts(1) == ["有人吗"]  # the first thing heard since the welcome


async def test_a_room_may_fall_silent_after_a_while(
    room: PracticeRoom, account: Visitor, clock: ManualClock
) -> None:
    room.faults.switch_on("silence=3")
    wire = await account.enter()
    room.show(HELLO)
    assert await wire.texts(1) == ["晚上好"]
    await clock.advance(3)
    frames = room.counters.frames
    room.show(HELLO)
    assert room.counters.frames == frames
    assert len(room.connections) == 1


async def test_duplicate_frames_are_the_same_bytes(room: PracticeRoom, account: Visitor) -> None:
    room.faults.switch_on("duplicate")
    wire = await account.enter()
    room.show(HELLO)
    assert await wire.frame() == await wire.frame()


@pytest.mark.parametrize("kind", MALFORMED)
async def test_a_broken_frame_follows_every_message(room: PracticeRoom, account: Visitor, kind: str) -> None:
    room.faults.switch_on(f"malformed-{kind}")
    wire = await account.enter()
    for _ in range(2):
        room.show(HELLO)
        assert await wire.texts(1) == ["晚上好"]
        assert await wire.frame() == MALFORMED[kind]()


async def test_broken_frames_come_one_kind_after_the_other(room: PracticeRoom, account: Visitor) -> None:
    room.faults.switch_on("malformed")
    wire = await account.enter()
    broken = []
    for _ in MALFORMED:
        room.show(HELLO)
        await wire.frame()
        broken.append(await wire.frame())
    assert broken == [make() for make in MALFORMED.values()]


@pytest.mark.parametrize("kind", sorted(set(MALFORMED) - {"wrong-types", "bad-json", "bad-utf8"}))
def test_no_broken_frame_holds_a_readable_command(kind: str) -> None:
    found = packets.unpack(MALFORMED[kind]())
    assert all(
        isinstance(item, packets.Flaw) or item.version == 9 or item.operation == 1234 for item in found
    )


async def test_so_many_auths_are_refused(room: PracticeRoom, account: Visitor) -> None:
    room.faults.switch_on("refuse-auth=2")
    for _ in range(2):
        wire = await account.open()
        await wire.say(packets.OP_AUTH, await account.auth())
        (reply,) = await wire.packets()
        assert isinstance(reply, packets.Packet)
        assert json.loads(reply.body) == {"code": -101}
        await wire.ended()
    await account.enter()


async def test_auths_are_refused_until_further_notice(room: PracticeRoom, account: Visitor) -> None:
    room.faults.switch_on("refuse-auth-forever")
    for _ in range(3):
        wire = await account.open()
        await wire.say(packets.OP_AUTH, await account.auth())
        await wire.ended()
    room.faults.switch_off("refuse-auth-forever")
    await account.enter()


async def test_an_auth_may_get_no_answer_at_all(room: PracticeRoom, account: Visitor) -> None:
    room.faults.switch_on("close-before-auth")
    wire = await account.open()
    await wire.say(packets.OP_AUTH, await account.auth())
    with pytest.raises(EOFError):
        await wire.frame()
    await account.enter()


async def test_risk_control_refuses_even_who_signs(room: PracticeRoom, account: Visitor) -> None:
    room.faults.switch_on("risk-control")
    await account.go_home()
    assert (await account.danmu_info())["code"] == -352


async def test_a_dead_host_comes_first_in_the_list(room: PracticeRoom, account: Visitor) -> None:
    room.faults.switch_on("dead-host")
    await account.go_home()
    dead, alive = (await account.danmu_info())["data"]["host_list"]
    assert alive["wss_port"] == urlsplit(room.url).port
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(dead["host"], dead["wss_port"])


async def test_what_is_swallowed_is_accepted_and_never_seen(clock: ManualClock) -> None:
    heard: list[SentLine] = []
    async with (
        PracticeRoom([], clock=clock, faults=["swallow"], on_sent=heard.append) as room,
        Visitor(room.url, cookies=LOGGED_IN) as account,
    ):
        wire = await account.enter()
        answer = await account.send("包邮的")
        assert (answer["code"], answer["message"]) == (0, "")
        room.show(HELLO)
        assert await wire.texts(1) == ["晚上好"]
        assert room.sent == []
    assert [(line.text, line.shown) for line in heard] == [("包邮的", False)]


async def test_a_slow_answer_comes_long_after_the_danmaku(
    room: PracticeRoom, account: Visitor, clock: ManualClock
) -> None:
    room.faults.switch_on("slow=20")
    wire = await account.enter()
    answer = asyncio.create_task(account.send("包邮的"))
    assert await wire.texts(1) == ["包邮的"]
    await clock.advance(19)
    assert not answer.done()
    await clock.advance(1)
    assert (await answer)["code"] == 0


@pytest.mark.parametrize(
    ("fault", "code", "message"),
    [
        ("block-words", 0, "f"),
        ("rate-limit", 10031, "您发送弹幕的频率过快"),
        ("logged-out", -101, "账号未登录"),
    ],
)
async def test_sending_may_be_refused_whatever_it_is(
    room: PracticeRoom, account: Visitor, fault: str, code: int, message: str
) -> None:
    room.faults.switch_on(fault)
    answer = await account.send("包邮的")
    assert (answer["code"], answer["message"]) == (code, message)
    assert room.sent == []


async def test_a_login_may_be_forgotten(room: PracticeRoom, account: Visitor) -> None:
    room.faults.switch_on("logged-out")
    assert (await account.get("/x/web-interface/nav"))["code"] == -101


async def test_web_apis_may_break_while_the_websocket_works(room: PracticeRoom, account: Visitor) -> None:
    auth = await account.auth()
    room.faults.switch_on("http-500")
    assert await account.fetch("/x/web-interface/nav") == (500, {})
    wire = await account.open()
    await wire.say(packets.OP_AUTH, auth)
    room.faults.switch_off("http-500")
    await wire.beat()
    assert room.counters.admitted == 1


async def test_an_offline_room_hangs_up_on_everyone(
    room: PracticeRoom, account: Visitor, clock: ManualClock
) -> None:
    wire = await account.enter()
    room.faults.switch_on("offline")
    await clock.advance(1)
    await wire.ended()
    with pytest.raises(aiohttp.ClientError):
        await account.get("/x/web-interface/nav")
    with pytest.raises(aiohttp.ClientError):
        await account.open()
    room.faults.switch_off("offline")
    await account.enter()
