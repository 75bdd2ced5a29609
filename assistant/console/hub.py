"""What happens, numbered, for any number of pages and API clients to read at their own pace.

The last events are kept; who reads too slowly loses the oldest and is told how many. Events are plain values
that JSON can carry, made once for all readers. Nothing here waits for a reader.
"""

import asyncio
import dataclasses
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import islice
from typing import Any, Final

from assistant.notices import (
    Alert,
    MessageDecided,
    Notice,
    QuestionAnswered,
    QuestionDrafted,
    QuestionEscalated,
    ReplyMoved,
    RoomMoved,
)

MOST_KEPT = 2_000
KINDS: Final[Mapping[type, str]] = {
    MessageDecided: "message",
    ReplyMoved: "reply",
    QuestionEscalated: "question",
    QuestionDrafted: "draft",
    QuestionAnswered: "answered",
    RoomMoved: "room",
    Alert: "alert",
}
"""What an event of a notice is called; a notice that is not named here goes by its class's name."""


@dataclass(frozen=True)
class Event:
    """`id` grows by one for each, across restarts too; `notice` is what was told."""

    id: int
    at: float
    kind: str
    notice: Notice

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The notice as plain values, made when the first reader asks for it."""
        return dict(_fields(self.notice))


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in their order. `skipped` counts those before them that were dropped unread; `last_id` is
    where to go on from."""

    events: Sequence[Event]
    skipped: int
    last_id: int


class Hub:
    """Belongs to one event loop; `watch` is a `Watcher`."""

    def __init__(self, *, now: Callable[[], float], most_kept: int = MOST_KEPT) -> None:
        self._now = now
        self._events: deque[Event] = deque(maxlen=most_kept)
        self._first_id = self._last_id = int(now() * 1000)  # beyond all ids of the run before
        self._is_closed = False
        self._changed = asyncio.Event()

    @property
    def last_id(self) -> int:
        """Of the newest event: where a reader begins who wants only what comes."""
        return self._last_id

    def watch(self, notice: Notice) -> None:
        self._last_id += 1
        kind = KINDS.get(type(notice), type(notice).__name__)
        self._events.append(Event(self._last_id, self._now(), kind, notice))
        self._changed.set()

    def after(self, id: int, limit: int | None = None) -> Batch:
        """What came after the event `id`; with a `limit` the newest so many, the others skipped.

        An `id` that was not given here is from before a restart: everything kept is new to its reader.
        """
        if not self._first_id <= id <= self._last_id:
            id = self._first_id
        missed = self._last_id - id
        wanted = min(missed, len(self._events), missed if limit is None else limit)
        events = tuple(islice(self._events, len(self._events) - wanted, None))
        return Batch(events, skipped=missed - wanted, last_id=self._last_id)

    async def subscribe(self, after: int | None = None) -> AsyncIterator[Batch]:
        """Batches as they come, from after `after` (None: with what comes next) until the hub closes."""
        last = self._last_id if after is None else after
        while not self._is_closed:
            batch = self.after(last)
            last = batch.last_id
            if batch.events or batch.skipped:
                yield batch
                continue
            self._changed.clear()
            await self._changed.wait()

    def close(self) -> None:
        """Ends every subscription."""
        self._is_closed = True
        self._changed.set()


def plain(value: Any) -> Any:
    """A notice or row as JSON carries it: dataclasses become dicts, tuples lists, enums their values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dict(_fields(value))
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    return value


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    for field in dataclasses.fields(value):
        yield field.name, plain(getattr(value, field.name))
