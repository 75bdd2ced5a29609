"""Where the assistant's answers come from: a FAQ file, or what editors imported into the database."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import structlog

from assistant.clock import Clock
from assistant.holding import held
from knowledge import Entry, KnowledgeBase, open_embedder
from knowledge.errors import EntriesInvalid, KnowledgeError
from knowledge.importers import read_entries
from knowledge.store import EntryStore

POLL_SECONDS = 0.1

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
    """Sees that editors changed the database, and hands the new entries over well within a second.

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
        self._published = _Published(database)
        self._clock = clock
        self._swap = swap
        self._version = version
        self._complaint = ""

    async def run(self) -> None:
        """For ever. A database that cannot be read now is looked at again."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="entries")
        try:
            while True:
                await self._clock.sleep(POLL_SECONDS)
                await self._look(thread)
        finally:
            thread.submit(self._published.close)
            thread.shutdown(wait=False)

    async def _look(self, thread: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        try:
            version = await loop.run_in_executor(thread, self._published.version)
            if version != self._version:
                entries = await loop.run_in_executor(thread, self._published.load)
                changes = await self._swap(entries)
                self._version = version
                _log.info("answering from changed entries", entries=len(entries), changes=str(changes))
            self._complaint = ""
        except KnowledgeError as error:
            await loop.run_in_executor(thread, self._published.close)
            self._complain(str(error))

    def _complain(self, complaint: str) -> None:
        """Once, however often it is looked at in vain."""
        if complaint != self._complaint:
            _log.warning("entries cannot be read, the old ones stay", error=complaint)
        self._complaint = complaint


class _Published:
    """The published entries as one thread reads them, which opens the database when it is there and keeps it
    open: to open it takes longer than to ask it."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._store: EntryStore | None = None

    def version(self) -> int:
        return self._opened.version() if self._is_there else 0

    def load(self) -> list[Entry]:
        return self._opened.load() if self._is_there else []

    def close(self) -> None:
        """To be opened again by the next call."""
        if self._store is not None:
            self._store.close()
        self._store = None

    @property
    def _is_there(self) -> bool:
        return self._store is not None or self._database.exists()

    @property
    def _opened(self) -> EntryStore:
        if self._store is None:
            self._store = EntryStore(self._database)
        return self._store
