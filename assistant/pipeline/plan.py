"""From a judged line to everything that is to be written and said about it. Pure but for the room's memory.

Decides with `decide`, counts askers (`cluster`), lets them join what is done already (`cooldown`, `handover`)
and words the answer (`saying`); writing the rows and sending the replies is the flow's business.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.actions import Action, Decision, Desk, Reason
from assistant.pipeline.cluster import Cluster, Question
from assistant.pipeline.decide import Bars, decide
from assistant.pipeline.hearing import Line
from assistant.pipeline.memory import Memory
from assistant.pipeline.place import Place
from assistant.pipeline.saying import Lines, ends_at
from assistant.settings import SendingSettings
from assistant.stores.rows import Escalation, EscalationState, Message, Reply
from knowledge import Entry
from knowledge.ranking import Judgement

PAID_PRIORITY = 100
_KEPT = frozenset({Reason.HELD, Reason.OFF, Reason.PAUSED})  # from an answer that we have


@dataclass(frozen=True, slots=True)
class Plan:
    """`replies` are new ones; a line that joined an answer brings none, that answer is its message's.
    `askers` of the question so far, however it was put. `closed` was open before people and needs nobody any
    more."""

    message: Message
    replies: tuple[Reply, ...] = ()
    escalation: Escalation | None = None
    closed: Escalation | None = None
    joined: bool = False
    askers: int = 1


class Planner:
    """One room's. The memory changes with every plan, so every plan is to be carried out."""

    def __init__(
        self, memory: Memory, *, bars: Bars, sending: SendingSettings, new_id: Callable[[], int]
    ) -> None:
        self._clusters = memory.clusters
        self._cooldown = memory.cooldown
        self._handover = memory.handover
        self._sayings = memory.sayings
        self._claims = memory.claims
        self.bars = bars
        self._sending = sending
        self._new_id = new_id

    def plan(
        self, line: Line, judgement: Judgement, place: Place, *, now: float, quiet: Reason | None = None
    ) -> Plan:
        """`quiet`: why nothing new is said by itself now; what would be answered goes to people then, and so
        does what somebody is answering already."""
        decision = decide(judgement, self.bars, folded=line.folded, is_paid=line.is_paid)
        message = as_message(line, decision, now=now)
        if decision.action is Action.REPLY:
            question = question_of(line.folded, judgement)
            if self._is_held(question, now):
                return self._hand_over_instead(message, Reason.HELD, question, now=now)
            return self._answer(
                message,
                judgement.matches[0].entry,
                question,
                place,
                priority=priority_of(line),
                reply_to=line.event.viewer.id if self._sending.mention_asker else "",
                now=now,
                quiet=quiet,
            )
        if decision.action is Action.ESCALATE:
            whose = message.viewer_key if decision.desk is Desk.SERVICE else ""
            question = question_of(line.folded, judgement, whose=whose)
            return self._hand_over(message, question, now=now)
        return Plan(message)

    def answer_by_hand(
        self, message: Message, entry: Entry, question: Question, place: Place, *, now: float
    ) -> Plan | Reason:
        """The host answers the question of `message` with this entry; or why its answer cannot be said."""
        said = self._sayings.lines(entry, place, broadcast_id=message.broadcast_id, now=now)
        if isinstance(said, Reason):
            return said
        priority = PAID_PRIORITY if message.is_paid else 0
        return self._answer(message, entry, question, place, priority=priority, now=now)

    def answer_in_words(
        self, message: Message, text: str, question: Question, place: Place, *, now: float
    ) -> Plan | None:
        """Somebody answers the question of `message` in their own words; None where they do not fit."""
        texts = place.lines(text, most=self._sending.most_parts)
        if not texts:
            return None
        priority = PAID_PRIORITY if message.is_paid else 0
        replies = self._replies(texts, message, None, place, priority=priority, now=now)
        answer_id = replies[0].answer_id
        cluster = self._clusters.join(question, viewer_key=message.viewer_key, now=now)
        # Under a name that no entry can have: if the words fail, all who asked come back to the host.
        self._cooldown.begin(f"words {answer_id}", answer_id, message, cluster, now=now)
        return Plan(replace(message, answered_by=answer_id), replies=replies, askers=cluster.askers)

    def forget(self, plan: Plan) -> None:
        """A plan that could not be written down: its entry may be answered again."""
        if plan.replies:
            self._cooldown.end(plan.replies[0].answer_id)

    def _answer(
        self,
        message: Message,
        entry: Entry,
        question: Question,
        place: Place,
        *,
        priority: int,
        reply_to: str = "",
        now: float,
        quiet: Reason | None = None,
    ) -> Plan:
        texts = self._sayings.lines(entry, place, broadcast_id=message.broadcast_id, now=now)
        if isinstance(texts, Reason):
            return self._hand_over_instead(message, texts, question, now=now)
        current = self._cooldown.join(entry.id, message.viewer_key, now=now)
        if current is not None:
            self._clusters.hear(current.cluster, viewer_key=message.viewer_key, now=now)
            served = replace(message, answered_by=current.answer_id if place.speaks else None)
            return Plan(served, joined=True, askers=current.cluster.askers)
        if quiet is not None:
            return self._hand_over_instead(message, quiet, question, now=now)
        replies = (
            self._replies(texts, message, entry, place, priority=priority, reply_to=reply_to, now=now)
            if place.speaks
            else ()
        )
        answer_id = replies[0].answer_id if replies else self._new_id()
        message = replace(message, answered_by=answer_id if replies else None)
        cluster = self._clusters.join(question, viewer_key=message.viewer_key, now=now)
        self._cooldown.begin(entry.id, answer_id, message, cluster, now=now)
        closed = self._no_longer_kept(cluster, entry.id, now) if replies else None
        return Plan(message, replies=replies, closed=closed, askers=cluster.askers)

    def _no_longer_kept(self, cluster: Cluster, entry_id: str, now: float) -> Escalation | None:
        """The question that was only kept from this answer, while we were quiet or somebody was at it."""
        kept = self._handover.find(cluster.escalation_id)
        if kept is None or kept.reason not in _KEPT or kept.entry_id != entry_id:
            return None
        self._handover.take(kept.id)
        return replace(kept, state=EscalationState.ANSWERED, updated_at=now)

    def _replies(
        self,
        texts: Lines,
        message: Message,
        entry: Entry | None,
        place: Place,
        *,
        priority: int,
        reply_to: str = "",
        now: float,
    ) -> tuple[Reply, ...]:
        ids = [self._new_id() for _ in texts]
        expires_at = now + self._sending.expire_seconds
        if entry is not None:  # what is no longer true must not leave, however long it waited
            self._sayings.said(entry.id, broadcast_id=message.broadcast_id)
            expires_at = min(expires_at, ends_at(entry))
        return tuple(
            Reply(
                id=id,
                answer_id=ids[0],
                broadcast_id=message.broadcast_id,
                platform=place.platform,
                room=place.room,
                message_id=message.id,
                entry_id=None if entry is None else entry.id,
                text=text,
                part=part,
                parts=len(texts),
                priority=priority,
                reply_to=reply_to,
                created_at=now,
                expires_at=expires_at,
            )
            for part, (id, text) in enumerate(zip(ids, texts, strict=True), 1)
        )

    def _is_held(self, question: Question, now: float) -> bool:
        """Whether somebody is answering just this question."""
        cluster = self._clusters.find(question, now=now) if self._claims else None
        return cluster is not None and self._claims.of(cluster.escalation_id, now=now) is not None

    def _hand_over_instead(self, message: Message, reason: Reason, question: Question, *, now: float) -> Plan:
        """What would be answered, but for this reason."""
        decision = replace(message.decision, action=Action.ESCALATE, reason=reason)
        return self._hand_over(replace(message, decision=decision), question, now=now)

    def _hand_over(self, message: Message, question: Question, *, now: float) -> Plan:
        reason = message.decision.reason.value
        cluster = self._clusters.join(question, viewer_key=message.viewer_key, now=now)
        escalation = self._handover.hand_over(message, cluster, reason=reason, now=now)
        message = replace(message, escalation_id=escalation.id)
        return Plan(message, escalation=escalation, askers=cluster.askers)


def priority_of(line: Line) -> int:
    """Of the answer to this line, in the outbox."""
    return PAID_PRIORITY if line.is_paid else 0


def as_message(line: Line, decision: Decision, *, now: float) -> Message:
    """The journal's row of a line and what was decided about it at `now`."""
    return Message(
        id=line.id,
        broadcast_id=line.broadcast_id,
        event_id=line.event.event_id,
        heard_at=line.heard_at,
        decided_at=now,
        viewer_key=line.event.viewer.key,
        viewer_name=line.event.viewer.name,
        text=line.text,
        is_paid=line.is_paid,
        decision=decision,
    )


def question_of(folded: str, judgement: Judgement, *, whose: str = "") -> Question:
    """What is compared with the questions asked lately."""
    entry_id = judgement.matches[0].entry.id if judgement.matches else ""
    return Question(folded, judgement.vector, entry_id, judgement.probability, whose)
