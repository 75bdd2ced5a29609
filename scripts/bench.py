"""Measures the assistant on this machine and prints the figures beside their targets. It asserts nothing.

Each measure is a file of scripts/benchmarks, and makes the data that it needs. Other programs at work make
every figure worse: the load of the machine is printed with them.
"""

import os
from collections.abc import Callable, Iterable
from typing import Annotated

import typer
from benchmarks import decode, editing, flood, growth, latency, start
from benchmarks.figures import Figure, Machine, as_json, table
from rich.console import Console

Measure = Callable[[], Iterable[Figure]]


def measures(*, flood_seconds: int, sizes: list[int]) -> dict[str, tuple[str, Measure]]:
    """By name: what the table is called, and what fills it."""
    return {
        "decode": (decode.TITLE, decode.measure),
        "latency": (latency.TITLE, latency.measure),
        "flood": (flood.TITLE, lambda: flood.measure(flood_seconds)),
        "start": (start.TITLE, start.measure),
        "growth": (growth.TITLE, lambda: growth.measure(sizes)),
        "editing": (editing.TITLE, editing.measure),
    }


def main(
    only: Annotated[
        list[str] | None,
        typer.Option(help="decode, latency, flood, start, growth or editing; may be given several times."),
    ] = None,
    flood_seconds: Annotated[int, typer.Option(min=1, help="How long the flood lasts.")] = 60,
    size: Annotated[
        list[int] | None, typer.Option(min=1, help="Entries for growth; may be given several times.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Measure, and print each figure with its target. All of it takes some five minutes."""
    chosen = measures(flood_seconds=flood_seconds, sizes=size or list(growth.SIZES))
    unknown = set(only or ()) - chosen.keys()
    if unknown:
        raise typer.BadParameter(f"no measure is called {unknown.pop()}", param_hint="--only")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # for the processes to come, as `assistant` has it
    console, machine, figures = Console(stderr=json), Machine.this(), {}
    console.print(f"{machine}\n", highlight=False)
    for name in only or chosen:
        title, measure = chosen[name]
        with console.status(f"measuring: {name}"):
            figures[name] = list(measure())
        if not json:
            console.print(table(title, figures[name]), "")
    if json:
        Console().print_json(data=as_json(machine, figures))


if __name__ == "__main__":
    typer.run(main)
