"""A console on a free port, with a stand-in for the assistant and a clock that the test moves.

Nothing but the assistant is a fake: what answers is the whole application behind its own server.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from argon2 import PasswordHasher

from assistant.actions import Desk
from assistant.board import OpenQuestion
from assistant.console.access.callers import Doors
from assistant.console.access.keys import Passwords
from assistant.console.access.people import People
from assistant.console.access.roles import Role
from assistant.console.console import Console
from assistant.console.hub import Hub
from assistant.console.metrics import Metrics
from assistant.console.server import create_app, known_hosts, listening, served
from assistant.rooms.keeper import RoomState, RoomStatus
from assistant.settings import ConsoleSettings, Settings
from assistant.speaking import Mode, Speaking
from assistant.today import Today
from tests.fakes.clock import ManualClock

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class AuditTrail:
    """What was written, newest last."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str]] = []

    async def record(self, who: str, what: str, detail: str = "") -> None:
        self.lines.append((who, what, detail))


class StillBoard:
    """Has the questions that the test puts there, and keeps what is asked of it."""

    def __init__(self) -> None:
        self.open: list[OpenQuestion] = []

    async def questions(
        self, desk: Desk | None = None, room: str | None = None, *, limit: int = 100
    ) -> list[OpenQuestion]:
        return [one for one in self.open if desk in (None, one.escalation.desk)][:limit]


class StillAssistant:
    """Has rooms whose state the test sets, and does nothing."""

    def __init__(self) -> None:
        self.board = StillBoard()
        self.controls = SimpleNamespace(speaking=Speaking(Mode.AUTO, None))
        self.records = SimpleNamespace(today=lambda room=None: Today())
        self.rooms = {"bilibili:7777": RoomStatus(RoomState.LIVE, "", since=0.0)}
        self.waiting = {"decide": 2, "say": 1}
        self.audit = AuditTrail()


def people_in(folder: Path, *, clock: ManualClock | None = None, audit: AuditTrail | None = None) -> People:
    trail = audit or AuditTrail()
    return People(folder / "assistant.db", clock=clock or ManualClock(), audit=trail.record, passwords=CHEAP)


class ServedConsole:
    """`open` gives one. `assistant`: something else for pages and routes to reach."""

    def __init__(self, folder: Path, *, assistant: Any = None, **settings: Any) -> None:
        self.clock = ManualClock()
        self.assistant = assistant or StillAssistant()
        self.audit: AuditTrail = self.assistant.audit
        self.hub = Hub(now=self.clock.now)
        self.metrics = Metrics(waiting=lambda: dict(self.assistant.waiting))
        self.people = people_in(folder, clock=self.clock, audit=self.audit)
        self.settings = Settings(
            store={"path": folder / "assistant.db"}, console=ConsoleSettings(port=0, **settings)
        )
        self.port = 0
        self._closing = AsyncExitStack()

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, **options: Any) -> AsyncIterator["ServedConsole"]:
        house = cls(folder, **options)
        async with AsyncExitStack() as stack:
            await house.people.open()
            stack.push_async_callback(house.people.aclose)
            bound = stack.enter_context(listening(house.settings.console))
            house.port = bound.getsockname()[1]
            await stack.enter_async_context(served(create_app(house.console), bound))
            stack.callback(house.hub.close)
            await stack.enter_async_context(house._closing)
            yield house

    @property
    def console(self) -> Console:
        return Console(
            assistant=self.assistant,
            hub=self.hub,
            people=self.people,
            metrics=self.metrics,
            settings=self.settings,
            doors=Doors(known_hosts(self.settings.console), cookie=self.cookie),
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cookie(self) -> str:
        """The name of the session's."""
        return f"console_{self.port}"

    async def client(self, role: Role | None = None, *, name: str = "") -> httpx.AsyncClient:
        """A browser's: it says where it comes from. Signed in as somebody of this role, or not at all."""
        client = httpx.AsyncClient(base_url=self.url, headers={"Origin": self.url}, trust_env=False)
        await self._closing.enter_async_context(client)
        if role is not None:
            name = name or role.value
            await self.sign_in(client, name, await self.password_of(name, role))
        return client

    async def program(self, role: Role) -> httpx.AsyncClient:
        """A program with a token of this role."""
        token = await self.people.add_token(f"program {len(self.people.tokens)}", role, by="a test")
        headers = {"Authorization": f"Bearer {token}"}
        return await self._closing.enter_async_context(
            httpx.AsyncClient(base_url=self.url, headers=headers, trust_env=False)
        )

    async def password_of(self, name: str, role: Role) -> str:
        """Of a person who is there from now on, chosen by themselves."""
        return await self.with_password(name, role, f"the password of {name}")

    async def with_password(self, name: str, role: Role, password: str) -> str:
        if name not in {person.name for person in self.people.people}:
            first = await self.people.add_person(name, role, by="a test")
            cookie = await self.people.sign_in(name, first, address="")
            caller = self.people.by_session(cookie)
            assert caller is not None
            await self.people.change_password(caller, first, password, address="")
            await self.people.sign_out(caller)
        return password

    async def sign_in(self, client: httpx.AsyncClient, name: str, password: str) -> httpx.Response:
        return await client.post("/login", data={"name": name, "password": password})


async def settled() -> None:
    """Everything that is ready has run."""
    for _ in range(20):
        await asyncio.sleep(0)
