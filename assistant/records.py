"""What the journal says of the rooms, for whoever looks, and what people say was decided wrongly."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant.actions import Action
from assistant.audit import Audit
from assistant.engagement.report import BroadcastReport, report
from assistant.engagement.scores import Sample, viewers_online
from assistant.learning import CannotCorrect, Learning, review_of
from assistant.stores.base import Store
from assistant.stores.rows import Broadcast, Escalation, Message, Receipt, Reply
from assistant.today import DayTally, Today
from knowledge import Entry
from knowledge.reviews import Review

MOST_MESSAGES = 2000
_SEARCHED_MESSAGES = 20_000


@dataclass(frozen=True, slots=True)
class SaidReply:
    """A danmaku of ours and what became of it, step by step."""

    reply: Reply
    receipts: tuple[Receipt, ...]


class Records:
    """A room is named by its address, `platform:id`; all raise StoreError."""

    def __init__(
        self,
        store: Store,
        *,
        today: DayTally,
        learning: Learning,
        entries: Callable[[], Mapping[str, Entry]],
        audit: Audit,
    ) -> None:
        self._store = store
        self._today = today
        self._learning = learning
        self._entries = entries
        self._audit = audit

    async def recent(
        self, room: str, limit: int = 200, *, action: Action | None = None, search: str = ""
    ) -> list[Message]:
        """The messages of the room's last broadcast with what was decided, newest first: those of one
        decision, in whose text or viewer's name `search` is."""
        broadcast = await self._last(room)
        if broadcast is None:
            return []
        is_filtered = action is not None or search != ""
        most = _SEARCHED_MESSAGES if is_filtered else min(limit, MOST_MESSAGES)
        messages = await self._store.newest_messages(broadcast.id, most)
        wanted = search.casefold()
        found = (
            message
            for message in messages
            if action in (None, message.decision.action)
            and (wanted in message.text.casefold() or wanted in message.viewer_name.casefold())
        )
        return list(found)[: min(limit, MOST_MESSAGES)]

    async def message(self, message_id: int) -> Message | None:
        return await self._store.message(message_id)

    async def replies(self, room: str, limit: int = 100) -> list[SaidReply]:
        """What we said in the room's last broadcast, or mean to, newest first."""
        broadcast = await self._last(room)
        if broadcast is None:
            return []
        replies = await self._store.replies(broadcast.id)
        receipts = defaultdict[int, list[Receipt]](list)
        for receipt in await self._store.receipts(broadcast.id):
            receipts[receipt.reply_id].append(receipt)
        return [SaidReply(reply, tuple(receipts[reply.id])) for reply in reversed(replies[-limit:])]

    def today(self, room: str | None = None) -> Today:
        """Since midnight, in one room or in all."""
        return self._today.of(room)

    async def broadcasts(self, limit: int = 50) -> list[Broadcast]:
        """Newest first; one that goes on has no end."""
        return await self._store.broadcasts(limit)

    async def report(self, broadcast_id: int) -> BroadcastReport:
        """Of a broadcast that is over or goes on. Raises StoreError for one that is not known."""
        await self._store.commit()
        return await report(self._store, broadcast_id)

    async def viewers_online(self, broadcast_id: int) -> list[Sample]:
        """In the order of time."""
        return viewers_online(await self._store.figures(broadcast_id))

    async def questions(self, broadcast_id: int, limit: int = 20) -> list[Escalation]:
        """What was handed over in a broadcast, whatever became of it; what most viewers asked first."""
        questions = await self._store.escalations(broadcast_id)
        return sorted(questions, key=lambda question: -question.askers)[:limit]

    async def correct(
        self, room: str, message_id: int, expect: str, entry_id: str | None, reviewer: str
    ) -> Review | None:
        """A person says what should have been done about a message: a labelled case for the calibration.

        `expect` is reply (with the entry that answers), escalate or ignore. The latest review of a message
        counts; the one that this overrules is returned, and kept. Raises CannotCorrect, KnowledgeError.
        """
        await self._store.commit()  # what was heard just now is in the journal after that
        message = await self._store.message(message_id)
        broadcast = None if message is None else await self._store.broadcast(message.broadcast_id)
        if message is None or broadcast is None or f"{broadcast.platform}:{broadcast.room}" != room:
            raise CannotCorrect(f"no message {message_id} in {room}")
        entries = self._entries()
        review = review_of(message, expect=expect, entry_id=entry_id, reviewer=reviewer, entries=entries)
        overruled = await self._learning.label(review)
        should = f"reply {entry_id}" if entry_id else expect
        await self._audit.record(reviewer, "correct", f"{room} message {message_id}: {should}")
        return overruled

    async def _last(self, room: str) -> Broadcast | None:
        platform, _, id = room.partition(":")
        return await self._store.last_broadcast(platform, id)
