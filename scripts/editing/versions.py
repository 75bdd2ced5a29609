"""Published versions in words: what they changed, what others did meanwhile, and who says yes to one."""

import shlex
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from editing.options import command
from editing.printing import change_json, warn
from knowledge.entries import Entry
from knowledge.errors import DraftMoved, VersionUnknown
from knowledge.revisions import Change, Revisions, Version

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, do it.")]
Note = Annotated[str, typer.Option("--note", help="Why, for the history.", show_default=False)]


def version_of(revisions: Revisions, number: int) -> Version:
    """Raises VersionUnknown."""
    for version in revisions.history(limit=-1):
        if version.number == number:
            return version
    raise VersionUnknown(f"there is no version {number}; scripts/history_faqs.py lists them")


def counts(counted: Version) -> str:
    """`1 added, 2 changed, 0 removed`."""
    said = f"{counted.added:,} added, {counted.changed:,} changed, {counted.removed:,} removed"
    return f"{said}, {counted.moved:,} moved" if counted.moved else said


def moment(seconds: float) -> str:
    """In local time."""
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S")
    return "?"


def changes_between(before: Iterable[Entry], after: Iterable[Entry], *, author: str) -> tuple[Change, ...]:
    """What turns the ones into the others, in the order of what will be, the removed ones last."""
    old, new = ({entry.id: entry for entry in entries} for entries in (before, after))
    return tuple(
        Change(id, old.get(id), new.get(id), author, time.time())
        for id in dict.fromkeys([*new, *old])
        if old.get(id) != new.get(id)
    )


def agreed(question: str, *, yes: bool) -> bool:
    """Asks whoever sits there, on stderr; where nobody does, only --yes says yes."""
    if yes:
        return True
    if not sys.stdin.isatty():
        warn("nobody is here to be asked: say --yes")
        return False
    return typer.confirm(question, err=True)


def moved_json(moved: DraftMoved) -> dict[str, Any]:
    return {
        "error": str(moved),
        "changes": [change_json(change) for change in moved.changes],
        "versions": [asdict(version) for version in moved.versions],
    }


def tell_moved(moved: DraftMoved) -> None:
    """Who did what meanwhile, on stderr; nothing was written, nothing is lost."""
    warn(str(moved))
    for version in moved.versions:
        said = f": {version.note}" if version.note else ""
        warn(f"  version {version.number} by {version.author}, {moment(version.published_at)}{said}")
    for change in moved.changes:
        entry = change.after or change.before
        question = entry.question if entry else ""
        warn(f"  {change.id} was {change.kind} by {change.author}, {moment(change.at)}: {question}")
    warn("nothing was published, and no edit is lost; look at the draft and publish again")
    if moved.changes:
        edit = f"{command('edit_faq.py')} {shlex.quote(moved.changes[0].id)}"
        warn(f"  to let the draft's edit hold: {edit} --keep; to take it back: {edit} --discard")
