"""One broadcast's engagement report, assembled from the journal by the formulas of `scores`.

It names entries and counts only, no viewer's words: `to_dict` for machines, `tables` draws it for people.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from assistant.actions import Action
from assistant.engagement import scores
from assistant.engagement.scores import Answers, Interactions, Minute
from assistant.errors import StoreError
from assistant.stores.base import Store
from assistant.stores.rows import Broadcast


@dataclass(frozen=True, slots=True)
class BroadcastReport:
    """Counts by name are keyed by the states and reasons as the journal's vocabulary words them.

    `replies` counts our danmaku by the state that they are in now, `ignored` messages by reason.
    """

    broadcast: Broadcast
    interactions: Interactions
    watch_seconds: float
    interactions_per_viewer_hour: float | None
    answers: Answers
    replies: Mapping[str, int]
    escalations: Mapping[str, int]
    ignored: Mapping[str, int]
    minutes: tuple[Minute, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers; what is undefined is None. Times in Unix seconds."""
        return {
            "broadcast": self.broadcast.id,
            "platform": self.broadcast.platform,
            "room": self.broadcast.room,
            "started_at": self.broadcast.started_at,
            "ended_at": self.broadcast.ended_at,
            "interactions": asdict(self.interactions) | {"total": self.interactions.total},
            "watch_seconds": self.watch_seconds,
            "interactions_per_viewer_hour": self.interactions_per_viewer_hour,
            "questions": self.answers.questions,
            "answered": self.answers.answered,
            "answered_share": self.answers.share,
            "median_answer_seconds": self.answers.median_seconds,
            "mean_relevance": self.answers.mean_relevance,
            "replies": dict(self.replies),
            "escalations": dict(self.escalations),
            "ignored": dict(self.ignored),
            "entries": [{"entry": entry, "answered": count} for entry, count in self.top_entries()],
            "minutes": [asdict(minute) for minute in self.minutes],
        }

    def top_entries(self, limit: int | None = None) -> list[tuple[str, int]]:
        """The entries that answered most questions, (entry id, questions), most first, then by id."""
        return sorted(self.answers.by_entry.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


async def report(store: Store, broadcast_id: int) -> BroadcastReport:
    """The figures of one broadcast so far. Raises StoreError when the journal holds no such broadcast."""
    broadcast = await store.broadcast(broadcast_id)
    if broadcast is None:
        raise StoreError(f"no broadcast {broadcast_id} in the journal")
    messages = await store.messages(broadcast_id)
    figures = await store.figures(broadcast_id)
    replies = await store.replies(broadcast_id)
    delivered = scores.delivered_answers(replies, await store.receipts(broadcast_id))
    interactions = scores.count_interactions(messages, figures)
    watched = scores.watch_seconds(scores.viewers_online(figures))
    ignored = (m.decision.reason.name.lower() for m in messages if m.decision.action is Action.IGNORE)
    return BroadcastReport(
        broadcast=broadcast,
        interactions=interactions,
        watch_seconds=watched,
        interactions_per_viewer_hour=scores.engagement(interactions.total, watched),
        answers=scores.score_answers(messages, delivered),
        replies=_counts(str(reply.state) for reply in replies),
        escalations=_counts(str(question.state) for question in await store.escalations(broadcast_id)),
        ignored=_counts(ignored),
        minutes=scores.score_minutes(messages, figures, delivered, start=broadcast.started_at),
    )


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())
