"""What people said of the bot's decisions: labelled messages, kept beside the entries in the same file.

They are what a team's own calibration is fitted on; how they are gathered is for the caller.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from knowledge.database import DatabaseFile, transaction, worded
from knowledge.evaluation.metrics import Expectation

_ALL = "SELECT * FROM reviews ORDER BY broadcast_id, message_id"
_LATEST = "SELECT * FROM reviews WHERE message_id = ?"
_EARLIER = "SELECT * FROM earlier_reviews WHERE message_id = ? ORDER BY rowid DESC"


@dataclass(frozen=True, slots=True)
class Review:
    """What should have been done about a message; `entry` is the id of the one that answers, or None."""

    message_id: int
    broadcast_id: int
    text: str
    expect: Expectation
    entry: str | None
    reviewer: str
    reviewed_at: float = field(default=0.0, compare=False)  # when it was taken in

    def contradicts(self, other: "Review") -> bool:
        """Whether it asks for something else."""
        return (self.expect, self.entry) != (other.expect, other.entry)


class ReviewLog(DatabaseFile):
    """The reviews of a file. The latest of a message counts; earlier ones are kept."""

    def add(self, reviews: Iterable[Review]) -> list[Review]:
        """All of them or none. Returns what they overrule: the latest reviews until now that ask for
        something else."""
        now, overruled = self._clock(), []
        with worded(self._path), transaction(self._database):
            for review in reviews:
                earlier = self._latest(review.message_id)
                if earlier is not None and earlier != review:
                    self._database.table("earlier_reviews").insert(asdict(earlier))
                    overruled += [earlier] if review.contradicts(earlier) else []
                row = asdict(review) | {"reviewed_at": now}
                self._database.table("reviews").upsert(row, pk="message_id")
        return overruled

    def all(self) -> list[Review]:
        """The latest of each message, by broadcast, in the order heard."""
        return self._read(_ALL, [])

    def of(self, message_id: int) -> list[Review]:
        """All of one message, the latest, which counts, first."""
        return self._read(_LATEST, [message_id]) + self._read(_EARLIER, [message_id])

    def _latest(self, message_id: int) -> Review | None:
        return next(iter(self._read(_LATEST, [message_id])), None)

    def _read(self, query: str, args: list[int]) -> list[Review]:
        with worded(self._path):
            return [
                Review(**{name: row[name] for name in Review.__slots__})
                for row in self._database.query(query, args)
            ]
