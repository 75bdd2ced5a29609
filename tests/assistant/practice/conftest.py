"""A practice room whose time stands still, and who visits it."""

from collections.abc import AsyncIterator

import pytest

from assistant.practice import PracticeRoom
from tests.fakes.clock import ManualClock
from tests.fakes.visitor import LOGGED_IN, Visitor


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def room(clock: ManualClock) -> AsyncIterator[PracticeRoom]:
    async with PracticeRoom([], clock=clock, seed=1) as opened:
        yield opened


@pytest.fixture
async def visitor(room: PracticeRoom) -> AsyncIterator[Visitor]:
    async with Visitor(room.url) as stranger:
        yield stranger


@pytest.fixture
async def account(room: PracticeRoom) -> AsyncIterator[Visitor]:
    async with Visitor(room.url, cookies=LOGGED_IN) as member:
        yield member
