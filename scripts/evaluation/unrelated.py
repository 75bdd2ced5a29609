"""Lines that have nothing to do with a base: how many of them would get a public reply all the same.

Files are JSON lines with some of the fields of FIELDS, or plain lines of text. What the shipped models were
trained on is listed in knowledge/model/README.md: lines from there tell less.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

from assistant.actions import Action
from assistant.printable import printable

from .judged import Judge
from .tables import Column, Table

FIELDS = ("text", "a", "b", "zh", "en", "question", "answer")
MOST_LINES = 3_000  # of a file, drawn by chance
WORST = 10

COLUMNS = (
    Column("lines", "lines", "{:,.0f}".format),
    Column("replies", "replies in 1,000", "{:.2f}".format),
    Column("worst_room_replies", "worst room", "{:.2f}".format),
    Column("handed_over", "handed over in 1,000", "{:.0f}".format),
)


@dataclass(frozen=True, slots=True)
class FalseReply:
    text: str
    room: str
    entry: str
    probability: float

    def __str__(self) -> str:
        return f"{self.probability:.0%} {self.room} {self.entry}: {printable(self.text, 60)}"


def read_lines(path: Path) -> list[str]:
    """The file's different texts, at most MOST_LINES of them."""
    texts = list(dict.fromkeys(text for line in _lines(path) for text in _texts(line)))
    if len(texts) <= MOST_LINES:
        return texts
    return Random(path.name).sample(texts, MOST_LINES)  # noqa: S311 - a draw, no secret


def unrelated_table(paths: Sequence[Path], judged: Sequence[Judge]) -> Table:
    """The figures by file and together; the note lists the surest of the false replies."""
    table = Table("unrelated", "Lines that have nothing to do with the base, mean over the rooms", COLUMNS)
    false_replies: list[FalseReply] = []
    counts = []
    for path in paths:
        texts = read_lines(path)
        replies, handed_over = [], []
        for judge in judged:
            decided = judge.decide(texts)
            voiced = [
                FalseReply(text, judge.room.name, decision.entry_id or "", decision.probability)
                for text, _, decision in decided
                if decision.action is Action.REPLY
            ]
            false_replies += voiced
            replies.append(len(voiced))
            handed_over.append(sum(decision.action is Action.ESCALATE for _, _, decision in decided))
        counts.append((len(texts), replies, handed_over))
        table.rows[f"{path.parent.name}/{path.name}"] = _row(len(texts), replies, handed_over)
    if len(paths) > 1:
        table.rows["all"] = _row(
            sum(lines for lines, _, _ in counts),
            [sum(room) for room in zip(*(replies for _, replies, _ in counts), strict=True)],
            [sum(room) for room in zip(*(handed for _, _, handed in counts), strict=True)],
        )
    worst = sorted(false_replies, key=lambda reply: -reply.probability)[:WORST]
    return replace(table, notes=[str(reply) for reply in worst])


def _row(lines: int, replies: Sequence[int], handed_over: Sequence[int]) -> dict[str, float]:
    thousands = max(lines, 1) / 1_000
    return {
        "lines": lines,
        "replies": fmean(replies) / thousands,
        "worst_room_replies": max(replies) / thousands,
        "handed_over": fmean(handed_over) / thousands,
    }


def _lines(path: Path) -> Iterable[str]:
    return (line for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def _texts(line: str) -> Iterator[str]:
    row: Any = None
    if line.lstrip().startswith("{"):
        with suppress(ValueError):
            row = json.loads(line)
    if not isinstance(row, dict):
        yield line.strip()
        return
    yield from (row[field] for field in FIELDS if isinstance(row.get(field), str) and row[field].strip())
