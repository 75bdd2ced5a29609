"""Labelled rooms: a base, what viewers typed with what ought to be done, and how they are judged.

A room is a folder with kb.jsonl (entries) and messages.jsonl (objects with text, expect, faq and kind).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from knowledge.base import KnowledgeBase
from knowledge.calibration import Calibration
from knowledge.embedder import Embedder
from knowledge.entries import Entry
from knowledge.evaluation.calibrate import DEFAULT_BUDGET
from knowledge.evaluation.metrics import Action, Expectation, Outcome
from knowledge.evaluation.weights import Example
from knowledge.ranking import Judgement, Ranker, reply_bar

THINNED_SIZES = (3, 8, 20)


class SeenRoom(ValueError):
    """A room is to be judged by a calibration that was fitted on it."""


@dataclass(frozen=True, slots=True)
class Message:
    """`entry` is the id of the entry that answers, None where none does."""

    text: str
    expect: Expectation
    entry: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Room:
    name: str
    entries: tuple[Entry, ...]
    messages: tuple[Message, ...]

    @property
    def fingerprint(self) -> str:
        """`name:digest`, as a calibration that was fitted on it remembers it."""
        entries = [(entry.id, entry.content_hash) for entry in self.entries]
        messages = [(said.text, said.expect, said.entry, said.kind) for said in self.messages]
        content = repr((entries, messages))
        return f"{self.name}:{hashlib.blake2b(content.encode(errors='replace'), digest_size=4).hexdigest()}"

    def refuse_seen(self, calibration: Calibration) -> None:
        """Raises SeenRoom when the calibration was fitted on a room of this name or this content."""
        name, _, digest = self.fingerprint.rpartition(":")
        for seen in calibration.fitted_on:
            seen_name, _, seen_digest = seen.rpartition(":")
            if name == seen_name or digest == seen_digest:
                raise SeenRoom(f"{self.name}: the calibration was fitted on {seen}; leave that room out")

    def observe(self, ranker: Ranker, embedder: Embedder) -> list[Example]:
        """The messages with their candidates, before anything is weighed."""
        return self._observe(self.entries, ranker, embedder)

    def lessons(self, ranker: Ranker, embedder: Embedder, unrelated: Sequence[str] = ()) -> list[Example]:
        """What a calibration learns of the room: its messages, and what must not be trusted in it.

        `unrelated` are lines that have nothing to do with it: no entry answers them, however near it seems.
        """
        observations = ranker.observe(unrelated, KnowledgeBase(embedder, self.entries))
        return [
            *self.observe(ranker, embedder),
            *self._observe_thinned(ranker, embedder),
            *(Example(one, asks=False, entry=None, thinned=True) for one in observations),
        ]

    def _observe_thinned(self, ranker: Ranker, embedder: Embedder) -> list[Example]:
        """The messages as they meet bases with a part of the entries."""
        random = Random(self.name)  # noqa: S311 - it draws entries, not secrets
        sizes = [size for size in THINNED_SIZES if size < len(self.entries)]
        return [
            example
            for size in sizes
            for example in self._observe(random.sample(self.entries, size), ranker, embedder)
        ]

    def _observe(self, entries: Sequence[Entry], ranker: Ranker, embedder: Embedder) -> list[Example]:
        base = KnowledgeBase(embedder, entries)
        observations = ranker.observe([message.text for message in self.messages], base)
        thinned = len(entries) < len(self.entries)
        return [
            Example(
                observation,
                asks=message.expect != "ignore",
                entry=message.entry if message.entry in base.entries else None,
                thinned=thinned,
            )
            for observation, message in zip(observations, self.messages, strict=True)
        ]

    def outcomes(
        self, examples: Sequence[Example], calibration: Calibration, budget: float = DEFAULT_BUDGET
    ) -> list[Outcome]:
        """What becomes of the messages under a calibration and a budget of wrong replies. Raises SeenRoom."""
        self.refuse_seen(calibration)
        ranker = Ranker(calibration)
        judged = [ranker.weigh(example.observation) for example in examples]
        return [
            Outcome(
                expect=message.expect,
                entry=message.entry,
                ranked=tuple(match.entry.id for match in judgement.matches),
                probability=judgement.probability,
                action=decide(judgement, ranker, budget),
                kind=message.kind,
            )
            for message, judgement in zip(self.messages, judged, strict=True)
        ]


def decide(judgement: Judgement, ranker: Ranker, budget: float) -> Action:
    """The plainest policy: chatter is ignored, what is sure enough answered, the rest handed over."""
    if judgement.question_likeness < ranker.question_threshold:
        return "ignore"
    if not judgement.matches:
        return "escalate"
    first = judgement.matches[0].entry
    bar = reply_bar(first, team=ranker.team_bar(budget), learned=ranker.entry_thresholds)
    return "reply" if judgement.probability >= bar else "escalate"


def read_rooms(directory: Path) -> list[Room]:
    """The rooms in a folder of rooms, by name. Raises ValueError where there is none."""
    rooms = [_read_room(path.parent) for path in sorted(directory.glob("*/messages.jsonl"))]
    if not rooms:
        raise ValueError(f"{directory}: no labelled room in it")
    return rooms


def _read_room(directory: Path) -> Room:
    entries = tuple(Entry.model_validate_json(line) for line in _lines(directory / "kb.jsonl"))
    messages = tuple(
        Message(row["text"], row["expect"], row["faq"], row["kind"])
        for row in map(json.loads, _lines(directory / "messages.jsonl"))
    )
    return Room(directory.name, entries, messages)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
