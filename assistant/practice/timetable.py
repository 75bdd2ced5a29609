"""When each act happens: at the script's own pace or at a rate, once or round after round.

Pure arithmetic over seconds since the start; waiting is left to `room`.
"""

import random
from collections.abc import Iterator, Sequence

from assistant.practice.acts import Act

PAUSE_SECONDS = 1.0  # between the last act of a round and the first of the next, at the script's pace

Timed = tuple[float, Act]


def timetable(
    acts: Sequence[Act], *, rate: float | None = None, loop: bool = False, seed: int | None = None
) -> Iterator[Timed]:
    """(seconds since the start, act) in order. `acts` are in the order of their time.

    `rate` counts acts that are chat per second: they come at uneven moments, but never more than one off
    the exact count; what is no chat keeps its place among them. Without any chat the script's pace stays.
    """
    if not acts:
        return iter(())
    if rate is not None and any(act.is_chat for act in acts):
        return _at_rate(acts, rate=rate, loop=loop, seed=seed)
    return _at_own_pace(acts, loop=loop)


def _at_rate(acts: Sequence[Act], *, rate: float, loop: bool, seed: int | None) -> Iterator[Timed]:
    unevenness = random.Random(seed)  # noqa: S311 - the pace of a rehearsal
    count, at = 0, 0.0
    for act in _rounds(acts, loop):
        if act.is_chat:
            at = (count + unevenness.random()) / rate
            count += 1
        yield at, act


def _rounds(acts: Sequence[Act], loop: bool) -> Iterator[Act]:
    yield from acts
    while loop:
        yield from acts


def _at_own_pace(acts: Sequence[Act], *, loop: bool) -> Iterator[Timed]:
    start = 0.0
    yield from ((act.at, act) for act in acts)
    while loop:
        start += acts[-1].at + PAUSE_SECONDS
        for act in acts:
            yield start + act.at, act
