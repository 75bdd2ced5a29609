"""The faces of a running assistant: the transcript in the terminal and, when it is wanted, the console."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from assistant.clock import RealClock
from assistant.notices import Notice, Watcher
from assistant.service import Assistant
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.console.opening import Face


class Faces:
    """`watch` is a `Watcher` that tells `watchers` and the console; the options are those of the console."""

    def __init__(
        self,
        settings: Settings,
        *watchers: Watcher,
        password_once: bool = True,
        or_free_port: bool = False,
    ) -> None:
        self._watchers: Sequence[Watcher] = watchers
        self._console: Face | None = None
        if settings.console.enabled:
            from assistant.console import opening  # NiceGUI takes half a second

            self._console = opening.Face(
                settings, clock=RealClock(), password_once=password_once, or_free_port=or_free_port
            )
            self._watchers = (*watchers, self._console.watch)

    def watch(self, notice: Notice) -> None:
        for watcher in self._watchers:
            watcher(notice)

    @asynccontextmanager
    async def open(
        self, assistant: Assistant, terminal: Console, *, stop: asyncio.Event
    ) -> AsyncIterator[None]:
        """Around the assistant's run until `stop`; the console's address goes to `terminal`."""
        if self._console is None:
            yield
            return

        def tell(line: str) -> None:
            terminal.print(line, style="bold", markup=False, soft_wrap=True)

        async with self._console.open(assistant, stop=stop, tell=tell):
            yield
