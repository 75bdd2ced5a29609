"""`stats`: the figures of a broadcast from the journal, also while the assistant runs."""

import json
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from assistant.engagement.report import report
from assistant.engagement.tables import render
from assistant.errors import StoreError
from assistant.printable import printable
from assistant.stores.rows import Broadcast
from assistant.stores.sqlite import SqliteStore


async def stats(database: Path, *, session: int | None, as_json: bool) -> RenderableType | bytes:
    """The report of broadcast `session`, or of the newest one with the list of all; bytes are JSON."""
    store = SqliteStore(database, read_only=True)
    await store.open()
    try:
        broadcasts = await store.broadcasts()
        if not broadcasts:
            raise StoreError(f"{database}: no broadcast was heard yet")
        figures = await report(store, session if session is not None else broadcasts[0].id)
    finally:
        await store.aclose()
    if as_json:
        return json.dumps(figures.to_dict(), ensure_ascii=False).encode()
    if session is not None:
        return render(figures)
    return _with_list(render(figures), broadcasts)


def _with_list(figures: RenderableType, broadcasts: list[Broadcast]) -> RenderableType:
    table = Table(title="Sessions, newest first", title_justify="left")
    for heading in ("session", "room", "title", "started (UTC)", "minutes"):
        table.add_column(heading)
    for one in broadcasts:
        table.add_row(
            str(one.id), f"{one.platform}:{printable(one.room)}", Text(printable(one.title, 40)),
            _moment(one.started_at), _minutes(one),
        )  # fmt: skip
    return Group(figures, table)


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


def _minutes(broadcast: Broadcast) -> str:
    if broadcast.ended_at is None:
        return "not ended"
    return f"{(broadcast.ended_at - broadcast.started_at) / 60:.0f}"
