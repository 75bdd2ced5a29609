"""Rows of the journal as a test needs them: whole and plausible; what a test is about is given by name."""

from dataclasses import replace
from typing import Any

from assistant.actions import Action, Decision, Reason
from assistant.stores.rows import Broadcast, Escalation, Message, Reply

BROADCAST = Broadcast(1, "bilibili", "21987615", "key", "夏季上新", 1000.0)

_MESSAGE = Message(
    id=11,
    broadcast_id=1,
    event_id="",
    heard_at=1011.0,
    decided_at=1011.5,
    viewer_key="?weak:观众",
    viewer_name="观众",
    text="什么时候发货？",
    is_paid=False,
    decision=Decision(
        Action.REPLY, Reason.SURE, "shipping", 0.97, 0.88, (("shipping", 0.88), ("refund", 0.4))
    ),
)
_REPLY = Reply(
    id=21,
    answer_id=21,
    broadcast_id=1,
    platform="bilibili",
    room="21987615",
    message_id=11,
    entry_id="shipping",
    text="今天下单，明天发货",
    part=1,
    parts=1,
    priority=0,
    reply_to="42",
    created_at=1012.0,
    expires_at=1072.0,
)
_ESCALATION = Escalation(
    id=31,
    broadcast_id=1,
    message_id=11,
    text="能开发票吗",
    entry_id=None,
    reason="no entry answers this",
    askers=1,
    is_paid=True,
    opened_at=1013.0,
    updated_at=1013.0,
)


def a_message(id: int = 11, **changes: Any) -> Message:
    """Heard `id` seconds after the broadcast began, under an event id of its own."""
    times = {"heard_at": 1000.0 + id, "decided_at": 1000.5 + id}
    return replace(_MESSAGE, id=id, **({"event_id": f"event-{id}"} | times | changes))


def a_reply(id: int = 21, **changes: Any) -> Reply:
    """An answer of one line; give the parts of a longer one the same `answer_id`."""
    return replace(_REPLY, id=id, **({"answer_id": id} | changes))


def an_escalation(id: int = 31, **changes: Any) -> Escalation:
    return replace(_ESCALATION, id=id, **changes)
