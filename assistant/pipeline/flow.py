"""The way of one room's events: heard, judged in batches, written down, and only then acted on.

The one async file of the pipeline. `receive` runs in the connection's loop and never waits; `run` is the
task that decides. What is done about each kind of event stands in one table at the end.
"""

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import msgspec
import structlog

from assistant import events
from assistant.actions import Reason, ReceiptState
from assistant.answers import Answers
from assistant.clock import Clock
from assistant.errors import StoreError
from assistant.logs import whereabouts
from assistant.notices import Alert, MessageDecided, QuestionEscalated, ReplyMoved, Watcher
from assistant.outbox import Outbox
from assistant.pipeline.backlog import Backlog
from assistant.pipeline.broadcasts import BroadcastLog
from assistant.pipeline.cooldown import Cooldown
from assistant.pipeline.decide import ignored
from assistant.pipeline.figures import figures
from assistant.pipeline.handover import Handover
from assistant.pipeline.hearing import Hearing, Line
from assistant.pipeline.plan import Place, Plan, Planner, as_message, question_of
from assistant.pipeline.screen import Setting
from assistant.pipeline.seen import SeenEvents
from assistant.settings import RoomAddress, Settings
from assistant.stores.base import Store
from assistant.stores.rows import Escalation, EscalationState, Message, Receipt, Reply, Row
from knowledge.text import fold

BATCH_LINES = 256
REMEMBERED_SECONDS = 3600.0  # event ids heard within this time before a start are not answered again
_MOST_ANSWERING = 1000  # answers whose question may still be taken back
_WRITE_ATTEMPTS = 5
_WRITE_RETRY_SECONDS = 1.0

ChatLine = events.Danmaku | events.SuperChat

_log = structlog.get_logger(__name__)


class Voice(Protocol):
    """What the room lets us say: the account's line length now, and whether we speak at all."""

    @property
    def can_send(self) -> bool: ...

    @property
    def known_text_limit(self) -> int: ...

    def text_length(self, text: str) -> int: ...


class Flow:
    """One room's. `start` once, then `run` in a task while `receive` is fed; `drain` before the end."""

    def __init__(
        self,
        address: RoomAddress,
        *,
        store: Store,
        answers: Answers,
        outbox: Outbox,
        voice: Voice,
        settings: Settings,
        clock: Clock,
        watch: Watcher,
    ) -> None:
        self.address = address
        self._room = str(address)
        self._store = store
        self._answers = answers
        self._outbox = outbox
        self._voice = voice
        self._clock = clock
        self._watch = watch
        self._backlog = Backlog(settings.limits.queue)
        self._seen = SeenEvents()
        self._broadcasts = BroadcastLog(platform=address.platform, room=address.id, new_id=store.new_id)
        self._hearing = Hearing(
            text_characters=settings.limits.text_characters,
            setting=Setting(answers_the_host=settings.policy.answer_the_host),
        )
        self._cooldown = Cooldown(seconds=settings.policy.cooldown_seconds)
        self._handover = Handover(
            new_id=store.new_id, window_seconds=settings.policy.escalation_window_seconds
        )
        self._planner = Planner(
            bars=answers.bars,
            cooldown=self._cooldown,
            handover=self._handover,
            sending=settings.sending,
            new_id=store.new_id,
        )
        self._answering: dict[int, ChatLine] = {}
        self._silent_until = math.inf
        self._handed_back: dict[int, Escalation] = {}  # by the answer that failed
        self._told: set[int] = set()
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    async def start(self) -> None:
        """Take up what an earlier run left: its open broadcast, what it heard, its open escalations."""
        now = self._clock.now()
        platform, room = self.address.platform, self.address.id
        last = await self._store.last_broadcast(platform, room)
        self._broadcasts = BroadcastLog(platform=platform, room=room, new_id=self._store.new_id, last=last)
        since = now - REMEMBERED_SECONDS
        self._seen = SeenEvents(await self._store.seen_event_ids(platform, room, since=since))
        await self._store.commit(*self._broadcasts.arrive(now=now))
        await self._restore_escalations(now)

    def entered(self, *, own_viewer_id: str, host_viewer_id: str, title: str) -> None:
        """The room let us in: who we are there, who the host is. An earlier silence is over, or said anew."""
        self._outbox.resume(self.address.platform, self.address.id)
        self._hearing.setting = replace(
            self._hearing.setting, own_viewer_id=own_viewer_id, host_viewer_id=host_viewer_id
        )
        self._note(self._broadcasts.titled(title))

    def receive(self, heard: Sequence[events.Event]) -> None:
        """Never raises: an event that cannot be taken in is logged, the connection carries on."""
        now = self._clock.now()
        for event in heard:
            try:
                self._take_in(event, now)
            except Exception as error:
                _log.error("event lost", room=self._room, kind=type(event).__name__, error=whereabouts(error))
                self._watch(Alert(self._room, f"a {type(event).__name__} could not be taken in"))

    async def run(self) -> None:
        """Decides about what waits, for ever. What goes wrong with one batch ends with it."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while lines := self._backlog.take(BATCH_LINES):
                try:
                    await self._decide(lines)
                except Exception as error:
                    self._give_up(lines, error)
            self._idle.set()

    async def drain(self) -> None:
        """Returns once everything heard so far is decided about; `run` must be running."""
        await self._idle.wait()

    def reply_moved(self, reply: Reply, receipt: Receipt) -> None:
        """The outbox tells what became of a reply of this room; the journal holds it."""
        if receipt.state in (ReceiptState.SENT, ReceiptState.SEEN):
            self._cooldown.shown(reply.answer_id, now=receipt.at)
        self._watch(ReplyMoved(self._room, reply, receipt))
        stopped = self._outbox.why_paused(reply.platform)
        if receipt.state is ReceiptState.BLOCKED and stopped:
            self._watch(Alert(self._room, f"nothing is sent any more: {stopped}"))
        escalation = self._handed_back.get(reply.answer_id)
        if escalation is None:
            return
        if receipt.state is ReceiptState.SEEN and reply.parts == 1:
            self._take_back(reply.answer_id, escalation, now=receipt.at)
        elif escalation.id not in self._told:
            self._told.add(escalation.id)
            self._watch(QuestionEscalated(self._room, escalation))

    def _take_back(self, answer_id: int, escalation: Escalation, *, now: float) -> None:
        """The answer stood in the room after all: the host need not care any more."""
        del self._handed_back[answer_id]
        self._told.discard(escalation.id)
        self._note((replace(escalation, state=EscalationState.ANSWERED, updated_at=now),))

    async def reply_failed(self, reply: Reply, receipt: Receipt) -> Sequence[Row]:
        """An answer did not reach the room: the rows that hand its question to the host, with the reason."""
        answering = self._cooldown.end(reply.answer_id)
        question = answering.question if answering else await self._question_of(reply)
        if question is None:
            return ()
        escalation = self._handover.hand_back(
            question,
            reason=f"answer {receipt.state}: {receipt.reason}".removesuffix(": "),
            askers=answering.askers if answering else 1,
            now=self._clock.now(),
        )
        self._handed_back[reply.answer_id] = escalation
        return escalation, replace(question, escalation_id=escalation.id)

    def _take_in(self, event: events.Event, now: float) -> None:
        is_own = isinstance(event, events.Danmaku) and self._is_own(event)
        if self._seen.is_repeat(event):
            return
        self._note(self._broadcasts.arrive(now=now))
        self._note(figures(event, broadcast_id=self._broadcasts.current.id, now=now))
        if isinstance(event, events.Danmaku | events.SuperChat):
            self._hear(event, is_own=is_own, now=now)
            return
        if now >= self._silent_until:
            self._unsilenced(events.RoomUnsilenced(platform=event.platform, room=event.room), now)
        handle = _HANDLERS.get(type(event))
        if handle is not None:
            handle(self, event, now)

    def _is_own(self, danmaku: events.Danmaku) -> bool:
        """The outbox knows rooms by the address that they were given to us with, short ids included."""
        addressed = msgspec.structs.replace(danmaku, room=self.address.id)
        return self._outbox.is_own(addressed, own_viewer_id=self._hearing.setting.own_viewer_id)

    async def _restore_escalations(self, now: float) -> None:
        left = await self._store.open_escalations(self._broadcasts.current.id)
        judgements = await self._answers.judge([escalation.text for escalation in left])
        for escalation, judgement in zip(left, judgements, strict=True):
            self._handover.restore(escalation, question_of(fold(escalation.text), judgement), now=now)

    async def _question_of(self, reply: Reply) -> Message | None:
        """What an earlier run answered with this reply."""
        messages = await self._store.messages(reply.broadcast_id)
        return next((message for message in messages if message.id == reply.message_id), None)

    async def _decide(self, lines: Sequence[Line]) -> None:
        judgements = await self._answers.judge([line.text for line in lines])
        now, place = self._clock.now(), self._place()
        plans = [
            self._planner.plan(line, judgement, place, now=now)
            for line, judgement in zip(lines, judgements, strict=True)
        ]
        await self._write(*(row for plan in plans for row in _rows(plan)))
        for line, plan in zip(lines, plans, strict=True):
            self._carry_out(line, plan)

    def _carry_out(self, line: Line, plan: Plan) -> None:
        self._watch(MessageDecided(self._room, plan.message, joined=plan.joined, askers=plan.askers))
        if plan.escalation is not None:
            self._watch(QuestionEscalated(self._room, plan.escalation))
        if plan.replies:
            self._remember_answering(plan.message.id, line.event)
            self._outbox.submit(plan.replies)

    def _remember_answering(self, message_id: int, event: ChatLine) -> None:
        self._answering[message_id] = event
        if len(self._answering) > _MOST_ANSWERING:
            del self._answering[next(iter(self._answering))]

    async def _write(self, *rows: Row) -> None:
        """Nothing is acted on before it is written; a disk that fails for a moment only delays it."""
        for attempt in range(1, _WRITE_ATTEMPTS + 1):
            try:
                return await self._store.commit(*rows)
            except StoreError as error:
                if attempt == _WRITE_ATTEMPTS:
                    raise
                if attempt == 1:
                    self._watch(Alert(self._room, f"the journal cannot be written: {error}"))
                await self._clock.sleep(_WRITE_RETRY_SECONDS)

    def _give_up(self, lines: Sequence[Line], error: Exception) -> None:
        _log.error("lines not decided", room=self._room, lines=len(lines), error=whereabouts(error))
        self._watch(Alert(self._room, f"{len(lines)} lines were not decided ({type(error).__name__})"))
        for line in lines:
            self._ignore(line, Reason.FAILED)

    def _hear(self, event: ChatLine, *, is_own: bool, now: float) -> None:
        heard = self._hearing.hear(event, id=self._store.new_id(), is_own=is_own, now=now)
        if heard.ignored is not None:
            self._ignore(heard.line, heard.ignored)
            return
        dropped = self._backlog.put(heard.line)
        if dropped is not None:
            self._ignore(dropped, Reason.OVERLOADED)
        self._idle.clear()
        self._arrived.set()

    def _began(self, event: events.BroadcastStarted, now: float) -> None:
        self._note(self._broadcasts.began(event.broadcast_id, now=now))

    def _ended(self, event: events.BroadcastEnded, now: float) -> None:
        self._note(self._broadcasts.ended(now=now))

    def _titled(self, event: events.RoomChanged, now: float) -> None:
        self._note(self._broadcasts.titled(event.title))

    def _recalled(self, event: events.Recalled, now: float) -> None:
        self._withdraw(
            lambda line: (
                event.everything
                or bool(event.event_id and line.event_id == event.event_id)
                or bool(event.viewer_id and line.viewer.id == event.viewer_id)
            )
        )

    def _paid_line_deleted(self, event: events.SuperChatDeleted, now: float) -> None:
        self._withdraw(lambda line: line.event_id in event.event_ids)

    def _viewer_muted(self, event: events.ViewerMuted, now: float) -> None:
        muted = event.viewer.id
        if muted and muted == self._hearing.setting.own_viewer_id:
            self._silence("our account was muted in this room")
        elif muted:
            self._withdraw(lambda line: line.viewer.id == muted)

    def _silenced(self, event: events.RoomSilenced, now: float) -> None:
        ends_at = now + event.seconds if event.seconds > 0 else event.until
        self._silent_until = ends_at or math.inf
        self._silence("the room's chat is closed")

    def _unsilenced(self, event: events.RoomUnsilenced, now: float) -> None:
        self._silent_until = math.inf
        self._outbox.resume(self.address.platform, self.address.id)

    def _moderated(self, event: events.ModerationAlert, now: float) -> None:
        what = "the broadcast was cut off" if event.is_cut_off else "the platform warns the broadcast"
        self._watch(Alert(self._room, f"{what}: {event.message}"))

    def _silence(self, reason: str) -> None:
        self._outbox.pause(self.address.platform, self.address.id, reason=reason)
        self._watch(Alert(self._room, f"{reason}: replies wait"))

    def _withdraw(self, is_meant: Callable[[ChatLine], bool]) -> None:
        """Lines that were taken back are neither judged nor answered any more."""
        for line in self._backlog.remove(lambda line: is_meant(line.event)):
            self._ignore(line, Reason.WITHDRAWN)
        taken_back = {id for id, event in self._answering.items() if is_meant(event)}
        if taken_back:
            self._outbox.cancel(
                lambda reply: reply.message_id in taken_back and reply.room == self.address.id,
                reason="the question was taken back",
            )

    def _ignore(self, line: Line, reason: Reason) -> None:
        broadcast_id = self._broadcasts.current.id
        message = as_message(line, ignored(reason), broadcast_id=broadcast_id, now=self._clock.now())
        self._note((message,))
        self._watch(MessageDecided(self._room, message))

    def _note(self, rows: Sequence[Row]) -> None:
        if rows:
            self._store.note(*rows)

    def _place(self) -> Place:
        return Place(
            platform=self.address.platform,
            room=self.address.id,
            broadcast_id=self._broadcasts.current.id,
            limit=self._voice.known_text_limit,
            measure=self._voice.text_length,
            speaks=self._voice.can_send,
        )


def _rows(plan: Plan) -> tuple[Row, ...]:
    escalation = () if plan.escalation is None else (plan.escalation,)
    return (plan.message, *plan.replies, *escalation)


_HANDLERS: Mapping[type[events.Event], Callable[[Flow, Any, float], None]] = {
    events.BroadcastStarted: Flow._began,
    events.BroadcastEnded: Flow._ended,
    events.RoomChanged: Flow._titled,
    events.Recalled: Flow._recalled,
    events.SuperChatDeleted: Flow._paid_line_deleted,
    events.ViewerMuted: Flow._viewer_muted,
    events.RoomSilenced: Flow._silenced,
    events.RoomUnsilenced: Flow._unsilenced,
    events.ModerationAlert: Flow._moderated,
}
