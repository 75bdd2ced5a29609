"""Which entries hold, when and where: each room answers from just these, whatever time and editors change.

Every change is a new base, made and warmed up beside the ones in use, and then taken by all rooms at once.
"""

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType

import structlog

from assistant.answers import Answers, Judge
from assistant.clock import Clock
from assistant.pipeline.decide import Bars
from knowledge import Changes, Embedder, Entry, KnowledgeBase
from knowledge.errors import KnowledgeError
from knowledge.ranking import Ranker

LOOK_SECONDS = 0.5  # how often the time is looked at where nobody asks

_log = structlog.get_logger(__name__)


def held(entries: Iterable[Entry], *, at: float, room: str = "") -> list[Entry]:
    """Those that hold at this time, in this room or in any, in order."""
    return [entry for entry in entries if entry.holds(at=at, room=room)]


def next_turn(entries: Iterable[Entry], *, after: float) -> float:
    """When the next of them begins to hold, or ends; infinity for never. Seconds since 1970."""
    moments = (moment for entry in entries for moment in (entry.valid_from, entry.valid_until) if moment)
    turns = (moment.timestamp() for moment in moments)
    return min((turn for turn in turns if turn > after), default=math.inf)


class Holding:
    """The entries of a FAQ, and for each room the answers from those that hold there now.

    Rooms in which the same entries hold share one base; what is embedded for one serves all. A room that asks
    after the moment at which something began or ended to hold is never judged by what was before it.
    `on_entries` hears of all entries, once `run` begins and after each publication. `aclose` ends the thread.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        *,
        embedder: Embedder,
        ranker: Ranker,
        bars: Bars,
        clock: Clock,
        on_entries: Callable[[Iterable[Entry]], None] = lambda entries: None,
    ) -> None:
        self._all = KnowledgeBase(embedder, entries)  # never searched: it has the vectors of them all
        self._ranker = ranker
        self.bars = bars
        self._clock = clock
        self._on_entries = on_entries
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="answers")
        self._rooms: dict[str, Answers] = {}
        self._judges: Mapping[str, Judge] = {}
        self._moving = asyncio.Lock()
        self._next_turn = math.inf

    @property
    def entries(self) -> Mapping[str, Entry]:
        """All of them by id, in order, whether they hold or not."""
        return self._all.entries

    def answers(self, room: str) -> Answers:
        """What the room answers from. To be asked for before `run`."""
        now = self._clock.now()
        judge = self._judge_of(held(self.entries.values(), at=now, room=room), self._judges.values())
        self._judges = {**self._judges, room: judge}
        self._rooms[room] = Answers(judge, bars=self.bars, before_judging=self.turn)
        self._next_turn = next_turn(self.entries.values(), after=now)
        return self._rooms[room]

    async def run(self) -> None:
        """Have what holds at hand before somebody asks, for ever."""
        self._on_entries(self.entries.values())
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            try:
                await self.turn()
            except KnowledgeError as error:
                _log.warning("what holds now is not known, rooms answer as before", error=str(error))

    async def turn(self) -> None:
        """Answer from what holds now; costs nothing unless something began or ended to hold."""
        while self._clock.now() >= self._next_turn:
            async with self._moving:
                if self._clock.now() >= self._next_turn:
                    await self._move()

    async def publish(self, entries: Sequence[Entry]) -> Changes:
        """Answer from these entries from now on."""
        async with self._moving:
            changes = await asyncio.to_thread(self._all.build, entries)
            await self._move()
        self._on_entries(self.entries.values())
        return changes

    async def warm_up(self) -> None:
        """Have the ranker prepare what it keeps of the entries, before a viewer waits for that."""
        for judge in set(self._judges.values()):
            await judge.warm_up()

    async def aclose(self) -> None:
        for judge in set(self._judges.values()):
            await judge.aclose()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _move(self) -> None:
        """Every room at once to what holds now there; the lock is held."""
        now = self._clock.now()
        judges = await asyncio.to_thread(self._arranged, now)
        for judge in set(judges.values()) - set(self._judges.values()):
            await judge.warm_up()
        self._judges = judges
        for room, answers in self._rooms.items():
            answers.judge_by(judges[room])
        self._next_turn = next_turn(self.entries.values(), after=now)

    def _arranged(self, now: float) -> Mapping[str, Judge]:
        """For each room a judge by what holds there, one that is there already wherever that will do."""
        known, judges = set(self._judges.values()), dict[str, Judge]()
        for room in self._rooms:
            judges[room] = self._judge_of(held(self.entries.values(), at=now, room=room), known)
            known.add(judges[room])
        return MappingProxyType(judges)

    def _judge_of(self, entries: Sequence[Entry], known: Iterable[Judge]) -> Judge:
        same = (judge for judge in known if list(judge.base.entries.values()) == entries)
        found = next(same, None)
        return found or Judge(self._all.forked(entries), self._ranker, thread=self._thread)
