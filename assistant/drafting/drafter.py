"""Drafts answers in the background, a few at a time, within the budget; whatever fails there, nobody waits.

A draft that cannot be had is no error to anyone: the question is before the host already, with its passages.
The team is told once when the endpoint fails, and once when a broadcast's money is spent.
"""

import asyncio
import random as random_module
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

import structlog

from assistant.backoff import Backoff
from assistant.clock import Clock
from assistant.drafting.checks import House, checked
from assistant.drafting.costs import Budget, Prices
from assistant.drafting.endpoint import Completion, EndpointFailure
from assistant.drafting.prompt import Messages, prompt
from assistant.errors import AssistantError
from assistant.notices import Alert, Watcher
from assistant.settings import DraftSettings
from assistant.stores.rows import Draft, Escalation

AT_ONCE: Final = 2
MOST_WAITING: Final = 20  # a draft that comes minutes after its question helps nobody

_FIRST_RETRY_SECONDS = 1.0
_LONGEST_RETRY_SECONDS = 20.0
_FIRST_REST_SECONDS = 30.0
_LONGEST_REST_SECONDS = 600.0

_log = structlog.get_logger(__name__)


class Model(Protocol):
    """`ask` raises EndpointFailure."""

    async def ask(self, messages: Messages) -> Completion: ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Order:
    """A draft for this escalation, for a room whose lines take `longest` characters; `deliver` gets it."""

    escalation: Escalation
    longest: int
    fits: Callable[[str], bool]
    deliver: Callable[[Draft], Awaitable[None]]


class Drafter:
    """For all rooms. Belongs to one event loop; `aclose` drops what is not finished."""

    def __init__(
        self,
        model: Model,
        *,
        settings: DraftSettings,
        clock: Clock,
        watch: Watcher,
        random: Callable[[], float] = random_module.random,
    ) -> None:
        self._model = model
        self._settings = settings
        self._clock = clock
        self._watch = watch
        self._random = random
        self._prices = Prices(settings.price_in, settings.price_out)
        self.budget = Budget(settings.budget)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._rest = Backoff(
            first_seconds=_FIRST_REST_SECONDS, ceiling_seconds=_LONGEST_REST_SECONDS, random=random
        )
        self._rests_until = 0.0
        self._is_down = False
        self._told_spent: set[int] = set()

    @property
    def sends_above(self) -> float | None:
        """The confidence above which the team lets drafts speak for themselves; None: never."""
        return self._settings.send_above

    def begin(self, order: Order) -> None:
        """Returns at once. Nothing is delivered where the endpoint rests, money is spent or too many wait."""
        if len(self._tasks) >= MOST_WAITING or self._clock.monotonic() < self._rests_until:
            _log.info("no draft: the endpoint is busy or rests", escalation=order.escalation.id)
            return
        task = asyncio.create_task(self._draft(order), name=f"draft {order.escalation.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def idle(self) -> None:
        """Returns once nothing is being drafted."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._model.aclose()

    async def _draft(self, order: Order) -> None:
        async with self._turns:
            if self._clock.monotonic() < self._rests_until:
                return
            escalation = order.escalation
            messages = prompt(escalation.text, escalation.passages, longest=order.longest)
            try:
                completion, cost = await self._paid(messages, escalation.broadcast_id)
            except EndpointFailure as failure:
                self._failed(failure)
                return
            except _Spent:
                self._tell_spent(escalation.broadcast_id)
                return
        self._works()
        house = House(order.fits, self._settings.banned_words)
        draft = replace(checked(completion.text, escalation.passages, house), cost=cost)
        _log.info(
            "drafted", escalation=escalation.id, confidence=draft.confidence, refusal=draft.refusal, cost=cost
        )
        try:
            await order.deliver(draft)
        except AssistantError as error:
            _log.warning("a draft could not be handed over", escalation=escalation.id, error=str(error))

    async def _paid(self, messages: Messages, broadcast_id: int) -> tuple[Completion, float]:
        """Asks until an answer comes or there is no use in it. Raises EndpointFailure, _Spent."""
        backoff = Backoff(
            first_seconds=_FIRST_RETRY_SECONDS, ceiling_seconds=_LONGEST_RETRY_SECONDS, random=self._random
        )
        for left in range(self._settings.retries, -1, -1):
            try:
                return await self._asked(messages, broadcast_id)
            except EndpointFailure as failure:
                if not (failure.may_pass and left):
                    raise
                await self._clock.sleep(backoff.next(failure.retry_after_seconds))
        raise AssertionError("unreachable")

    async def _asked(self, messages: Messages, broadcast_id: int) -> tuple[Completion, float]:
        """One attempt. What an attempt that failed may have cost stays spent."""
        most = self._prices.most(messages, tokens_out=self._settings.most_tokens)
        if not self.budget.put_aside(broadcast_id, most):
            raise _Spent
        try:
            completion = await self._model.ask(messages)
        except EndpointFailure as failure:
            if not failure.may_cost:
                self.budget.spend(broadcast_id, -most)
            raise
        cost = most
        if completion.tokens_in is not None and completion.tokens_out is not None:
            cost = self._prices.cost(completion.tokens_in, completion.tokens_out)
        self.budget.spend(broadcast_id, cost - most)
        return completion, cost

    def _failed(self, failure: EndpointFailure) -> None:
        seconds = self._rest.next(max(failure.retry_after_seconds, _FIRST_REST_SECONDS))
        self._rests_until = self._clock.monotonic() + seconds
        _log.warning("no draft", reason=str(failure), rests_seconds=round(seconds))
        if not self._is_down:
            self._is_down = True
            self._watch(Alert("", f"no drafts for now: the endpoint {failure}; questions go on to the host"))

    def _works(self) -> None:
        self._is_down = False
        self._rests_until = 0.0
        self._rest.reset()

    def _tell_spent(self, broadcast_id: int) -> None:
        if broadcast_id not in self._told_spent:
            self._told_spent.add(broadcast_id)
            self._watch(
                Alert(
                    "", f"no more drafts in this broadcast: its budget of {self._settings.budget:g} is spent"
                )
            )


class _Spent(Exception):
    """The broadcast's money does not reach for another request."""
