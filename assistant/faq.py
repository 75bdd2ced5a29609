"""Where the assistant's answers come from: a FAQ file, or what editors imported into the database."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import structlog

from assistant.clock import Clock
from assistant.holding import held
from knowledge import Entry, KnowledgeBase, open_embedder
from knowledge.errors import EntriesInvalid, KnowledgeError
from knowledge.importers import read_entries
from knowledge.store import EntryStore

POLL_SECONDS = 0.5

_log = structlog.get_logger(__name__)


def read_faq(path: Path) -> list[Entry]:
    """The entries of a file. Raises EntriesInvalid with every bad row at once."""
    entries, problems = read_entries(path)
    if problems:
        raise EntriesInvalid(problems)
    return entries


def load_entries(*, faq: Path | None, database: Path) -> list[Entry]:
    """From the file where one is named, else from the database (none where there is no database yet)."""
    if faq is not None:
        return read_faq(faq)
    if not database.exists():
        return []
    with EntryStore(database) as store:
        return store.load()


def entries_version(database: Path) -> int:
    """Grows whenever an editor changes what the database holds; 0 where there is none yet."""
    if not database.exists():
        return 0
    with EntryStore(database) as store:
        return store.version()


def open_base(entries: Iterable[Entry], *, at: float, model: str = "") -> KnowledgeBase:
    """Of those that hold at this time (seconds since 1970), in any room."""
    return KnowledgeBase(open_embedder(model), held(entries, at=at))


class EntryWatch:
    """Sees that editors changed the database, and hands the new entries over within about a second.

    `version` is that of the entries in use, asked for before they were loaded: what an editor changed while
    they were is then seen as a change.
    """

    def __init__(
        self,
        database: Path,
        *,
        version: int,
        clock: Clock,
        swap: Callable[[list[Entry]], Awaitable[object]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._swap = swap
        self._version = version

    async def run(self) -> None:
        """For ever. A database that cannot be read now is looked at again."""
        while True:
            await self._clock.sleep(POLL_SECONDS)
            try:
                await self._look()
            except KnowledgeError as error:
                _log.warning("entries cannot be read, the old ones stay", error=str(error))

    async def _look(self) -> None:
        version = await asyncio.to_thread(entries_version, self._database)
        if version == self._version:
            return
        entries = await asyncio.to_thread(load_entries, faq=None, database=self._database)
        changes = await self._swap(entries)
        self._version = version
        _log.info("answering from changed entries", entries=len(entries), changes=str(changes))
