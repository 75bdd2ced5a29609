"""What a budget of wrong replies buys, and what another one would gain and lose: pure functions of outcomes.

The outcomes are of rooms that their calibration had not seen; how they came about is for the caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.evaluation.metrics import Outcome


@dataclass(frozen=True, slots=True)
class Point:
    """What became of messages at one budget; `wrong` is the share of the replies that are wrong."""

    budget: float
    right: int
    wrong_replies: int
    handed_over: int
    ignored: int

    @property
    def replies(self) -> int:
        return self.right + self.wrong_replies

    @property
    def wrong(self) -> float:
        return self.wrong_replies / self.replies if self.replies else 0.0


@dataclass(frozen=True, slots=True)
class Flip:
    """A message that is answered at one of two budgets only."""

    room: str
    text: str
    entry: str
    probability: float
    is_right: bool
    is_gained: bool


@dataclass(frozen=True, slots=True)
class Change:
    """From one budget to another; `flips` are the surest first."""

    before: float
    after: float
    flips: Sequence[Flip] = field(default_factory=list)

    def count(self, *, gained: bool, right: bool) -> int:
        return sum(flip.is_gained == gained and flip.is_right == right for flip in self.flips)


def point(budget: float, outcomes: Sequence[Outcome]) -> Point:
    replies = [outcome for outcome in outcomes if outcome.action == "reply"]
    right = sum(outcome.right for outcome in replies)
    return Point(
        budget=budget,
        right=right,
        wrong_replies=len(replies) - right,
        handed_over=sum(outcome.action == "escalate" for outcome in outcomes),
        ignored=sum(outcome.action == "ignore" for outcome in outcomes),
    )


def flips(room: str, texts: Sequence[str], before: Sequence[Outcome], after: Sequence[Outcome]) -> list[Flip]:
    """The messages of a room, in order, whose reply comes or goes; all three are in the room's order."""
    return [
        Flip(
            room=room,
            text=text,
            entry=now.ranked[0],
            probability=now.probability,
            is_right=now.right,
            is_gained=now.action == "reply",
        )
        for text, once, now in zip(texts, before, after, strict=True)
        if (once.action == "reply") != (now.action == "reply")
    ]


def change(before: float, after: float, flipped: Sequence[Flip]) -> Change:
    return Change(before, after, sorted(flipped, key=lambda flip: -flip.probability))
