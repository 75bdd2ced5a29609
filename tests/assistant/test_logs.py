import asyncio
import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer

from assistant import logs
from assistant.clock import RealClock
from assistant.errors import RoomUnreachable
from assistant.platforms.base import Request, Response, Steps
from assistant.rooms.connection import Connection
from assistant.rooms.http import HttpShell
from assistant.rooms.tally import Tally
from tests.fakes.platform import FakePlatform
from tests.fakes.room_server import RoomServer

LOGGERS = ("", *logs.OUR_LOGGERS, *logs.CHATTY_LIBRARIES)


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in LOGGERS}
    yield
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()


def logged(*, verbose: bool = False) -> io.StringIO:
    stream = io.StringIO()
    logs.configure(verbose=verbose, stream=stream)
    return stream


def fields(stream: io.StringIO) -> str:
    """The line without its time."""
    return stream.getvalue().rstrip("\n").split(" ", 1)[1]


def test_a_line_is_key_value_with_the_room_in_it() -> None:
    stream = logged()
    with structlog.contextvars.bound_contextvars(room="bilibili:5"):
        structlog.get_logger("assistant.rooms").info("connected", host="a.example", attempts=0)
    assert fields(stream) == "level=info room=bilibili:5 event=connected host=a.example attempts=0"


@pytest.mark.parametrize(("verbose", "lines"), [(False, 1), (True, 2)])
def test_debug_is_shown_when_asked_for(verbose: bool, lines: int) -> None:
    stream = logged(verbose=verbose)
    log = structlog.get_logger("assistant.flow")
    log.debug("heard")
    log.info("replied")
    assert len(stream.getvalue().splitlines()) == lines


def test_configuring_again_replaces_what_was_there() -> None:
    logged()
    stream = logged()
    structlog.get_logger("assistant").info("once")
    assert len(stream.getvalue().splitlines()) == 1
    assert [handler.get_name() for handler in logging.getLogger().handlers].count("assistant") == 1


def test_values_cannot_move_the_cursor_turn_the_line_or_make_a_second_one() -> None:
    stream = logged()
    structlog.get_logger("assistant").info(
        "unknown command", command="a\x1b[2J\nlevel=error\u202e\ud800" + "x" * 900
    )
    line = stream.getvalue()
    assert line.count("\n") == 1
    assert not set("\x1b\u202e\ud800") & set(line)
    assert len(line) < 700


def test_an_exception_is_named_by_its_class_and_place_never_by_its_words() -> None:
    stream = logged()
    try:
        raise ValueError("https://host/?token=secret")
    except ValueError:
        structlog.get_logger("assistant").exception("failed")
        logging.getLogger("somewhere").exception("failed too")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    for line in lines:
        assert "ValueError in test_logs.py:" in line
        assert "secret" not in line


def test_other_libraries_speak_only_of_warnings() -> None:
    stream = logged(verbose=True)
    logging.getLogger("httpx").info("GET https://host/?token=secret")
    logging.getLogger("some.package").debug("chatter")
    logging.getLogger("some.package").warning("trouble")
    assert fields(stream) == "level=warning event=trouble"


class Everything(logging.Handler):
    """Keeps whatever reaches any handler."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.exc_info}")


async def test_no_secret_reaches_a_handler_even_when_everything_is_logged() -> None:
    stream = logged(verbose=True)
    everything = Everything()
    logging.getLogger().addHandler(everything)
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger("assistant.check").debug("handlers work")

    await _a_request_with_secrets()
    await _a_websocket_with_secrets()

    text = stream.getvalue() + "\n".join(everything.lines)
    assert "handlers work" in text
    assert "secret" not in text


async def _a_request_with_secrets() -> None:
    async def answer(request: web.Request) -> web.Response:
        assert request.cookies["SESSDATA"] == "secret-cookie"
        response = web.Response(text="secret-body")
        response.set_cookie("buvid3", "secret-buvid")
        return response

    def steps(url: str) -> Steps[Response]:
        return (yield Request("POST", url, form={"csrf": "secret"}, cookies={"SESSDATA": "secret-cookie"}))

    app = web.Application()
    app.router.add_post("/", answer)
    async with TestServer(app) as server, HttpShell() as shell:
        response = await shell.run(steps(f"{server.make_url('/')}?w_rid=secret-signature"))
    assert response.body == b"secret-body"
    assert "secret" not in repr(response)


async def _a_websocket_with_secrets() -> None:
    platform = FakePlatform(headers={"User-Agent": "test", "Cookie": "SESSDATA=secret-cookie"})
    async with RoomServer() as server:
        connection = Connection(
            platform,
            platform.admission(),
            url=server.url("sub?token=secret-query"),
            clock=RealClock(),
            on_events=lambda events: None,
            on_established=lambda: None,
            unknown_commands=Tally(),
        )
        task = asyncio.create_task(connection.run())
        guest = await server.guest()
        assert guest.headers["Cookie"] == "SESSDATA=secret-cookie"
        await guest.admit()
        guest.drop()
        with pytest.raises(RoomUnreachable):
            await task
