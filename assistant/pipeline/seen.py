"""Remembers what was heard: a reconnect, a restart or a stuttering server brings nothing twice. Pure."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable

from assistant.events import Danmaku, Event, Liked

WINDOW_EVENTS = 20_000
LIKED_AGAIN_SECONDS = 2.0  # the platform shows a viewer's likes at most every five


class SeenEvents:
    """The last `size` events of one room. `ids` are event ids that an earlier run heard."""

    def __init__(self, ids: Iterable[str] = (), *, size: int = WINDOW_EVENTS) -> None:
        self._size = size
        self._liked = SaidLately(seconds=LIKED_AGAIN_SECONDS)
        self._keys: OrderedDict[Hashable, None] = OrderedDict.fromkeys(ids)

    def is_repeat(self, event: Event, *, now: float = 0.0) -> bool:
        """Whether it was heard before; from now on it was. An event without identity never was.

        What the platform neither names nor stamps (a like) is told apart by our own clock: nobody does the
        same twice within two seconds.
        """
        key = _identity(event)
        if key is None:
            return isinstance(event, Liked) and self._liked.is_repeat(event.viewer.key, "", now=now)
        if key in self._keys:
            self._keys.move_to_end(key)
            return True
        self._keys[key] = None
        if len(self._keys) > self._size:
            self._keys.popitem(last=False)
        return False


def _identity(event: Event) -> Hashable:
    """The platform's id of what a viewer did; else who did what when, where the platform says when."""
    viewer = getattr(event, "viewer", None)
    if viewer is None:
        return None  # a recall names the id of another event
    event_id: str = getattr(event, "event_id", "")
    if event_id:
        return event_id
    if event.at <= 0:
        return None
    said = event.text if isinstance(event, Danmaku) else type(event)
    return viewer.key, said, event.at


class SaidLately:
    """Which viewer said what within the last `seconds`: the same line again is no second question."""

    def __init__(self, *, seconds: float, size: int = WINDOW_EVENTS) -> None:
        self._seconds = seconds
        self._size = size
        self._said: OrderedDict[tuple[str, str], float] = OrderedDict()

    def is_repeat(self, viewer_key: str, folded: str, *, now: float) -> bool:
        """Whether this viewer said it within the window; each saying begins the window anew."""
        key = (viewer_key, folded)
        before = self._said.pop(key, None)
        self._said[key] = now
        if len(self._said) > self._size:
            self._said.popitem(last=False)
        return before is not None and now - before < self._seconds
