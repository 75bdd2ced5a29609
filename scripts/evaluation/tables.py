"""Figures as tables: for a terminal of 100 columns, for the README, and as JSON."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table as RichTable

from knowledge.evaluation import metrics
from knowledge.evaluation.metrics import Outcome
from knowledge.evaluation.rooms import Room

from .judged import System

TERMINAL_COLUMNS = 100
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Column:
    """`key` names it in JSON. `show` words a value; shares are shown in percent, without the sign."""

    key: str
    head: str
    show: Callable[[float], str] = lambda share: f"{share * 100:.1f}"


Row = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by name; a row that lacks a column leaves it blank. `notes` stand below, a line each."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: dict[str, Row] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def texts(self, name: str) -> list[str]:
        row = self.rows[name]
        return [column.show(row[column.key]) if column.key in row else "" for column in self.columns]


MEASURES: Mapping[str, tuple[str, Callable[[Sequence[Outcome]], float]]] = {
    "hit_at_1": ("hit@1", lambda room: metrics.hit_at(room, 1)),
    "hit_at_3": ("hit@3", lambda room: metrics.hit_at(room, 3)),
    "coverage_at_0.8": ("cover .8", lambda room: metrics.coverage_at_precision(room, 0.8)),
    "coverage_at_0.9": ("cover .9", lambda room: metrics.coverage_at_precision(room, 0.9)),
    "coverage_at_0.95": ("cover .95", lambda room: metrics.coverage_at_precision(room, 0.95)),
    "false_voice": ("false voice", metrics.false_voice),
    "missed": ("missed", metrics.missed),
    "replied_rightly": ("right replies", metrics.replied_rightly),
    "wrong_replies": ("wrong replies", metrics.wrong_replies),
    "calibration_error": ("calib. error", metrics.expected_calibration_error),
}
MICROSECONDS = Column("microseconds", "µs", "{:,.0f}".format)
MEASURED = tuple(Column(key, head) for key, (head, _) in MEASURES.items())


def figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    return {key: measure(outcomes) for key, (_, measure) in MEASURES.items()}


def mean_figures(rooms: Sequence[Sequence[Outcome]]) -> dict[str, float]:
    measured = [figures(room) for room in rooms]
    return {key: fmean(room[key] for room in measured) for key in MEASURES}


def all_tables(rooms: Sequence[Room], systems: Sequence[System], *, kinds: bool) -> list[Table]:
    """Each room for those that rank, the means of all, those of the English rooms, and kinds of messages."""
    ranked = [system for system in systems if system.is_ranked]
    english = [place for place, room in enumerate(rooms) if _is_english(room)]
    tables = [rooms_table(rooms, system) for system in ranked]
    tables.append(means_table("mean", "Means over the rooms", range(len(rooms)), systems))
    if english and len(english) < len(rooms):
        names = ", ".join(rooms[place].name for place in english)
        tables.append(means_table("english", f"In English alone: {names}", english, systems))
    return [*tables, *(kinds_table(system) for system in ranked if kinds)]


def _is_english(room: Room) -> bool:
    return not any(_HAN.search(entry.question) for entry in room.entries)


def rooms_table(rooms: Sequence[Room], system: System) -> Table:
    title = f"{system.name}: each room, judged by what the others taught (%)"
    table = Table(f"rooms: {system.name}", title, MEASURED)
    for room, outcomes in zip(rooms, system.outcomes, strict=True):
        table.rows[room.name] = figures(outcomes)
    return table


def means_table(key: str, title: str, places: Sequence[int], systems: Sequence[System]) -> Table:
    """The means over the rooms in these places."""
    table = Table(key, f"{title} (%; µs a question)", (*MEASURED, MICROSECONDS))
    for system in systems:
        mean = mean_figures([system.outcomes[place] for place in places])
        table.rows[system.name] = {**mean, MICROSECONDS.key: system.microseconds}
    return table


_ACTIONS = {"reply": "replied", "escalate": "handed over", "ignore": "ignored"}
KIND_COLUMNS = (
    Column("messages", "messages", "{:.0f}".format),
    Column("hit_at_1", "hit@1"),
    *(Column(action, head) for action, head in _ACTIONS.items()),
)


def kinds_table(system: System) -> Table:
    pooled = [outcome for room in system.outcomes for outcome in room]
    table = Table(f"kinds: {system.name}", f"{system.name}: kinds of message, all rooms (%)", KIND_COLUMNS)
    for kind in sorted({outcome.kind for outcome in pooled}):
        held = [outcome for outcome in pooled if outcome.kind == kind]
        shares = {action: fmean(one.action == action for one in held) for action in _ACTIONS}
        hits = {"hit_at_1": metrics.hit_at(held, 1)} if any(one.entry for one in held) else {}
        table.rows[kind] = {"messages": len(held), **hits, **shares}
    return table


def print_tables(console: Console, tables: Sequence[Table]) -> None:
    for table in tables:
        shown = RichTable(box=box.SIMPLE_HEAD, padding=0)
        shown.add_column("")
        for column in table.columns:
            shown.add_column(column.head.replace(" ", "\n"), justify="right", no_wrap=True)
        for name in table.rows:
            shown.add_row(name, *table.texts(name))
        console.print(table.title, highlight=False, markup=False)
        console.print(shown)
        for note in table.notes:
            console.print(note, highlight=False, markup=False)


def markdown(tables: Sequence[Table]) -> str:
    """For the README: the same figures, a table each."""
    return "\n\n".join(map(_markdown, tables))


def _markdown(table: Table) -> str:
    heads = ["", *(column.head for column in table.columns)]
    lines = [
        f"{table.title}:",
        "",
        _piped(heads),
        "|---|" + "---:|" * len(table.columns),
        *(_piped([name, *table.texts(name)]) for name in table.rows),
        *(["", *(f"- {note}" for note in table.notes)] if table.notes else []),
    ]
    return "\n".join(lines)


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def as_json(tables: Sequence[Table]) -> dict[str, Any]:
    """Shares are from 0 to 1 here."""
    return {
        table.key: {"title": table.title, "rows": dict(table.rows), "notes": list(table.notes)}
        for table in tables
    }
