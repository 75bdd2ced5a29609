"""What follows when the outbox tells of a reply: cool-downs begin, failed answers hand their question over.

A failed answer's rows go into the journal together with its receipt; watchers hear of them after that.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant.actions import ReceiptState
from assistant.notices import Alert, QuestionClosed, QuestionEscalated, ReplyMoved
from assistant.pipeline.premises import Premises
from assistant.stores.rows import Escalation, EscalationState, Message, Receipt, Reply, Row

_IN_THE_ROOM = (ReceiptState.SENT, ReceiptState.SEEN)


class Aftermath:
    """One room's: the two callbacks of the outbox for replies of this room."""

    def __init__(self, premises: Premises) -> None:
        self._room = premises.room
        self._cooldown = premises.memory.cooldown
        self._handover = premises.memory.handover
        self._claims = premises.memory.claims
        self._outbox = premises.outbox
        self._store = premises.store
        self._clock = premises.clock
        self._watch = premises.watch
        self._handed_back: dict[int, Escalation] = {}  # by the answer that failed
        self._told: set[int] = set()  # escalations of these that watchers know

    def reply_moved(self, reply: Reply, receipt: Receipt) -> None:
        """A receipt of this room is in the journal."""
        if receipt.state in _IN_THE_ROOM:
            self._cooldown.shown(reply.answer_id, now=receipt.at)
        self._watch(ReplyMoved(self._room, reply, receipt))
        stopped = self._outbox.why_paused(reply.platform)
        if receipt.state is ReceiptState.BLOCKED and stopped:
            self._watch(Alert(self._room, f"nothing is sent any more: {stopped}"))
        escalation = self._handed_back.get(reply.answer_id)
        if escalation is None:
            return
        if receipt.state is ReceiptState.SEEN and reply.parts == 1:
            self._take_back(reply.answer_id, escalation, now=receipt.at)
        elif escalation.id not in self._told:
            self._told.add(escalation.id)
            self._watch(QuestionEscalated(self._room, escalation))

    async def reply_failed(self, reply: Reply, receipt: Receipt) -> Sequence[Row]:
        """An answer did not reach the room: the rows that hand its question to the host, with the reason."""
        answering = self._cooldown.end(reply.answer_id)
        question = answering.question if answering else await self._question_of(reply)
        if question is None:
            return ()
        escalation = self._handover.hand_back(
            question,
            answering.cluster if answering else None,
            reason=f"answer {receipt.state}: {receipt.reason}".removesuffix(": "),
            now=self._clock.now(),
        )
        self._handed_back[reply.answer_id] = escalation
        return escalation, replace(question, escalation_id=escalation.id)

    async def withdrawn(self, answer_ids: Collection[int], *, reason: str) -> None:
        """Answers that will not be said: their questions go to people. Raises StoreError."""
        ended = [one for one in map(self._cooldown.end, answer_ids) if one is not None]
        now = self._clock.now()
        for one in ended:
            escalation = self._handover.hand_back(one.question, one.cluster, reason=reason, now=now)
            asked = replace(one.question, answered_by=None, escalation_id=escalation.id)
            await self._store.commit(escalation, asked)
            self._watch(QuestionEscalated(self._room, escalation))

    async def _question_of(self, reply: Reply) -> Message | None:
        """What an earlier run answered with this reply."""
        messages = await self._store.messages(reply.broadcast_id)
        return next((message for message in messages if message.id == reply.message_id), None)

    def _take_back(self, answer_id: int, escalation: Escalation, *, now: float) -> None:
        """The answer stood in the room after all: nobody need care any more, unless somebody did already."""
        del self._handed_back[answer_id]
        self._told.discard(escalation.id)
        held = self._handover.take(escalation.id)
        if held is None:
            return
        self._claims.end(held.id)
        answered = replace(held, state=EscalationState.ANSWERED, updated_at=now)
        self._store.note(answered)
        self._watch(QuestionClosed(self._room, answered))
