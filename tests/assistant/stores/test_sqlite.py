"""What a journal in a file must bear: kills, other processes, damage, a full disk."""

import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import IO

import pytest

from assistant.errors import StoreBusy, StoreError
from assistant.stores import journal_file
from assistant.stores.rows import Figure, FigureKind
from assistant.stores.sqlite import SqliteStore
from knowledge.store import EntryStore
from tests.fakes.rows import BROADCAST, a_message, a_reply

ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@asynccontextmanager
async def opened(path: Path, *, read_only: bool = False) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(path, read_only=read_only)
    await store.open()
    try:
        yield store
    finally:
        await store.aclose()


def content(path: Path) -> bytes:
    return path.read_bytes()


def make_empty(path: Path) -> None:
    path.write_bytes(b"")


class Writing:
    """A process that writes to the journal. `acknowledged` are the messages that it was promised are kept."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.acknowledged: list[int] = []

    def read_until(self, messages: int) -> None:
        while len(self.acknowledged) < messages:
            self.acknowledged.append(int(self._lines.readline()))

    def kill(self) -> None:
        self._process.kill()
        told = self._lines.read().split("\n")[:-1]  # the last one may be cut short
        self.acknowledged += [int(line) for line in told]
        self._process.wait()

    def wait_until_open(self) -> None:
        assert self._lines.readline() == "open\n"

    @property
    def _lines(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout


@contextmanager
def writing(path: Path) -> Iterator[Writing]:
    command = [sys.executable, "-m", "tests.fakes.journal_writer", str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            other = Writing(process)
            other.wait_until_open()
            yield other
        finally:
            process.kill()


async def test_a_kill_loses_no_acknowledged_row_and_tears_no_commit(path: Path) -> None:
    acknowledged: list[int] = []
    for messages in (1, 40, 400):
        with writing(path) as other:
            other.read_until(messages)
            other.kill()
        acknowledged += other.acknowledged
        async with opened(path) as store:
            kept = [message.id for message in await store.messages(BROADCAST.id)]
            assert set(kept) >= set(acknowledged)
            assert [reply.message_id for reply in await store.replies(BROADCAST.id)] == kept
            assert len(await store.open_replies()) == len(kept)
            assert store.new_id() > max(kept) + 1
    assert len(set(acknowledged)) == len(acknowledged)


async def test_while_one_process_writes_another_can_only_read(path: Path) -> None:
    with writing(path) as other:
        with pytest.raises(StoreBusy, match=r"journal\.db: another process"):
            await SqliteStore(path).open()
        async with opened(path, read_only=True) as reader:
            other.read_until(20)
            first = await reader.messages(BROADCAST.id)
            assert {message.id for message in first} >= set(other.acknowledged)
            other.read_until(200)
            later = await reader.messages(BROADCAST.id)
            assert {message.id for message in later} >= set(other.acknowledged)
            assert await reader.broadcasts() == [BROADCAST]
        other.kill()
    async with opened(path) as store:
        await store.commit(a_message(store.new_id()))


async def test_a_reader_changes_nothing_and_says_so(path: Path) -> None:
    async with opened(path) as store:
        await store.commit(BROADCAST)
    before = content(path)
    async with opened(path, read_only=True) as reader:
        with pytest.raises(StoreError, match="for reading only"):
            await reader.commit(a_message())
        with pytest.raises(StoreError, match="for reading only"):
            reader.note(Figure(1, 1.0, FigureKind.LIKES, 1.0))
        with pytest.raises(StoreError, match="for reading only"):
            reader.new_id()
    assert content(path) == before


if sys.platform != "win32":  # where making a link takes an administrator

    async def test_a_link_to_a_journal_in_use_is_busy_too(path: Path, tmp_path: Path) -> None:
        link = tmp_path / "link.db"
        async with opened(path):
            link.symlink_to(path)
            with pytest.raises(StoreBusy):
                await SqliteStore(link).open()


def _no_database(path: Path) -> None:
    path.write_text("主播的购物清单\n" * 100, encoding="utf-8")


def _only_a_header(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 500)


def _cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _pages_overwritten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[3 * 4096 : 6 * 4096] = b"\x5a" * (3 * 4096)
    path.write_bytes(content)


def _newer_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO journal_migrations VALUES (99, 1.0)")


@pytest.mark.parametrize("read_only", [False, True], ids=["to write", "to read"])
@pytest.mark.parametrize(
    "spoil", [_no_database, _only_a_header, _cut_in_half, _pages_overwritten, _newer_version]
)
async def test_a_file_that_cannot_be_trusted_is_named_and_left_as_it_was(
    path: Path, spoil: Callable[[Path], None], read_only: bool
) -> None:
    async with opened(path) as store:
        await store.commit(BROADCAST, *(a_message(id) for id in range(100, 400)))
    spoil(path)
    before = content(path)
    with pytest.raises(StoreError, match=r"journal\.db: ") as caught:
        await SqliteStore(path, read_only=read_only).open()
    assert not isinstance(caught.value, StoreBusy)
    assert "\n" not in str(caught.value)
    assert content(path) == before


async def test_a_journal_that_could_not_be_opened_can_be_opened_once_mended(path: Path) -> None:
    _no_database(path)
    store = SqliteStore(path)
    with pytest.raises(StoreError):
        await store.open()
    make_empty(path)
    await store.open()
    await store.commit(a_message())
    await store.aclose()


@pytest.mark.parametrize("read_only", [False, True], ids=["to write", "to read"])
async def test_a_place_where_no_file_can_be_is_named(tmp_path: Path, read_only: bool) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        await SqliteStore(tmp_path, read_only=read_only).open()
    with pytest.raises(StoreError, match="does not exist"):
        await SqliteStore(tmp_path / "nowhere" / "journal.db", read_only=read_only).open()


async def test_reading_makes_no_file(path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        await SqliteStore(path, read_only=True).open()
    make_empty(path)
    with pytest.raises(StoreError, match="holds no journal"):
        await SqliteStore(path, read_only=True).open()
    assert content(path) == b""


async def test_an_empty_file_becomes_a_journal(path: Path) -> None:
    make_empty(path)
    async with opened(path) as store:
        await store.commit(a_message())
        assert await store.messages(1) == [a_message()]


class SmallDisk:
    """A disk of so many pages, which can be made larger: SQLite itself then says that it is full."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._connect = journal_file.connect
        self._connection: sqlite3.Connection | None = None
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(journal_file, "connect", self.connect)

    def connect(self, path: Path, *, read_only: bool = False) -> sqlite3.Connection:
        connection = self._connect(path, read_only=read_only)
        connection.execute("PRAGMA max_page_count = 60")
        return connection

    def grow(self) -> None:
        self._monkeypatch.setattr(journal_file, "connect", self._connect)


async def test_a_full_disk_is_the_callers_error_and_spares_what_was_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SmallDisk(monkeypatch)
    big = "哈" * 20_000  # 60 kB: 15 pages
    async with opened(path) as store:
        await store.commit(a_message(100))
        with pytest.raises(StoreError, match=r"journal\.db: database or disk is full"):
            await store.commit(*(a_message(id, text=big) for id in range(200, 210)))
        await store.commit(a_message(101))
        assert [message.id for message in await store.messages(1)] == [100, 101]
    disk.grow()
    async with opened(path) as store:
        await store.commit(*(a_message(id, text=big) for id in range(200, 210)))
        assert len(await store.messages(1)) == 12


async def test_closing_on_a_full_disk_still_gives_the_file_back(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(path)
    await store.open()
    with closing(sqlite3.connect(path)) as other:
        other.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON journal_ids BEGIN SELECT raise(FAIL, 'full'); END"
        )
    await store.aclose()
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TRIGGER full")
    async with opened(path) as store:
        await store.commit(a_message())


async def test_what_another_program_wrote_over_a_row_is_named(path: Path) -> None:
    async with opened(path) as store:
        await store.commit(a_message(100), a_reply(101))
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("UPDATE messages SET action = 'dance'")
        with pytest.raises(StoreError, match=r"journal\.db: table messages, row 100: not a row"):
            await store.messages(1)
        assert len(await store.replies(1)) == 1


async def test_the_database_of_another_program_is_refused_and_left_as_it_was(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE messages (name TEXT)")
    before = content(path)
    with pytest.raises(StoreError, match="another program"):
        await SqliteStore(path).open()
    assert content(path) == before


async def test_rows_stay_visible_and_safe_while_others_look_into_the_file(path: Path) -> None:
    """Looking must not drop the locks by which SQLite knows that somebody is at work in the file."""
    look = "import sys; from knowledge.store import EntryStore; EntryStore(sys.argv[1]).close()"
    async with opened(path) as store:
        for number in range(3):
            with EntryStore(path) as entries:
                entries.version()
            async with opened(path, read_only=True):
                pass
            subprocess.run([sys.executable, "-c", look, path], check=True, cwd=ROOT)  # noqa: S603, ASYNC221
            await store.commit(BROADCAST, a_message(100 + number))
        command = "SELECT count(*) FROM messages"
        with closing(sqlite3.connect(path)) as other:
            assert other.execute(command).fetchone() == (3,)
            assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_tables_of_others_in_the_file_stay(path: Path) -> None:
    async with opened(path):
        pass
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE recipes (name TEXT)")
        other.execute("INSERT INTO recipes VALUES ('冷泡龙井')")
    async with opened(path) as store:
        await store.commit(a_message())
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM recipes").fetchall() == [("冷泡龙井",)]
