"""The journal and the FAQ's entries live in one file, whichever of them made it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.stores.rows import Broadcast
from assistant.stores.sqlite import SqliteStore
from knowledge import Entry, KnowledgeStoreError
from knowledge.store import EntryStore

SHIP = Entry(id="ship", question="什么时候发货？", answer="48小时")
REFUND = Entry(id="refund", question="怎么退款？", answer="订单页里申请")
BROADCAST = Broadcast(1, "bilibili", "21987615", "key", "夏季上新", 1000.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "assistant.db"


async def broadcasts(path: Path) -> list[Broadcast]:
    journal = SqliteStore(path, read_only=True)
    await journal.open()
    try:
        return await journal.broadcasts()
    finally:
        await journal.aclose()


async def test_the_journal_moves_into_the_file_of_the_entries(path: Path) -> None:
    with EntryStore(path) as entries:
        entries.save([SHIP])
    journal = SqliteStore(path)
    await journal.open()
    await journal.commit(BROADCAST)
    await journal.aclose()
    with EntryStore(path) as entries:
        assert entries.load() == [SHIP]
    assert await broadcasts(path) == [BROADCAST]


async def test_entries_move_into_the_file_of_the_journal(path: Path) -> None:
    journal = SqliteStore(path)
    await journal.open()
    await journal.commit(BROADCAST)
    await journal.aclose()
    with EntryStore(path) as entries:
        assert entries.load() == []
        entries.save([SHIP])
    assert await broadcasts(path) == [BROADCAST]


async def test_entries_change_while_the_journal_is_written(path: Path) -> None:
    journal = SqliteStore(path)
    await journal.open()
    with EntryStore(path) as entries:
        for number in range(20):
            version = entries.version()
            entries.save([SHIP if number % 2 else REFUND], replace=True)
            await journal.commit(Broadcast(journal.new_id(), "bilibili", "1", str(number), "", float(number)))
            assert entries.version() == version + 1
        assert entries.load() == [SHIP]
        assert len(await journal.broadcasts()) == 20
    await journal.aclose()


async def test_a_file_of_entries_alone_holds_no_journal_to_read(path: Path) -> None:
    with EntryStore(path) as entries:
        entries.save([SHIP])
    with pytest.raises(StoreError, match="holds no journal"):
        await broadcasts(path)


async def test_each_refuses_only_its_own_newer_version(path: Path) -> None:
    with EntryStore(path) as entries:
        entries.save([SHIP])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO knowledge_migrations VALUES (99, 0)")
    with pytest.raises(KnowledgeStoreError, match="newer version"):
        EntryStore(path)
    journal = SqliteStore(path)
    await journal.open()
    await journal.aclose()
