"""What people said of the bot's decisions: labelled messages, kept beside the entries in the same file.

They are what a team's own calibration is fitted on; how they are gathered is for the caller.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from knowledge.database import DatabaseFile, transaction, worded
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


class ReviewLog(DatabaseFile):
    """The reviews of a file; a message has one, the latest."""

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
