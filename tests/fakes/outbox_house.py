"""An outbox with everything around it: a real journal, rooms that follow a script, time that a test moves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from assistant.actions import ReceiptState
from assistant.events import Danmaku, Viewer
from assistant.outbox import Outbox
from assistant.settings import SendingSettings
from assistant.stores.rows import Receipt, Reply, Row
from assistant.stores.sqlite import SqliteStore
from tests.fakes.clock import ManualClock
from tests.fakes.rows import BROADCAST, a_reply, an_escalation
from tests.fakes.sender import ScriptedSender

ROOM = BROADCAST.room
OTHER_ROOM = "1017"
US = "7"
EXPIRE_SECONDS = 45.0
ECHO_SECONDS = 15.0
SPACING_SECONDS = 2.0
_SETTLING_ROUNDS = 4  # a line needs two commits: that it is being sent, and what came of it


class OutboxHouse:
    """`open` gives one; `told` lists (reply id, state) in the order of the receipts."""

    def __init__(self, store: SqliteStore, clock: ManualClock, **options: Any) -> None:
        self.store = store
        self.clock = clock
        self.senders: dict[tuple[str, str], ScriptedSender] = {}
        self.receipts: list[tuple[Reply, Receipt]] = []
        self.failures: list[tuple[Reply, Receipt]] = []
        self.on_failure: Callable[[Reply, Receipt], Sequence[Row]] = self._escalate
        self._changed = asyncio.Event()
        sending = {"spacing_seconds": SPACING_SECONDS, "expire_seconds": EXPIRE_SECONDS}
        settings = SendingSettings(echo_seconds=ECHO_SECONDS, **(sending | options.pop("sending", {})))
        self.outbox = Outbox(
            store,
            senders=lambda platform, room: self.senders.get((platform, room)),
            settings=settings,
            clock=clock,
            on_receipt=self._on_receipt,
            on_failure=self._on_failure,
            random=options.pop("random", lambda: 0.0),
            **options,
        )

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, *, clock: ManualClock | None = None, **options: Any
    ) -> AsyncIterator["OutboxHouse"]:
        """The journal is open and holds the broadcast; the outbox neither recovers nor runs yet."""
        store = SqliteStore(path)
        await store.open()
        try:
            await store.commit(BROADCAST)
            yield cls(store, clock or ManualClock(), **options)
        finally:
            await store.aclose()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Leaving it is a kill: nothing is drained."""
        await self.outbox.recover()
        loop = asyncio.create_task(self.outbox.run())
        try:
            yield
        finally:
            loop.cancel()
            await asyncio.gather(loop, return_exceptions=True)

    def sender(self, *script: Any, room: str = ROOM, **options: Any) -> ScriptedSender:
        made = ScriptedSender(self.clock, *script, **({"name": f"event-{room}"} | options))
        self.senders["bilibili", room] = made
        return made

    async def queue(self, *texts: str, submit: bool = True, **changes: Any) -> list[Reply]:
        """One answer of so many parts: in the journal, then, where `submit`, in the outbox."""
        ids = [self.store.new_id() for _ in texts]
        now = self.clock.now()
        times = {"created_at": now, "expires_at": now + EXPIRE_SECONDS}
        replies = [
            a_reply(id, answer_id=ids[0], text=text, part=part, parts=len(texts), **(times | changes))
            for part, (id, text) in enumerate(zip(ids, texts, strict=True), 1)
        ]
        await self.store.commit(*replies)
        if submit:
            self.outbox.submit(replies)
        return replies

    def hear(self, text: str, *, event_id: str = "", viewer_id: str = US, room: str = ROOM) -> bool:
        """A line heard in the room; our own unless `viewer_id` says otherwise, "" for a masked viewer."""
        danmaku = Danmaku(
            platform="bilibili", room=room, event_id=event_id, viewer=Viewer(id=viewer_id), text=text
        )
        return self.outbox.is_own(danmaku, own_viewer_id=US)

    async def settle(self) -> None:
        """Let everything happen that needs no time."""
        for _ in range(_SETTLING_ROUNDS):
            await self.clock.settle()
            await self.store.commit()
        await self.clock.settle()

    async def pass_time(self, seconds: float, *, step_seconds: float = 0.25) -> None:
        end = self.clock.monotonic() + seconds
        await self.settle()
        while (left := end - self.clock.monotonic()) > 0:
            await self.clock.advance(min(left, step_seconds))
            await self.settle()

    async def until(self, reply: Reply, state: ReceiptState) -> None:
        """Wait, without moving time, until this receipt is told."""
        while (reply.id, state) not in self.told:
            self._changed.clear()
            await self._changed.wait()

    @property
    def told(self) -> list[tuple[int, ReceiptState]]:
        return [(receipt.reply_id, receipt.state) for _, receipt in self.receipts]

    def life(self, reply: Reply) -> list[ReceiptState]:
        return [state for id, state in self.told if id == reply.id]

    def reason(self, reply: Reply) -> str:
        """Of the last receipt told of it."""
        return [receipt.reason for _, receipt in self.receipts if receipt.reply_id == reply.id][-1]

    async def journal(self) -> dict[int, Reply]:
        return {reply.id: reply for reply in await self.store.replies(BROADCAST.id)}

    async def state(self, reply: Reply) -> ReceiptState:
        return (await self.journal())[reply.id].state

    def _on_receipt(self, reply: Reply, receipt: Receipt) -> None:
        self.receipts.append((reply, receipt))
        self._changed.set()

    async def _on_failure(self, reply: Reply, receipt: Receipt) -> Sequence[Row]:
        rows = self.on_failure(reply, receipt)
        self.failures.append((reply, receipt))
        return rows

    def _escalate(self, reply: Reply, receipt: Receipt) -> Sequence[Row]:
        return [an_escalation(self.store.new_id(), message_id=reply.message_id, reason=receipt.reason)]
