"""Rules about when an entry is answered with, and what broadcasts showed of it."""

from collections.abc import Iterator
from datetime import datetime

from knowledge.entries import Entry
from knowledge.lint.findings import Circumstances, Finding, Rule, found
from knowledge.problems import shown

_HOUR_SECONDS = 3_600


def validity(entry: Entry, at: Circumstances) -> Iterator[Finding]:
    """Switched off, over, nearly over, or not begun; the first of them."""
    asked = f"“{shown(entry.question)}”"
    if not entry.enabled:
        yield found(Rule.DISABLED, entry.id, message=f"{asked} is switched off and never answered")
        return
    until, begins = entry.valid_until, entry.valid_from
    if until and entry.ends <= at.now:
        message = f"{asked} ended at {_said(until)} and is answered no more"
        yield found(Rule.EXPIRED, entry.id, message=message, valid_until=_said(until))
    elif begins and entry.begins > at.now:
        message = f"{asked} is not answered before {_said(begins)}"
        yield found(Rule.NOT_BEGUN, entry.id, message=message, valid_from=_said(begins))
    elif until and (left := entry.ends - at.now) <= at.limits.soon_seconds:
        message = f"{asked} ends at {_said(until)}, in {_left(left)}"
        yield found(Rule.ENDS_SOON, entry.id, message=message, valid_until=_said(until), seconds=left)


def never_matched(entry: Entry, at: Circumstances) -> Iterator[Finding]:
    """Only of what could have been: an entry that does not hold yet, or is off, has nothing to show."""
    used = at.used
    if used is None or used.broadcasts < max(1, at.limits.unused_broadcasts) or not entry.holds(at=at.now):
        return
    if not used.matched.get(entry.id):
        message = f"“{shown(entry.question)}” answered nobody in the last {used.broadcasts:,} broadcasts"
        yield found(Rule.NEVER_MATCHED, entry.id, message=message, broadcasts=used.broadcasts)


def wrong_answers(entry: Entry, at: Circumstances) -> Iterator[Finding]:
    wrong = at.used.wrong.get(entry.id, 0) if at.used else 0
    if not wrong or at.used is None:
        return
    replies = max(wrong, at.used.matched.get(entry.id, 0))
    yield found(
        Rule.WRONG_ANSWERS,
        entry.id,
        severity="error" if 2 * wrong > replies and wrong > 1 else "warning",
        message=f"“{shown(entry.question)}” was the wrong answer {wrong:,} of {replies:,} times",
        wrong=wrong,
        replies=replies,
    )


def _said(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="minutes")


def _left(seconds: float) -> str:
    hours = seconds / _HOUR_SECONDS
    return (
        f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours" if hours >= 2 else "an hour or two"
    )
