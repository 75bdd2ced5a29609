"""The questions before one room's host: equal ones share one escalation, whose askers are counted. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.pipeline.cluster import MOST_CLUSTERS, Clusters, Question
from assistant.stores.rows import Escalation, Message

_MOST_OPEN = 2 * MOST_CLUSTERS  # those that may be joined, and answers handed back, which none joins


@dataclass(slots=True)
class _Open:
    escalation: Escalation
    viewer_keys: set[str]


class Handover:
    """Every method returns the escalation's row as it is now, to be written."""

    def __init__(self, *, new_id: Callable[[], int], window_seconds: float) -> None:
        self._new_id = new_id
        self._clusters = Clusters(seconds=window_seconds)
        self._open: dict[int, _Open] = {}

    def restore(self, escalation: Escalation, question: Question, *, now: float) -> None:
        """An escalation that an earlier run left open."""
        self._hold(escalation, set())
        self._clusters.add(escalation.id, question, now=now)

    def hand_over(self, message: Message, question: Question, *, reason: str, now: float) -> Escalation:
        """The escalation that holds this question: an open equal one with one more asker, or a new one."""
        cluster = self._clusters.find(question, now=now)
        if cluster is None or cluster.escalation_id not in self._open:
            escalation = self._begin(message, reason=reason, askers=1, now=now)
            self._clusters.add(escalation.id, question, now=now)
            return escalation
        return self._join(self._open[cluster.escalation_id], message, now=now)

    def hand_back(self, message: Message, *, reason: str, askers: int, now: float) -> Escalation:
        """An answer that failed to reach the room: its question goes to the host with the reason."""
        return self._begin(message, reason=reason, askers=askers, now=now)

    def _begin(self, message: Message, *, reason: str, askers: int, now: float) -> Escalation:
        escalation = Escalation(
            id=self._new_id(),
            broadcast_id=message.broadcast_id,
            message_id=message.id,
            text=message.text,
            entry_id=message.decision.entry_id,
            reason=reason,
            askers=askers,
            is_paid=message.is_paid,
            opened_at=now,
            updated_at=now,
        )
        self._hold(escalation, {message.viewer_key})
        return escalation

    def _hold(self, escalation: Escalation, viewer_keys: set[str]) -> None:
        self._open[escalation.id] = _Open(escalation, viewer_keys)
        if len(self._open) > _MOST_OPEN:
            del self._open[next(iter(self._open))]

    def _join(self, held: _Open, message: Message, *, now: float) -> Escalation:
        is_new_asker = message.viewer_key not in held.viewer_keys
        held.viewer_keys.add(message.viewer_key)
        held.escalation = replace(
            held.escalation,
            askers=held.escalation.askers + is_new_asker,
            is_paid=held.escalation.is_paid or message.is_paid,
            updated_at=now,
        )
        return held.escalation
