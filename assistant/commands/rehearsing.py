"""`demo`: a practice room, the assistant and a sample FAQ in one process; `practice`: the room alone."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typer
from rich.console import RenderableType
from rich.table import Table

from assistant.clock import RealClock
from assistant.commands.facing import Faces
from assistant.commands.live import stop_on_signals
from assistant.compose import compose
from assistant.practice import (
    FAULTS,
    PRACTICE_BILI_JCT,
    PRACTICE_SESSDATA,
    SAMPLES,
    PracticeRoom,
    RoomCard,
    load_room,
    sample_card,
    sample_faq,
)
from assistant.settings import Settings
from assistant.transcript import PipedConsole, Tally, Transcript


async def demo(
    *,
    seconds: float | None,
    seed: int | None,
    rate: float | None,
    script: str,
    faq: Path | None,
    database: Path | None,
    faults: Sequence[str],
    console: Mapping[str, Any],
) -> None:
    """A practice room and the assistant in one process; the last line printed is the tally as JSON.

    With a `database` its published entries are rehearsed and its journal kept, with a `faq` beside it that
    file's; with neither, the sample's entries.
    """
    card, tally = sample_card(script), Tally()
    if faq is None and database is None:
        faq = sample_faq(script if script in SAMPLES else SAMPLES[0])
    with TemporaryDirectory(prefix="assistant-demo-") as folder, stop_on_signals(seconds) as stop:
        room = PracticeRoom(load_room(script), card=card, rate=rate, seed=seed, faults=faults, loop=True)
        async with room:
            source = faq or database or Path()
            terminal = PipedConsole(on_gone=stop.set)
            terminal.print(
                f"practice room at {room.url}, answers from {source.name}; Ctrl-C ends it", style="dim"
            )
            settings = practice_settings(
                room.url, card=card, faq=faq, database=database or Path(folder) / "demo.db", console=console
            )
            transcript = Transcript(terminal, clock=RealClock())
            faces = Faces(
                settings,
                tally.watch,
                transcript.watch,
                password_once=database is not None,
                or_free_port="port" not in console,
            )
            assistant = compose(settings, watch=faces.watch)
            async with faces.open(assistant, terminal, stop=stop), played(room):
                await assistant.run(stop)
    print(json.dumps(tally.to_dict()), flush=True)


def practice_settings(
    url: str, *, card: RoomCard, faq: Path | None, database: Path, console: Mapping[str, Any] | None = None
) -> Settings:
    """What lets the assistant into a practice room, and nothing of this machine's own settings."""
    return Settings(
        console=dict(console or {}),
        rooms=(f"bilibili:{card.room_id}",),
        store={"path": database},
        knowledge={"faq": faq},
        bilibili={
            "sessdata": PRACTICE_SESSDATA,
            "bili_jct": PRACTICE_BILI_JCT,
            "live_url": url,
            "api_url": url,
            "www_url": url,
            "websocket_scheme": "ws",
        },
    )


async def serve(
    *,
    host: str,
    port: int,
    rate: float | None,
    script: str,
    faults: Sequence[str],
    seed: int | None,
    lenient: bool,
) -> None:
    """Until Ctrl-C."""
    card = sample_card(script)
    room = PracticeRoom(
        load_room(script),
        card=card,
        host=host,
        port=port,
        rate=rate,
        faults=faults,
        seed=seed,
        lenient=lenient,
        loop=True,
    )
    with stop_on_signals() as stop:
        async with room, played(room):
            _introduce(room.url, card)
            await stop.wait()


def faults() -> RenderableType:
    table = Table(title="What can go wrong, with --fault NAME or NAME=NUMBER", title_justify="left")
    table.add_column("fault", no_wrap=True)
    for heading in ("what it does", "its number"):
        table.add_column(heading, overflow="fold")
    for name, fault in FAULTS.items():
        number = f"{fault.unit}, {fault.number:g} if not given" if fault.unit else ""
        table.add_row(name, fault.does, number)
    return table


@asynccontextmanager
async def played(room: PracticeRoom) -> AsyncIterator[None]:
    """Its viewers type while the block runs; they begin when the first client is in."""
    playing = asyncio.create_task(room.play(), name="practice viewers")
    try:
        yield
    finally:
        playing.cancel()
        await asyncio.wait([playing])


def _introduce(url: str, card: RoomCard) -> None:
    variables = {f"ASSISTANT_BILIBILI__{name}_URL": url for name in ("LIVE", "API", "WWW")}
    variables |= {
        "ASSISTANT_BILIBILI__WEBSOCKET_SCHEME": "ws",
        "ASSISTANT_BILIBILI__SESSDATA": PRACTICE_SESSDATA,
        "ASSISTANT_BILIBILI__BILI_JCT": PRACTICE_BILI_JCT,
    }
    typer.echo(f"practice room {card.room_id} (short {card.short_id}) at {url}; Ctrl-C ends it")
    typer.echo("to let the assistant in, paste this into another terminal:\n")
    for name, value in variables.items():
        typer.echo(f'  $env:{name} = "{value}"' if os.name == "nt" else f"  export {name}={value}")
    typer.echo(f"  assistant run --room bilibili:{card.room_id}\n")
