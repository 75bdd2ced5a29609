"""One room's questions for people: what waits and in which order, who is at it, and how it is closed.

To answer in the room is for `by_hand`; whatever is done here is in the journal before anybody is told.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final, Literal

from assistant.actions import Desk
from assistant.errors import StoreError
from assistant.notices import QuestionChanged, QuestionClaimed, QuestionClosed
from assistant.pipeline.by_hand import ByHand
from assistant.pipeline.claims import AlreadyClaimed, CannotAnswer, Claim
from assistant.pipeline.premises import Premises
from assistant.stores.rows import Escalation, EscalationState, Message
from knowledge import Entry

Closing = Literal["on air", "in private", "skipped", "not a question"]

CLOSINGS: Final[dict[Closing, EscalationState]] = {
    "on air": EscalationState.ON_AIR,
    "in private": EscalationState.IN_PRIVATE,
    "skipped": EscalationState.DISMISSED,
    "not a question": EscalationState.NOT_A_QUESTION,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that could be sent; `score` is a cosine."""

    entry_id: str
    score: float
    question: str
    answer: str
    short_answer: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """`samples` are some of the ways in which it was put; passages and draft are those of the escalation."""

    room: str
    escalation: Escalation
    samples: tuple[str, ...]
    waiting_seconds: float
    claimed_by: str | None
    claimed_until: float | None
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """`messages` are those who asked; `unsaid` is why the room got nothing, "" when that is as wanted."""

    escalation: Escalation
    messages: tuple[Message, ...]
    unsaid: str = ""


class RoomBoard:
    """`entry` gives what the room answers from, by id; `broadcast_id` what goes on there, or None."""

    def __init__(
        self,
        premises: Premises,
        *,
        by_hand: ByHand,
        entry: Callable[[str], Entry | None],
        broadcast_id: Callable[[], int | None],
    ) -> None:
        self._room = premises.room
        self._handover = premises.memory.handover
        self._claims = premises.memory.claims
        self._store = premises.store
        self._clock = premises.clock
        self._watch = premises.watch
        self._by_hand = by_hand
        self._entry = entry
        self._broadcast_id = broadcast_id

    def questions(self, desk: Desk | None = None, limit: int | None = None) -> list[OpenQuestion]:
        """At one desk or at all: those put off come last, the others paid first, then by askers and age."""
        now = self._clock.now()
        return [self._open(one, now) for one in sorted(self.waiting(desk), key=urgency)[:limit]]

    def waiting(self, desk: Desk | None = None) -> list[Escalation]:
        """In no order. What an earlier broadcast left is forgotten once another goes on."""
        broadcast_id = self._broadcast_id()
        return [
            one
            for one in self._handover.waiting
            if desk in (None, one.desk) and broadcast_id in (None, one.broadcast_id)
        ]

    def claim(self, escalation_id: int, who: str) -> Claim:
        """Raises CannotAnswer, AlreadyClaimed."""
        self._known(escalation_id)
        claim = self._claims.claim(escalation_id, who, now=self._clock.now())
        self._watch(QuestionClaimed(self._room, escalation_id, who, claim.until))
        return claim

    def release(self, escalation_id: int, who: str) -> None:
        """Nothing where it is not theirs."""
        if self._claims.release(escalation_id, who):
            self._watch(QuestionClaimed(self._room, escalation_id, None, None))

    async def close(self, escalation_id: int, as_: Closing, *, by: str, say: str | None = None) -> Closed:
        """It is done with. `say`, for what was answered on air: a candidate that is said in the room besides;
        where it cannot be, the question is closed all the same. Raises CannotAnswer, StoreError."""
        unsaid = ""
        if say is not None and as_ == "on air":
            messages = tuple(await self._store.askers_of(escalation_id))
            try:
                on_air = CLOSINGS[as_]
                return Closed(await self._by_hand.answer(escalation_id, say, by=by, state=on_air), messages)
            except AlreadyClaimed:
                raise
            except CannotAnswer as error:
                unsaid = str(error)
        async with self._taken(escalation_id, by) as taken:
            closed = replace(taken, state=CLOSINGS[as_], updated_at=self._clock.now())
            await self._store.commit(closed)
        self._watch(QuestionClosed(self._room, closed))
        return Closed(closed, tuple(await self._store.askers_of(escalation_id)), unsaid)

    async def later(self, escalation_id: int, *, by: str) -> None:
        """Behind all others that wait, and nobody's. Raises CannotAnswer, StoreError."""
        now = self._clock.now()
        await self._change(escalation_id, by, lambda one: replace(one, put_off_at=now))

    async def pass_to_service(self, escalation_id: int, *, by: str) -> None:
        """Customer service is to take it. Raises CannotAnswer, StoreError."""
        await self._change(escalation_id, by, lambda one: replace(one, desk=Desk.SERVICE))

    async def _change(self, escalation_id: int, by: str, change: Callable[[Escalation], Escalation]) -> None:
        self._refuse_others(escalation_id, by)
        changed = self._handover.hold(change(self._known(escalation_id)))
        await self._store.commit(changed)
        self._claims.end(escalation_id)
        self._watch(QuestionChanged(self._room, changed))

    @asynccontextmanager
    async def _taken(self, escalation_id: int, by: str) -> AsyncIterator[Escalation]:
        self._refuse_others(escalation_id, by)
        taken = self._known(escalation_id)
        self._handover.take(escalation_id)
        try:
            yield taken
        except StoreError:
            self._handover.restore(taken)
            raise
        self._claims.end(escalation_id)

    def _open(self, escalation: Escalation, now: float) -> OpenQuestion:
        claim = self._claims.of(escalation.id, now=now)
        return OpenQuestion(
            room=self._room,
            escalation=escalation,
            samples=self._handover.samples.of(escalation.id) or (escalation.text,),
            waiting_seconds=max(now - escalation.opened_at, 0.0),
            claimed_by=claim.who if claim else None,
            claimed_until=claim.until if claim else None,
            candidates=tuple(
                Candidate(entry.id, score, entry.question, entry.answer, entry.short_answer)
                for entry_id, score in escalation.candidates
                if (entry := self._entry(entry_id)) is not None
            ),
        )

    def _refuse_others(self, escalation_id: int, by: str) -> None:
        self._claims.refuse_others(escalation_id, by, now=self._clock.now())

    def _known(self, escalation_id: int) -> Escalation:
        known = self._handover.find(escalation_id)
        if known is None:
            raise self._unknown(escalation_id)
        return known

    def _unknown(self, escalation_id: int) -> CannotAnswer:
        return CannotAnswer(f"no open question {escalation_id} in {self._room}")


def urgency(escalation: Escalation) -> tuple[float, bool, int, float, int]:
    """Lower comes first."""
    one = escalation
    return one.put_off_at, not one.is_paid, -one.askers, one.opened_at, one.id
