"""Fits what the evidence weighs on labelled rooms, or moves it by what a team has reviewed, and reports.

All figures are of rooms, or parts of the reviewed log, that their calibration had not seen.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from editing import Config, Db, database_of, run
from embedding.texts import unrelated_lines
from evaluation.budgets import Budgets, HeldOut
from evaluation.files import require_place_of_calibration
from evaluation.reviewed import reviewed_rooms
from rich.console import Console

from assistant.errors import AssistantError
from knowledge.calibration import SHIPPED_CALIBRATION, Calibration, shipped_calibration, unfitted_calibration
from knowledge.embedder import Embedder, open_embedder
from knowledge.errors import KnowledgeError
from knowledge.evaluation.calibrate import (
    DEFAULT_BUDGET,
    fit_calibration,
    leave_one_out,
    refit,
)
from knowledge.evaluation.rooms import Room, read_rooms
from knowledge.evaluation.weights import PRIOR_MESSAGES
from knowledge.ranking import Ranker

_COLUMNS = 100


def main(
    rooms: Annotated[
        Path | None,
        typer.Argument(exists=True, file_okay=False, help="A folder of labelled rooms: fit on them alone."),
    ] = None,
    db: Db = None,
    faq: Annotated[
        Path | None,
        typer.Option(help="Of the database: the entries, where they are in a file."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where the calibration goes.")] = None,
    model: Annotated[str, typer.Option(help="An embedding model; empty for the shipped.")] = "",
    budget: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="The share of replies that may be wrong.")
    ] = DEFAULT_BUDGET,
    to: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Another budget: what it would gain and lose.")
    ] = None,
    config: Config = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report, and write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    if rooms is not None and db is not None:
        raise typer.BadParameter("either a folder of labelled rooms, or --db with a reviewed log")
    if rooms is None and out is None and not dry_run:
        raise typer.BadParameter("a reviewed log needs --out: the shipped calibration stays as it is")
    target = out or SHIPPED_CALIBRATION
    with _said_in_a_line():
        db = db if rooms is not None else database_of(db, config)
        if not dry_run:
            require_place_of_calibration(target)  # before the long fit
        labelled = _labelled(rooms, db, faq)
        embedder = open_embedder(model)
    kept, held_out = _fit(labelled, embedder, from_shipped=db is not None, budget=budget)
    budgets = Budgets.of(held_out, kept, budget=budget, other=to)
    is_hopeless = budgets.is_hopeless(budget)
    if not dry_run and not is_hopeless:
        with _said_in_a_line():
            _save(kept, target)
    messages = sum(len(room.messages) for room in labelled)
    if as_json:
        written = None if dry_run or is_hopeless else str(target)
        print(json.dumps({"written": written, "messages": messages, **budgets.as_json()}, ensure_ascii=False))
        if is_hopeless:
            raise typer.Exit(1)
        return
    Console(width=_COLUMNS).print(budgets.render())
    if db is not None:
        print(f"{messages} messages were reviewed; the shipped calibration counts for {PRIOR_MESSAGES}.")
    bar = Ranker(kept).reply_threshold(budget)
    measured = budgets.measured(budget)
    written = "not written" if dry_run or is_hopeless else target
    print(
        f"{written}: a reply needs {bar:.3f} for a budget of {budget:g}; "
        f"measured on what was left out, wrong replies: {measured}"
    )
    if is_hopeless:
        print("NOT WRITTEN: no bar keeps this budget, most replies were wrong; mend the entries first")
        raise typer.Exit(1)


def _fit(
    rooms: Sequence[Room], embedder: Embedder, *, from_shipped: bool, budget: float
) -> tuple[Calibration, list[HeldOut]]:
    """A calibration of all the rooms, and each room beside one that has not seen it."""
    unfitted = Ranker(unfitted_calibration())
    names = [room.fingerprint for room in rooms]
    observed = [room.observe(unfitted, embedder) for room in rooms]
    if from_shipped:
        prior = shipped_calibration()
        kept = refit(prior, observed, names=names, budget=budget)
        unseen = [
            refit(prior, _without(observed, place), names=_without(names, place), budget=budget)
            for place in range(len(rooms))
        ]
    else:
        lines = unrelated_lines()
        lessons = [room.lessons(unfitted, embedder, lines) for room in rooms]
        kept = fit_calibration(lessons, names=names)
        unseen = list(leave_one_out(lessons, names=names)) if len(rooms) > 1 else []
    return kept, [HeldOut(*one) for one in zip(rooms, observed, unseen, strict=False)]


def _labelled(rooms: Path | None, db: Path | None, faq: Path | None) -> list[Room]:
    return read_rooms(rooms) if rooms is not None else reviewed_rooms(db or Path(), faq)


def _without(items: Sequence[Any], place: int) -> list[Any]:
    return [*items[:place], *items[place + 1 :]]


def _save(calibration: Calibration, path: Path) -> None:
    """Whole or not at all: a bot that starts meanwhile reads the one or the other."""
    part = path.with_name(f".{path.name}.part")
    try:
        calibration.save(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _said_in_a_line() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        wrong = f"{error.filename}: {error.strerror}"
    except (AssistantError, KnowledgeError, ValueError) as error:
        wrong = str(error)
    else:
        return
    print(wrong, file=sys.stderr)
    raise typer.Exit(1)


if __name__ == "__main__":
    run(main)
