"""What a room's memory takes up after a restart: answers that stand, how often each was given, who waits."""

from assistant.answers import Answers
from assistant.pipeline import earlier
from assistant.pipeline.memory import Memory
from assistant.pipeline.plan import question_of
from assistant.stores.base import Store
from knowledge.text import fold


async def resume(memory: Memory, broadcast_id: int, *, store: Store, answers: Answers, now: float) -> None:
    """Fill a new memory with what the journal has of the broadcast."""
    said = await earlier.said_times(store, broadcast_id)
    memory.sayings.restore(said, broadcast_id=broadcast_id)
    await _resume_answers(memory, broadcast_id, store=store, answers=answers, now=now)
    await _resume_escalations(memory, broadcast_id, store=store, answers=answers, now=now)


async def _resume_answers(
    memory: Memory, broadcast_id: int, *, store: Store, answers: Answers, now: float
) -> None:
    """What was answered just now, or is about to be, is not answered again."""
    since = now - memory.cooldown.seconds
    standing = await earlier.standing_answers(store, broadcast_id, since=since)
    judgements = await answers.judge([message.text for _, message in standing])
    for (reply, message), judgement in zip(standing, judgements, strict=True):
        question = question_of(fold(message.text), judgement)
        cluster = memory.clusters.join(question, viewer_key=message.viewer_key, now=now)
        if reply.entry_id:
            memory.cooldown.begin(reply.entry_id, reply.answer_id, message, cluster, now=reply.created_at)


async def _resume_escalations(
    memory: Memory, broadcast_id: int, *, store: Store, answers: Answers, now: float
) -> None:
    left = await store.open_escalations(broadcast_id)
    judgements = await answers.judge([escalation.text for escalation in left])
    whose = await earlier.viewers_of(store, left)
    for escalation, judgement in zip(left, judgements, strict=True):
        question = question_of(fold(escalation.text), judgement, whose=whose.get(escalation.message_id, ""))
        memory.handover.restore(escalation)
        for message in await store.askers_of(escalation.id):
            memory.handover.samples.add(escalation.id, message.text)
        memory.clusters.restore(question, escalation_id=escalation.id, askers=escalation.askers, now=now)
