"""The assistant as a whole, without a face: its rooms, from opening the journal to the last receipt.

Everything that lives is opened in one order and closed in the reverse one. A room that is refused or fails
does not touch the others; `run` ends when it is told to, or when no room is left.
"""

import asyncio
import gc
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import structlog

from assistant.actions import Desk
from assistant.clock import Clock
from assistant.drafting import Drafter
from assistant.errors import RoomError
from assistant.events import Event
from assistant.faq import EntryWatch
from assistant.holding import Holding
from assistant.learning import CannotCorrect, Learning, named, review_of
from assistant.library import Library
from assistant.notices import Alert, RoomMoved, Watcher
from assistant.outbox import Outbox
from assistant.pipeline.by_hand import CannotAnswer, OwnWords
from assistant.pipeline.flow import Flow
from assistant.platforms.base import Admission
from assistant.rooms.http import HttpShell
from assistant.rooms.keeper import Keeper, RoomState, RoomStatus
from assistant.rooms.recording import Recorder
from assistant.settings import RoomAddress
from assistant.stores.base import Store
from assistant.stores.rows import Escalation
from assistant.voice import RoomVoice
from knowledge.errors import KnowledgeError
from knowledge.pending import Source
from knowledge.reviews import Review

DRAIN_SECONDS = 5.0  # each stage of the shutdown: what was heard is decided, what is in flight comes back

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Room:
    """One room's parts, wired: the keeper hears, the flow decides, the voice says."""

    address: RoomAddress
    keeper: Keeper
    flow: Flow
    voice: RoomVoice
    recorder: Recorder | None = None
    state: RoomState = RoomState.CLOSED

    def hear(self, events: Sequence[Event]) -> None:
        if self.recorder is not None:
            self.recorder.record(events)
        self.flow.receive(events)


class Assistant:
    """`compose.compose` makes one. Run it once."""

    def __init__(
        self,
        *,
        store: Store,
        holding: Holding,
        outbox: Outbox,
        http: HttpShell,
        learning: Learning,
        clock: Clock,
        watch: Watcher,
        entry_watch: EntryWatch | None = None,
        library: Library | None = None,
        drafter: Drafter | None = None,
    ) -> None:
        self._store = store
        self._holding = holding
        self._outbox = outbox
        self._http = http
        self._learning = learning
        self._clock = clock
        self._watch = watch
        self._entry_watch = entry_watch
        self._library = library
        self._drafter = drafter
        self._rooms: list[Room] = []
        self._keeping: dict[RoomAddress, asyncio.Task[None]] = {}
        self._asking: set[asyncio.Task[None]] = set()

    @property
    def rooms(self) -> Mapping[str, RoomStatus]:
        """Each room's state by its address."""
        return {str(room.address): room.keeper.status for room in self._rooms}

    async def open_escalations(self, desk: Desk | None = None) -> Mapping[str, Sequence[Escalation]]:
        """What waits for people, by room: at one desk (the host's view asks for its own) or at all."""
        return {str(room.address): await room.flow.open_escalations(desk) for room in self._rooms}

    async def answer(self, room: str, escalation_id: int, entry_id: str) -> None:
        """Say an open escalation's candidate in its room, for all who asked. Raises CannotAnswer."""
        there = self._room(room)
        if there is None:
            raise CannotAnswer(f"{room} is not one of our rooms")
        await there.flow.by_hand.answer(escalation_id, entry_id)

    async def answer_in_words(
        self, room: str, escalation_id: int, text: str, author: str, *, source: Source = "host"
    ) -> None:
        """Say a person's own words to an open escalation in its room, for all who asked.

        They wait for an editor as a pending entry. Raises CannotAnswer.
        """
        there = self._room(room)
        if there is None:
            raise CannotAnswer(f"{room} is not one of our rooms")
        if not named(author):
            raise CannotAnswer("who answers? An author must be named")

        async def keep(words: OwnWords) -> None:
            try:
                await self._learning.keep(words, author=named(author), source=source)
            except KnowledgeError as error:  # viewers wait; the journal has the words with the reply
                self._watch(Alert(room, f"an answer could not be kept for the editors: {error}"))

        await there.flow.by_hand.answer_in_words(escalation_id, text, keep=keep)

    async def correct(
        self, room: str, message_id: int, expect: str, entry_id: str | None, reviewer: str
    ) -> Review | None:
        """A person says what should have been done about a message: a labelled case for the calibration.

        `expect` is reply (with the entry that answers), escalate or ignore. The latest review of a message
        counts; the one that this overrules is returned, and kept. Raises CannotCorrect, KnowledgeError.
        """
        there = self._room(room)
        await self._store.commit()  # what was heard just now is in the journal after that
        message = await self._store.message(message_id)
        broadcast = None if message is None else await self._store.broadcast(message.broadcast_id)
        if there is None or message is None or broadcast is None:
            raise CannotCorrect(f"no message {message_id} in {room}")
        if (broadcast.platform, broadcast.room) != (there.address.platform, there.address.id):
            raise CannotCorrect(f"no message {message_id} in {room}")
        entries = self._holding.entries
        return await self._learning.label(
            review_of(message, expect=expect, entry_id=entry_id, reviewer=reviewer, entries=entries)
        )

    def _room(self, address: str) -> Room | None:
        return next((room for room in self._rooms if str(room.address) == address), None)

    def add(self, room: Room) -> None:
        """Before `run`."""
        self._rooms.append(room)

    def room_moved(self, room: Room, status: RoomStatus) -> None:
        """A keeper tells of its connection."""
        admission = room.keeper.admission
        has_come_in = status.state is RoomState.LIVE and room.state is not RoomState.LIVE
        room.state = status.state
        if status.state is RoomState.CONNECTING:
            self._ask_limit(room)
        if has_come_in and admission is not None:
            if self._is_heard_twice(room, admission.room):
                return
            self._entered(room, admission)
        detail = f"{status.detail}; viewers' names are masked" if status.masked else status.detail
        self._watch(RoomMoved(str(room.address), str(status.state), detail))

    def _entered(self, room: Room, admission: Admission) -> None:
        room.flow.entered(
            own_viewer_id=admission.own_viewer_id,
            host_viewer_id=admission.owner,
            title=admission.room_title,
        )
        if room.voice.speaks and not room.voice.can_send:
            self._watch(Alert(str(room.address), "the account's login is over: answers go to the host"))

    def _is_heard_twice(self, room: Room, real_id: str) -> bool:
        """A room has a short and a real number: whoever comes second in the same room leaves again."""
        for other in self._rooms:
            admission = other.keeper.admission
            if other is room or other.state is not RoomState.LIVE or admission is None:
                continue
            if (other.address.platform, admission.room) == (room.address.platform, real_id):
                self._watch(Alert(str(room.address), f"is the same room as {other.address}: heard once"))
                self._keeping[room.address].cancel()
                return True
        return False

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set. Raises RoomError when every room refused us, StoreError for the journal."""
        async with AsyncExitStack() as stack:
            await self._open(stack)
            async with asyncio.TaskGroup() as group:
                background = self._start(group)
                self._keeping = {
                    room.address: group.create_task(room.keeper.run(), name=f"keeper {room.address}")
                    for room in self._rooms
                }
                keepers = list(self._keeping.values())
                await _until(stop, keepers)
                for task in keepers:
                    task.cancel()
                await asyncio.wait(keepers)
                await self._wind_down()
                for task in (*background, *self._asking):
                    task.cancel()
        if not stop.is_set():
            raise RoomError("no room is left: " + "; ".join(self._refusals()))

    async def _open(self, stack: AsyncExitStack) -> None:
        stack.push_async_callback(self._http.aclose)
        for room in self._rooms:
            if room.recorder is not None:
                stack.callback(room.recorder.close)
        stack.push_async_callback(self._store.aclose)
        await self._store.open()
        stack.push_async_callback(self._holding.aclose)
        if self._drafter is not None:
            stack.push_async_callback(self._drafter.aclose)
        await self._outbox.recover()
        for room in self._rooms:
            await room.flow.start()
            if not room.voice.speaks:
                self._watch(
                    Alert(
                        str(room.address),
                        "nothing will be sent: a dry run, or no sessdata and bili_jct",
                    )
                )
        if not self._holding.entries:
            self._watch(Alert("", "the knowledge base is empty: every question goes to the host"))

    def _start(self, group: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        tasks = [
            group.create_task(self._warm_up(), name="warm up"),
            group.create_task(self._outbox.run(), name="outbox"),
            group.create_task(self._holding.run(), name="what holds"),
        ]
        if self._entry_watch is not None:
            tasks.append(group.create_task(self._entry_watch.run(), name="entries"))
        if self._library is not None:
            tasks.append(group.create_task(self._library.load(), name="documents"))
        for room in self._rooms:
            tasks.append(group.create_task(room.flow.run(), name=f"flow {room.address}"))
        return tasks

    async def _warm_up(self) -> None:
        """Have the answers at hand before a viewer asks, and the collector pass over all that is there now.

        It stays for good, and walking through it would stop everything for 0.1 s now and then.
        """
        await self._holding.warm_up()
        gc.freeze()

    async def _wind_down(self) -> None:
        """Nothing more is heard: decide what waits, let what is being sent come back."""
        for room in self._rooms:
            try:
                async with asyncio.timeout(DRAIN_SECONDS):
                    await room.flow.drain()
            except TimeoutError:
                _log.warning("not everything heard was decided", room=str(room.address))
        await self._outbox.drain(timeout_seconds=DRAIN_SECONDS)

    def _refusals(self) -> list[str]:
        return [f"{room.address}: {room.keeper.status.detail}" for room in self._rooms]

    def _ask_limit(self, room: Room) -> None:
        """How long our lines may be there, asked while the connection opens, so that already the first
        question gets its answer whole; unanswered, the cautious limit stays.
        """
        task = asyncio.create_task(_ask_limit(room), name=f"text limit {room.address}")
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)


async def _ask_limit(room: Room) -> None:
    if not room.voice.can_send:
        return
    try:
        await room.voice.text_limit(fresh=True)
    except RoomError as error:
        _log.warning("the room's line length is not known", room=str(room.address), detail=str(error))


async def _until(stop: asyncio.Event, keepers: Sequence[asyncio.Task[None]]) -> None:
    """Returns when `stop` is set or every keeper has returned."""
    stopping = asyncio.create_task(stop.wait(), name="stop")
    ended = asyncio.create_task(_all_of(keepers), name="rooms ended")
    try:
        await asyncio.wait([stopping, ended], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
        ended.cancel()


async def _all_of(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.wait(tasks)
