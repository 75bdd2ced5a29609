"""The questions before one room's people, each at its desk: those of one cluster share one. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.actions import Desk
from assistant.pipeline.cluster import MOST_CLUSTERS, Cluster
from assistant.pipeline.samples import Samples
from assistant.stores.rows import Draft, Escalation, Excerpt, Message

_MOST_OPEN = 2 * MOST_CLUSTERS  # those that may be joined, and answers handed back, which none joins


class Handover:
    """What changes an escalation returns its row as it is now, to be written. `samples`: how it was put."""

    def __init__(self, *, new_id: Callable[[], int]) -> None:
        self._new_id = new_id
        self._open: dict[int, Escalation] = {}
        self.samples = Samples()

    @property
    def waiting(self) -> Sequence[Escalation]:
        """All that are open, those opened first at the beginning."""
        return tuple(self._open.values())

    def find(self, escalation_id: int | None) -> Escalation | None:
        """The open escalation, which stays so."""
        return None if escalation_id is None else self._open.get(escalation_id)

    def restore(self, escalation: Escalation) -> None:
        """An escalation that an earlier run left open, or that could not be closed after all."""
        self.hold(escalation)

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
        return self.hold(replace(held, passages=tuple(passages) or held.passages, draft=draft or held.draft))

    def hand_over(self, message: Message, cluster: Cluster, *, reason: str, now: float) -> Escalation:
        """The escalation of the cluster that the message is in: its open one as it is now, or a new one."""
        opened = self.find(cluster.escalation_id)
        if opened is None:
            escalation = self._begin(message, reason=reason, askers=cluster.askers, now=now)
            cluster.escalation_id = escalation.id
            return escalation
        self.samples.add(opened.id, message.text)
        return self.hold(
            replace(opened, askers=cluster.askers, is_paid=opened.is_paid or message.is_paid, updated_at=now)
        )

    def hand_back(self, message: Message, cluster: Cluster | None, *, reason: str, now: float) -> Escalation:
        """An answer that did not reach the room: its question goes to the host with the reason, and who asks
        it again and is not answered joins it. None: what an earlier run answered."""
        askers = cluster.askers if cluster else 1
        escalation = self._begin(message, reason=reason, askers=askers, now=now)
        if cluster is not None and self.find(cluster.escalation_id) is None:
            cluster.escalation_id = escalation.id
        return escalation

    def _begin(self, message: Message, *, reason: str, askers: int, now: float) -> Escalation:
        escalation_id = self._new_id()
        self.samples.add(escalation_id, message.text)
        return self.hold(
            Escalation(
                id=escalation_id,
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

    def hold(self, escalation: Escalation) -> Escalation:
        """It is open, as it is given."""
        self._open[escalation.id] = escalation
        if len(self._open) > _MOST_OPEN:
            del self._open[next(iter(self._open))]
        return escalation
