"""A team's reviewed log as labelled rooms: a broadcast each, with the entries that its database has now."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from assistant.faq import load_entries
from knowledge import Entry
from knowledge.evaluation.calibrate import MOST_FOLDS
from knowledge.evaluation.rooms import Message, Room
from knowledge.reviews import Review, ReviewLog

from .files import require_database, require_file


def reviewed_rooms(database: Path, faq: Path | None) -> list[Room]:
    """The entries are the file's where one is named. Raises AssistantError, KnowledgeError, OSError, and
    ValueError without any."""
    require_database(database)
    if faq is not None:
        require_file(faq)
    with ReviewLog(database) as log:
        reviews = log.all()
    if not reviews:
        raise ValueError(f"{database}: no message was reviewed yet; scripts/review_log.py takes reviews")
    entries = load_entries(faq=faq, database=database)
    if not entries:
        raise ValueError(f"{database}: holds no entries; name the FAQ file with --faq")
    return rooms_of(reviews, entries)


def rooms_of(reviews: Sequence[Review], entries: Sequence[Entry]) -> list[Room]:
    """A room a broadcast; a lone broadcast is cut into parts, so that each can be judged by the others.

    No text of a lone broadcast is in two parts, and broadcasts of the very same reviews are one room: what is
    judged must not have been fitted on.
    """
    broadcasts = [
        (f"broadcast {id}", list(group)) for id, group in groupby(reviews, attrgetter("broadcast_id"))
    ]
    if len(broadcasts) == 1:
        ((name, group),) = broadcasts
        texts = {text: place for place, text in enumerate(dict.fromkeys(one.text for one in group))}
        count = min(MOST_FOLDS, len(texts))
        broadcasts = [
            (f"{name}, part {part + 1}", [one for one in group if texts[one.text] % count == part])
            for part in range(count)
        ]
    return [
        Room(name, tuple(entries), tuple(Message(one.text, one.expect, one.entry, "") for one in group))
        for name, group in _distinct(broadcasts)
    ]


def _distinct(broadcasts: Sequence[tuple[str, list[Review]]]) -> list[tuple[str, list[Review]]]:
    alike: dict[tuple[tuple[str, str, str | None], ...], tuple[str, list[Review]]] = {}
    for name, group in broadcasts:
        content = tuple((one.text, one.expect, one.entry) for one in group)
        _, gathered = alike.setdefault(content, (name, []))
        gathered += group
    return list(alike.values())
