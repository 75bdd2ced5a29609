"""The life of a practice room: opening, playing, closing."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import pytest

from assistant.practice import PracticeRoom, RoomNotOpened, load_room
from assistant.practice.acts import Act
from assistant.practice.room import BATCHING_SECONDS
from tests.fakes.clock import ManualClock
from tests.fakes.visitor import LOGGED_IN, Visitor, Wire

SCRIPT = (
    Act(at=1.0, viewer="小雨", text="晚上好"),
    Act(at=2.0, kind="like", viewer="小雨"),
    Act(at=2.0, viewer="阿辉", text="怎么发货"),
)


def ids(commands: Iterable[dict[str, object]]) -> list[str]:
    infos = [command["info"] for command in commands if "info" in command]
    return [json.loads(info[0][15]["extra"])["id_str"] for info in infos]  # type: ignore[index]


async def play(acts: Sequence[Act], *, seconds: float, danmaku: int, seed: int = 1) -> list[str]:
    """The ids of the danmaku that a client hears of a looping room."""
    clock = ManualClock()
    async with (
        PracticeRoom(acts, clock=clock, seed=seed, loop=True) as room,
        Visitor(room.url, cookies=LOGGED_IN) as visitor,
    ):
        playing = asyncio.create_task(room.play())
        wire = await visitor.enter()
        await clock.advance(seconds)
        heard: list[str] = []
        while len(heard) < danmaku:
            heard += ids(await wire.commands())
        playing.cancel()
    return heard


async def test_a_script_waits_for_its_first_client_and_ends() -> None:
    clock = ManualClock()
    async with PracticeRoom(SCRIPT, clock=clock) as room, Visitor(room.url, cookies=LOGGED_IN) as visitor:
        playing = asyncio.create_task(room.play())
        await clock.advance(60)
        assert room.danmaku_shown == 0
        wire = await visitor.enter()
        await clock.advance(1.5)
        assert await wire.texts(1) == ["晚上好"]
        await clock.advance(1.5)
        assert await wire.texts(1) == ["怎么发货"]
        await playing
    assert room.danmaku_shown == 2


async def test_a_broadcast_begins_with_live_twice() -> None:
    async with PracticeRoom(SCRIPT, clock=ManualClock()) as room, Visitor(room.url) as visitor:
        playing = asyncio.create_task(room.play())
        wire = await visitor.enter()
        assert (await wire.commands())[0]["cmd"] == "LOG_IN_NOTICE"
        first, second = await wire.commands()
        playing.cancel()
    assert first["cmd"] == second["cmd"] == "LIVE"
    assert first["live_key"] == second["live_key"]
    assert ("live_time" in first, "live_time" in second) == (True, False)


async def test_the_next_broadcast_has_another_key() -> None:
    async with PracticeRoom([], clock=ManualClock()) as room, Visitor(room.url) as visitor:
        wire = await visitor.enter()
        keys = []
        for kind in ("live", "live", "preparing", "live"):
            room.show(Act(kind=kind))
            name = "PREPARING" if kind == "preparing" else "LIVE"
            keys.append((await wire.command(name)).get("live_key"))
    assert keys[0] == keys[1] != keys[3]


async def test_figures_are_told_every_five_seconds() -> None:
    clock = ManualClock()
    async with PracticeRoom(SCRIPT, clock=clock, loop=True) as room, Visitor(room.url) as visitor:
        playing = asyncio.create_task(room.play())
        wire = await visitor.enter()
        await clock.advance(10)
        online = [(await wire.command("ONLINE_RANK_COUNT"))["data"]["count"] for _ in range(2)]
        await clock.advance(5)
        likes = (await wire.command("LIKE_INFO_V3_UPDATE"))["data"]["click_count"]
        playing.cancel()
    assert online == [22, 22]
    assert likes >= 3


async def test_every_round_has_ids_of_its_own() -> None:
    heard = await play(SCRIPT, seconds=10, danmaku=6)
    assert len(set(heard)) == len(heard)


async def test_the_same_seed_gives_the_same_ids() -> None:
    once, again, other = [await play(SCRIPT, seconds=10, danmaku=6, seed=seed) for seed in (3, 3, 4)]
    assert once[:6] == again[:6]
    assert not set(once) & set(other)


async def heard_of(wire: Wire, count: int) -> tuple[int, int]:
    """(danmaku, frames) until `count` danmaku have come."""
    danmaku = frames = 0
    while danmaku < count:
        lines = [command for command in await wire.commands() if "info" in command]
        danmaku += len(lines)
        frames += bool(lines)
    return danmaku, frames


async def test_two_thousand_danmaku_a_second_come_in_batches_and_none_is_lost() -> None:
    clock = ManualClock()
    async with (
        PracticeRoom(load_room("shop"), clock=clock, rate=2000, seed=1, loop=True) as room,
        Visitor(room.url, cookies=LOGGED_IN) as visitor,
    ):
        playing = asyncio.create_task(room.play())
        wire = await visitor.enter()
        await clock.advance(2)
        playing.cancel()
        assert 4000 - 2000 * BATCHING_SECONDS <= room.danmaku_shown <= 4000
        danmaku, frames = await heard_of(wire, room.danmaku_shown)
        assert danmaku == room.danmaku_shown
    assert danmaku / frames > 10


async def test_figures_keep_their_rhythm_at_a_rate() -> None:
    clock = ManualClock()
    acts = (*SCRIPT, Act(at=3.0, kind="online", count=317))
    async with (
        PracticeRoom(acts, clock=clock, rate=100, loop=True) as room,
        Visitor(room.url, cookies=LOGGED_IN) as visitor,
    ):
        playing = asyncio.create_task(room.play())
        wire = await visitor.enter()
        await clock.advance(5)
        playing.cancel()
        room.show(Act(kind="title", text="the end"))
        names, counts = set[str](), []
        while "ROOM_CHANGE" not in names:
            for command in await wire.commands():
                names.add(command["cmd"])
                if command["cmd"] == "ONLINE_RANK_COUNT":
                    counts.append(command["data"]["count"])
    assert counts == [317]


async def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RoomNotOpened, match=f"127.0.0.1:{port}: the port is taken"):
            async with PracticeRoom([], port=port):
                pass


async def test_an_address_that_is_not_ours_is_named() -> None:
    with pytest.raises(RoomNotOpened, match=r"cannot listen on 192\.0\.2\.1:0"):
        async with PracticeRoom([], host="192.0.2.1"):
            pass


def test_a_rate_must_be_positive() -> None:
    with pytest.raises(ValueError, match="rate must be positive"):
        PracticeRoom([], rate=0)


async def test_a_room_that_listens_everywhere_is_found_here() -> None:
    async with PracticeRoom([], host="0.0.0.0") as room:  # noqa: S104 - for the moment of a test
        assert urlsplit(room.url).hostname == "127.0.0.1"


async def test_closing_hangs_up_and_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()
    async with Visitor("") as visitor:
        async with PracticeRoom(SCRIPT, loop=True) as room:
            visitor.url = room.url
            wires = [await visitor.enter() for _ in range(3)]
            strays = [await visitor.open() for _ in range(2)]
        for wire in [*wires, *strays]:
            await wire.ended()
        assert asyncio.all_tasks() == before
        with pytest.raises(OSError, match="Connect"):
            await visitor.get("/")


async def test_an_error_inside_the_room_closes_it_too() -> None:
    before = asyncio.all_tasks()
    with pytest.raises(ZeroDivisionError):
        async with PracticeRoom([]):
            raise ZeroDivisionError
    assert asyncio.all_tasks() == before


def test_the_assistant_does_not_bring_the_practice_room_along() -> None:
    code = "import sys, assistant.rooms, assistant.platforms.bilibili; print('aiohttp' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own line of code
    assert shown.stdout.strip() == "False"
