import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from assistant.errors import AuthenticationRefused, RoomUnreachable
from assistant.events import Danmaku, Event, ViewersMasked
from assistant.limits import FRAME_BYTES
from assistant.rooms.connection import Connection, is_loopback
from assistant.rooms.tally import Tally
from tests.fakes.clock import ManualClock
from tests.fakes.platform import FakePlatform
from tests.fakes.room_server import Guest, RoomServer


class Line:
    """A connection under test, with what it heard and a clock to move."""

    def __init__(self, platform: FakePlatform, url: str) -> None:
        self.clock = ManualClock()
        self.heard: asyncio.Queue[Sequence[Event]] = asyncio.Queue()
        self.established = asyncio.Event()
        self.unknown = Tally()
        self.connection = Connection(
            platform,
            platform.admission(),
            url=url,
            clock=self.clock,
            on_events=self.heard.put_nowait,
            on_established=self.established.set,
            unknown_commands=self.unknown,
        )
        self.task = asyncio.create_task(self.connection.run())

    async def texts(self) -> list[str]:
        return [event.text for event in await self.heard.get() if isinstance(event, Danmaku)]


@asynccontextmanager
async def a_line(platform: FakePlatform | None = None) -> AsyncIterator[tuple[Line, Guest]]:
    async with RoomServer() as server:
        line = Line(platform or FakePlatform(), server.url())
        try:
            yield line, await server.guest()
        finally:
            line.task.cancel()
            await asyncio.wait([line.task])


async def test_it_says_the_token_first_and_is_established_when_that_is_accepted() -> None:
    async with a_line() as (line, guest):
        assert await guest.heard() == "token secret-0"
        assert not line.established.is_set()
        await guest.say("welcome")
        await line.established.wait()


async def test_events_come_in_order_without_those_about_the_connection() -> None:
    async with a_line() as (line, guest):
        await guest.admit()
        await guest.say("say 1 0 first", "pong", "odd X", "bad json", "masked", "say 2 0 second")
        events = await line.heard.get()
    assert [type(event) for event in events] == [Danmaku, ViewersMasked, Danmaku]


async def test_what_comes_with_the_welcome_is_heard_after_it() -> None:
    async with a_line() as (line, guest):
        await guest.heard()
        await guest.say("welcome", "say 1 0 early")
        assert await line.texts() == ["early"]
        assert line.established.is_set()


async def test_what_the_session_owes_is_sent_after_each_frame() -> None:
    async with a_line() as (_, guest):
        await guest.admit()
        await guest.say("ask a", "ask b")
        assert [await guest.heard(), await guest.heard()] == ["told a", "told b"]


async def test_the_same_headers_as_over_http_are_used_and_no_compression_is_offered() -> None:
    platform = FakePlatform(headers={"User-Agent": "Mozilla/5.0 (shop)", "Origin": "https://live.example"})
    async with a_line(platform) as (_, guest):
        assert guest.headers["User-Agent"] == "Mozilla/5.0 (shop)"
        assert guest.headers["Origin"] == "https://live.example"
        assert "Sec-WebSocket-Extensions" not in guest.headers


@pytest.mark.parametrize("answers_pings", [False, True])
async def test_library_pings_are_off_where_the_platform_does_not_answer_them(answers_pings: bool) -> None:
    platform = FakePlatform()
    platform.answers_pings = answers_pings
    async with a_line(platform) as (_, guest):
        await guest.admit()
        pinging = [task for task in asyncio.all_tasks() if "keepalive" in repr(task.get_coro())]
        assert len(pinging) == answers_pings


async def test_heartbeats_begin_at_once_and_keep_their_interval() -> None:
    async with a_line() as (line, guest):
        await guest.admit()
        for _ in range(2):
            await line.clock.wait_for_sleepers(2)
            await line.clock.advance(30)
            assert await guest.heard() == "beat"


async def test_no_heartbeat_before_the_token_is_accepted() -> None:
    async with a_line() as (line, guest):
        assert await guest.heard() == "token secret-0"
        await line.clock.wait_for_sleepers()
        assert line.clock.sleepers == 1
        assert not line.established.is_set()


async def test_a_refused_token_ends_it() -> None:
    async with a_line() as (line, guest):
        await guest.heard()
        await guest.say("refuse -101")
        with pytest.raises(AuthenticationRefused, match=r"refused our token \(code -101\)"):
            await line.task
        await guest.gone()


async def test_closed_before_the_token_was_accepted_counts_as_refused() -> None:
    async with a_line() as (line, guest):
        await guest.heard()
        guest.drop()
        with pytest.raises(AuthenticationRefused, match="before accepting our token"):
            await line.task


async def test_no_answer_to_the_token_is_given_up() -> None:
    async with a_line() as (line, guest):
        await guest.heard()
        await line.clock.wait_for_sleepers()
        await line.clock.advance(5)
        with pytest.raises(RoomUnreachable, match="did not answer our token"):
            await line.task
        await guest.gone()


async def test_silence_ends_it_and_any_frame_puts_that_off() -> None:
    async with a_line() as (line, guest):
        await guest.admit()
        await line.clock.wait_for_sleepers(2)
        await line.clock.advance(70)
        await guest.say("say 1 0 still here")
        await line.texts()
        await line.clock.advance(74)
        assert not line.task.done()
        await line.clock.advance(1)
        with pytest.raises(RoomUnreachable, match="silent for 75 s"):
            await line.task
        await guest.gone()


@pytest.mark.parametrize(("leave", "code"), [(True, 1001), (False, 1006)], ids=["closed", "cut"])
async def test_a_lost_connection_names_its_code(leave: bool, code: int) -> None:
    async with a_line() as (line, guest):
        await guest.admit()
        if leave:
            await guest.leave(code)
        else:
            guest.drop()
        with pytest.raises(RoomUnreachable, match=f"code {code}"):
            await line.task


async def test_a_frame_beyond_the_limit_ends_it() -> None:
    async with a_line() as (line, guest):
        await guest.admit()
        await guest.say("x" * (FRAME_BYTES + 1))
        with pytest.raises(RoomUnreachable, match="code 1009"):
            await line.task


async def test_a_storm_of_malformed_packets_is_counted_and_logged_once_a_reason() -> None:
    with capture_logs() as logged:
        async with a_line() as (line, guest):
            await guest.admit()
            for _ in range(50):
                await guest.say(*["bad json", "bad length"] * 20)
            await guest.say("say 1 0 alive")
            assert await line.texts() == ["alive"]
    assert line.connection.malformed.counts == {"json": 1000, "length": 1000}
    assert [entry["reason"] for entry in logged if entry["event"] == "malformed packet"] == ["json", "length"]


async def test_an_unknown_command_is_counted_and_logged_once() -> None:
    with capture_logs() as logged:
        async with a_line() as (line, guest):
            await guest.admit()
            await guest.say("odd NEW_THING", "odd NEW_THING", "say 1 0 x")
            await line.texts()
    assert line.unknown.counts == {"NEW_THING": 2}
    assert [entry["command"] for entry in logged if "command" in entry] == ["NEW_THING"]


async def test_a_bug_in_the_codec_ends_it_as_what_it_is() -> None:
    async with a_line() as (line, guest):
        await guest.admit()
        await guest.say("crash")
        with pytest.raises(ZeroDivisionError):
            await line.task
        await guest.gone()


async def test_cancelling_closes_the_socket_and_leaves_no_task() -> None:
    before = asyncio.all_tasks()
    async with RoomServer() as server:
        line = Line(FakePlatform(), server.url())
        guest = await server.guest()
        await guest.admit()
        line.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await line.task
        await guest.gone()
    assert asyncio.all_tasks() == before


async def test_a_closed_port_is_unreachable() -> None:
    async with RoomServer() as server:
        url = server.url("sub?token=secret")
    with pytest.raises(RoomUnreachable, match="cannot connect to 127") as raised:
        await Line(FakePlatform(), url).task
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "url", ["nonsense", "ws://", "http://127.0.0.1/", "ws://127.0.0.1:99999/", "ws://a b/", "ws://[::1"]
)
async def test_a_senseless_address_is_unreachable(url: str) -> None:
    with pytest.raises(RoomUnreachable, match="cannot connect"):
        await Line(FakePlatform(), url).task


async def test_a_host_that_speaks_no_websocket_is_unreachable() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(RoomUnreachable, match="HTTP 302"):
            await Line(FakePlatform(), url).task


async def test_this_machine_is_reached_without_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with a_line() as (line, guest):
        await guest.admit()
        await line.established.wait()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("8.8.8.8", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
