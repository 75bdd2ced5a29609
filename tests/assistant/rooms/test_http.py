import asyncio
import gzip
import sys
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from assistant.errors import RoomRefused, SettingsError
from assistant.limits import RESPONSE_BYTES
from assistant.platforms.base import Request, Response, Steps
from assistant.rooms.http import HttpShell

Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


def ask(*requests: Request) -> Steps[list[Response]]:
    responses = []
    for request in requests:
        responses.append((yield request))
    return responses


@asynccontextmanager
async def website(reply: Reply) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", reply)
    async with TestServer(app) as server:
        yield str(server.make_url("/")).rstrip("/")


@asynccontextmanager
async def raw_server(talk: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await talk(writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def first_answer(request: Request) -> Response:
    async with HttpShell() as shell:
        return (await shell.run(ask(request)))[0]


async def test_what_the_steps_ask_arrives_and_what_they_return_comes_back() -> None:
    async def echo(request: web.Request) -> web.Response:
        form = await request.post()
        return web.json_response(
            [
                request.method,
                dict(request.query),
                dict(form),
                dict(request.cookies),
                request.headers["X-Extra"],
            ]
        )

    async with website(echo) as site:
        response = await first_answer(
            Request(
                "POST",
                f"{site}/send",
                params={"id": "1", "w_rid": "a b&c"},
                form={"msg": "多少钱 +1"},
                headers={"X-Extra": "yes"},
                cookies={"SESSDATA": "s%2C1", "bili_jct": "j"},
            )
        )
    assert response.status == 200
    assert response.body.decode() == (
        '["POST", {"id": "1", "w_rid": "a b&c"}, {"msg": "\\u591a\\u5c11\\u94b1 +1"}, '
        '{"SESSDATA": "s%2C1", "bili_jct": "j"}, "yes"]'
    )


async def test_parameters_in_the_address_stay_when_none_are_given() -> None:
    async def query(request: web.Request) -> web.Response:
        return web.Response(text=request.query_string)

    async with website(query) as site:
        assert (await first_answer(Request("GET", f"{site}/x?room=1"))).body == b"room=1"


async def test_cookies_come_back_and_are_not_kept_for_the_next_request() -> None:
    async def cookies(request: web.Request) -> web.Response:
        response = web.json_response(dict(request.cookies))
        response.set_cookie("buvid3", "B")
        return response

    async with website(cookies) as site, HttpShell() as shell:
        first, second = await shell.run(ask(Request("GET", site), Request("GET", site)))
    assert first.cookies == {"buvid3": "B"}
    assert second.body == b"{}"


async def test_a_redirect_is_not_followed() -> None:
    visits: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        visits.append(request.path)
        return web.Response(status=302, headers={"Location": "/stolen"})

    async with website(elsewhere) as site:
        response = await first_answer(Request("GET", f"{site}/start", cookies={"SESSDATA": "s"}))
    assert (response.status, visits) == (302, ["/start"])


async def test_an_error_status_is_an_answer() -> None:
    async def broken(request: web.Request) -> web.Response:
        return web.Response(status=502, text="bad gateway")

    async with website(broken) as site:
        response = await first_answer(Request("GET", site))
    assert (response.status, response.body, response.failure) == (502, b"bad gateway", "")


@pytest.mark.parametrize(
    ("encoding", "squeeze"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)]
)
async def test_compressed_answers_are_read(encoding: str, squeeze: Callable[[bytes], bytes]) -> None:
    async def squeezed(request: web.Request) -> web.Response:
        return web.Response(body=squeeze(b"hello" * 100), headers={"Content-Encoding": encoding})

    async with website(squeezed) as site:
        assert (await first_answer(Request("GET", site))).body == b"hello" * 100


@pytest.mark.parametrize(
    ("body", "encoding", "failure"),
    [
        (bytes(RESPONSE_BYTES + 1), "identity", "TooLarge"),
        (gzip.compress(bytes(RESPONSE_BYTES + 1)), "gzip", "TooLarge"),
        (b"no gzip at all", "gzip", "BadEncoding"),
        (gzip.compress(b"cut short")[:-9], "gzip", "BadEncoding"),
        (b"\x0b\x02\x80\x03\x00", "br", "BadEncoding"),
    ],
    ids=["too large", "bomb", "garbage", "cut", "brotli"],
)
async def test_an_answer_that_cannot_be_taken_is_no_answer(body: bytes, encoding: str, failure: str) -> None:
    async def hostile(request: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    async with website(hostile) as site:
        response = await first_answer(Request("GET", site))
    assert (response.status, response.body, response.failure) == (0, b"", failure)


async def test_an_answer_as_large_as_allowed_is_taken() -> None:
    async def large(request: web.Request) -> web.Response:
        return web.Response(body=bytes(RESPONSE_BYTES))

    async with website(large) as site:
        assert len((await first_answer(Request("GET", site))).body) == RESPONSE_BYTES


async def test_a_closed_port_is_a_failure_that_names_no_address() -> None:
    async def gone(request: web.Request) -> web.Response:
        raise AssertionError("nobody is asked")

    async with website(gone) as site:
        pass
    response = await first_answer(Request("GET", f"{site}/secret?token=abc", cookies={"SESSDATA": "s"}))
    assert (response.status, response.failure) == (0, "ConnectError")


async def test_a_server_that_hangs_up_is_a_failure() -> None:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        pass

    async with raw_server(hang_up) as site:
        assert (await first_answer(Request("GET", site))).failure == "RemoteProtocolError"


async def test_an_answer_that_trickles_is_given_up_at_the_deadline() -> None:
    gave_up = asyncio.Event()

    async def trickle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await gave_up.wait()

    async with raw_server(trickle) as site:
        response = await first_answer(Request("GET", site, timeout_seconds=0.05))
        gave_up.set()
    assert (response.status, response.failure) == (0, "TimeoutError")


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "http://127.0.0.1:1/", cookies={"SESSDATA": "秘密"}),
        Request("GET", "http://127.0.0.1:1/", headers={"X": "a\r\nEvil: b"}),
        Request("GET", "no address"),
        Request("GET", "http://[::1"),
        Request("GET", "ftp://127.0.0.1/"),
    ],
    ids=["cookie", "header", "relative", "brackets", "scheme"],
)
async def test_a_request_that_cannot_be_made_is_a_failure(request_: Request) -> None:
    response = await first_answer(request_)
    assert response.status == 0
    assert response.failure.isidentifier()


async def test_what_the_steps_raise_passes_through() -> None:
    def steps() -> Steps[None]:
        yield Request("GET", "http://127.0.0.1:1/")
        raise RoomRefused("no such room")

    async with HttpShell() as shell:
        with pytest.raises(RoomRefused):
            await shell.run(steps())


async def test_cancelling_closes_the_steps() -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def never(request: web.Request) -> web.Response:
        asked.set()
        await closed.wait()
        return web.Response()

    def steps(url: str) -> Steps[Any]:
        try:
            return (yield Request("GET", url))
        finally:
            closed.set()

    async with website(never) as site, HttpShell() as shell:
        task = asyncio.create_task(shell.run(steps(site)))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert closed.is_set()


async def test_this_machine_is_reached_without_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def here(request: web.Request) -> web.Response:
        return web.Response(text="here")

    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with website(here) as site:
        assert (await first_answer(Request("GET", site))).body == b"here"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "gopher://127.0.0.1:1"])
def test_a_proxy_that_cannot_be_used_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(SettingsError, match="proxy"):
        HttpShell()
