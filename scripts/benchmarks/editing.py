"""What editors wait for with 10,000 entries: each script as it is called, in a process of its own.

How soon the running assistant answers from what they publish is measured in `publishing`. Each entry has two
wordings. The messages are those of the last broadcasts: a third of them ask in vain, about entries that are
not there.
"""

import asyncio
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, time

from assistant.actions import Action, Decision, Reason
from assistant.stores.rows import Broadcast, Message
from assistant.stores.sqlite import SqliteStore
from benchmarks import publishing, texts
from benchmarks.figures import Figure
from benchmarks.room import spawned
from knowledge import Entry, KnowledgeBase, open_embedder
from knowledge.importers import write_entries

TITLE = "Editing a FAQ of 10,000 entries"
ENTRIES = 10_000
MESSAGES = 100_000

_MISSING = 1_000  # entries that viewers ask about and nobody wrote
_BROADCAST_COUNT = 20
_VIEWERS = 50_000
_SCRIPTS = Path(__file__).parents[1]
_NO_ENTRY = Decision(Action.ESCALATE, Reason.NO_ENTRY)
_CHATTER = Decision(Action.IGNORE, Reason.CHATTER)


def measure() -> Iterator[Figure]:
    shop = texts.entries(ENTRIES + _MISSING)
    entries, missing = shop[:ENTRIES], shop[ENTRIES:]
    with TemporaryDirectory(prefix="assistant-bench-") as name:
        folder = Path(name)
        database = folder / "assistant.db"
        yield from _importing(entries, folder, database)
        _script_seconds("publish_faqs.py", "--yes", "--db", database, folder=folder)
        yield from _publishing(entries, folder)
        lint = _script_seconds("lint_faqs.py", "--db", database, folder=folder)
        yield Figure(f"lint_faqs.py, {ENTRIES:,} entries", lint, "s", "under 30", 1)
        asyncio.run(_broadcasts(missing, database))
        suggest = _script_seconds("suggest_faqs.py", "--db", database, folder=folder)
        yield Figure(f"suggest_faqs.py, {MESSAGES:,} messages", suggest, "s", "under 10", 1)


def _importing(entries: Sequence[Entry], folder: Path, database: Path) -> Iterator[Figure]:
    """The last import stays in `database`."""
    with spawned.Pool(1) as process:
        embedding = process.apply(_embedding_seconds, (entries,))
    yield Figure("embedding them, as the assistant does", embedding, "s", digits=2)
    for suffix in ("csv", "xlsx"):
        sheet, into = folder / f"faq.{suffix}", database if suffix == "xlsx" else folder / f"{suffix}.db"
        write_entries(sheet, entries)
        reading = _script_seconds("import_faqs.py", sheet, "--db", into, folder=folder)
        yield Figure(f"import_faqs.py, {len(entries):,} rows of {suffix.upper()}", reading, "s", digits=2)
        yield Figure(f"{suffix.upper()}, embedding included", reading + embedding, "s", "under 10", 2)


def _embedding_seconds(entries: Sequence[Entry]) -> float:
    started = perf_counter()
    KnowledgeBase(open_embedder(), entries)
    return perf_counter() - started


def _publishing(entries: Sequence[Entry], folder: Path) -> Iterator[Figure]:
    waits = publishing.waits(entries, folder=folder)
    decided, sent = ([one.decided for one in waits], [one.sent for one in waits])
    yield Figure(f"change published to answer decided, p50 of {len(waits)}", median(decided), "s", digits=2)
    yield Figure("change published to answer in the room, p50", median(sent), "s", digits=2)
    yield Figure("the same, slowest", max(sent), "s", "under 1", 2)


def _script_seconds(script: str, *arguments: str | Path, folder: Path) -> float:
    """With nothing of this machine's own settings. Raises CalledProcessError."""
    command = [sys.executable, str(_SCRIPTS / script), *map(str, arguments), "--json"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    started = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, env=own)  # noqa: S603 - our own words
    return perf_counter() - started


async def _broadcasts(missing: Sequence[Entry], database: Path) -> None:
    """Into the journal, as the newest."""
    store = SqliteStore(database)
    await store.open()
    typed = texts.lines(missing)
    for number in range(_BROADCAST_COUNT):
        began = time() + number
        broadcast = Broadcast(store.new_id(), "bilibili", "7777", "", "", began, began + 1)
        said = itertools.islice(typed, MESSAGES // _BROADCAST_COUNT)
        messages = [_message(store.new_id(), broadcast, place, text) for place, text in enumerate(said)]
        await store.commit(broadcast, *messages)
    await store.aclose()


def _message(id: int, broadcast: Broadcast, place: int, text: str) -> Message:
    viewer = f"观众{(broadcast.id + place) % _VIEWERS}"
    decision = _NO_ENTRY if texts.is_question(text) else _CHATTER
    at = broadcast.started_at
    return Message(id, broadcast.id, f"bench-{id}", at, at, viewer, viewer, text, False, decision)
