"""The assistant as a whole, without a face: its rooms, from opening the journal to the last receipt.

Everything that lives is opened in one order and closed in the reverse one. A room that is refused or fails
does not touch the others; `run` ends when it is told to, or when no room is left.
"""

import asyncio
import gc
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

import structlog

from assistant.actions import Desk
from assistant.audit import Audit
from assistant.board import Board
from assistant.controls import Controls
from assistant.drafting import Drafter
from assistant.editing import Editing
from assistant.errors import RoomError
from assistant.faq import EntryWatch
from assistant.holding import Holding
from assistant.library import Library
from assistant.notices import Alert, RoomMoved, Watcher
from assistant.outbox import Outbox
from assistant.platforms.base import Admission
from assistant.records import Records
from assistant.room import Room
from assistant.rooms.http import HttpShell
from assistant.rooms.keeper import RoomState, RoomStatus
from assistant.settings import RoomAddress
from assistant.stores.base import Store
from assistant.stores.rows import Escalation
from assistant.today import DayTally

DRAIN_SECONDS = 5.0  # each stage of the shutdown: what was heard is decided, what is in flight comes back

_log = structlog.get_logger(__name__)


class Assistant:
    """`compose.compose` makes one. Run it once."""

    def __init__(
        self,
        *,
        rooms: list[Room],
        store: Store,
        holding: Holding,
        outbox: Outbox,
        http: HttpShell,
        board: Board,
        controls: Controls,
        records: Records,
        editing: Editing,
        audit: Audit,
        today: DayTally,
        watch: Watcher,
        entry_watch: EntryWatch | None = None,
        library: Library | None = None,
        drafter: Drafter | None = None,
    ) -> None:
        self._store = store
        self._holding = holding
        self._outbox = outbox
        self._http = http
        self.board = board
        self.controls = controls
        self.records = records
        self.editing = editing
        self.audit = audit
        self._today = today
        self._watch = watch
        self._entry_watch = entry_watch
        self._library = library
        self._drafter = drafter
        self._rooms = rooms
        self.opened = asyncio.Event()  # the journal is open: people may be let in
        self._keeping: dict[RoomAddress, asyncio.Task[None]] = {}
        self._asking: set[asyncio.Task[None]] = set()

    @property
    def rooms(self) -> Mapping[str, RoomStatus]:
        """Each room's state by its address."""
        return {str(room.address): room.keeper.status for room in self._rooms}

    @property
    def waiting(self) -> Mapping[str, int]:
        """How much waits: lines for their decision, answers for their turn to be said."""
        return {"decide": sum(room.flow.waiting for room in self._rooms), "say": self._outbox.waiting}

    async def open_escalations(self, desk: Desk | None = None) -> Mapping[str, Sequence[Escalation]]:
        """What waits for people, by room: at one desk (the host's view asks for its own) or at all."""
        return {str(room.address): await room.flow.open_escalations(desk) for room in self._rooms}

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
            self.opened.set()
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
        self._today.resume(await self._store.message_counts(since=self._today.began_at))
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
        """While the connection opens, so that already the first question gets its answer whole."""
        task = asyncio.create_task(room.ask_limit(), name=f"text limit {room.address}")
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)


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
