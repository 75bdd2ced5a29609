"""What budgets of wrong replies buy in rooms that their calibrations had not seen, as tables and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from assistant.printable import printable
from knowledge.calibration import Calibration
from knowledge.evaluation.report import Change, Point, change, flips, point
from knowledge.evaluation.rooms import Room
from knowledge.evaluation.weights import Example
from knowledge.ranking import Ranker

_CAPTION = (
    "The least probability is that of the calibration that is saved, fitted on all. The rest was measured "
    "on what was left out, by calibrations of the others: there wrong replies may exceed their budget."
)
CURVE = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A room, and a calibration that has not seen it."""

    room: Room
    examples: Sequence[Example]
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class Budgets:
    """`bars` are those of the calibration that is kept, by budget; all else is measured on held-out rooms."""

    points: Sequence[Point]
    bars: Sequence[float]
    change: Change | None

    @classmethod
    def of(
        cls, held_out: Sequence[HeldOut], kept: Calibration, *, budget: float, other: float | None
    ) -> "Budgets":
        ranker = Ranker(kept)
        budgets = sorted({*CURVE, budget, *([] if other is None else [other])})
        return cls(
            points=[_point(held_out, at) for at in budgets],
            bars=[ranker.reply_threshold(at) for at in budgets],
            change=None if other is None else _change(held_out, budget, other),
        )

    def as_json(self) -> dict[str, Any]:
        curve = [
            {"bar": bar, **asdict(one), "wrong": one.wrong}
            for bar, one in zip(self.bars, self.points, strict=True)
        ]
        return {"curve": curve, "change": None if self.change is None else asdict(self.change)}

    def measured(self, budget: float) -> str:
        """The share of wrong replies at one of the budgets, in percent; a dash where there were none."""
        return next(_share(one) for one in self.points if one.budget == budget)

    def is_hopeless(self, budget: float) -> bool:
        """Whether most replies at this budget were wrong on what was left out."""
        return any(one.budget == budget and one.replies and one.wrong > _HOPELESS for one in self.points)

    def render(self) -> RenderableType:
        parts: list[RenderableType] = [self._curve()]
        if self.change is not None:
            parts += [_summary(self.change), _flips(self.change)]
        return Group(*parts)

    def _curve(self) -> Table:
        table = Table(
            title="Each budget, in messages of rooms that were left out",
            title_justify="left",
            caption=_CAPTION,
            caption_justify="left",
            box=box.SIMPLE_HEAD,
        )
        for head in ("budget", "measured", "least probability", "right replies", "wrong replies"):
            table.add_column(head, justify="right")
        for head in ("handed over", "ignored"):
            table.add_column(head, justify="right")
        for bar, one in zip(self.bars, self.points, strict=True):
            measured = Text(_share(one), "bold red" if one.wrong > one.budget else "")
            counts = (one.right, one.wrong_replies, one.handed_over, one.ignored)
            table.add_row(f"{one.budget:.1%}", measured, f"{bar:.3f}", *map(str, counts))
        return table


_HOPELESS = 0.5


def _share(measured: Point) -> str:
    return f"{measured.wrong:.1%}" if measured.replies else "-"


def _point(held_out: Sequence[HeldOut], budget: float) -> Point:
    return point(
        budget,
        [one for held in held_out for one in held.room.outcomes(held.examples, held.calibration, budget)],
    )


def _change(held_out: Sequence[HeldOut], before: float, after: float) -> Change:
    flipped = [
        flip
        for held in held_out
        for flip in flips(
            held.room.name,
            [message.text for message in held.room.messages],
            held.room.outcomes(held.examples, held.calibration, before),
            held.room.outcomes(held.examples, held.calibration, after),
        )
    ]
    return change(before, after, flipped)


def _summary(seen: Change) -> Text:
    gained, lost = (
        f"{seen.count(gained=gained, right=True)} right and {seen.count(gained=gained, right=False)} wrong"
        for gained in (True, False)
    )
    return Text(
        f"From {seen.before:g} to {seen.after:g} would gain {gained} replies, and lose {lost} ones.\n"
    )


def _flips(seen: Change) -> Table:
    table = Table(title="The messages that flip, the surest first", title_justify="left", box=box.SIMPLE_HEAD)
    for head in ("", "is it right", "probability", "room", "message", "entry"):
        table.add_column(head, justify="right" if head == "probability" else "left", overflow="fold")
    for flip in seen.flips[:MOST_SHOWN]:
        table.add_row(
            "gained" if flip.is_gained else "lost", "right" if flip.is_right else Text("wrong", "bold red"),
            f"{flip.probability:.3f}", Text(printable(flip.room)), Text(printable(flip.text, 60)),
            Text(printable(flip.entry)),
        )  # fmt: skip
    if len(seen.flips) > MOST_SHOWN:
        table.caption = f"and {len(seen.flips) - MOST_SHOWN} more; --json has them all"
    return table
