"""Prints how well labelled rooms are understood, each by a calibration new to it, beside simpler ways.

Without ROOMS it is the broadcasts that a team reviewed in its own database: the shipped calibration, refitted
on the other broadcasts. Each measure is a file of scripts/evaluation; figures of whole models are those of
the assistant's own policy.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from editing import Config, Db, database_of, run, said_in_a_line
from embedding import texts
from evaluation import pairs, systems, tables, unrelated
from evaluation.reviewed import reviewed_rooms
from rich.console import Console

from assistant.errors import AssistantError
from knowledge.embedder import Embedder, open_embedder
from knowledge.errors import ModelUnavailable
from knowledge.evaluation.calibrate import DEFAULT_BUDGET
from knowledge.evaluation.rooms import Room, read_rooms


def main(
    directory: Annotated[
        Path | None,
        typer.Argument(metavar="ROOMS", exists=True, file_okay=False, help="Two or more labelled rooms."),
    ] = None,
    db: Db = None,
    faq: Annotated[
        Path | None, typer.Option(help="Of the database: the entries, where they are in a file.")
    ] = None,
    config: Config = None,
    model: Annotated[
        list[str] | None, typer.Option(help="Another embedding model, by name or folder; repeatable.")
    ] = None,
    budget: Annotated[float, typer.Option(help="The share of replies that may be wrong.")] = DEFAULT_BUDGET,
    precision: Annotated[
        float | None, typer.Option(help="The share of the assistant's replies that must be right.")
    ] = None,
    kinds: Annotated[bool, typer.Option("--kinds", help="Show each kind of message.")] = False,
    clusters: Annotated[bool, typer.Option(help="Measure how equal questions are brought together.")] = True,
    baselines: Annotated[bool, typer.Option(help="Measure plain similarities too.")] = True,
    unrelated_lines: Annotated[
        list[Path] | None,
        typer.Option(
            "--unrelated",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Lines no base is about; repeatable.",
        ),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Tables for the README.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    if directory is None:
        print_as(reviewed_tables(db, config, faq, model or [""], budget, precision), markdown, as_json)
        return
    if db is not None or faq is not None:
        raise typer.BadParameter("either labelled ROOMS, or --db with a reviewed log")
    rooms = rooms_in(directory)
    others = [opened(name) for name in model or ()]
    policy = {"budget": budget, "precision": precision, "unrelated": texts.unrelated_lines()}
    shipped, judges = systems.with_model(rooms, open_embedder(), **policy)
    compared = [shipped, systems.cosine_alone(rooms, open_embedder(), budget=budget)]
    compared += systems.baselines(rooms, budget=budget) if baselines else ()
    for embedder in others:
        compared.append(systems.with_model(rooms, embedder, **policy)[0])
        compared.append(systems.cosine_alone(rooms, embedder, budget=budget))
    shown = tables.all_tables(rooms, compared, kinds=kinds)
    if clusters:
        shown.append(pairs.pairs_table(judges))
    if unrelated_lines:
        shown.append(unrelated.unrelated_table(unrelated_lines, judges))
    print_as(shown, markdown, as_json)


def reviewed_tables(
    db: Path | None,
    config: Path | None,
    faq: Path | None,
    models: Sequence[str],
    budget: float,
    precision: float | None,
) -> list[tables.Table]:
    """Of each model. Simpler ways have no prior, so that little could be said of them."""
    with said_in_a_line():
        try:
            rooms = reviewed_rooms(database_of(db, config), faq)
        except ValueError as error:
            raise AssistantError(str(error)) from None
    compared = [systems.refitted(rooms, opened(name), budget=budget, precision=precision) for name in models]
    return tables.all_tables(rooms, compared, kinds=False)


def rooms_in(directory: Path) -> list[Room]:
    try:
        rooms = read_rooms(directory)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if len(rooms) < 2:
        raise typer.BadParameter("one room cannot be judged by the others")
    return rooms


def opened(model: str) -> Embedder:
    try:
        return open_embedder(model)
    except ModelUnavailable as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None


def print_as(shown: Sequence[tables.Table], markdown: bool, as_json: bool) -> None:
    if as_json:
        print(json.dumps(tables.as_json(shown), indent=2))
    elif markdown:
        print(tables.markdown(shown))
    else:
        tables.print_tables(Console(width=tables.TERMINAL_COLUMNS), shown)


if __name__ == "__main__":
    run(main)
