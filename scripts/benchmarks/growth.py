"""What more entries cost: the time to build the base, to search it and to judge a text, and the memory held.

Every size is measured in a process of its own; each entry has two wordings, both of which are searched.
"""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from statistics import median
from time import perf_counter

from benchmarks import texts
from benchmarks.figures import Figure
from benchmarks.processes import megabytes, usage
from benchmarks.room import spawned
from knowledge import KnowledgeBase, open_embedder
from knowledge.ranking import Ranker

TITLE = "Growth: a base of more and more entries"
SIZES = (100, 1_000, 10_000, 100_000)

_TEXTS = 512
_FULL_BATCH = 256


@dataclass(frozen=True, slots=True)
class Base:
    """Seconds, the last three for one text; bytes held by a process that does nothing else."""

    build: float
    search: float
    judge: float
    judge_in_batch: float
    resident_megabytes: float | None


def measure(sizes: Sequence[int]) -> Iterator[Figure]:
    for size in sizes:
        base, prefix = _measured(size), f"{size:,} entries: "
        yield Figure(f"{prefix}build", base.build, "s", digits=2)
        yield Figure(f"{prefix}search for a text alone, p50", 1000 * base.search, "ms", digits=2)
        yield Figure(f"{prefix}judge a text alone, p50", 1000 * base.judge, "ms", digits=2)
        yield Figure(f"{prefix}judge one of {_FULL_BATCH} texts", 1000 * base.judge_in_batch, "ms", digits=2)
        yield Figure(f"{prefix}memory", base.resident_megabytes, "MB")


def _measured(size: int) -> Base:
    ours, theirs = spawned.Pipe()
    process = spawned.Process(target=_build_and_ask, args=(theirs, size), name=f"{size} entries")
    process.start()
    theirs.close()
    measured: Base = ours.recv()
    process.join()
    return measured


def _build_and_ask(line: Connection, size: int) -> None:
    entries = texts.entries(size)
    asked = list(islice(texts.lines(entries), _TEXTS))
    embedder = open_embedder()
    embedder.embed(asked[:1])
    started = perf_counter()
    base = KnowledgeBase(embedder, entries)
    build = perf_counter() - started
    ranker = Ranker()
    ranker.judge(asked[:1], base)
    search = _seconds_each(lambda batch: base.search(batch), asked, batch=1)
    judge = _seconds_each(lambda batch: ranker.judge(batch, base), asked, batch=1)
    in_batch = _seconds_each(lambda batch: ranker.judge(batch, base), asked, batch=_FULL_BATCH)
    gc.collect()
    line.send(Base(build, search, judge, in_batch, megabytes(usage(os.getpid()))))


def _seconds_each(work: Callable[[Sequence[str]], object], asked: Sequence[str], *, batch: int) -> float:
    """For one text, the median over batches."""
    taken = []
    for start in range(0, len(asked), batch):
        some = asked[start : start + batch]
        started = perf_counter()
        work(some)
        taken.append((perf_counter() - started) / len(some))
    return median(taken)
