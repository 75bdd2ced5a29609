"""How well those who ask the same are brought together: pairs of messages, by the assistant's own clusters.

All of a room's questions come within one window, in several shuffled orders. Each room is clustered with the
constants that the other rooms would choose. Beside rooms as they are stand rooms whose base lacks half of its
entries: most of what people must answer is like that, and the labels still say what is the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from statistics import fmean

from assistant.actions import Action
from assistant.pipeline.cluster import LIKENESS, SAME_ENTRY, Clusters, Question
from assistant.pipeline.plan import question_of
from knowledge.evaluation.metrics import Grouped, pair_precision, pair_recall
from knowledge.text import fold

from .judged import Judge
from .tables import Column, Row, Table

ORDERS = 5
ORDERS_TO_CHOOSE = 2
SAME_ENTRIES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
LIKENESSES = (0.6, 0.65, 0.7, 0.75, 0.8, 0.9)
PRECISION_WEIGHS = 0.5  # beta of the F measure that chooses: recall weighs half

Constants = tuple[float, float]
"""Least probability that one entry answers both, least likeness of vectors."""

SHIPPED: Constants = (SAME_ENTRY, LIKENESS)


@dataclass(frozen=True, slots=True)
class Stream:
    """A room's messages: the entry that answers each, and the question that it became, None where ignored."""

    entries: Sequence[str | None]
    questions: Sequence[Question | None]

    @classmethod
    def of(cls, judge: Judge) -> "Stream":
        decided = judge.decide([message.text for message in judge.room.messages])
        questions = [
            None if decision.action is Action.IGNORE else question_of(fold(text), judgement)
            for text, judgement, decision in decided
        ]
        return cls([message.entry for message in judge.room.messages], questions)

    def grouped(self, constants: Constants, *, seed: int) -> list[Grouped]:
        order = list(range(len(self.questions)))
        Random(seed).shuffle(order)  # noqa: S311 - an order, no secret
        clusters = Clusters(seconds=1.0, same_entry=constants[0], likeness=constants[1])
        grouped = []
        for place in order:
            question = self.questions[place]
            found = question and clusters.join(question, viewer_key=str(place), now=0.0)
            grouped.append(Grouped(self.entries[place], found))
        return grouped


@dataclass(frozen=True, slots=True)
class Quality:
    precision: float
    recall: float

    @property
    def balance(self) -> float:
        """The F measure, recall weighing PRECISION_WEIGHS."""
        weight = PRECISION_WEIGHS**2
        total = weight * self.precision + self.recall
        return (1 + weight) * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Room:
    """One room's streams: with its whole base, and with either half of it."""

    name: str
    whole: Stream
    halves: Sequence[Stream]

    @classmethod
    def of(cls, judge: Judge) -> "Room":
        entries = list(judge.room.entries)
        Random(judge.room.name).shuffle(entries)  # noqa: S311 - an order, no secret
        halves = [Stream.of(judge.with_entries(half)) for half in (entries[::2], entries[1::2])]
        return cls(judge.room.name, Stream.of(judge), halves)

    def balance(self, constants: Constants) -> float:
        return fmean(
            quality(streams, constants, orders=ORDERS_TO_CHOOSE).balance
            for streams in ([self.whole], self.halves)
        )


def quality(streams: Sequence[Stream], constants: Constants, *, orders: int = ORDERS) -> Quality:
    """The means over the streams and orders."""
    grouped = [stream.grouped(constants, seed=seed) for stream in streams for seed in range(orders)]
    return Quality(fmean(map(pair_precision, grouped)), fmean(map(pair_recall, grouped)))


COLUMNS = (
    Column("precision", "precision"),
    Column("recall", "recall"),
    Column("half_precision", "precision, half base"),
    Column("half_recall", "recall, half base"),
    Column("same_entry", "same entry from", "{:.2f}".format),
    Column("likeness", "likeness from", "{:.2f}".format),
)


def pairs_table(judged: Sequence[Judge]) -> Table:
    rooms = [Room.of(judge) for judge in judged]
    balances = {
        constants: [room.balance(constants) for room in rooms]
        for constants in product(SAME_ENTRIES, LIKENESSES)
    }
    table = Table(
        "pairs", "Pairs of messages that share a cluster, constants chosen on the other rooms (%)", COLUMNS
    )
    for place, room in enumerate(rooms):
        chosen = max(balances, key=lambda one: fmean(_without(balances[one], place)))
        table.rows[room.name] = _row([room], chosen)
    held_out = list(table.rows.values())
    table.rows["mean"] = {column.key: fmean(row[column.key] for row in held_out) for column in COLUMNS[:4]}
    table.rows["mean, as shipped"] = _row(rooms, SHIPPED)
    best = max(balances, key=lambda one: fmean(balances[one]))
    table.rows["mean, chosen on all"] = _row(rooms, best)
    return table


def _row(rooms: Sequence[Room], constants: Constants) -> Row:
    whole = [quality([room.whole], constants) for room in rooms]
    half = [quality(room.halves, constants) for room in rooms]
    return {
        "precision": fmean(one.precision for one in whole),
        "recall": fmean(one.recall for one in whole),
        "half_precision": fmean(one.precision for one in half),
        "half_recall": fmean(one.recall for one in half),
        "same_entry": constants[0],
        "likeness": constants[1],
    }


def _without(values: Sequence[float], place: int) -> Iterator[float]:
    return (value for other, value in enumerate(values) if other != place)
