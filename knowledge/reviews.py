"""What people said of the bot's decisions: labelled messages, kept beside the entries in the same file.

They are what a team's own calibration is fitted on; how they are gathered is for the caller.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from knowledge.database import open_database, transaction, worded
from knowledge.evaluation.metrics import Expectation

_ALL = "SELECT * FROM reviews ORDER BY broadcast_id, message_id"


@dataclass(frozen=True, slots=True)
class Review:
    """What should have been done about a message; `entry` is the id of the one that answers, or None."""

    message_id: int
    broadcast_id: int
    text: str
    expect: Expectation
    entry: str | None
    reviewer: str


class ReviewLog:
    """The reviews in the file at `path`; a message has one, the latest.

    As an EntryStore it may be open in any number of programs while the assistant runs, and belongs to the
    thread that made it; what `add` has returned for is on the disk. Raises KnowledgeStoreError.
    """

    def __init__(self, path: Path | str, *, clock: Callable[[], float] = time.time) -> None:
        self._path = Path(path)
        self._clock = clock
        self._database = open_database(self._path, now=clock())

    def add(self, reviews: Iterable[Review]) -> None:
        """All of them or none."""
        now = self._clock()
        rows = [asdict(review) | {"reviewed_at": now} for review in reviews]
        with worded(self._path), transaction(self._database):
            self._database.table("reviews").upsert_all(rows, pk="message_id")

    def all(self) -> list[Review]:
        """By broadcast, in the order heard."""
        with worded(self._path):
            return [
                Review(**{name: row[name] for name in Review.__slots__}) for row in self._database.query(_ALL)
            ]

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
