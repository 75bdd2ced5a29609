"""A team's reviewed log as labelled rooms: a broadcast each, with the entries that its database has now."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from knowledge import Entry
from knowledge.evaluation.calibrate import MOST_FOLDS
from knowledge.evaluation.rooms import Message, Room
from knowledge.reviews import Review, ReviewLog
from knowledge.store import EntryStore


def reviewed_rooms(database: Path) -> list[Room]:
    """Raises KnowledgeStoreError, and ValueError where nothing was reviewed."""
    with ReviewLog(database) as log, EntryStore(database) as store:
        reviews, entries = log.all(), store.load()
    if not reviews:
        raise ValueError(f"{database}: no message was reviewed yet; scripts/review_log.py takes reviews")
    return rooms_of(reviews, entries)


def rooms_of(reviews: Sequence[Review], entries: Sequence[Entry]) -> list[Room]:
    """A room a broadcast; a lone broadcast is cut into parts, so that each can be judged by the others."""
    broadcasts = [
        (f"broadcast {id}", list(group)) for id, group in groupby(reviews, attrgetter("broadcast_id"))
    ]
    if len(broadcasts) == 1:
        ((name, group),) = broadcasts
        count = min(MOST_FOLDS, len(group))
        broadcasts = [(f"{name}, part {part + 1}", group[part::count]) for part in range(count)]
    return [
        Room(name, tuple(entries), tuple(Message(one.text, one.expect, one.entry, "") for one in group))
        for name, group in broadcasts
    ]
