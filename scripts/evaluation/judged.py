"""Rooms as the assistant would judge them: its ranking, screen and policy, by a calibration new to each.

What the figures of the outcomes are is for `knowledge.evaluation.metrics`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from assistant.actions import Decision
from assistant.deciding import decide_texts
from assistant.pipeline.decide import Bars
from knowledge.base import KnowledgeBase
from knowledge.calibration import Calibration, unfitted_calibration
from knowledge.embedder import Embedder
from knowledge.entries import Entry
from knowledge.evaluation.calibrate import leave_one_out, refit
from knowledge.evaluation.metrics import Outcome
from knowledge.evaluation.rooms import Message, Room
from knowledge.ranking import Judgement, Ranker

Decided = tuple[str, Judgement, Decision]


@dataclass(frozen=True, slots=True)
class Judge:
    """A room's base and policy, and the ranker that has not seen the room."""

    room: Room
    base: KnowledgeBase
    ranker: Ranker
    bars: Bars

    @classmethod
    def of(
        cls,
        room: Room,
        ranker: Ranker,
        embedder: Embedder,
        *,
        budget: float,
        precision: float | None = None,
    ) -> "Judge":
        bars = Bars.of(ranker, wrong_reply_budget=budget, precision=precision)
        return cls(room, KnowledgeBase(embedder, room.entries), ranker, bars)

    def with_entries(self, entries: Sequence[Entry]) -> "Judge":
        """The same with other entries in the base."""
        return replace(self, base=KnowledgeBase(self.base.embedder, entries))

    def decide(self, texts: Sequence[str]) -> list[Decided]:
        """As `assistant decide` does."""
        return list(decide_texts(texts, base=self.base, ranker=self.ranker, bars=self.bars))

    def outcomes(self) -> list[Outcome]:
        """Of the room's own messages. Raises SeenRoom where the ranker was fitted on it."""
        self.room.refuse_seen(self.ranker.calibration)
        decided = self.decide([message.text for message in self.room.messages])
        return [
            outcome(message, decision)
            for message, (_, _, decision) in zip(self.room.messages, decided, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class System:
    """What became of the messages of each room, and how long one question took."""

    name: str
    outcomes: Sequence[Sequence[Outcome]]
    microseconds: float
    is_ranked: bool = False  # by all the evidence; False: by one number


def outcome(message: Message, decision: Decision) -> Outcome:
    return Outcome(
        expect=message.expect,
        entry=message.entry,
        ranked=tuple(entry for entry, _ in decision.candidates),
        probability=decision.probability,
        action=decision.action.value,
        kind=message.kind,
    )


def judges(
    rooms: Sequence[Room],
    embedder: Embedder,
    *,
    budget: float,
    precision: float | None = None,
    unrelated: Sequence[str] = (),
) -> list[Judge]:
    """One a room, calibrated on the others, and on `unrelated` lines as if they were said there."""
    unfitted = Ranker(unfitted_calibration())
    observed = [room.lessons(unfitted, embedder, unrelated) for room in rooms]
    calibrations = leave_one_out(observed, names=[room.fingerprint for room in rooms])
    return [
        Judge.of(room, Ranker(calibration), embedder, budget=budget, precision=precision)
        for room, calibration in zip(rooms, calibrations, strict=True)
    ]


def refitted_judges(
    rooms: Sequence[Room],
    embedder: Embedder,
    *,
    prior: Calibration,
    budget: float,
    precision: float | None = None,
) -> list[Judge]:
    """One a part of a team's reviewed log: by the prior, refitted on the other parts."""
    unfitted = Ranker(unfitted_calibration())
    observed = [room.observe(unfitted, embedder) for room in rooms]
    names = [room.fingerprint for room in rooms]
    found = []
    for place, room in enumerate(rooms):
        others = [one for one in range(len(rooms)) if one != place]
        reviewed = [observed[one] for one in others]
        calibration = refit(prior, reviewed, names=[names[one] for one in others], budget=budget)
        found.append(Judge.of(room, Ranker(calibration), embedder, budget=budget, precision=precision))
    return found


@dataclass(slots=True)
class Remembering:
    """An embedder that reads each text once: rooms are observed several times, and some models are slow."""

    inner: Embedder
    _known: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def dimension(self) -> int:
        return self.inner.dimension

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(fresh, self.inner.embed(fresh), strict=True))
        rows = [self._known[text] for text in texts]
        return np.stack(rows) if rows else np.zeros((0, self.dimension), dtype=np.float32)
