"""Drafts are made in the background, within the budget, and their failures harm nobody."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
import structlog

from assistant.drafting import Drafter, Order
from assistant.drafting.drafter import MOST_WAITING
from assistant.drafting.endpoint import Endpoint
from assistant.errors import StoreError
from assistant.notices import Alert
from assistant.settings import DraftSettings
from assistant.stores.rows import Draft, Excerpt
from tests.fakes.clock import ManualClock
from tests.fakes.model_server import KEY, ModelServer, drafted
from tests.fakes.rows import an_escalation

PASSAGES = (Excerpt("主机保修两年，电池一年。", "说明书.md › 保修", 0.6),)
GOOD = drafted("主机保修两年")


class DraftingHouse:
    """A drafter, a server for its model, and what came of it."""

    def __init__(self, server: ModelServer, **changes: Any) -> None:
        self.clock = ManualClock()
        self.alerts: list[Any] = []
        self.delivered: list[Draft] = []
        values = {"base_url": server.url, "model": "tiny", "api_key": KEY, "timeout_seconds": 5.0} | changes
        settings = DraftSettings.model_validate(values)
        self.drafter = Drafter(
            Endpoint(settings),
            settings=settings,
            clock=self.clock,
            watch=self.alerts.append,
            random=lambda: 0.5,
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, *replies: Any, **changes: Any) -> AsyncIterator[tuple["DraftingHouse", ModelServer]]:
        async with ModelServer.open(*replies) as server:
            house = cls(server, **changes)
            try:
                yield house, server
            finally:
                await house.drafter.aclose()

    def order(self, id: int = 31, **changes: Any) -> Order:
        escalation = an_escalation(id, text="保修多久", passages=PASSAGES, **changes)
        return Order(escalation, 40, lambda text: 0 < len(text) <= 40, self._deliver)

    async def draft(self, id: int = 31, **changes: Any) -> None:
        self.drafter.begin(self.order(id, **changes))
        await self.drafter.idle()

    async def _deliver(self, draft: Draft) -> None:
        self.delivered.append(draft)


async def test_a_draft_is_delivered_with_its_cost() -> None:
    async with DraftingHouse.open(GOOD, price_in=1000.0, price_out=2000.0, budget=99.0) as (house, _):
        await house.draft()
    (draft,) = house.delivered
    assert draft.text == "主机保修两年"
    assert draft.citations == (0,)
    assert draft.cost == pytest.approx(0.5)


async def test_nobody_waits_for_a_draft() -> None:
    async with DraftingHouse.open("hang") as (house, _):
        house.drafter.begin(house.order())
    assert house.delivered == []
    assert house.alerts == []


async def test_a_refused_draft_is_delivered_as_its_refusal() -> None:
    async with DraftingHouse.open(drafted("主机保修十年")) as (house, _):
        await house.draft()
    assert house.delivered[0].text == ""
    assert "10 year" in house.delivered[0].refusal


@pytest.mark.parametrize("status", [429, 500])
async def test_a_passing_failure_is_tried_again_after_a_wait(status: int) -> None:
    async with DraftingHouse.open(status, status, GOOD) as (house, server):
        house.drafter.begin(house.order())
        for _ in range(2):
            await house.clock.advance_to_next()
        await house.drafter.idle()
    assert len(server.asked) == 3
    assert house.clock.slept == [0.5, 1.0]
    assert len(house.delivered) == 1
    assert house.alerts == []


async def test_a_refused_key_is_not_tried_again_and_told_once_without_the_key() -> None:
    async with DraftingHouse.open(401) as (house, server):
        await house.draft(31)
        await house.draft(32)
        await house.clock.advance(3600.0)
        await house.draft(33)
    assert len(server.asked) == 2  # once, and once more after a rest
    assert house.alerts == [
        Alert("", "no drafts for now: the endpoint refuses the key (401); questions go on to the host")
    ]
    assert house.delivered == []


async def test_after_a_rest_drafts_are_made_again_and_the_next_failure_is_told() -> None:
    async with DraftingHouse.open(400, GOOD, 400) as (house, _):
        for id in (31, 32, 33):
            await house.draft(id)
            await house.clock.advance(3600.0)
    assert len(house.delivered) == 1
    assert len(house.alerts) == 2


async def test_the_budget_of_a_broadcast_is_not_exceeded_and_told_once() -> None:
    async with DraftingHouse.open(GOOD, price_in=1000.0, price_out=0.0, budget=3.0) as (house, server):
        for id in range(20):
            await house.draft(id)
        spent, asked = house.drafter.budget.spent(1), len(server.asked)
        await house.draft(99, broadcast_id=2)
    assert spent <= 3.0
    assert 1 < asked < 20
    assert len(server.asked) == asked + 1
    assert [alert.text for alert in house.alerts] == [
        "no more drafts in this broadcast: its budget of 3 is spent"
    ]


async def test_a_flood_of_questions_leaves_most_without_a_draft() -> None:
    async with DraftingHouse.open(GOOD) as (house, server):
        for id in range(200):
            house.drafter.begin(house.order(id))
        await house.drafter.idle()
    assert len(server.asked) == MOST_WAITING


async def test_a_journal_that_fails_stops_no_other_draft() -> None:
    async def fail(draft: Draft) -> None:
        raise StoreError("disk full")

    async with DraftingHouse.open(GOOD) as (house, _):
        house.drafter.begin(Order(house.order().escalation, 40, bool, fail))
        await house.draft(32)
    assert len(house.delivered) == 1


async def test_no_log_shows_the_key_or_the_viewers_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_LOG", "debug")
    with structlog.testing.capture_logs() as ours, _everything_logged() as theirs:
        async with DraftingHouse.open(500, 401, GOOD) as (house, _):
            house.drafter.begin(house.order())
            await house.clock.advance_to_next()
            await house.drafter.idle()
    shown = f"{ours} {theirs}"
    assert "refuses the key" in shown
    assert KEY not in shown
    assert "保修多久" not in shown


@contextmanager
def _everything_logged() -> Iterator[list[str]]:
    """What any library logs and our log would print."""
    handler, lines = logging.Handler(), list[str]()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        yield lines
    finally:
        logging.getLogger().removeHandler(handler)
