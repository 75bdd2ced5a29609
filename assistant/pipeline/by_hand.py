"""An escalation answered by a person with one of its candidates: the reply goes the way of every other reply.

What customer service has is never answered in the room, whoever asks for it.
"""

from collections.abc import Callable
from dataclasses import replace

from assistant.actions import Desk
from assistant.answers import Answers
from assistant.clock import Clock
from assistant.errors import AssistantError, StoreError
from assistant.notices import QuestionAnswered, Watcher
from assistant.outbox import Outbox
from assistant.pipeline.handover import Handover
from assistant.pipeline.plan import PAID_PRIORITY, Place, Plan, Planner, question_of
from assistant.stores.base import Store
from assistant.stores.rows import Escalation, EscalationState, Message
from knowledge import Entry
from knowledge.text import fold


class CannotAnswer(AssistantError):
    """An escalation cannot be answered so; the message says why. Nothing was sent, it stays open."""


class ByHand:
    """One room's."""

    def __init__(
        self,
        room: str,
        *,
        store: Store,
        answers: Answers,
        outbox: Outbox,
        planner: Planner,
        handover: Handover,
        place: Callable[[], Place],
        clock: Clock,
        watch: Watcher,
    ) -> None:
        self._room = room
        self._store = store
        self._answers = answers
        self._outbox = outbox
        self._planner = planner
        self._handover = handover
        self._place = place
        self._clock = clock
        self._watch = watch

    async def answer(self, escalation_id: int, entry_id: str) -> None:
        """Say the entry's answer in the room, for all who asked, and close the escalation.

        An answer of the entry that is on its way or in its cool-down serves them instead of a second one.
        Returns once it is in the journal. Raises CannotAnswer, StoreError.
        """
        escalation = self._handover.take(escalation_id)
        if escalation is None:
            raise CannotAnswer(f"no open question {escalation_id} in {self._room}")
        try:
            await self._answer(escalation, entry_id)
        except BaseException:
            self._handover.restore(escalation)
            raise

    async def _answer(self, escalation: Escalation, entry_id: str) -> None:
        entry = self._entry(escalation, entry_id)
        await self._store.commit()  # whoever joined it just now is in the journal after that
        messages = await self._store.messages(escalation.broadcast_id)
        asked = [message for message in messages if message.escalation_id == escalation.id]
        if not asked:
            raise CannotAnswer(f"the journal has nobody who asked question {escalation.id}")
        (judgement,) = await self._answers.judge([escalation.text])
        question = question_of(fold(escalation.text), judgement)
        now, first = self._clock.now(), replace(asked[0], is_paid=escalation.is_paid)
        plan = self._planner.answer_by_hand(first, entry, question, self._speaking_place(), now=now)
        if plan is None:
            raise CannotAnswer(f"the answer of {entry_id} does not fit the room's lines")
        answered = replace(escalation, state=EscalationState.ANSWERED, updated_at=now)
        try:
            await self._store.commit(*plan.replies, *_served(asked, plan), answered)
        except StoreError:
            self._planner.forget(plan)
            raise
        self._watch(QuestionAnswered(self._room, answered, entry_id))
        self._send(plan, is_paid=escalation.is_paid)

    def _entry(self, escalation: Escalation, entry_id: str) -> Entry:
        if escalation.desk is not Desk.HOST:
            raise CannotAnswer(
                f"question {escalation.id} is about an order of the viewer's, not for the room"
            )
        if entry_id not in (candidate for candidate, _ in escalation.candidates):
            raise CannotAnswer(f"{entry_id} is no candidate of question {escalation.id}")
        entry = self._answers.base.entries.get(entry_id)
        if entry is None:
            raise CannotAnswer(f"there is no entry {entry_id} any more")
        return entry

    def _speaking_place(self) -> Place:
        place = self._place()
        if not place.speaks:
            raise CannotAnswer("nothing is sent: a dry run, or no sessdata and bili_jct")
        return place

    def _send(self, plan: Plan, *, is_paid: bool) -> None:
        if plan.replies:
            self._outbox.submit(plan.replies)
        elif plan.message.answered_by is not None:
            self._outbox.joined(plan.message.answered_by, priority=PAID_PRIORITY if is_paid else 0)


def _served(asked: list[Message], plan: Plan) -> list[Message]:
    return [replace(message, answered_by=plan.message.answered_by) for message in asked]
