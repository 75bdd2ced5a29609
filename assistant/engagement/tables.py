"""Draws an engagement report for a terminal with rich. Nothing that a viewer or a host typed gets here."""

from collections.abc import Iterable, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from assistant.engagement.report import BroadcastReport

_UNDEFINED = "-"


def render(report: BroadcastReport, *, entries: int = 10) -> RenderableType:
    """The broadcast's figures, then the `entries` that answered most questions, if any did."""
    tables = [_table(f"Broadcast {report.broadcast.id}, {_address(report)}", _figures(report))]
    if top := report.top_entries(entries):
        tables.append(_table("Questions answered by entry", ((entry, str(count)) for entry, count in top)))
    return Group(*tables)


def _figures(report: BroadcastReport) -> Iterable[tuple[str, str]]:
    interactions, answers = report.interactions, report.answers
    return (
        ("interactions", str(interactions.total)),
        ("  danmaku", str(interactions.danmaku)),
        ("  gifts", str(interactions.gifts)),
        ("  likes", str(interactions.likes)),
        ("  follows", str(interactions.follows)),
        ("  shares", str(interactions.shares)),
        ("  memberships", str(interactions.memberships)),
        ("watch time, viewer-hours", f"{report.watch_seconds / 3600:.2f}"),
        ("interactions per viewer-hour", _number(report.interactions_per_viewer_hour, "{:.2f}")),
        ("questions", str(answers.questions)),
        ("answered", f"{answers.answered} ({_number(answers.share, '{:.0%}')})"),
        ("median time to answer, seconds", _number(answers.median_seconds, "{:.1f}")),
        ("mean relevance, cosine", _number(answers.mean_relevance, "{:.2f}")),
        ("replies", _by_name(report.replies)),
        ("escalations", _by_name(report.escalations)),
        ("ignored", _by_name(report.ignored)),
    )


def _table(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    table = Table(title=Text(_printable(title)), title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in rows:
        table.add_row(Text(_printable(name)), Text(value))
    return table


def _address(report: BroadcastReport) -> str:
    return f"{report.broadcast.platform}:{report.broadcast.room}"


def _by_name(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or _UNDEFINED


def _number(value: float | None, form: str) -> str:
    return _UNDEFINED if value is None else form.format(value)


def _printable(text: str) -> str:
    """Ids come from people's files: no escape sequence in one may reach the terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
