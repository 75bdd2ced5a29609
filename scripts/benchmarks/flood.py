"""A flooded room through `assistant run`: what was heard, kept, dropped or lost, and what it took.

The room speaks from another process over a real socket; what became of its lines is read from the journal.
Memory is looked at once the windows of what was heard are full, and again at the end.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from assistant.practice import Act
from benchmarks import texts
from benchmarks.figures import Figure, percentile
from benchmarks.processes import Usage, megabytes
from benchmarks.room import OpenRoom, open_room
from benchmarks.running import Running, running_assistant, wait_until

TITLE = "A room flooded"
LINES_PER_SECOND = 2_000

_ENTRIES = 1_000
_WARM_SECONDS = 10.0
_CATCH_UP_SECONDS = 30.0
_LINES = "SELECT count(DISTINCT event_id) FROM messages WHERE reason <> 'own'"
_DROPPED = "SELECT count(*) FROM messages WHERE reason = 'overloaded'"
_WAITS = "SELECT decided_at - heard_at FROM messages WHERE reason NOT IN ('own', 'overloaded')"


@dataclass(frozen=True, slots=True)
class Journal:
    """Viewers' lines in it, those of them that were dropped undecided, and how long the others waited."""

    lines: int
    dropped: int
    wait_seconds: Sequence[float]

    @classmethod
    def read(cls, database: Path) -> "Journal":
        with closing(sqlite3.connect(database)) as connection:
            ((lines,),), ((dropped,),) = connection.execute(_LINES), connection.execute(_DROPPED)
            return cls(lines, dropped, [wait for (wait,) in connection.execute(_WAITS)])


@dataclass(frozen=True, slots=True)
class Minute:
    """What was seen from outside: the flood's length, and the process once it was warm and at the end."""

    seconds: float
    warm: Usage | None
    last: Usage | None

    @property
    def core_percent(self) -> float | None:
        return None if self.last is None else 100 * self.last.cpu_seconds / self.seconds


def measure(seconds: int) -> Iterator[Figure]:
    shop = texts.entries(_ENTRIES)
    acts = texts.acts(LINES_PER_SECOND * seconds, shop)
    with TemporaryDirectory(prefix="assistant-bench-") as name:
        folder = Path(name)
        faq = folder / "faq.jsonl"
        texts.write_faq(faq, shop)
        with (
            open_room(acts, rate=LINES_PER_SECOND) as room,
            running_assistant(room, faq=faq, folder=folder) as assistant,
        ):
            minute = _watch(room, assistant)
            wait_until(
                lambda: Journal.read(assistant.database).lines >= len(acts),
                within_seconds=_CATCH_UP_SECONDS,
                every_seconds=0.5,
            )
        yield from _figures(acts, minute, Journal.read(assistant.database))


def _watch(room: OpenRoom, assistant: Running) -> Minute:
    assistant.connect_seconds()
    started, warm = perf_counter(), None
    while assistant.is_alive and not room.has_played(within_seconds=0.2):
        if warm is None and perf_counter() - started >= _WARM_SECONDS:
            warm = assistant.usage
    return Minute(perf_counter() - started, warm, assistant.usage)


def _figures(acts: Sequence[Act], minute: Minute, journal: Journal) -> Iterator[Figure]:
    said, new = len(acts), len({act.text for act in acts})
    yield Figure(f"said in {minute.seconds:.0f} s", said, f"lines, {said / minute.seconds:,.0f}/s")
    yield Figure("not typed before, word for word", 100 * new / said, "% of them")
    yield Figure("in the journal", journal.lines, "lines", "all")
    yield Figure("lost", said - journal.lines, "lines", "none")
    yield Figure("dropped undecided, and counted", journal.dropped, "lines", "none")
    yield Figure("heard to decided, p50", 1000 * percentile(journal.wait_seconds, 0.5), "ms")
    yield Figure("heard to decided, p99", 1000 * percentile(journal.wait_seconds, 0.99), "ms")
    yield Figure(f"memory after {_WARM_SECONDS:.0f} s", megabytes(minute.warm), "MB")
    yield Figure("memory at the end", megabytes(minute.last), "MB", "the same")
    yield Figure("processor", minute.core_percent, "% of a core")
