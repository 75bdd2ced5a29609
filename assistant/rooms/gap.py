"""What a lost connection missed: lines said after the last one heard and before the room hears again."""

import math
from collections.abc import Sequence

from assistant.events import Danmaku
from assistant.platforms.base import Admission, Platform
from assistant.rooms.http import Http


class Gap:
    """It stays open until it was filled, so a connection that dies while filling loses nothing.

    Times are the platform's own, except for a room where nothing was heard before the connection was lost:
    that gap begins when the room first heard.
    """

    def __init__(self) -> None:
        self._heard_until: float | None = None
        self._since: float | None = None

    def first_connected(self, now: float) -> None:
        if self._heard_until is None:
            self._heard_until = now

    def hear(self, line: Danmaku) -> None:
        if line.at:
            self._heard_until = line.at

    def begin(self) -> None:
        """The connection is gone."""
        if self._since is None:
            self._since = self._heard_until

    @property
    def is_open(self) -> bool:
        return self._since is not None

    async def fill(
        self, platform: Platform, admission: Admission, *, http: Http, now: float
    ) -> Sequence[Danmaku]:
        """The missed lines, oldest first, as far as the platform still tells them.

        History counts in whole seconds where the socket counts finer, so the second of the last line comes
        again; whoever hears must know repeats by their event id, as with anything a room says.
        """
        lines = await http.run(platform.recent(admission, now=now))
        since, self._since = self._since, None
        return [] if since is None else [line for line in lines if line.at >= math.floor(since)]
