"""What goes along with a question that no entry answers: passages of documents, and a draft made of them.

The escalation is in the journal before anybody looks for either; its row is written again with what was
found. Watchers are told of a question with its passages, and of its draft when there is one.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from assistant.actions import Desk, Reason
from assistant.drafting import Drafter, Order
from assistant.errors import StoreError
from assistant.library import Library
from assistant.notices import QuestionDrafted, QuestionEscalated
from assistant.pipeline.place import Place
from assistant.pipeline.plan import Plan
from assistant.pipeline.premises import Premises
from assistant.stores.rows import Draft, Escalation

# What else is handed over has its answer already, or is nothing that documents speak about.
_LOOKED_UP = frozenset({Reason.NO_ENTRY, Reason.UNSURE, Reason.PAID})

_MOST_AT_ONCE = 32  # of one batch: under flood the next lines are not kept waiting for what nobody can read

_log = structlog.get_logger(__name__)

Send = Callable[[str, int, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look: what is None is not there. `send` says a draft in a room (its address, the escalation,
    the text), which only happens where the team lets drafts speak for themselves."""

    library: Library | None = None
    drafter: Drafter | None = None
    send: Send | None = None


class Research:
    """One room's. `place` says what a line there may be now, `most_parts` how many an answer may take."""

    def __init__(
        self, premises: Premises, sources: Sources, *, place: Callable[[], Place], most_parts: int
    ) -> None:
        self._room = premises.room
        self._handover = premises.memory.handover
        self._store = premises.store
        self._watch = premises.watch
        self._sources = sources
        self._place = place
        self._most_parts = most_parts

    async def resume(self, broadcast_id: int) -> None:
        """What an earlier run spent on drafts in this broadcast is spent."""
        if self._sources.drafter is None:
            return
        for escalation in await self._store.escalations(broadcast_id):
            if escalation.draft is not None:
                self._sources.drafter.budget.spend(broadcast_id, escalation.draft.cost)

    async def hand_over(self, plans: Sequence[Plan]) -> None:
        """Tell of the escalations in these plans, which are in the journal; look up those that are new."""
        escalations = [plan.escalation for plan in plans if plan.escalation is not None]
        looked_up = await self._looked_up([plan for plan in plans if _is_new(plan)])
        for escalation in escalations:
            held = looked_up.get(escalation.id)
            passages = escalation.passages if held is None else held.passages
            self._watch(QuestionEscalated(self._room, replace(escalation, passages=passages)))
        for held in looked_up.values():
            self._order_draft(held)

    async def _looked_up(self, plans: Sequence[Plan]) -> Mapping[int, Escalation]:
        """Those of which documents say something, as they are now, by id."""
        library = self._sources.library
        first = sorted(plans, key=lambda plan: not plan.message.is_paid)[:_MOST_AT_ONCE]
        escalations = [plan.escalation for plan in first if plan.escalation is not None]
        if library is None or not escalations:
            return {}
        found = await library.find([escalation.text for escalation in escalations])
        held = {
            now_held.id: now_held
            for escalation, passages in zip(escalations, found, strict=True)
            if passages and (now_held := self._handover.add(escalation.id, passages=passages))
        }
        try:
            await self._store.commit(*held.values())
        except StoreError as error:  # people are told all the same
            _log.warning("passages could not be written down", room=self._room, error=str(error))
        return held

    def _order_draft(self, escalation: Escalation) -> None:
        if self._sources.drafter is None:
            return
        place, most = self._place(), self._most_parts
        self._sources.drafter.begin(
            Order(
                escalation,
                longest=place.limit * most,
                fits=lambda text: bool(place.lines(text, most=most)),
                deliver=lambda draft: self._deliver(escalation.id, draft),
            )
        )

    async def _deliver(self, escalation_id: int, draft: Draft) -> None:
        """Nothing where people were faster. Raises StoreError, and what `send` raises."""
        held = self._handover.add(escalation_id, draft=draft)
        if held is None:
            return
        await self._store.commit(held)
        if not draft.text:
            return
        self._watch(QuestionDrafted(self._room, held))
        sources = self._sources
        above = sources.drafter.sends_above if sources.drafter else None
        if sources.send is not None and above is not None and draft.confidence > above:
            await sources.send(self._room, escalation_id, draft.text)


def _is_new(plan: Plan) -> bool:
    """Whether the plan's line began an escalation that documents may say something to."""
    escalation = plan.escalation
    return (
        escalation is not None
        and escalation.message_id == plan.message.id
        and escalation.desk is Desk.HOST
        and plan.message.decision.reason in _LOOKED_UP
    )
