"""Tells the team which placeholders of its answers nobody has set a value for, before viewers find out."""

from collections.abc import Iterable, Sequence

from assistant.notices import Alert, Watcher
from assistant.pipeline.saying import missing_values
from assistant.settings import BroadcastSettings, RoomAddress
from knowledge import Entry

_MOST_NAMED = 3


class Unfilled:
    """Each placeholder of a room is told once."""

    def __init__(self, broadcast: BroadcastSettings, *, rooms: Sequence[RoomAddress], watch: Watcher) -> None:
        self._values = {str(room): broadcast.values(room) for room in rooms}
        self._watch = watch
        self._told: set[tuple[str, str]] = set()

    def look(self, entries: Iterable[Entry]) -> None:
        """To be called with all entries, whenever there are other ones."""
        entries = list(entries)
        for room, values in self._values.items():
            for name, ids in missing_values(entries, values, room=room).items():
                if (room, name) not in self._told:
                    self._told.add((room, name))
                    self._watch(Alert(room, _sentence(name, ids)))


def _sentence(name: str, ids: Sequence[str]) -> str:
    more = len(ids) - _MOST_NAMED
    named = ", ".join(ids[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{{{name}}} has no value in [broadcast]: answers with it are not said ({named})"
