"""The engagement formulas, pure: rows of the journal in, frozen values out.

The definitions are this project's own. A ratio with nothing to divide by is None, never zero. Reading the
rows is the business of `report`.
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
HOUR_SECONDS = 3600.0
BRIDGED_SECONDS = 120.0  # the longest silence between two samples over which viewers are taken to have stayed

_NOT_A_VIEWERS_LINE = frozenset({Reason.OWN, Reason.HOST, Reason.MIRROR, Reason.REPEATED_EVENT})
_DELIVERED = frozenset({ReceiptState.SENT, ReceiptState.SEEN})


class Sample(NamedTuple):
    """Viewers online at a moment (Unix seconds)."""

    at: float
    viewers: float


class Delivered(NamedTuple):
    """An answer that is in the room, whole since `at`."""

    entry_id: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Interactions:
    """What viewers did that the room could notice, by kind. `total` is N."""

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


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of a span of time. `watch_seconds` is T, in viewer-seconds."""

    interactions: Interactions
    watch_seconds: float
    answers: Answers

    @property
    def interactions_per_viewer_hour(self) -> float | None:
        return engagement(self.interactions.total, self.watch_seconds)


def engagement(interactions: int, watch_seconds: float) -> float | None:
    """N / T in interactions per viewer-hour: what the average viewer does in an hour of watching.

    N / (T / 3600), with T in viewer-seconds; None when nobody was seen watching.
    """
    return interactions * HOUR_SECONDS / watch_seconds if watch_seconds > 0 else None


def viewers_lines(messages: Iterable[Message]) -> list[Message]:
    """The lines that viewers of this room typed: not our own, the host's or another room's."""
    return [message for message in messages if message.decision.reason not in _NOT_A_VIEWERS_LINE]


def count_interactions(messages: Iterable[Message], figures: Iterable[Figure]) -> Interactions:
    """N = danmaku + gifts + likes + follows + shares + memberships, each act counted once.

    Danmaku are the viewers' lines, super chats among them; a gift of 66 roses is one act, as its figure is
    one row. Entering and watching are no interactions.
    """
    acts = Counter(figure.kind for figure in figures)
    return Interactions(
        danmaku=len(viewers_lines(messages)),
        gifts=acts[FigureKind.GIFTS],
        likes=acts[FigureKind.LIKES],
        follows=acts[FigureKind.FOLLOWED],
        shares=acts[FigureKind.SHARED],
        memberships=acts[FigureKind.MEMBERSHIPS],
    )


def viewers_online(figures: Iterable[Figure]) -> list[Sample]:
    """The samples of viewers online, in the order of time."""
    return sorted(Sample(f.at, f.value) for f in figures if f.kind is FigureKind.VIEWERS_ONLINE)


def watch_seconds(samples: Sequence[Sample]) -> float:
    """T = sum of (t[i+1] - t[i]) * (v[i] + v[i+1]) / 2, in viewer-seconds: the trapezoid rule.

    A gap of more than 120 s between samples is not bridged and adds nothing: the room was not heard then,
    and neither what viewers did nor how many there were is known. One sample alone spans no time.
    """
    return math.fsum(_area(earlier, later) for earlier, later in _bridged(samples))


def watch_seconds_by_minute(samples: Sequence[Sample], *, start: float) -> dict[int, float]:
    """T of each minute after `start`, viewers between two samples on a straight line; they add up to T."""
    minutes: defaultdict[int, float] = defaultdict(float)
    for earlier, later in _bridged(samples):
        for piece in pairwise(_cut_at_minutes(earlier, later, start=start)):
            middle = (piece[0].at + piece[1].at) / 2
            minutes[minute_of(middle, start=start)] += _area(*piece)
    return dict(minutes)


def minute_of(at: float, *, start: float) -> int:
    """floor((at - start) / 60 s): the first minute is 0, what came before `start` is negative."""
    return math.floor((at - start) / MINUTE_SECONDS)


def delivered_answers(replies: Iterable[Reply], receipts: Iterable[Receipt]) -> dict[int, Delivered]:
    """The answers that reached the room, under the id of each of their parts.

    An answer is delivered when every part of it is sent or seen now (not lost since), and from the moment
    when the last of them first was.
    """
    first_sent: dict[int, float] = {}
    for receipt in receipts:
        if receipt.state in _DELIVERED:
            first_sent[receipt.reply_id] = min(receipt.at, first_sent.get(receipt.reply_id, math.inf))
    arrived: defaultdict[int, list[Reply]] = defaultdict(list)
    for reply in replies:
        if reply.state in _DELIVERED and reply.id in first_sent:
            arrived[reply.answer_id].append(reply)
    return {
        part.id: Delivered(part.entry_id, max(first_sent[each.id] for each in parts))
        for parts in arrived.values()
        if len(parts) == parts[0].parts
        for part in parts
    }


def relevance(question: Message, entry_id: str | None) -> float | None:
    """The cosine of the question and the entry that answered it, None when it was no candidate's answer."""
    return dict(question.decision.candidates).get(entry_id) if entry_id else None


def score_answers(messages: Iterable[Message], delivered: Mapping[int, Delivered]) -> Answers:
    """Questions are the viewers' lines that were not ignored; one is answered when the reply that serves it
    is delivered. share = answered / questions.

    `median_seconds`: the median of (answer delivered - question heard), over questions asked before the
    answer stood in the room. `mean_relevance`: the mean cosine of question and entry, over the answered
    questions that an entry answered. Without any such question, each is None.
    """
    questions = [line for line in viewers_lines(messages) if line.decision.is_question]
    served = [
        (line, delivered[line.answered_by])
        for line in questions
        if line.answered_by is not None and line.answered_by in delivered
    ]
    waits = [answer.at - line.heard_at for line, answer in served if answer.at >= line.heard_at]
    cosines = [relevance(line, answer.entry_id) for line, answer in served]
    return Answers(
        questions=len(questions),
        answered=len(served),
        share=len(served) / len(questions) if questions else None,
        median_seconds=_over(median, waits),
        mean_relevance=_over(fmean, [cosine for cosine in cosines if cosine is not None]),
        by_entry=Counter(answer.entry_id for _, answer in served if answer.entry_id),
    )


def score(
    messages: Sequence[Message], figures: Sequence[Figure], delivered: Mapping[int, Delivered]
) -> Scores:
    """The whole span's figures."""
    return Scores(
        interactions=count_interactions(messages, figures),
        watch_seconds=watch_seconds(viewers_online(figures)),
        answers=score_answers(messages, delivered),
    )


def score_minutes(
    messages: Iterable[Message],
    figures: Sequence[Figure],
    delivered: Mapping[int, Delivered],
    *,
    start: float,
) -> dict[int, Scores]:
    """Each minute in which something was heard or watched, in order. A question counts where it was asked."""
    lines: defaultdict[int, list[Message]] = defaultdict(list)
    for message in messages:
        lines[minute_of(message.heard_at, start=start)].append(message)
    acts: defaultdict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        acts[minute_of(figure.at, start=start)].append(figure)
    watched = watch_seconds_by_minute(viewers_online(figures), start=start)
    return {
        minute: Scores(
            interactions=count_interactions(lines[minute], acts[minute]),
            watch_seconds=watched.get(minute, 0.0),
            answers=score_answers(lines[minute], delivered),
        )
        for minute in sorted(lines.keys() | acts.keys() | watched.keys())
    }


def _bridged(samples: Sequence[Sample]) -> Iterator[tuple[Sample, Sample]]:
    return (pair for pair in pairwise(samples) if pair[1].at - pair[0].at <= BRIDGED_SECONDS)


def _area(earlier: Sample, later: Sample) -> float:
    return (later.at - earlier.at) * (earlier.viewers + later.viewers) / 2


def _cut_at_minutes(earlier: Sample, later: Sample, *, start: float) -> list[Sample]:
    """Both samples, and between them one on their line at each full minute."""
    minutes = range(minute_of(earlier.at, start=start) + 1, minute_of(later.at, start=start) + 1)
    cuts = [start + minute * MINUTE_SECONDS for minute in minutes]
    return [earlier, *(_between(earlier, later, at) for at in cuts if earlier.at < at < later.at), later]


def _between(earlier: Sample, later: Sample, at: float) -> Sample:
    passed = (at - earlier.at) / (later.at - earlier.at)
    return Sample(at, earlier.viewers + passed * (later.viewers - earlier.viewers))


def _over(statistic: Callable[[list[float]], float], values: list[float]) -> float | None:
    return statistic(values) if values else None
