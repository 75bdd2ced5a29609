"""What an earlier run left in the journal, as the flow takes it up: only reads, but for a broadcast's end."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.actions import Desk, ReceiptState
from assistant.settings import RoomAddress
from assistant.stores.base import Store
from assistant.stores.rows import Broadcast, Escalation, Message, Reply

REMEMBERED_SECONDS = 3600.0  # what was heard longer ago does not come again

_STANDING = frozenset(
    {ReceiptState.QUEUED, ReceiptState.SENDING, ReceiptState.LIMITED, ReceiptState.SENT, ReceiptState.SEEN}
)


async def heard_lately(store: Store, address: RoomAddress, *, now: float) -> list[str]:
    """Event ids of the lines that must not be answered again."""
    since = now - REMEMBERED_SECONDS
    return list(await store.seen_event_ids(address.platform, address.id, since=since))


async def last_broadcast(
    store: Store, address: RoomAddress, *, is_alive: bool, now: float
) -> Broadcast | None:
    """The room's last broadcast. One that is open but long unheard ended, for all that is known, with its
    last line; `is_alive` says that something was heard lately."""
    last = await store.last_broadcast(address.platform, address.id)
    if last is None or last.ended_at is not None:
        return last
    if is_alive or now - last.started_at < REMEMBERED_SECONDS:
        return last
    messages = await store.messages(last.id)
    ended = replace(last, ended_at=messages[-1].heard_at if messages else last.started_at)
    await store.commit(ended)
    return ended


async def standing_answers(store: Store, broadcast_id: int, *, since: float) -> list[tuple[Reply, Message]]:
    """Answers made since then that stand in the room or are on their way, each with who asked first."""
    replies = [
        reply
        for reply in await store.replies(broadcast_id)
        if reply.part == 1 and reply.state in _STANDING and reply.created_at >= since
    ]
    if not replies:
        return []
    messages = {message.id: message for message in await store.messages(broadcast_id)}
    return [(reply, messages[reply.message_id]) for reply in replies if reply.message_id in messages]


async def said_times(store: Store, broadcast_id: int) -> Mapping[str, int]:
    """How many answers each entry gave in the broadcast, whatever became of them."""
    return Counter(
        reply.entry_id
        for reply in await store.replies(broadcast_id)
        if reply.entry_id is not None and reply.part == 1
    )


async def viewers_of(store: Store, escalations: Sequence[Escalation]) -> Mapping[int, str]:
    """Whose own matters these are, by message, for those at customer service that were not passed there."""
    whose = {}
    for one in escalations:
        message = await store.message(one.message_id) if one.desk is Desk.SERVICE else None
        if message is not None and message.decision.desk is Desk.SERVICE:
            whose[one.message_id] = message.viewer_key
    return whose
