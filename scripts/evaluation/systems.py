"""What is compared: the assistant with an embedding model, its cosine alone, plain similarities."""

from collections.abc import Iterator, Sequence
from statistics import median

from knowledge.calibration import shipped_calibration
from knowledge.embedder import Embedder
from knowledge.evaluation.rooms import Room

from .judged import Judge, Remembering, System, judges, refitted_judges
from .plain import PLAIN, Finder, Similarity, cosine, judge_plainly
from .timing import microseconds


def with_model(
    rooms: Sequence[Room],
    embedder: Embedder,
    *,
    budget: float,
    precision: float | None = None,
    unrelated: Sequence[str] = (),
) -> tuple[System, list[Judge]]:
    """The assistant with this embedding, its calibration refitted for each room on the others."""
    judged = judges(rooms, Remembering(embedder), budget=budget, precision=precision, unrelated=unrelated)
    return _ranked(judged, embedder, budget=budget), judged


def refitted(
    rooms: Sequence[Room], embedder: Embedder, *, budget: float, precision: float | None = None
) -> System:
    """The assistant on a team's reviewed log, each part by the shipped calibration refitted on the others."""
    prior, remembering = shipped_calibration(), Remembering(embedder)
    judged = refitted_judges(rooms, remembering, prior=prior, budget=budget, precision=precision)
    return _ranked(judged, embedder, budget=budget)


def _ranked(judged: Sequence[Judge], embedder: Embedder, *, budget: float) -> System:
    outcomes = [one.outcomes() for one in judged]
    spent = median(_spent(Judge.of(one.room, one.ranker, embedder, budget=budget)) for one in judged)
    return System(embedder.name, outcomes, spent, is_ranked=True)


def _spent(judge: Judge) -> float:
    return microseconds(lambda text: judge.decide([text]), _texts(judge.room))


def cosine_alone(rooms: Sequence[Room], embedder: Embedder, *, budget: float) -> System:
    return _plain(rooms, cosine(embedder, f"{embedder.name}, cosine alone"), budget=budget)


def baselines(rooms: Sequence[Room], *, budget: float) -> Iterator[System]:
    return (_plain(rooms, similarity, budget=budget) for similarity in PLAIN)


def _plain(rooms: Sequence[Room], similarity: Similarity, *, budget: float) -> System:
    finders = [Finder(room, similarity) for room in rooms]
    found = [finder.nearest() for finder in finders]
    spent = median(
        microseconds(finder.find, _texts(room)) for finder, room in zip(finders, rooms, strict=True)
    )
    return System(similarity.name, judge_plainly(found, similarity, budget=budget), spent)


def _texts(room: Room) -> list[str]:
    return [message.text for message in room.messages]
