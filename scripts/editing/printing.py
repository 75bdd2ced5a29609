"""What editors' scripts print: tables that fit the window, and JSON. No text in them can move the cursor."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.printable import printable
from knowledge.entries import Entry, Problem
from knowledge.versions import Change

_PIPED_COLUMNS: Final = 120
_MOST_CHANGES: Final = 50
_MOST_CELL: Final = 400
_STYLES: Final = {"added": "green", "changed": "yellow", "removed": "red", "withdrawn": "dim"}


def console(*, stderr: bool = False) -> Console:
    """As wide as the window; where there is none, wide enough to read."""
    stream = sys.stderr if stderr else sys.stdout
    found = Console(stderr=stderr, highlight=False)
    return found if stream.isatty() else Console(stderr=stderr, highlight=False, width=_PIPED_COLUMNS)


def is_watched() -> bool:
    """Whether somebody sees progress."""
    return sys.stderr.isatty()


@contextmanager
def working_at(what: str) -> Iterator[None]:
    """Says what takes long, while it does, to whoever looks on."""
    if not is_watched():
        yield
        return
    with console(stderr=True).status(Text(printable(what))):
        yield


def print_json(result: Any) -> None:
    """One line; characters that a terminal would obey are escaped, as are all but ASCII."""
    print(json.dumps(result, ensure_ascii=True, default=_written))


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return list(value)


def print_line(text: str, style: str = "") -> None:
    console().print(Text(printable(text, 2_000), style), soft_wrap=True)


def counted(count: int, noun: str) -> str:
    """`1 id`, `2 ids`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def warn(text: str) -> None:
    """A line beside the result, on stderr."""
    console(stderr=True).print(Text(printable(text, 2_000)), soft_wrap=True)


def problem_json(problem: Problem) -> dict[str, Any]:
    return {
        "row": problem.line,
        "column": problem.field,
        "value": problem.value,
        "problem": problem.message,
        "remedy": problem.remedy,
    }


def print_problems(problems: Sequence[Problem]) -> None:
    """All of them, one a row."""
    count = counted(len(problems), "problem")
    table = _table(f"{count} in {printable(problems[0].source)}" if problems else count)
    for heading in ("row", "column", "value", "what is wrong", "how to mend it"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "row" else "left")
    for problem in problems:
        line = "" if problem.line is None else str(problem.line)
        table.add_row(*map(cell, (line, problem.field, problem.value, problem.message, problem.remedy)))
    console().print(table)


def change_json(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "kind": change.kind,
        "before": change.before.model_dump(mode="json") if change.before else None,
        "after": change.after.model_dump(mode="json") if change.after else None,
        "author": change.author,
        "at": change.at,
    }


def print_changes(changes: Sequence[Change], *, most: int = _MOST_CHANGES) -> None:
    """Field by field, as it was and as it is; what is beyond `most` entries is counted."""
    table = _table("")
    for heading in ("entry", "what", "field", "before", "after"):
        table.add_column(heading, overflow="fold")
    for change in changes[:most]:
        style = _STYLES[change.kind]
        for number, (field, before, after) in enumerate(differences(change)):
            id, kind = ("", "") if number else (change.id, change.kind)
            table.add_row(cell(id), Text(kind, style), cell(field), cell(before), cell(after))
        table.add_section()
    if changes:
        console().print(table)
    if len(changes) > most:
        print_line(f"and {len(changes) - most:,} more")


def differences(change: Change) -> Iterator[tuple[str, str, str]]:
    """(field, before, after) of each that differs; of what is new or gone its question and answer alone."""
    before, after = change.before, change.after
    if before is None or after is None:
        for name in ("question", "answer"):
            yield name, said(before, name), said(after, name)
        return
    for name in Entry.model_fields:
        if getattr(before, name) != getattr(after, name):
            yield name, said(before, name), said(after, name)


def said(entry: Entry | None, name: str) -> str:
    """The field as one text; empty where there is no entry."""
    value = None if entry is None else getattr(entry, name)
    if isinstance(value, tuple):
        return " | ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def cell(text: str) -> Text:
    """A text for a table, whoever wrote it."""
    return Text(printable(text, _MOST_CELL))


def rows_table(title: str, headings: Iterable[str], rows: Iterable[Sequence[str]]) -> Table:
    """A plain one of texts."""
    table = _table(title)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(cell, row))
    return table


def _table(title: str) -> Table:
    return Table(title=Text(title) if title else None, title_justify="left", title_style="bold")
