"""`run`: the assistant in real rooms, with a transcript, until it is told to stop."""

import asyncio
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.clock import RealClock
from assistant.commands.facing import Faces
from assistant.compose import compose
from assistant.errors import SettingsError
from assistant.settings import Settings
from assistant.transcript import PipedConsole, Transcript

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # the last one, a closed terminal, is not there on every system
_SIGNALS = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))


async def run(
    config: Path | None,
    *,
    rooms: Sequence[str],
    faq: Path | None,
    dry_run: bool,
    record: Path | None,
    console: Mapping[str, Any],
) -> None:
    overrides: dict[str, Any] = {"console": dict(console)}
    if rooms:
        overrides["rooms"] = tuple(rooms)
    if faq is not None:
        overrides["knowledge"] = {"faq": faq}
    if dry_run:
        overrides["dry_run"] = True
    settings = Settings.load(config, **overrides)
    if not settings.rooms:
        raise SettingsError("no room: use --room bilibili:<id>, or an assistant.toml ('assistant init')")
    with stop_on_signals() as stop:
        terminal = PipedConsole(on_gone=stop.set)
        transcript = Transcript(
            terminal,
            clock=RealClock(),
            several_rooms=len(settings.rooms) > 1,
            sends=not settings.dry_run,
        )
        faces = Faces(settings, transcript.watch)
        assistant = compose(settings, watch=faces.watch, record=record)
        async with faces.open(assistant, terminal, stop=stop):
            await assistant.run(stop)


@contextmanager
def stop_on_signals(seconds: float | None = None) -> Iterator[asyncio.Event]:
    """An event that Ctrl-C, a polite kill or the time sets; a second Ctrl-C ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    timer = loop.call_later(seconds, stop.set) if seconds else None

    def told(number: int, frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        loop.call_soon_threadsafe(stop.set)

    before = {number: signal.signal(number, told) for number in _SIGNALS}
    try:
        yield stop
    finally:
        if timer is not None:
            timer.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)
