"""The websocket of an open page: only its opener's, and only for as long as they are signed in."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from assistant.console.access.roles import Role
from tests.fakes.console_served import ServedConsole

_PAGE_ID = re.compile(r"'client_id': '([0-9a-f-]+)'")


async def opened(client: httpx.AsyncClient, path: str = "/") -> str:
    """The id of the page that the client opened."""
    answer = await client.get(path)
    assert answer.status_code == 200
    found = _PAGE_ID.search(answer.text)
    assert found is not None
    return found[1]


@asynccontextmanager
async def socket_of(
    house: ServedConsole,
    page_id: str,
    *,
    client: httpx.AsyncClient | None = None,
    origin: str | None = None,
    **query: str,
) -> AsyncIterator[ClientConnection]:
    """As the page's own script opens it, with the cookies of `client`."""
    asked = {"client_id": page_id, "implicit_handshake": "true", "EIO": "4", "transport": "websocket"}
    asked |= {"tab_id": "t", "document_id": "d", "next_message_id": "0"} | query
    cookies = {} if client is None else dict(client.cookies)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    url = f"ws://127.0.0.1:{house.port}/_nicegui_ws/socket.io/?{urlencode(asked)}"
    async with connect(url, additional_headers=headers, origin=origin or house.url, proxy=None) as socket:
        yield socket


async def greeted(socket: ClientConnection) -> tuple[str, Any]:
    """The answer to socket.io's connect: "40" and our id, or "44" and why not."""
    assert str(await socket.recv())[:1] == "0"
    await socket.send("40")
    answer = str(await socket.recv())
    return answer[:2], json.loads(answer[2:])


async def closed(socket: ClientConnection) -> None:
    """The other side ends it as not allowed, whatever it says before."""
    with suppress(ConnectionClosed):
        async for _ in socket:
            pass
    assert socket.close_code == 1008


async def test_the_opener_of_a_page_gets_its_socket(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        agent = await house.client(Role.AGENT)
        async with socket_of(house, await opened(agent), client=agent) as socket:
            kind, _ = await greeted(socket)
            assert kind == "40"


async def test_nobody_else_gets_it(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        agent, other, nobody = await house.client(Role.AGENT), await house.client(Role.ADMIN), None
        page = await opened(agent)
        tries = (
            {"client": nobody},
            {"client": other},
            {"client": agent, "origin": "https://elsewhere.example"},
            {"client": agent, "origin": "null"},
        )
        for how in tries:
            with pytest.raises(InvalidStatus):
                async with socket_of(house, page, **how):  # type: ignore[arg-type]
                    pass
        with pytest.raises(InvalidStatus):
            async with socket_of(house, "", client=agent, implicit_handshake="false"):
                pass


async def test_a_page_from_before_a_restart_is_told_to_load_again(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        agent = await house.client(Role.AGENT)
        async with socket_of(house, "0e5cd8a5-0000-4000-8000-000000000000", client=agent) as socket:
            assert await greeted(socket) == ("44", {"message": "Implicit handshake failed"})


async def test_signing_out_closes_every_open_page_and_has_it_load_again(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        agent = await house.client(Role.AGENT)
        page = await opened(agent)
        cookies = dict(agent.cookies)
        async with socket_of(house, page, client=agent) as socket:
            await greeted(socket)
            assert (await agent.post("/logout")).status_code == 303
            await closed(socket)
        agent.cookies.update(cookies)  # what was written down is worth nothing any more
        assert (await agent.get("/")).headers["location"] == "/login"
        async with socket_of(house, page, client=agent) as socket:
            assert (await greeted(socket))[0] == "44"


async def test_an_open_page_closes_when_its_session_times_out_or_the_role_changes(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        await house.password_of("admin", Role.ADMIN)
        agent, editor = await house.client(Role.AGENT), await house.client(Role.EDITOR)
        async with socket_of(house, await opened(editor), client=editor) as socket:
            await greeted(socket)
            await house.people.change_person("editor", role=Role.HOST, by="admin")
            await closed(socket)
        async with socket_of(house, await opened(agent), client=agent) as socket:
            await greeted(socket)
            await house.clock.advance(12 * 3600)
            await house.people.look_again()
            await closed(socket)


async def test_what_a_person_does_on_an_open_page_keeps_the_session_from_idling(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        agent = await house.client(Role.AGENT)
        page = await opened(agent)
        async with socket_of(house, page, client=agent) as socket:
            await greeted(socket)
            await house.clock.advance(11 * 3600)
            await socket.send(f'42["event",{{"client_id":"{page}","id":9,"args":[]}}]')
            await socket.send(f'427["ack",{{"client_id":"{page}","next_message_id":0}}]')
            while not str(await socket.recv()).startswith("437"):  # comes after the event was taken
                pass
            await house.clock.advance(11 * 3600)
            assert (await agent.get("/api/v1/me")).status_code == 200


async def test_an_overlays_socket_needs_no_cookie_and_ends_with_its_token(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        token = await house.people.add_token("camera", Role.OVERLAY, by="admin")
        page = await opened(await house.client(), f"/overlay?token={token}")
        async with socket_of(house, page) as socket:
            assert (await greeted(socket))[0] == "40"
            await house.people.remove_token("camera", by="admin")
            await closed(socket)


async def test_no_other_websocket_is_there(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        agent = await house.client(Role.ADMIN)
        cookie = "; ".join(f"{name}={value}" for name, value in agent.cookies.items())
        with pytest.raises(InvalidStatus):
            async with connect(
                f"ws://127.0.0.1:{house.port}/api/v1/events",
                additional_headers={"Cookie": cookie},
                origin=house.url,  # type: ignore[arg-type]
                proxy=None,
            ):
                pass
