"""One broadcast's engagement report, assembled from the journal by the formulas of `scores`.

It names entries and counts only, no viewer's words: `to_dict` for machines, `tables` draws it for people.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from assistant.actions import Action
from assistant.engagement import scores
from assistant.engagement.scores import Scores
from assistant.errors import StoreError
from assistant.stores.base import Store
from assistant.stores.rows import Broadcast, EscalationState, Message


@dataclass(frozen=True, slots=True)
class BroadcastReport:
    """`minutes` counts from the broadcast's start. `replies` counts our danmaku and `escalations` the
    questions handed over, by the state that they are in now, `desks` the same by who takes them; `ignored`
    counts messages by reason. `served` counts the viewers' questions by who answered them: bot, people (in
    the room), on air, in private, nobody.
    """

    broadcast: Broadcast
    scores: Scores
    minutes: Mapping[int, Scores]
    replies: Mapping[str, int]
    escalations: Mapping[str, int]
    ignored: Mapping[str, int]
    desks: Mapping[str, int] = field(default_factory=dict)
    served: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers; what is undefined is None. Times in Unix seconds."""
        return {
            "broadcast": self.broadcast.id,
            "platform": self.broadcast.platform,
            "room": self.broadcast.room,
            "started_at": self.broadcast.started_at,
            "ended_at": self.broadcast.ended_at,
            **_figures(self.scores),
            "replies": dict(self.replies),
            "escalations": dict(self.escalations),
            "desks": dict(self.desks),
            "served": dict(self.served),
            "ignored": dict(self.ignored),
            "entries": [{"entry": entry, "answered": count} for entry, count in self.top_entries()],
            "minutes": [{"minute": minute, **_figures(found)} for minute, found in self.minutes.items()],
        }

    def top_entries(self, limit: int | None = None) -> list[tuple[str, int]]:
        """The entries that answered most questions, (entry id, questions), most first, then by id."""
        by_entry = self.scores.answers.by_entry
        return sorted(by_entry.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


async def report(store: Store, broadcast_id: int) -> BroadcastReport:
    """The figures of one broadcast so far. Raises StoreError when the journal holds no such broadcast."""
    broadcast = await store.broadcast(broadcast_id)
    if broadcast is None:
        raise StoreError(f"no broadcast {broadcast_id} in the journal")
    messages = await store.messages(broadcast_id)
    figures = await store.figures(broadcast_id)
    escalations = await store.escalations(broadcast_id)
    replies = await store.replies(broadcast_id)
    delivered = scores.delivered_answers(replies, await store.receipts(broadcast_id))
    ignored = (m.decision.reason.name.lower() for m in messages if m.decision.action is Action.IGNORE)
    return BroadcastReport(
        broadcast=broadcast,
        scores=scores.score(messages, figures, delivered),
        minutes=scores.score_minutes(messages, figures, delivered, start=broadcast.started_at),
        replies=_counts(reply.state.value for reply in replies),
        escalations=_counts(question.state.value for question in escalations),
        desks=_counts(question.desk.value for question in escalations),
        ignored=_counts(ignored),
        served=_counts(_served(messages, delivered, {one.id: one.state for one in escalations})),
    )


def _served(
    messages: Iterable[Message],
    delivered: Mapping[int, scores.Delivered],
    states: Mapping[int | None, EscalationState],
) -> Iterator[str]:
    """Of each question, who answered it."""
    for line in scores.viewers_lines(messages):
        if not line.decision.is_question:
            continue
        state = states.get(line.escalation_id)
        if line.answered_by in delivered:
            yield "bot" if line.decision.action is Action.REPLY else "people"
        elif state in (EscalationState.ON_AIR, EscalationState.IN_PRIVATE):
            yield state.value
        else:
            yield "nobody"


def _figures(found: Scores) -> dict[str, Any]:
    answers = found.answers
    return {
        "interactions": asdict(found.interactions) | {"total": found.interactions.total},
        "watch_seconds": found.watch_seconds,
        "interactions_per_viewer_hour": found.interactions_per_viewer_hour,
        "questions": answers.questions,
        "answered": answers.answered,
        "answered_share": answers.share,
        "median_answer_seconds": answers.median_seconds,
        "mean_relevance": answers.mean_relevance,
    }


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())
