"""How long one question takes when it comes alone, on one core, with the entries prepared beforehand."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from time import perf_counter

MOST_QUESTIONS = 200


def microseconds(ask: Callable[[str], object], texts: Sequence[str]) -> float:
    """The median over some of the texts, evenly taken, each asked once after one that warms up."""
    step = max(len(texts) // MOST_QUESTIONS, 1)
    with one_core():
        ask(texts[0])
        return median(_seconds(ask, text) for text in texts[::step]) * 1e6


def _seconds(ask: Callable[[str], object], text: str) -> float:
    started = perf_counter()
    ask(text)
    return perf_counter() - started


@contextmanager
def one_core() -> Iterator[None]:
    """Holds this process to one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
