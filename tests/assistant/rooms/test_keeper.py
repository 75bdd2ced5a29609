import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from assistant.backoff import Backoff
from assistant.errors import RoomRefused, RoomUnreachable
from assistant.events import Danmaku, Event
from assistant.rooms.keeper import Keeper, RoomState, RoomStatus
from tests.fakes.clock import ManualClock
from tests.fakes.platform import FakePlatform, InstantHttp, line
from tests.fakes.room_server import Guest, RoomServer


class Room:
    """A kept room under test: its server, platform and clock, and what came out of the keeper.

    The backoff has no jitter: its delays are 1, 2, 4 ... seconds.
    """

    def __init__(self, server: RoomServer, platform: FakePlatform) -> None:
        self.server = server
        self.platform = platform
        self.http = InstantHttp()
        self.clock = ManualClock()
        self.heard: asyncio.Queue[Sequence[Event]] = asyncio.Queue()
        self.statuses: list[RoomStatus] = []
        self._shown = asyncio.Event()
        self.keeper = Keeper(
            platform,
            "1",
            http=self.http,
            on_events=self.heard.put_nowait,
            on_status=self._show,
            clock=self.clock,
            backoff=Backoff(first_seconds=1, ceiling_seconds=60, random=lambda: 1.0),
        )
        self.task = asyncio.create_task(self.keeper.run())

    def _show(self, status: RoomStatus) -> None:
        self.statuses.append(status)
        self._shown.set()

    async def until(self, state: RoomState) -> RoomStatus:
        while self.keeper.status.state is not state:
            self._shown.clear()
            await self._shown.wait()
        return self.keeper.status

    async def guest(self) -> Guest:
        return await self.server.guest()

    async def live(self) -> Guest:
        guest = await self.guest()
        await guest.admit()
        await self.until(RoomState.LIVE)
        await self.clock.wait_for_sleepers(2)  # its heartbeat, and its watch over silence
        return guest

    async def lost(self, guest: Guest) -> RoomStatus:
        guest.drop()
        return await self.until(RoomState.WAITING)

    async def retry(self) -> float:
        """Let the keeper come back; how long it had meant to wait."""
        await self.until(RoomState.WAITING)
        return await self.clock.advance_to_next()

    async def texts(self) -> list[str]:
        return [event.text for event in await self.heard.get() if isinstance(event, Danmaku)]


@asynccontextmanager
async def a_room(*paths: str) -> AsyncIterator[Room]:
    async with RoomServer() as server:
        room = Room(server, FakePlatform(*[server.url(path) for path in paths or ("sub",)]))
        try:
            yield room
        finally:
            room.task.cancel()
            await asyncio.wait([room.task])


async def test_a_room_enters_connects_and_is_live() -> None:
    async with a_room() as room:
        guest = await room.live()
        assert room.keeper.connected.is_set()
        assert room.keeper.admission is not None
        await guest.say("say 1 0 hello")
        assert await room.texts() == ["hello"]
    states = [status.state for status in room.statuses]
    assert states == [RoomState.ENTERING, RoomState.CONNECTING, RoomState.LIVE, RoomState.CLOSED]


async def test_a_lost_room_waits_and_comes_back_with_the_same_token() -> None:
    async with a_room() as room:
        status = await room.lost(await room.live())
        assert (status.attempts, status.since) == (1, room.clock.now())
        assert status.detail == "127.0.0.1 closed the connection (code 1006); trying again in 1 s"
        assert not room.keeper.connected.is_set()
        assert await room.retry() == 1
        assert await (await room.guest()).heard() == "token secret-1"
        assert room.platform.entered == 1


async def test_delays_grow_while_nothing_holds() -> None:
    async with a_room() as room:
        delays = []
        for _ in range(8):
            (await room.live()).drop()
            delays.append(await room.retry())
        assert delays == [1, 2, 4, 8, 16, 32, 60, 60]
        assert (await room.until(RoomState.CONNECTING)).attempts == 8


async def test_delays_start_over_only_after_a_connection_has_held() -> None:
    async with a_room() as room:
        for held_seconds, delay in [(29.0, 1), (29.0, 2), (30.0, 1), (0.0, 2)]:
            guest = await room.live()
            await room.clock.advance(held_seconds)
            status = await room.lost(guest)
            assert status.attempts == delay
            assert await room.retry() == delay


async def test_a_refused_token_is_replaced() -> None:
    async with a_room() as room:
        guest = await room.guest()
        assert await guest.heard() == "token secret-1"
        await guest.say("refuse -101")
        await room.retry()
        assert await (await room.guest()).heard() == "token secret-2"


async def test_a_token_that_is_hung_up_on_is_replaced() -> None:
    async with a_room() as room:
        guest = await room.guest()
        assert await guest.heard() == "token secret-1"
        await guest.leave()
        await room.retry()
        assert await (await room.guest()).heard() == "token secret-2"


async def test_hosts_take_turns_and_the_token_is_renewed_after_each_had_one() -> None:
    async with a_room("a", "b", "c", "d") as room:
        visits = []
        for _ in range(6):
            guest = await room.live()
            visits.append((guest.path, room.platform.entered))
            guest.drop()
            await room.retry()
    assert visits == [("/a", 1), ("/b", 1), ("/c", 1), ("/d", 1), ("/a", 2), ("/b", 2)]


async def test_a_single_host_gets_three_attempts_with_a_token() -> None:
    async with a_room() as room:
        tokens = []
        for _ in range(4):
            guest = await room.live()
            tokens.append(room.platform.entered)
            guest.drop()
            await room.retry()
    assert tokens == [1, 1, 1, 2]


async def test_a_host_that_refuses_tokens_is_not_asked_for_ever() -> None:
    async with a_room("bad", "good") as room:
        (await room.guest()).drop()
        await room.retry()
        assert (await room.live()).path == "/good"


async def test_a_refused_room_is_not_retried() -> None:
    async with a_room() as room:
        room.platform.outcomes = [RoomRefused("no room has this number")]
        await room.task
        assert room.keeper.status.state is RoomState.REFUSED
        assert room.keeper.status.detail == "no room has this number"
        assert (room.server.visits, room.clock.slept) == (0, [])


async def test_the_platforms_own_wish_to_wait_is_respected() -> None:
    async with a_room() as room:
        room.platform.outcomes = [RoomUnreachable("risk control: log in", retry_after_seconds=300)]
        assert await room.retry() == 301
        assert room.statuses[1].detail == "risk control: log in; trying again in 301 s"
        await room.live()


async def test_entering_is_tried_again_until_it_works() -> None:
    async with a_room() as room:
        room.platform.outcomes = [RoomUnreachable("no network")] * 3
        assert [await room.retry() for _ in range(3)] == [1, 2, 4]
        await room.live()
        assert room.platform.entered == 4


async def test_a_platform_that_names_no_host_is_tried_again() -> None:
    async with a_room() as room:
        room.platform.urls = ()
        assert "no host" in (await room.until(RoomState.WAITING)).detail


async def test_an_error_of_ours_is_logged_without_its_words_and_the_room_tried_again() -> None:
    with capture_logs() as logged:
        async with a_room() as room:
            room.platform.outcomes = [KeyError("token=secret")]
            status = await room.until(RoomState.WAITING)
            assert status.detail == "an error of ours (KeyError); trying again in 1 s"
            await room.retry()
            await room.live()
    error = next(entry["error"] for entry in logged if entry["event"] == "room failed")
    assert error.startswith("KeyError in ")
    assert "secret" not in str(logged)


async def test_silence_leads_to_a_new_connection() -> None:
    async with a_room() as room:
        await room.live()
        await room.clock.advance(75)
        assert "silent for 75 s" in (await room.until(RoomState.WAITING)).detail
        await room.retry()
        await room.live()


async def test_one_rooms_trouble_never_touches_another() -> None:
    async with a_room() as fine, a_room() as broken:
        broken.platform.outcomes = [ZeroDivisionError()] * 5
        guest = await fine.live()
        for _ in range(5):
            await broken.retry()
        await guest.say("say 1 0 fine")
        assert await fine.texts() == ["fine"]
        assert [status.state for status in fine.statuses].count(RoomState.LIVE) == 1


async def test_masked_viewers_are_shown_until_the_next_connection() -> None:
    async with a_room() as room:
        guest = await room.live()
        assert not room.keeper.status.masked
        await guest.say("masked", "masked")
        await room.heard.get()
        assert (room.keeper.status.state, room.keeper.status.masked) == (RoomState.LIVE, True)
        assert sum(status.masked for status in room.statuses) == 1
        assert not (await room.lost(guest)).masked


async def test_an_unknown_command_is_logged_once_a_room() -> None:
    with capture_logs() as logged:
        async with a_room() as room:
            for _ in range(2):
                guest = await room.live()
                await guest.say("odd NEW_THING", "bad json", "say 1 0 x")
                await room.texts()
                await room.lost(guest)
                await room.retry()
    assert [entry["event"] for entry in logged].count("unknown command") == 1
    assert [entry["event"] for entry in logged].count("malformed packet") == 2
    assert room.keeper.unknown_commands.counts == {"NEW_THING": 2}
    assert room.keeper.malformed_packets == 2


async def test_what_a_lost_connection_missed_is_heard_after_it_came_back() -> None:
    async with a_room() as room:
        guest = await room.live()
        await guest.say("say 2 1000.4 last heard")
        await room.texts()
        await room.lost(guest)
        room.platform.history = [
            line("1", "long before", at=900),
            line("2", "last heard", at=1000),
            line("3", "missed in the same second", at=1000),
            line("4", "missed", at=1005),
        ]
        await room.retry()
        await room.live()
        assert await room.texts() == ["last heard", "missed in the same second", "missed"]


async def test_history_is_not_asked_for_on_the_first_connection() -> None:
    async with a_room() as room:
        room.platform.outcomes = [RoomUnreachable("no network")]
        await room.retry()
        room.platform.history = [line("1", "said before we came", at=room.clock.now() - 5)]
        await room.live()
        assert room.http.asked == ["enter", "enter"]


async def test_a_room_where_nothing_was_heard_fills_from_when_it_was_first_live() -> None:
    async with a_room() as room:
        guest = await room.live()
        began = room.clock.now()
        await room.lost(guest)
        room.platform.history = [line("1", "before us", at=began - 1), line("2", "missed", at=began + 1)]
        await room.retry()
        await room.live()
        assert await room.texts() == ["missed"]


async def test_nothing_of_a_dead_connection_comes_after_the_next_began_and_the_gap_stays_open() -> None:
    async with a_room() as room:
        first = await room.live()
        await first.say("say 1 1000 last heard")
        await room.texts()
        await room.lost(first)
        room.platform.history = [line("2", "missed", at=1005)]
        room.http.open.clear()
        await room.retry()
        second = await room.live()
        await second.say("say 3 1010 in between")
        assert await room.texts() == ["in between"]
        await room.lost(second)  # while it still asks for what was missed
        room.http.open.set()
        await room.retry()
        await room.live()
        assert await room.texts() == ["missed"]
        assert room.heard.empty()


async def test_trouble_with_the_history_does_not_cost_the_connection() -> None:
    async with a_room() as room:
        await room.lost(await room.live())

        def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError

        room.platform.recent = broken  # type: ignore[assignment, method-assign]
        await room.retry()
        guest = await room.live()
        await guest.say("say 1 0 alive")
        assert await room.texts() == ["alive"]


@pytest.mark.parametrize(
    "state", [RoomState.ENTERING, RoomState.CONNECTING, RoomState.LIVE, RoomState.WAITING]
)
async def test_cancelling_in_any_state_leaves_nothing_behind(state: RoomState) -> None:
    before = asyncio.all_tasks()
    async with a_room() as room:
        if state is RoomState.ENTERING:
            room.http.open.clear()
        if state in (RoomState.LIVE, RoomState.WAITING):
            guest = await room.live()
        if state is RoomState.WAITING:
            await room.lost(guest)
        await room.until(state)
        room.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await room.task
        assert room.keeper.status.state is RoomState.CLOSED
        assert not room.keeper.connected.is_set()
    assert asyncio.all_tasks() == before


async def test_cancelling_while_history_is_asked_for_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()
    async with a_room() as room:
        await room.lost(await room.live())
        room.http.open.clear()
        await room.retry()
        await room.live()
        room.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await room.task
    assert asyncio.all_tasks() == before
