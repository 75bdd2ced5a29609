"""Draws an engagement report for a terminal with rich. Nothing that a viewer or a host typed gets here."""

from collections.abc import Iterable, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from assistant.engagement.report import BroadcastReport
from assistant.engagement.scores import HOUR_SECONDS, Scores
from assistant.printable import printable

_UNDEFINED = "-"
_MINUTE_COLUMNS = ("min", "acts", "viewer h", "acts/viewer h", "asked", "answered", "median s", "cosine")


def render(report: BroadcastReport, *, entries: int = 10, by_minute: bool = True) -> RenderableType:
    """The broadcast's figures, the `entries` that answered most questions, and the figures of each minute.

    Parts that would be empty are left out.
    """
    broadcast = report.broadcast
    title = f"Broadcast {broadcast.id}, {broadcast.platform}:{broadcast.room}"
    tables = [_pairs(title, _figures(report))]
    if top := report.top_entries(entries):
        tables.append(_pairs("Questions answered by entry", ((entry, str(count)) for entry, count in top)))
    if by_minute and report.minutes:
        tables.append(_minutes(report.minutes))
    return Group(*tables)


def _figures(report: BroadcastReport) -> Iterable[tuple[str, str]]:
    interactions, answers = report.scores.interactions, report.scores.answers
    return (
        ("interactions", str(interactions.total)),
        ("  danmaku", str(interactions.danmaku)),
        ("  gifts", str(interactions.gifts)),
        ("  likes", str(interactions.likes)),
        ("  follows", str(interactions.follows)),
        ("  shares", str(interactions.shares)),
        ("  memberships", str(interactions.memberships)),
        ("watch time, viewer-hours", f"{report.scores.watch_seconds / HOUR_SECONDS:.2f}"),
        ("interactions per viewer-hour", _number(report.scores.interactions_per_viewer_hour, "{:.2f}")),
        ("questions", str(answers.questions)),
        ("answered", f"{answers.answered} ({_number(answers.share, '{:.0%}')})"),
        ("median time to answer, seconds", _number(answers.median_seconds, "{:.1f}")),
        ("mean relevance, cosine", _number(answers.mean_relevance, "{:.2f}")),
        ("replies", _by_name(report.replies)),
        ("escalations", _by_name(report.escalations)),
        ("  for", _by_name(report.desks)),
        ("ignored", _by_name(report.ignored)),
    )


def _pairs(title: str, rows: Iterable[tuple[str, str]]) -> Table:
    table = Table(title=Text(printable(title)), title_justify="left", show_header=False, min_width=30)
    table.add_column()
    table.add_column(justify="right")
    for name, value in rows:
        table.add_row(Text(printable(name)), Text(value))
    return table


def _minutes(minutes: Mapping[int, Scores]) -> Table:
    table = Table(title="By minute (acts: interactions)", title_justify="left")
    for name in _MINUTE_COLUMNS:
        table.add_column(name, justify="right")
    for minute, found in minutes.items():
        table.add_row(str(minute), *_minute(found))
    return table


def _minute(found: Scores) -> tuple[str, ...]:
    answers = found.answers
    return (
        str(found.interactions.total),
        f"{found.watch_seconds / HOUR_SECONDS:.2f}",
        _number(found.interactions_per_viewer_hour, "{:.2f}"),
        str(answers.questions),
        f"{answers.answered} ({_number(answers.share, '{:.0%}')})",
        _number(answers.median_seconds, "{:.1f}"),
        _number(answers.mean_relevance, "{:.2f}"),
    )


def _by_name(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or _UNDEFINED


def _number(value: float | None, form: str) -> str:
    return _UNDEFINED if value is None else form.format(value)
