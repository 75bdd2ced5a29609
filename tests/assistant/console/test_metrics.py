"""What Prometheus is told, and what it is never told."""

from prometheus_client.parser import text_string_to_metric_families

from assistant.actions import Action, Decision, Desk, Reason, ReceiptState
from assistant.console.metrics import Metrics
from assistant.notices import Alert, MessageDecided, Notice, QuestionEscalated, ReplyMoved, RoomMoved
from assistant.stores.rows import Escalation, Message, Receipt, Reply

ROOM = "bilibili:7777"
VIEWER, TEXT = "某位观众", "包邮吗主播"


def decided(action: Action, reason: Reason, *, seconds: float = 0.05) -> Notice:
    decision = Decision(action, reason)
    return MessageDecided(ROOM, Message(1, 1, "e", 5.0, 5.0 + seconds, "key", VIEWER, TEXT, False, decision))


def moved(state: ReceiptState, *, at: float = 12.0) -> Notice:
    reply = Reply(7, 7, 1, "bilibili", "7777", 1, "postage", TEXT, 1, 1, 0, VIEWER, 10.0, 50.0)
    return ReplyMoved(ROOM, reply, Receipt(7, at, state))


def escalated(askers: int) -> Notice:
    row = Escalation(1, 1, 1, TEXT, None, "unsure", askers, False, 1.0, 1.0, desk=Desk.HOST)
    return QuestionEscalated(ROOM, row)


def told(*notices: Notice, **gauges: dict[str, float]) -> tuple[dict[tuple[str, ...], float], str]:
    """Samples by name and labels (in the order of the labels' names), and the page as it is."""
    metrics = Metrics(**{name: lambda values=values: values for name, values in gauges.items()})  # type: ignore[misc]
    for notice in notices:
        metrics.watch(notice)
    page = metrics.page().decode()
    samples = {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }
    return samples, page


def test_messages_are_counted_by_what_was_decided_and_how_fast() -> None:
    samples, _ = told(
        decided(Action.REPLY, Reason.SURE),
        decided(Action.REPLY, Reason.SURE, seconds=3.0),
        decided(Action.IGNORE, Reason.CHATTER),
    )
    assert samples["assistant_messages_total", "reply", "sure", ROOM] == 2
    assert samples["assistant_messages_total", "ignore", "chatter", ROOM] == 1
    assert samples["assistant_decision_seconds_count",] == 3
    assert samples["assistant_decision_seconds_bucket", "0.1"] == 2
    assert samples["assistant_decision_seconds_bucket", "5.0"] == 3


def test_receipts_are_counted_and_what_was_seen_is_timed() -> None:
    samples, _ = told(moved(ReceiptState.SENT), moved(ReceiptState.SEEN), moved(ReceiptState.LOST))
    assert samples["assistant_receipts_total", ROOM, "seen"] == 1
    assert samples["assistant_receipts_total", ROOM, "lost"] == 1
    assert samples["assistant_reply_seconds_count",] == 1
    assert samples["assistant_reply_seconds_sum",] == 2.0


def test_a_question_counts_once_however_many_ask_it() -> None:
    samples, _ = told(escalated(1), escalated(2), escalated(3), Alert(ROOM, TEXT))
    assert samples["assistant_escalations_total", "host", ROOM] == 1
    assert samples["assistant_alerts_total", ROOM] == 1


def test_a_reconnect_is_a_connection_after_the_first() -> None:
    states = ("entering", "connecting", "live", "live", "waiting", "connecting", "live")
    samples, _ = told(*(RoomMoved(ROOM, state) for state in states))
    assert samples["assistant_reconnects_total", ROOM] == 1


def test_queues_and_rooms_are_looked_at_when_asked() -> None:
    samples, _ = told(rooms={ROOM: 1.0}, waiting={"decide": 3.0})
    assert samples["assistant_room_connected", ROOM] == 1
    assert samples["assistant_queue_depth", "decide"] == 3


def test_no_viewer_and_no_text_is_in_it() -> None:
    _, page = told(
        *(decided(action, reason) for action in Action for reason in Reason),
        *(moved(state) for state in ReceiptState),
        escalated(1),
        Alert(ROOM, TEXT),
        RoomMoved(ROOM, "waiting", TEXT),
    )
    assert VIEWER not in page
    assert TEXT not in page
    assert len(page.splitlines()) < 300
