"""An escalation answered by a person, with one of its candidates or in words of their own: the reply goes the
way of every other reply.

What customer service has is never answered in the room, whoever asks for it.
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

from assistant.actions import Desk, Reason
from assistant.answers import Answers
from assistant.errors import StoreError
from assistant.notices import QuestionAnswered
from assistant.pipeline.abuse import is_abusive
from assistant.pipeline.claims import CannotAnswer
from assistant.pipeline.cluster import Question
from assistant.pipeline.injection import is_injection
from assistant.pipeline.place import Place
from assistant.pipeline.plan import PAID_PRIORITY, Plan, Planner, question_of
from assistant.pipeline.premises import Premises
from assistant.pipeline.wording import one_line
from assistant.stores.rows import Escalation, EscalationState, Message
from knowledge import Entry
from knowledge.entries import MAX_ANSWER_CHARACTERS, MAX_QUESTION_CHARACTERS
from knowledge.text import fold

__all__ = ["ByHand", "CannotAnswer", "Keep", "OwnWords"]

MOST_WORDINGS: Final = 10  # of one question, kept with its answer
_MOST_REMEMBERED: Final = 1000  # answers; far more than are ever on their way


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a person answered to a question, and how else it was asked; every text is one harmless line."""

    question: str
    answer: str
    other_wordings: tuple[str, ...] = ()


Keep = Callable[[OwnWords], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """An open escalation, no longer held, and everybody's lines that are in it."""

    escalation: Escalation
    messages: tuple[Message, ...]
    question: Question

    @property
    def first(self) -> Message:
        """Whom the reply is to; paid for by anybody, it is urgent."""
        return replace(self.messages[0], is_paid=self.escalation.is_paid)


class ByHand:
    """One room's."""

    def __init__(
        self, premises: Premises, *, answers: Answers, planner: Planner, place: Callable[[], Place]
    ) -> None:
        self._room = premises.room
        self._store = premises.store
        self._outbox = premises.outbox
        self._clock = premises.clock
        self._watch = premises.watch
        self._handover = premises.memory.handover
        self._claims = premises.memory.claims
        self._answers = answers
        self._planner = planner
        self._place = place
        self._said: deque[int] = deque(maxlen=_MOST_REMEMBERED)

    def has_said(self, answer_id: int) -> bool:
        """Whether a person said it, and not the assistant by itself."""
        return answer_id in self._said

    async def answer(
        self,
        escalation_id: int,
        entry_id: str,
        *,
        by: str = "",
        state: EscalationState = EscalationState.ANSWERED,
    ) -> Escalation:
        """Say the entry's answer in the room, for all who asked, and close the escalation: as it is then.

        An answer of the entry that is on its way or in its cool-down serves them instead of a second one.
        Returns once it is in the journal. Raises CannotAnswer (AlreadyClaimed, unless by `by`), StoreError.
        """
        async with self._taken(escalation_id, by) as asked:
            entry, place = self._entry(asked.escalation, entry_id), self._speaking_place()
            plan = self._planner.answer_by_hand(
                asked.first, entry, asked.question, place, now=self._clock.now()
            )
            if isinstance(plan, Reason):
                raise CannotAnswer(f"{entry_id} cannot be said: {plan}")
            return await self._carry_out(plan, asked, entry_id=entry_id, state=state)

    async def answer_in_words(self, escalation_id: int, text: str, *, keep: Keep, by: str = "") -> None:
        """Say a person's own words in the room, for all who asked, and close the escalation.

        `keep` gets them before they are said: whatever happens then, what the person knew is not lost.
        Returns once they are in the journal. Raises CannotAnswer, StoreError, and what `keep` raises.
        """
        async with self._taken(escalation_id, by) as asked:
            answer, place = one_line(text), self._speaking_place()
            if not answer:
                raise CannotAnswer("there is nothing to say in the answer")
            if len(answer) > MAX_ANSWER_CHARACTERS:
                raise CannotAnswer(f"the answer is longer than {MAX_ANSWER_CHARACTERS} characters")
            plan = self._planner.answer_in_words(
                asked.first, answer, asked.question, place, now=self._clock.now()
            )
            if plan is None:
                raise CannotAnswer(f"the answer does not fit the room's lines of {place.limit} characters")
            try:
                await keep(_own_words(asked, answer))
            except BaseException:
                self._planner.forget(plan)
                raise
            await self._carry_out(plan, asked, entry_id=None)

    @asynccontextmanager
    async def _taken(self, escalation_id: int, by: str) -> AsyncIterator[_Asked]:
        """Nobody else has it meanwhile; whatever goes wrong, it is open again."""
        self._claims.refuse_others(escalation_id, by, now=self._clock.now())
        escalation = self._handover.take(escalation_id)
        if escalation is None:
            raise CannotAnswer(f"no open question {escalation_id} in {self._room}")
        try:
            yield await self._asked(escalation)
        except BaseException:
            self._handover.restore(escalation)
            raise
        self._claims.end(escalation_id)

    async def _asked(self, escalation: Escalation) -> _Asked:
        await self._store.commit()  # whoever joined it just now is in the journal after that
        messages = tuple(await self._store.askers_of(escalation.id))
        if not messages:
            raise CannotAnswer(f"the journal has nobody who asked question {escalation.id}")
        if any(message.decision.desk is Desk.SERVICE for message in messages):
            raise CannotAnswer(
                f"question {escalation.id} is about an order of the viewer's, not for the room"
            )
        (judgement,) = await self._answers.judge([escalation.text])
        return _Asked(escalation, messages, question_of(fold(escalation.text), judgement))

    def _entry(self, escalation: Escalation, entry_id: str) -> Entry:
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

    async def _carry_out(
        self,
        plan: Plan,
        asked: _Asked,
        *,
        entry_id: str | None,
        state: EscalationState = EscalationState.ANSWERED,
    ) -> Escalation:
        answered = replace(asked.escalation, state=state, updated_at=self._clock.now())
        served = (replace(message, answered_by=plan.message.answered_by) for message in asked.messages)
        try:
            await self._store.commit(*plan.replies, *served, answered)
        except StoreError:
            self._planner.forget(plan)
            raise
        self._watch(QuestionAnswered(self._room, answered, entry_id))
        self._send(plan, is_paid=asked.escalation.is_paid)
        return answered

    def _send(self, plan: Plan, *, is_paid: bool) -> None:
        if plan.message.answered_by is not None:
            self._said.append(plan.message.answered_by)
        if plan.replies:
            self._outbox.submit(plan.replies)
        elif plan.message.answered_by is not None:
            self._outbox.joined(plan.message.answered_by, priority=PAID_PRIORITY if is_paid else 0)


def _own_words(asked: _Asked, answer: str) -> OwnWords:
    """Each wording once, as it is compared; nobody's insults or orders become wordings of an entry."""
    texts = dict.fromkeys([asked.escalation.text, *(message.text for message in asked.messages)])
    wordings: dict[str, str] = {}
    for text in texts:
        folded = fold(text)
        if not (wordings and (not folded or is_abusive(folded) or is_injection(text))):
            wordings.setdefault(folded, one_line(text)[:MAX_QUESTION_CHARACTERS])
    question, *others = wordings.values()
    return OwnWords(question, answer, tuple(others[:MOST_WORDINGS]))
