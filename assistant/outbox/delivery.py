"""What becomes of an answer: each step of its life, from the request that leaves to its echo or its failure.

Moves memory at once and has the ledger write it down. Which answer is sent, and when, is for the outbox.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace

import structlog

from assistant.actions import ReceiptState
from assistant.clock import Clock
from assistant.logs import whereabouts
from assistant.outbox.echoes import Echoes, Flight
from assistant.outbox.ledger import Change, Ledger
from assistant.outbox.pacing import Account
from assistant.outbox.queue import Answer, Place, Queue
from assistant.outbox.rewording import OtherWordings, split_again, varied
from assistant.outbox.sender import Sender
from assistant.platforms.base import SendResult, SendState
from assistant.settings import SendingSettings
from assistant.stores.rows import Receipt, Reply

STORE_RETRY_SECONDS = 1.0
SILENT_AGAIN_SECONDS = 1.0  # how often a silent room is looked at again
ANSWER_SECONDS = 30.0  # whoever is silent for so long will not answer; a request has a shorter limit itself
_EARLIER_PART = "an earlier part of the answer did not get through"

_log = structlog.get_logger(__name__)

_Outcome = Callable[[Flight, Sender, SendResult], Awaitable[None]]


class Delivery:
    """`new_id` gives ids for parts that rewording adds, `others` the wordings that an answer may have."""

    def __init__(
        self,
        queue: Queue,
        ledger: Ledger,
        *,
        echoes: Echoes,
        new_id: Callable[[], int],
        others: OtherWordings,
        settings: SendingSettings,
        clock: Clock,
    ) -> None:
        self._queue = queue
        self._ledger = ledger
        self._echoes = echoes
        self._new_id = new_id
        self._others = others
        self._settings = settings
        self._clock = clock
        self._flights: set[Flight] = set()
        self._outcomes: Mapping[SendState, _Outcome] = {
            SendState.ACCEPTED: self._accepted,
            SendState.LIMITED: self._limited,
            SendState.BLOCKED: self._blocked,
            SendState.TOO_LONG: self._too_long,
            SendState.REFUSED: self._blocked,
            SendState.FAILED: self._blocked,
            SendState.UNKNOWN: self._unanswered,
        }

    async def send(self, answer: Answer, *, sender: Sender, account: Account) -> SendResult | None:
        """Send its next part and settle what the platform says; None when nothing left."""
        answer.in_flight = True
        flight = Flight(answer, answer.waiting[0], left_at=self._clock.monotonic())
        is_durable = await self._ledger.secure(_change(flight.reply, ReceiptState.SENDING, self._clock))
        if not is_durable:
            account.pace.hold(self._clock.monotonic(), STORE_RETRY_SECONDS)
        if not is_durable or answer.stopped:  # it may have been withdrawn meanwhile
            self._land(flight)
            return None
        self._flights.add(flight)
        self._echoes.expect(flight)
        result = await self._ask(sender, flight.reply)
        self._rest(account, sender, result)
        if result.event_id:
            self._echoes.name(flight, result.event_id)
        if flight.state is ReceiptState.SENDING:  # else its echo was faster
            await self._outcomes[result.state](flight, sender, result)
        return result

    def seen(self, flight: Flight, *, event_id: str) -> None:
        """Its line came back from the room, whatever was thought of it before."""
        if flight.state is ReceiptState.SEEN:
            return
        if flight.state is ReceiptState.SENDING:
            self._is_in_the_room(flight)
        flight.state = ReceiptState.SEEN
        self._flights.discard(flight)
        self._echoes.forget(flight)
        if event_id:
            self._echoes.name(flight, event_id)
        self._record(flight.reply, ReceiptState.SEEN, event_id=event_id)

    def fail(self, answer: Answer, reply: Reply, state: ReceiptState, *, reason: str) -> None:
        """`reply` ended badly: what is left of its answer ends with it, and the host is told, once."""
        failure = _change(reply, state, self._clock, reason)
        unsent = [part for part in answer.take_unsent() if part is not reply]
        rest = [_change(part, ReceiptState.EXPIRED, self._clock, _EARLIER_PART) for part in unsent]
        self._ledger.record(failure, *rest, failure=None if answer.stopped else failure)
        self._stop(answer, reason)

    def withdraw(self, answer: Answer, *, reason: str) -> None:
        """Nothing more of it leaves, and nobody needs to know."""
        for part in answer.take_unsent():
            self._record(part, ReceiptState.EXPIRED, reason)
        self._stop(answer, reason)

    def settle_overdue(self, now: float, *, has_heard_since: Callable[[Place, float], bool | None]) -> None:
        """Give up the echoes that did not come by `now` (monotonic).

        A room that has been silent altogether since the line left proves nothing yet, and one that is not
        connected (None) never will.
        """
        for flight in tuple(self._flights):
            if flight.deadline > now:
                continue
            if flight.state is ReceiptState.SENDING:
                self._end(flight, ReceiptState.UNKNOWN, flight.reason)
                continue
            has_heard = has_heard_since(flight.answer.place, flight.left_at)
            if has_heard is None:
                self._flights.discard(flight)
            elif has_heard:
                self._end(flight, ReceiptState.LOST, "accepted by the platform, but never shown")
            else:
                flight.deadline = now + SILENT_AGAIN_SECONDS

    def abandon(self, answers: Collection[Answer] | None = None, *, reason: str) -> None:
        """Nobody waits for what the platform says of these answers (all of them) any more."""
        for flight in tuple(self._flights):
            is_meant = answers is None or flight.answer in answers
            if is_meant and flight.state is ReceiptState.SENDING:
                self._end(flight, ReceiptState.UNKNOWN, reason)

    @property
    def next_deadline(self) -> float:
        """Monotonic; infinity when no echo is awaited."""
        return min((flight.deadline for flight in self._flights), default=float("inf"))

    async def _ask(self, sender: Sender, reply: Reply) -> SendResult:
        sending = asyncio.ensure_future(sender.send(reply.text, reply.reply_to))
        alarm = asyncio.ensure_future(self._clock.sleep(ANSWER_SECONDS))
        try:
            await asyncio.wait({sending, alarm}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                return sending.result()
            return SendResult(SendState.UNKNOWN, reason=f"no answer within {ANSWER_SECONDS:g} s")
        except Exception as error:  # it may have left before it broke
            room = f"{reply.platform}:{reply.room}"
            _log.error("sending broke", room=room, reply=reply.id, error=whereabouts(error))
            return SendResult(SendState.UNKNOWN, reason=f"an error of ours ({type(error).__name__})")
        finally:
            alarm.cancel()
            sending.cancel()
            await asyncio.gather(alarm, sending, return_exceptions=True)

    def _rest(self, account: Account, sender: Sender, result: SendResult) -> None:
        now = self._clock.monotonic()
        account.pace.sent(now, spacing_seconds=max(self._settings.spacing_seconds, sender.spacing_seconds))
        if result.state is SendState.LIMITED and not result.repeat:  # a repeat is about one text only
            account.pace.hold(now, result.retry_after_seconds)

    async def _accepted(self, flight: Flight, sender: Sender, result: SendResult) -> None:
        self._is_in_the_room(flight)
        flight.state = ReceiptState.SENT
        self._record(flight.reply, ReceiptState.SENT, event_id=result.event_id)
        if sender.echoes:
            flight.deadline = self._clock.monotonic() + self._settings.echo_seconds
        else:
            self._flights.discard(flight)

    async def _unanswered(self, flight: Flight, sender: Sender, result: SendResult) -> None:
        """Its echo may still tell; until then the journal says `sending`, which is all that is known."""
        flight.reason = result.reason or "the platform did not answer"
        if sender.echoes:
            flight.deadline = flight.left_at + self._settings.echo_seconds
        else:
            self._end(flight, ReceiptState.UNKNOWN, flight.reason)

    async def _blocked(self, flight: Flight, _sender: Sender, result: SendResult) -> None:
        self._end(flight, ReceiptState.BLOCKED, result.reason)

    async def _limited(self, flight: Flight, sender: Sender, result: SendResult) -> None:
        answer, wait_seconds = flight.answer, result.retry_after_seconds
        parts = await self._varied(answer, sender) if result.repeat else list(answer.waiting)
        if not parts:
            self._end(flight, ReceiptState.BLOCKED, result.reason)
        elif self._clock.now() + wait_seconds >= flight.reply.expires_at:
            self._end(flight, ReceiptState.EXPIRED, f"no time left to try again: {result.reason}")
        else:
            answer.not_before = self._clock.monotonic() + wait_seconds
            self._record(flight.reply, ReceiptState.LIMITED, result.reason)
            self._queue_again(flight, parts, reason=f"again in {wait_seconds:g} s")

    async def _varied(self, answer: Answer, sender: Sender) -> list[Reply]:
        others = self._others(answer.waiting[0])
        return await varied(answer, sender, others=others, new_id=self._new_id)

    async def _too_long(self, flight: Flight, sender: Sender, result: SendResult) -> None:
        answer, parts = flight.answer, list[Reply]()
        if not answer.was_split_again:
            answer.was_split_again = True
            most_parts = self._settings.most_parts
            parts = await split_again(answer, sender, most_parts=most_parts, new_id=self._new_id)
        if parts:
            self._queue_again(flight, parts, reason="too long, split again")
        else:
            self._end(flight, ReceiptState.TOO_LONG, result.reason)

    def _queue_again(self, flight: Flight, parts: Sequence[Reply], *, reason: str) -> None:
        answer = flight.answer
        if not answer.stopped:
            rewritten = [part for part in parts if part not in answer.waiting]
            answer.waiting = deque(parts)
            queued = _change(parts[0], ReceiptState.QUEUED, self._clock, reason)
            self._ledger.record(queued, rewritten=rewritten)
        self._land(flight)

    def _is_in_the_room(self, flight: Flight) -> None:
        answer = flight.answer
        answer.waiting.popleft()
        answer.in_flight = False
        answer.begun = True
        if not answer.waiting:
            self._queue.discard(answer)

    def _land(self, flight: Flight) -> None:
        """It did not get into the room. Its answer waits again, or ends if it was stopped meanwhile."""
        self._flights.discard(flight)
        self._echoes.forget(flight)
        flight.answer.in_flight = False
        if flight.answer.stopped:
            self.withdraw(flight.answer, reason=flight.answer.stopped)

    def _end(self, flight: Flight, state: ReceiptState, reason: str) -> None:
        if flight.state is ReceiptState.SENDING:
            flight.answer.in_flight = False
        flight.state = state
        self._flights.discard(flight)
        if state not in (ReceiptState.UNKNOWN, ReceiptState.LOST):  # these two may still be seen
            self._echoes.forget(flight)
        self.fail(flight.answer, flight.reply, state, reason=reason)

    def _stop(self, answer: Answer, reason: str) -> None:
        answer.stopped = answer.stopped or reason
        if not answer.waiting:
            self._queue.discard(answer)

    def _record(self, reply: Reply, state: ReceiptState, reason: str = "", *, event_id: str = "") -> None:
        self._ledger.record(_change(reply, state, self._clock, reason, event_id))


def _change(reply: Reply, state: ReceiptState, clock: Clock, reason: str = "", event_id: str = "") -> Change:
    moved = replace(reply, state=state, event_id=event_id or reply.event_id)
    return Change(moved, Receipt(reply.id, clock.now(), state, reason, event_id))
