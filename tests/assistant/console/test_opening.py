"""The console beside a whole assistant in a practice room: when it opens, what it tells, how it ends."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.clock import RealClock
from assistant.compose import compose
from assistant.console.opening import Face
from assistant.console.server import PortTaken
from assistant.errors import StoreBusy, StoreError
from assistant.notices import Notice
from assistant.service import Assistant
from assistant.stores.sqlite import SqliteStore
from tests.fakes.practice_house import PracticeHouse, Watched, is_live

_TOLD = re.compile(r"console at (http://127\.0\.0\.1:(\d+))(?:; sign in as admin with the password (\S+))?$")


class Opened:
    """What a test sees of a running assistant with its console."""

    def __init__(self) -> None:
        self.told, self.notices, self.stop = Watched(), Watched(), asyncio.Event()
        self.assistant: Assistant | None = None

    async def address(self) -> tuple[str, str]:
        """The URL and the password."""
        line: str = await self.told.until(lambda line: True)
        found = _TOLD.fullmatch(line)
        assert found is not None, line
        return found[1], found[3]


@asynccontextmanager
async def running(house: PracticeHouse, **face: Any) -> AsyncIterator[Opened]:
    opened = Opened()
    settings = house.settings(console={"port": 0})
    console = Face(settings, clock=RealClock(), **face)

    def watch(notice: Notice) -> None:
        opened.notices(notice)
        console.watch(notice)

    assistant = opened.assistant = compose(settings, watch=watch)

    async def run() -> None:
        async with console.open(assistant, stop=opened.stop, tell=opened.told):
            await assistant.run(opened.stop)

    task = asyncio.create_task(run())
    try:
        await opened.notices.until(is_live)
        yield opened
    finally:
        opened.stop.set()
        await task


@asynccontextmanager
async def signed_in(url: str, password: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, headers={"Origin": url}, trust_env=False) as client:
        answer = await client.post("/login", data={"name": "admin", "password": password})
        assert answer.status_code == 303
        yield client


async def test_the_console_opens_with_the_assistant_and_closes_with_it(tmp_path: Path) -> None:
    async with PracticeHouse.open(tmp_path) as house:
        async with running(house, password_once=False) as opened:
            url, password = await opened.address()
            async with signed_in(url, password) as admin:
                assert (await admin.get("/")).status_code == 200
                assert (await admin.get("/readyz")).json()["ready"] is True
                house.say("包邮吗")
                await house.sent.until(lambda line: True)
                assert "assistant_messages_total" in (await admin.get("/metrics")).text
        async with httpx.AsyncClient(trust_env=False) as nobody:
            with pytest.raises(httpx.ConnectError):
                await nobody.get(url)
        store = SqliteStore(house.database, read_only=True)
        await store.open()
        trail = await store.audit()
        await store.aclose()
        assert [(line.who, line.what) for line in trail] == [("admin", "signed in")]


async def test_a_session_and_the_password_outlive_a_restart(tmp_path: Path) -> None:
    async with PracticeHouse.open(tmp_path) as house:
        async with running(house) as opened:
            url, password = await opened.address()
            async with signed_in(url, password) as admin:
                form = {"old": password, "new": "one of my own"}
                assert (await admin.post("/password", data=form)).status_code == 303
                cookie = next(iter(admin.cookies.values()))
        async with running(house) as opened:
            url, told = await opened.address()
            assert told is None
            port = httpx.URL(url).port
            async with httpx.AsyncClient(base_url=url, trust_env=False) as admin:
                admin.cookies.set(f"console_{port}", cookie)
                assert (await admin.get("/settings")).status_code == 200


async def test_a_port_that_is_taken_is_said_before_anything_starts(tmp_path: Path) -> None:
    async with PracticeHouse.open(tmp_path) as house:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            settings = house.settings(console={"port": port})
            assistant = compose(settings, watch=lambda notice: None)
            stop, told = asyncio.Event(), Watched()
            face = Face(settings, clock=RealClock())
            with pytest.raises(PortTaken, match=rf"127\.0\.0\.1:{port}: .*--port"):
                async with face.open(assistant, stop=stop, tell=told):
                    raise AssertionError("opened")
            assert not house.database.exists()

            face = Face(settings, clock=RealClock(), or_free_port=True)
            async with face.open(assistant, stop=stop, tell=told):
                assistant.opened.set()
                line = await told.until(lambda line: True)
                assert str(port) not in line
    assert stop.is_set()


async def test_a_journal_that_another_process_holds_lets_nobody_in(tmp_path: Path) -> None:
    async with PracticeHouse.open(tmp_path) as house, running(house) as first:
        await first.address()
        settings = house.settings(console={"port": 0})
        assistant = compose(settings, watch=lambda notice: None)
        told = Watched()
        with pytest.raises(StoreBusy):
            async with Face(settings, clock=RealClock()).open(assistant, stop=asyncio.Event(), tell=told):
                await assistant.run(asyncio.Event())
        assert told.seen == []


async def test_a_console_that_cannot_open_its_file_ends_the_assistant_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with PracticeHouse.open(tmp_path) as house:
        settings = house.settings(console={"port": 0})
        assistant = compose(settings, watch=lambda notice: None)
        monkeypatch.setattr("assistant.console.access.access_file._MIGRATIONS", ())
        stop = asyncio.Event()
        with pytest.raises(StoreError, match=house.database.name):
            async with Face(settings, clock=RealClock()).open(assistant, stop=stop, tell=Watched()):
                await assistant.run(stop)
