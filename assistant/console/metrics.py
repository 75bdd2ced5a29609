"""What Prometheus reads at /metrics. Nothing is labelled by a viewer or a text."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from assistant.actions import ReceiptState
from assistant.notices import Alert, MessageDecided, Notice, QuestionEscalated, ReplyMoved, RoomMoved

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_DECIDED_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_REPLY_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 45.0)
Gauges = Mapping[str, Callable[[], Mapping[str, float]]]


class Metrics:
    """`watch` is a `Watcher`. `rooms` tells 1 for each connected room, `waiting` what waits in each queue."""

    def __init__(
        self,
        *,
        rooms: Callable[[], Mapping[str, float]] = dict,
        waiting: Callable[[], Mapping[str, float]] = dict,
    ) -> None:
        self._registry = CollectorRegistry()
        self._messages = Counter(
            "assistant_messages",
            "Lines heard, by room and what was decided",
            ["room", "action", "reason"],
            registry=self._registry,
        )
        self._decided = Histogram(
            "assistant_decision_seconds",
            "From hearing a line to its decision",
            buckets=_DECIDED_BUCKETS,
            registry=self._registry,
        )
        self._receipts = Counter(
            "assistant_receipts",
            "What became of lines that we send",
            ["room", "state"],
            registry=self._registry,
        )
        self._seen = Histogram(
            "assistant_reply_seconds",
            "From deciding a reply to its being seen",
            buckets=_REPLY_BUCKETS,
            registry=self._registry,
        )
        self._escalations = Counter(
            "assistant_escalations", "Questions to people", ["room", "desk"], registry=self._registry
        )
        self._reconnects = Counter(
            "assistant_reconnects", "Connections after a room's first", ["room"], registry=self._registry
        )
        self._alerts = Counter(
            "assistant_alerts", "What a person had to know at once", ["room"], registry=self._registry
        )
        self._has_been_live: set[str] = set()
        self._is_live: set[str] = set()
        self._registry.register(_Now(rooms, waiting))

    def watch(self, notice: Notice) -> None:
        tell: Callable[[Metrics, Any], None] | None = _TELLERS.get(type(notice))
        if tell is not None:
            tell(self, notice)

    def page(self) -> bytes:
        return generate_latest(self._registry)

    def _message(self, notice: MessageDecided) -> None:
        message = notice.message
        decision = message.decision
        self._messages.labels(notice.room, decision.action.value, decision.reason.name.lower()).inc()
        self._decided.observe(max(0.0, message.decided_at - message.heard_at))

    def _reply(self, notice: ReplyMoved) -> None:
        receipt = notice.receipt
        self._receipts.labels(notice.room, receipt.state.value).inc()
        if receipt.state is ReceiptState.SEEN:
            self._seen.observe(max(0.0, receipt.at - notice.reply.created_at))

    def _escalated(self, notice: QuestionEscalated) -> None:
        if notice.escalation.askers == 1:
            self._escalations.labels(notice.room, notice.escalation.desk.value).inc()

    def _moved(self, notice: RoomMoved) -> None:
        is_live = notice.state == "live"
        if is_live and notice.room not in self._is_live and notice.room in self._has_been_live:
            self._reconnects.labels(notice.room).inc()
        (self._is_live.add if is_live else self._is_live.discard)(notice.room)
        if is_live:
            self._has_been_live.add(notice.room)

    def _alert(self, notice: Alert) -> None:
        self._alerts.labels(notice.room).inc()


class _Now(Collector):
    """Gauges that are looked up when they are asked for."""

    def __init__(
        self, rooms: Callable[[], Mapping[str, float]], waiting: Callable[[], Mapping[str, float]]
    ) -> None:
        self._rooms, self._waiting = rooms, waiting

    def collect(self) -> list[GaugeMetricFamily]:
        connected = GaugeMetricFamily("assistant_room_connected", "1 while connected", labels=["room"])
        waiting = GaugeMetricFamily("assistant_queue_depth", "What waits in a queue", labels=["queue"])
        for family, values in ((connected, self._rooms()), (waiting, self._waiting())):
            for label, value in values.items():
                family.add_metric([label], value)
        return [connected, waiting]


_TELLERS: Final[Mapping[type, Callable[[Metrics, Any], None]]] = {
    MessageDecided: Metrics._message,
    ReplyMoved: Metrics._reply,
    QuestionEscalated: Metrics._escalated,
    RoomMoved: Metrics._moved,
    Alert: Metrics._alert,
}
