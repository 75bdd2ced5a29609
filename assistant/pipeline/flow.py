"""The way of one room's events: heard, judged in batches, written down, and only then acted on.

`receive` runs in the connection's loop and never waits; `run` is the task that decides. `aftermath` is for
the outbox to call.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import msgspec
import structlog

from assistant import events
from assistant.actions import Desk, Reason
from assistant.answers import Answers
from assistant.clock import Clock
from assistant.errors import StoreError
from assistant.logs import whereabouts
from assistant.notices import Alert, MessageDecided, QuestionClosed, Watcher
from assistant.outbox import Outbox
from assistant.pipeline import earlier
from assistant.pipeline.aftermath import Aftermath
from assistant.pipeline.backlog import Backlog
from assistant.pipeline.board import RoomBoard
from assistant.pipeline.broadcasts import BroadcastLog
from assistant.pipeline.by_hand import ByHand
from assistant.pipeline.cluster import Clusters
from assistant.pipeline.cooldown import Cooldown
from assistant.pipeline.decide import Bars, ignored
from assistant.pipeline.figures import figures
from assistant.pipeline.handover import Handover
from assistant.pipeline.hearing import Hearing, Line
from assistant.pipeline.lately import Lately
from assistant.pipeline.memory import Memory
from assistant.pipeline.moderation import Moderation
from assistant.pipeline.place import Place, Voice
from assistant.pipeline.plan import Plan, Planner, as_message, priority_of
from assistant.pipeline.premises import Premises
from assistant.pipeline.quieting import Quieting
from assistant.pipeline.research import Research, Sources
from assistant.pipeline.resuming import resume
from assistant.pipeline.saying import Lines, Sayings
from assistant.pipeline.screen import Setting
from assistant.pipeline.seen import SeenEvents
from assistant.pipeline.withdrawal import AnsweredLines, ChatLine, IsMeant, withdrawn_by
from assistant.settings import RoomAddress, Settings
from assistant.speaking import Switch
from assistant.stores.base import Store
from assistant.stores.rows import Escalation, Reply, Row

BATCH_LINES = 256
_WRITE_ATTEMPTS = 5
_WRITE_RETRY_SECONDS = 1.0

_log = structlog.get_logger(__name__)


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
        sources: Sources | None = None,
        switch: Switch | None = None,
    ) -> None:
        self.address = address
        self._room = str(address)
        self._store = store
        self._answers = answers
        self._outbox = outbox
        self._voice = voice
        self._clock = clock
        self._watch = watch
        self._switch = switch or Switch()
        self.lately = Lately()
        self._backlog = Backlog(settings.limits.queue)
        self._seen = SeenEvents()
        self._broadcasts = BroadcastLog(platform=address.platform, room=address.id, new_id=store.new_id)
        self._hearing = Hearing(
            text_characters=settings.limits.text_characters,
            setting=Setting(answers_the_host=settings.policy.answer_the_host),
        )
        most_parts = settings.sending.most_parts
        memory = self._memory = Memory(
            clusters=Clusters(seconds=settings.policy.escalation_window_seconds),
            cooldown=Cooldown(seconds=settings.policy.cooldown_seconds),
            handover=Handover(new_id=store.new_id),
            sayings=Sayings(values=settings.broadcast.values(address), most_parts=most_parts),
        )
        self._planner = Planner(memory, bars=answers.bars, sending=settings.sending, new_id=store.new_id)
        self._answering = AnsweredLines()
        self._moderation = Moderation(address, outbox=outbox, watch=watch)
        premises = Premises(address, memory, store, outbox, clock, watch)
        self.aftermath = Aftermath(premises)
        self.by_hand = ByHand(premises, answers=answers, planner=self._planner, place=self._place)
        self.quieting = Quieting(
            premises, switch=self._switch, by_hand=self.by_hand, aftermath=self.aftermath
        )
        self.board = RoomBoard(
            premises,
            by_hand=self.by_hand,
            entry=lambda id: answers.base.entries.get(id),
            broadcast_id=lambda: self._broadcasts.current_id,
        )
        self._research = Research(premises, sources or Sources(), place=self._place, most_parts=most_parts)
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    async def start(self) -> None:
        """Take up what an earlier run left: its open broadcast, what it heard, its open escalations."""
        now = self._clock.now()
        platform, room = self.address.platform, self.address.id
        ids = await earlier.heard_lately(self._store, self.address, now=now)
        self._seen = SeenEvents(ids)
        last = await earlier.last_broadcast(self._store, self.address, is_alive=bool(ids), now=now)
        self._broadcasts = BroadcastLog(platform=platform, room=room, new_id=self._store.new_id, last=last)
        await self._store.commit(*self._broadcasts.arrive(now=now))
        broadcast_id = self._broadcasts.current.id
        await resume(self._memory, broadcast_id, store=self._store, answers=self._answers, now=now)
        await self._research.resume(broadcast_id)

    def entered(self, *, own_viewer_id: str, host_viewer_id: str, title: str) -> None:
        """The room let us in: who we are there, who the host is. An earlier silence is over, or said anew."""
        self._moderation.open()
        self._hearing.setting = replace(
            self._hearing.setting, own_viewer_id=own_viewer_id, host_viewer_id=host_viewer_id
        )
        self._note(self._broadcasts.titled(title))

    async def open_escalations(self, desk: Desk | None = None) -> list[Escalation]:
        """What waits for people in this broadcast, at one desk or at all: paid first, then the oldest."""
        id = self._broadcasts.current_id
        return [] if id is None else await self._store.open_escalations(id, desk=desk)

    def other_wordings(self, reply: Reply) -> Sequence[Lines]:
        """What may be said in place of it here and now: the wordings of its entry's answer."""
        entry = self._answers.base.entries.get(reply.entry_id or "")
        place = self._place()
        if entry is None or not entry.holds(at=self._clock.now(), room=place.address):
            return ()
        return self._memory.sayings.wordings(entry, place)

    @property
    def waiting(self) -> int:
        """Lines heard and not yet decided."""
        return len(self._backlog)

    def judge_by(self, bars: Bars) -> None:
        """From the next batch on."""
        self._answers.bars = self._planner.bars = bars

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

    def _take_in(self, event: events.Event, now: float) -> None:
        is_own = isinstance(event, events.Danmaku) and self._is_own(event)
        if self._seen.is_repeat(event, now=now):
            return
        if isinstance(event, events.BroadcastEnded):
            self._note(self._broadcasts.ended(now=now))
            return
        self._note(self._broadcasts.arrive(now=now))
        self._note(figures(event, broadcast_id=self._broadcasts.current.id, now=now))
        if isinstance(event, events.Danmaku | events.SuperChat):
            self._hear(event, is_own=is_own, now=now)
            return
        self._moderation.heed(event, own_viewer_id=self._hearing.setting.own_viewer_id, now=now)
        is_meant = withdrawn_by(event)
        if is_meant is not None:
            self._withdraw(is_meant)
        self._note(self._broadcasts.heed(event, now=now))

    def _is_own(self, danmaku: events.Danmaku) -> bool:
        """The outbox knows rooms by the address that they were given to us with, short ids included."""
        addressed = msgspec.structs.replace(danmaku, room=self.address.id)
        return self._outbox.is_own(addressed, own_viewer_id=self._hearing.setting.own_viewer_id)

    async def _decide(self, lines: Sequence[Line]) -> None:
        judgements = await self._answers.judge([line.text for line in lines])
        now, place = self._clock.now(), self._place()
        speaking = self._switch.speaking
        quiet = speaking.why_quiet(now)
        plans = [
            self._planner.plan(line, judgement, place, now=now, quiet=quiet)
            for line, judgement in zip(lines, judgements, strict=True)
        ]
        self.lately.hear(plan.message for plan in plans)
        await self._write(*(row for plan in plans for row in _rows(plan)))
        for line, plan in zip(lines, plans, strict=True):
            self._carry_out(line, plan)
        if self._switch.speaking is not speaking:  # somebody turned it while this was written down
            await self.quieting.settle()
        await self._research.hand_over(plans)

    def _carry_out(self, line: Line, plan: Plan) -> None:
        self._watch(MessageDecided(self._room, plan.message, joined=plan.joined, askers=plan.askers))
        if plan.closed is not None:
            self._watch(QuestionClosed(self._room, plan.closed))
        if plan.replies:
            self._answering.remember(plan.message.id, line.event)
            self._outbox.submit(plan.replies)
        elif plan.joined and plan.message.answered_by is not None:
            self._outbox.joined(plan.message.answered_by, priority=priority_of(line))

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
        heard = self._hearing.hear(
            event,
            id=self._store.new_id(),
            broadcast_id=self._broadcasts.current.id,
            is_own=is_own,
            now=now,
        )
        if heard.ignored is not None:
            self._ignore(heard.line, heard.ignored)
            return
        dropped = self._backlog.put(heard.line)
        if dropped is not None:
            self._ignore(dropped, Reason.OVERLOADED)
        self._idle.clear()
        self._arrived.set()

    def _withdraw(self, is_meant: IsMeant) -> None:
        for line in self._backlog.remove(lambda line: is_meant(line.event)):
            self._ignore(line, Reason.WITHDRAWN)
        taken_back = self._answering.meant(is_meant)
        answers = {id for id in map(self._memory.cooldown.end_if_alone, taken_back) if id is not None}
        if answers:
            self._outbox.cancel(
                lambda reply: reply.answer_id in answers, reason="the question was taken back"
            )

    def _ignore(self, line: Line, reason: Reason) -> None:
        message = as_message(line, ignored(reason), now=self._clock.now())
        self._note((message,))
        self._watch(MessageDecided(self._room, message))

    def _note(self, rows: Sequence[Row]) -> None:
        if rows:
            self._store.note(*rows)

    def _place(self) -> Place:
        return Place.of(self.address, self._voice)


def _rows(plan: Plan) -> tuple[Row, ...]:
    escalations = (one for one in (plan.escalation, plan.closed) if one is not None)
    return (plan.message, *plan.replies, *escalations)
