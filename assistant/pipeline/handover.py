"""The questions before one room's people, each at its desk: those of one cluster share one. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.actions import Desk
from assistant.pipeline.cluster import MOST_CLUSTERS, Cluster
from assistant.stores.rows import Draft, Escalation, Excerpt, Message

_MOST_OPEN = 2 * MOST_CLUSTERS  # those that may be joined, and answers handed back, which none joins


class Handover:
    """Every method but `restore` and `take` returns the escalation's row as it is now, to be written."""

    def __init__(self, *, new_id: Callable[[], int]) -> None:
        self._new_id = new_id
        self._open: dict[int, Escalation] = {}

    def restore(self, escalation: Escalation) -> None:
        """An escalation that an earlier run left open."""
        self._hold(escalation)

    def take(self, escalation_id: int) -> Escalation | None:
        """The open escalation, no longer held: who asks its question from now on opens another."""
        return self._open.pop(escalation_id, None)

    def add(
        self, escalation_id: int, *, passages: Sequence[Excerpt] = (), draft: Draft | None = None
    ) -> Escalation | None:
        """What was found for an open escalation goes with it. None when it is open no longer."""
        held = self._open.get(escalation_id)
        if held is None:
            return None
        return self._hold(replace(held, passages=tuple(passages) or held.passages, draft=draft or held.draft))

    def hand_over(self, message: Message, cluster: Cluster, *, reason: str, now: float) -> Escalation:
        """The escalation of the cluster that the message is in: its open one as it is now, or a new one."""
        opened = self._open.get(cluster.escalation_id) if cluster.escalation_id else None
        if opened is None:
            escalation = self._begin(message, reason=reason, askers=cluster.askers, now=now)
            cluster.escalation_id = escalation.id
            return escalation
        return self._hold(
            replace(opened, askers=cluster.askers, is_paid=opened.is_paid or message.is_paid, updated_at=now)
        )

    def hand_back(self, message: Message, *, reason: str, askers: int, now: float) -> Escalation:
        """An answer that failed to reach the room: its question goes to the host with the reason."""
        return self._begin(message, reason=reason, askers=askers, now=now)

    def _begin(self, message: Message, *, reason: str, askers: int, now: float) -> Escalation:
        return self._hold(
            Escalation(
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
                desk=message.decision.desk or Desk.HOST,  # an answer that failed was for everybody
                candidates=message.decision.candidates,
            )
        )

    def _hold(self, escalation: Escalation) -> Escalation:
        self._open[escalation.id] = escalation
        if len(self._open) > _MOST_OPEN:
            del self._open[next(iter(self._open))]
        return escalation
