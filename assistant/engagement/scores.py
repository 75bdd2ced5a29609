"""The engagement formulas, pure: rows of the journal in, frozen values out; the definitions are this project's.

A ratio with nothing to divide by is None, never zero. Every formula takes repeats well: a reconnect that
brings the same line or the same sample again changes nothing. Reading the rows is the business of `report`.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median
from typing import NamedTuple

from assistant.actions import Reason, ReceiptState
from assistant.stores.rows import Figure, FigureKind, Message, Receipt, Reply

MINUTE_SECONDS = 60.0
MAX_GAP_SECONDS = 120.0
HOUR_SECONDS = 3600.0

_NOT_A_VIEWERS_ACT = frozenset({Reason.OWN, Reason.HOST, Reason.MIRROR, Reason.REPEATED_EVENT})
_DELIVERED = frozenset({ReceiptState.SENT, ReceiptState.SEEN})


class Sample(NamedTuple):
    """Viewers online at a moment (Unix seconds)."""

    at: float
    viewers: float


@dataclass(frozen=True, slots=True)
class Interactions:
    """What viewers did that the room could notice, one each time. `total` is N."""

    danmaku: int = 0
    gifts: int = 0
    likes: int = 0
    follows: int = 0
    shares: int = 0
    memberships: int = 0

    @property
    def total(self) -> int:
        return self.danmaku + self.gifts + self.likes + self.follows + self.shares + self.memberships


@dataclass(frozen=True, slots=True)
class Answers:
    """How the questions fared; `by_entry` counts the answered ones by the entry that answered."""

    questions: int
    answered: int
    share: float | None
    median_seconds: float | None
    mean_relevance: float | None
    by_entry: Mapping[str, int]


class Delivered(NamedTuple):
    """An answer that is in the room. `sent_at` is when its last part first was, None if no receipt tells."""

    entry_id: str | None
    sent_at: float | None


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of a broadcast, counted from 0 at its start; negative ones lie before it."""

    minute: int
    interactions: int
    watch_seconds: float
    interactions_per_viewer_hour: float | None
    questions: int
    answered: int


def count_interactions(messages: Iterable[Message], figures: Iterable[Figure]) -> Interactions:
    """N = danmaku + gifts + likes + follows + shares + memberships.

    `danmaku` are lines of viewers, paid ones (super chats) included and therefore not counted again by
    their figure; not our own, the host's, other rooms', nor an event id heard before. The others add up
    their counters (`likes` are the acts of liking that the room announced, not the clicks). Entering and
    watching are no interactions.
    """
    totals: Counter[FigureKind] = Counter()
    for figure in figures:
        if math.isfinite(figure.value):
            totals[figure.kind] += int(figure.value)
    return Interactions(
        danmaku=len(viewers_lines(messages)),
        gifts=totals[FigureKind.GIFTS],
        likes=totals[FigureKind.LIKES],
        follows=totals[FigureKind.FOLLOWED],
        shares=totals[FigureKind.SHARED],
        memberships=totals[FigureKind.MEMBERSHIPS],
    )


def viewers_lines(messages: Iterable[Message]) -> list[Message]:
    """The lines that viewers of this room typed, each event id once (a line without one counts each time)."""
    lines = [message for message in messages if message.decision.reason not in _NOT_A_VIEWERS_ACT]
    first = {line.event_id: line.id for line in reversed(lines)}
    return [line for line in lines if not line.event_id or first[line.event_id] == line.id]


def viewers_online(figures: Iterable[Figure]) -> list[Sample]:
    """The samples of viewers online, in the order of time."""
    online = (figure for figure in figures if figure.kind is FigureKind.VIEWERS_ONLINE)
    return sorted(Sample(figure.at, figure.value) for figure in online if math.isfinite(figure.value))


def watch_seconds(samples: Sequence[Sample]) -> float:
    """T = sum of (t[i+1] - t[i]) * (v[i] + v[i+1]) / 2, in viewer-seconds: the trapezoid rule.

    A gap of more than 120 s between samples is not bridged and adds nothing: the room was not heard then,
    and neither what viewers did nor how many there were is known. One sample alone spans no time.
    """
    return math.fsum(_area(first, second) for first, second in _bridged(samples))


def watch_seconds_by_minute(samples: Sequence[Sample], *, start: float) -> dict[int, float]:
    """T of each minute after `start`, viewers between two samples on a straight line; they add up to T."""
    minutes: dict[int, float] = {}
    for first, second in _bridged(samples):
        for piece in pairwise(_cut_at_minutes(first, second, start=start)):
            minute = minute_of((piece[0].at + piece[1].at) / 2, start=start)
            minutes[minute] = minutes.get(minute, 0.0) + _area(*piece)
    return minutes


def minute_of(at: float, *, start: float) -> int:
    """floor((at - start) / 60 s)."""
    return math.floor((at - start) / MINUTE_SECONDS)


def engagement(interactions: int, watch_seconds: float) -> float | None:
    """N / T in interactions per viewer-hour: what the average viewer does in an hour of watching.

    N / (T / 3600), with T in viewer-seconds; None when nobody was seen watching.
    """
    if watch_seconds <= 0:
        return None
    return interactions * HOUR_SECONDS / watch_seconds


def delivered_answers(replies: Iterable[Reply], receipts: Iterable[Receipt]) -> dict[int, Delivered]:
    """By reply id, every part of each answer whose parts are all in the room: sent or seen, not lost since."""
    sent_at: dict[int, float] = {}
    for receipt in receipts:
        if receipt.state in _DELIVERED:
            sent_at[receipt.reply_id] = min(receipt.at, sent_at.get(receipt.reply_id, math.inf))
    answers: defaultdict[int, list[Reply]] = defaultdict(list)
    for reply in replies:
        answers[reply.answer_id].append(reply)
    return {
        part.id: Delivered(part.entry_id, _last(sent_at, parts))
        for parts in answers.values()
        if len(parts) == parts[0].parts and all(part.state in _DELIVERED for part in parts)
        for part in parts
    }


def relevance(question: Message, entry_id: str | None) -> float | None:
    """The cosine of the question and the entry that answered it, None when it was no candidate's answer."""
    return dict(question.decision.candidates).get(entry_id) if entry_id else None


def score_answers(messages: Iterable[Message], delivered: Mapping[int, Delivered]) -> Answers:
    """Questions are the viewers' lines that were not ignored; one is answered when the reply that serves it
    is delivered (see `delivered_answers`). share = answered / questions.

    `median_seconds`: the median of (answer sent - question heard), over questions asked before the answer
    stood in the room. `mean_relevance`: the mean cosine of question and entry, over the answered questions
    that an entry answered. Without any such question, each is None.
    """
    questions = [line for line in viewers_lines(messages) if line.decision.is_question]
    served = [(line, delivered[line.answered_by]) for line in questions if line.answered_by in delivered]
    waits = [answer.sent_at - line.heard_at for line, answer in served if answer.sent_at is not None]
    cosines = [relevance(line, answer.entry_id) for line, answer in served]
    return Answers(
        questions=len(questions),
        answered=len(served),
        share=len(served) / len(questions) if questions else None,
        median_seconds=_over(median, [wait for wait in waits if wait >= 0]),
        mean_relevance=_over(fmean, [cosine for cosine in cosines if cosine is not None]),
        by_entry=Counter(answer.entry_id for _, answer in served if answer.entry_id),
    )


def score_minutes(
    messages: Sequence[Message],
    figures: Sequence[Figure],
    delivered: Mapping[int, Delivered],
    *,
    start: float,
) -> tuple[Minute, ...]:
    """The minutes in which something was heard or watched, in order. A question counts where it was asked."""
    lines: defaultdict[int, list[Message]] = defaultdict(list)
    for line in viewers_lines(messages):
        lines[minute_of(line.heard_at, start=start)].append(line)
    counters: defaultdict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        counters[minute_of(figure.at, start=start)].append(figure)
    watched = watch_seconds_by_minute(viewers_online(figures), start=start)
    return tuple(
        _minute(number, lines[number], counters[number], delivered, watched.get(number, 0.0))
        for number in sorted(lines.keys() | counters.keys() | watched.keys())
    )


def _minute(
    number: int,
    lines: Sequence[Message],
    counters: Sequence[Figure],
    delivered: Mapping[int, Delivered],
    watched: float,
) -> Minute:
    interactions = count_interactions(lines, counters).total
    answers = score_answers(lines, delivered)
    return Minute(
        minute=number,
        interactions=interactions,
        watch_seconds=watched,
        interactions_per_viewer_hour=engagement(interactions, watched),
        questions=answers.questions,
        answered=answers.answered,
    )


def _bridged(samples: Sequence[Sample]) -> Iterator[tuple[Sample, Sample]]:
    return ((first, second) for first, second in pairwise(samples) if second.at - first.at <= MAX_GAP_SECONDS)


def _area(first: Sample, second: Sample) -> float:
    return (second.at - first.at) * (first.viewers + second.viewers) / 2


def _cut_at_minutes(first: Sample, second: Sample, *, start: float) -> list[Sample]:
    """Both samples, and between them one on their line at each full minute."""
    after = minute_of(first.at, start=start) + 1
    cuts = [start + minute * MINUTE_SECONDS for minute in range(after, minute_of(second.at, start=start) + 1)]
    slope = (second.viewers - first.viewers) / max(second.at - first.at, 1e-9)
    between = [
        Sample(at, first.viewers + slope * (at - first.at)) for at in cuts if first.at < at < second.at
    ]
    return [first, *between, second]


def _last(sent_at: Mapping[int, float], parts: Sequence[Reply]) -> float | None:
    times = [sent_at[part.id] for part in parts if part.id in sent_at]
    return max(times) if len(times) == len(parts) else None


def _over(statistic: Callable[[list[float]], float], values: list[float]) -> float | None:
    return statistic(values) if values else None
