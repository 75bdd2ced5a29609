"""Figures with their targets, and the machine that they are of, as a table for people or as JSON."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `target` is what it should be, empty where there is none; None could not be measured."""

    name: str
    value: float | None
    unit: str
    target: str = ""
    digits: int = 0

    @property
    def shown(self) -> str:
        return "not measured" if self.value is None else f"{self.value:,.{self.digits}f} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Machine:
    """`load`: how many programs wanted a core in the last minute, None where the system does not say."""

    processor: str
    cores: int
    system: str
    python: str
    load: float | None

    @classmethod
    def this(cls) -> "Machine":
        return cls(
            processor=_processor(),
            cores=os.cpu_count() or 1,
            system=f"{platform.system()} {platform.release()}",
            python=platform.python_version(),
            load=round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        )

    def __str__(self) -> str:
        busy = "" if self.load is None else f", load {self.load:.1f}"
        return f"{self.processor}, {self.cores} cores, {self.system}, Python {self.python}{busy}"


def table(title: str, figures: Sequence[Figure]) -> Table:
    shown = Table(title=title, title_justify="left", min_width=90)
    shown.add_column("what", ratio=1)
    shown.add_column("measured", justify="right", no_wrap=True)
    shown.add_column("target", no_wrap=True)
    for figure in figures:
        shown.add_row(figure.name, figure.shown, figure.target)
    return shown


def as_json(machine: Machine, figures: Mapping[str, Sequence[Figure]]) -> dict[str, Any]:
    measured = {name: [asdict(figure) for figure in found] for name, found in figures.items()}
    return {"machine": asdict(machine), "figures": measured}


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0..1) of the values do not exceed. Raises ValueError for no values."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _processor() -> str:
    """Its name from where Linux keeps it; the architecture elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
