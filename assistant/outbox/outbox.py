"""The outbox: replies leave in order and at the account's pace, and every one of them ends with a receipt.

Keeps the loop, the rooms' pauses and what the flow may ask; the steps of one answer's life are `delivery`.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Collection, Sequence

import structlog

from assistant.actions import ReceiptState
from assistant.clock import Clock
from assistant.events import Danmaku
from assistant.logs import whereabouts
from assistant.outbox.delivery import STORE_RETRY_SECONDS, Delivery
from assistant.outbox.echoes import Echoes, Flight
from assistant.outbox.ledger import Ledger, OnFailure, OnReceipt
from assistant.outbox.pacing import Account, Pace
from assistant.outbox.queue import MOST_WAITING, Answer, Place, Queue, answers_of
from assistant.outbox.rewording import OtherWordings
from assistant.outbox.sender import Sender
from assistant.platforms.base import SendState
from assistant.settings import SendingSettings
from assistant.stores.base import Store
from assistant.stores.rows import Reply

LATE_SECONDS = 10.0  # an answer that waited so long lets fresher ones pass
POLL_SECONDS = 0.5  # how often a room that was not ready is looked at again
_IDLE_SECONDS = 3600.0
_EARLIER_BROADCASTS = 20

Senders = Callable[[str, str], Sender | None]

_log = structlog.get_logger(__name__)


class Outbox:
    """Sends what the flow has committed as queued and then submits; belongs to one event loop.

    `recover` first, then `run` in a task; `drain` ends it. `on_receipt` is called once a receipt is durable
    and must not block. `on_failure` is awaited once for an answer that ended badly, before that is durable
    (again, if it raises StoreError): its rows, the escalation, go into the transaction of the receipts.
    `others` are for answers that a platform takes for repeats. In a dry run nothing is sent: replies end as
    expired, and no failure is told; it may begin and end at any time.
    """

    def __init__(
        self,
        store: Store,
        *,
        senders: Senders,
        settings: SendingSettings,
        clock: Clock,
        on_receipt: OnReceipt,
        on_failure: OnFailure,
        others: OtherWordings = lambda reply: (),
        dry_run: bool = False,
        most_waiting: int = MOST_WAITING,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._senders = senders
        self._clock = clock
        self.dry_run = dry_run
        self._random = random
        self._queue = Queue(most_waiting=most_waiting)
        self._echoes = Echoes()
        self._ledger = Ledger(store, on_receipt=on_receipt, on_failure=on_failure)
        self._delivery = Delivery(
            self._queue,
            self._ledger,
            echoes=self._echoes,
            new_id=store.new_id,
            others=others,
            settings=settings,
            clock=clock,
        )
        self._accounts: dict[str, Account] = {}
        self._pauses: dict[Place, str] = {}
        self._sends: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._stopping = False

    @property
    def waiting(self) -> int:
        """Answers that wait for their turn."""
        return len(self._queue)

    async def recover(self) -> None:
        """Take up what an earlier run left: what may have been sent is unknown now, what is still fresh is
        queued again, the rest has expired. Raises StoreError.
        """
        if self.dry_run:
            return
        await self._remember_earlier_lines()
        for answer in answers_of(await self._store.open_replies()):
            self._take_up(answer)
        await self._ledger.flush()

    def submit(self, replies: Sequence[Reply]) -> None:
        """Queue replies that the journal holds as queued, all parts of an answer in one call; after `drain`
        they stay there for the next start. Never blocks."""
        if self._stopping:
            return
        for answer in answers_of(replies):
            if self.dry_run:
                self._delivery.withdraw(answer, reason="dry run: nothing is sent")
            else:
                self._queue_up(answer)
        self._changed.set()

    def joined(self, answer_id: int, *, priority: int = 0) -> None:
        """One more viewer is served by an answer that was submitted: it leaves earlier for that."""
        self._queue.joined(answer_id, priority=priority)

    def is_own(self, danmaku: Danmaku, *, own_viewer_id: str = "") -> bool:
        """Whether this line is ours come back. To be called once for every line heard, before any filter of
        repeats: a reply it belongs to is seen by that, also when its request has no answer yet.

        `own_viewer_id` is our account as the connection knows it, empty when it knows none.
        """
        flight = self._echoes.find(danmaku, own_viewer_id=own_viewer_id)
        if flight is None:
            return own_viewer_id != "" and danmaku.viewer.id == own_viewer_id
        self._delivery.seen(flight, event_id=danmaku.event_id)
        self._changed.set()
        return True

    def cancel(self, is_meant: Callable[[Reply], bool], *, reason: str) -> int:
        """Withdraw the answers whose next part `is_meant`: what has not left expires with the reason, without
        a failure. Returns how many answers that were.
        """
        meant = [answer for answer in self._queue if is_meant(answer.waiting[0])]
        for answer in meant:
            self._delivery.withdraw(answer, reason=reason)
        self._changed.set()
        return len(meant)

    def pause(self, platform: str, room: str = "", *, reason: str) -> None:
        """Send nothing there until `resume`, without a room nothing at all; replies wait, and expire."""
        self._pauses[platform, room] = reason

    def resume(self, platform: str, room: str = "") -> None:
        """Take back the pause of just this room, or of just the account (which a refusal pauses too)."""
        self._pauses.pop((platform, room), None)
        self._changed.set()

    def why_paused(self, platform: str, room: str = "") -> str:
        """Why nothing is sent there; empty when it is."""
        return self._pauses.get((platform, "")) or self._pauses.get((platform, room), "")

    async def run(self) -> None:
        """Send until `drain`."""
        async with asyncio.TaskGroup() as sends:
            while not self._stopping:
                self._changed.clear()
                try:
                    self._turn(sends)
                    await self._ledger.flush()
                    seconds = self._next_turn_seconds()
                except Exception as error:
                    _log.error("the outbox stumbled", error=whereabouts(error))
                    seconds = POLL_SECONDS
                await self._wait(seconds)

    async def drain(self, *, timeout_seconds: float) -> None:
        """Stop sending, which ends `run`. A line that is just being sent gets so long to be answered, and is
        unknown after that; what is queued stays so in the journal. To be called before the store closes.
        """
        self._stopping = True
        self._changed.set()
        deadline = asyncio.ensure_future(self._clock.sleep(timeout_seconds))
        while self._sends and not deadline.done():
            await asyncio.wait({deadline, *self._sends}, return_when=asyncio.FIRST_COMPLETED)
        deadline.cancel()
        for send in self._sends:
            send.cancel()
        await asyncio.gather(*self._sends, return_exceptions=True)
        self._delivery.abandon(reason="stopped before the platform answered")
        await self._ledger.flush()

    async def _remember_earlier_lines(self) -> None:
        """Lines of an earlier run may come back with what a reconnect fetches."""
        for broadcast in await self._store.broadcasts(_EARLIER_BROADCASTS):
            if broadcast.ended_at is not None:
                continue
            for reply in await self._store.replies(broadcast.id):
                if reply.event_id:
                    flight = Flight(Answer(reply, deque(), stopped="of an earlier run"), reply, reply.state)
                    self._echoes.name(flight, reply.event_id)

    def _take_up(self, answer: Answer) -> None:
        interrupted = [part for part in answer.waiting if part.state is ReceiptState.SENDING]
        for part in interrupted:
            self._echoes.expect(Flight(answer, part, ReceiptState.UNKNOWN))
            self._delivery.fail(answer, part, ReceiptState.UNKNOWN, reason="interrupted while it was sent")
        if interrupted:
            return
        if answer.waiting[0].expires_at <= self._clock.now():
            self._expire(answer, "too old after a restart")
        else:
            self._queue_up(answer)

    def _queue_up(self, answer: Answer) -> None:
        for refused in self._queue.add(answer):
            self._expire(refused, "too many replies wait in this room")

    def _expire(self, answer: Answer, reason: str) -> None:
        self._delivery.fail(answer, answer.waiting[0], ReceiptState.EXPIRED, reason=reason)

    def _turn(self, sends: asyncio.TaskGroup) -> None:
        """Everything that is due now."""
        self._delivery.settle_overdue(self._clock.monotonic(), has_heard_since=self._has_heard_since)
        self._expire_speechless()
        ready = {place for place in self._queue.places() if self._is_ready(place)}
        for answer in self._queue.expired(self._clock.now()):
            self._expire(answer, f"not sent in time: {self._why_late(answer.place, ready)}")
        is_open = {place for place in ready if not self.why_paused(*place)}
        for platform in {platform for platform, _ in is_open}:
            self._start_next(platform, is_open, sends)

    def _expire_speechless(self) -> None:
        for answer in self._queue:
            sender = self._senders(*answer.place)
            if sender is not None and not (sender.can_send or answer.in_flight):
                self._expire(answer, "no credentials to send with")

    def _has_heard_since(self, place: Place, since: float) -> bool | None:
        """Whether the room said anything after `since` (monotonic); None when it is not connected."""
        sender = self._senders(*place)
        return sender.heard_at() >= since if sender is not None and self._is_ready(place) else None

    def _is_ready(self, place: Place) -> bool:
        try:
            sender = self._senders(*place)
            return sender is not None and sender.ready()
        except Exception as error:  # a broken room must not hold up the others
            _log.error("room broken", room=":".join(place), error=whereabouts(error))
            return False

    def _why_late(self, place: Place, ready: Collection[Place]) -> str:
        if reason := self.why_paused(*place):
            return reason
        return "others came first" if place in ready else "the room was not connected"

    def _start_next(self, platform: str, is_open: Collection[Place], sends: asyncio.TaskGroup) -> None:
        account = self._accounts.setdefault(platform, Account(Pace(random=self._random)))
        now = self._clock.monotonic()
        if account.is_busy or account.pace.wait_seconds(now) > 0:
            return
        late_before = self._clock.now() - LATE_SECONDS
        answer = self._queue.next(platform, now=now, is_open=is_open.__contains__, late_before=late_before)
        if answer is None:
            return
        account.is_busy = True
        send = sends.create_task(self._send(answer, account), name=f"outbox send {platform}")
        self._sends.add(send)
        send.add_done_callback(self._sends.discard)

    async def _send(self, answer: Answer, account: Account) -> None:
        platform, room = answer.place
        try:
            sender = self._senders(platform, room)
            if sender is None:
                return
            result = await self._delivery.send(answer, sender=sender, account=account)
            if result is not None and result.state is SendState.REFUSED:
                self._refuse(platform, room, result.reason)
        except Exception as error:
            _log.error("delivery broke", room=f"{platform}:{room}", error=whereabouts(error))
            self._delivery.abandon([answer], reason=f"an error of ours ({type(error).__name__})")
        finally:
            account.is_busy = False
            self._changed.set()

    def _refuse(self, platform: str, room: str, reason: str) -> None:
        _log.error("account refused, sending stopped", room=f"{platform}:{room}", reason=reason)
        self.pause(platform, reason=f"the account was refused: {reason}")

    def _next_turn_seconds(self) -> float:
        now = self._clock.monotonic()
        waits = [_IDLE_SECONDS, self._delivery.next_deadline - now]
        if not self._ledger.is_written:
            waits.append(STORE_RETRY_SECONDS)
        if (expiry := self._queue.next_expiry()) is not None:
            waits.append(expiry - self._clock.now())
        if self._queue:
            waits.append(POLL_SECONDS)
            paces = [account.pace.wait_seconds(now) for account in self._accounts.values()]
            waits += [seconds for seconds in paces if seconds > 0]
        return max(min(waits), 0.0)

    async def _wait(self, seconds: float) -> None:
        """Until something changes, at most so long."""
        alarm = asyncio.create_task(self._ring_after(seconds), name="outbox alarm")
        try:
            await self._changed.wait()
        finally:
            alarm.cancel()

    async def _ring_after(self, seconds: float) -> None:
        await self._clock.sleep(seconds)
        self._changed.set()
