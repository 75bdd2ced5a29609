"""Entries in their database: what comes back, what counts as a change, and which files are refused."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import Changes, EntriesInvalid, Entry, KnowledgeStoreError
from knowledge.store import EntryStore

SHIP = Entry(id="ship", question="什么时候发货？", variants=("几天发",), answer="48小时", category="物流")
REFUND = Entry(id="refund", question="怎么退款？", answer="订单页里申请")
COURIER = Entry(id="courier", question="发什么快递？", answer="中通")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "assistant.db"


@pytest.fixture
def store(path: Path) -> Iterator[EntryStore]:
    with EntryStore(path, clock=lambda: 1000.0) as store:
        yield store


def test_a_new_store_is_empty(store: EntryStore) -> None:
    assert store.load() == []
    assert store.version() == 0


def test_entries_come_back_in_the_order_in_which_they_were_saved(path: Path, store: EntryStore) -> None:
    assert store.save([SHIP, REFUND]) == Changes(added=2)
    assert store.save([COURIER]) == Changes(added=1)
    with EntryStore(path) as again:
        assert again.load() == [SHIP, REFUND, COURIER]


def test_saving_writes_over_entries_in_their_places(store: EntryStore) -> None:
    store.save([SHIP, REFUND])
    slower = SHIP.model_copy(update={"answer": "72小时"})
    assert store.save([COURIER, slower, REFUND]) == Changes(added=1, changed=1, unchanged=1)
    assert store.load() == [slower, REFUND, COURIER]


def test_a_threshold_is_kept_and_its_change_is_one(path: Path, store: EntryStore) -> None:
    store.save([SHIP, REFUND])
    before = store.version()
    wary = SHIP.model_copy(update={"threshold": 0.95})
    assert store.save([wary, REFUND]) == Changes(changed=1, unchanged=1)
    assert store.version() > before
    with EntryStore(path) as again:
        assert again.load() == [wary, REFUND]
    store.save([SHIP])
    assert store.load() == [SHIP, REFUND]


def test_entries_of_a_database_from_before_thresholds_are_unchanged(path: Path) -> None:
    with EntryStore(path) as store:
        store.save([SHIP, REFUND])
    with closing(sqlite3.connect(path)) as connection, connection:
        for column in Entry.model_fields.keys() - {"id", "category", "question", "variants", "answer"}:
            connection.execute(f"ALTER TABLE entries DROP COLUMN {column}")
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table not in {"entries", "knowledge_version", "knowledge_migrations"}:
                connection.execute(f"DROP TABLE {table}")
        connection.execute("DELETE FROM knowledge_migrations WHERE version >= 2")
    with EntryStore(path) as store:
        assert store.load() == [SHIP, REFUND]
        assert store.save([SHIP, REFUND]) == Changes(unchanged=2)


def test_replacing_takes_out_what_is_not_named_and_keeps_the_order_given(store: EntryStore) -> None:
    store.save([SHIP, REFUND])
    assert store.save([COURIER, SHIP], replace=True) == Changes(added=1, unchanged=1, removed=1)
    assert store.load() == [COURIER, SHIP]
    assert store.save([], replace=True) == Changes(removed=2)
    assert store.load() == []


def test_version_grows_with_each_change_and_only_then(path: Path, store: EntryStore) -> None:
    versions = [store.version()]
    with EntryStore(path) as other:
        for entries in ([SHIP, REFUND], [SHIP.model_copy(update={"answer": "明天"})], [REFUND, SHIP], [SHIP]):
            other.save(entries, replace=True)
            versions.append(store.version())
        assert versions == sorted(set(versions))
        other.save([SHIP], replace=True)
        other.save([SHIP])
        other.save([])
    assert store.version() == versions[-1]


def test_two_entries_of_one_id_are_refused_and_nothing_is_written(store: EntryStore) -> None:
    with pytest.raises(EntriesInvalid, match="entry 3: id: 'ship' is already the id of entry 1"):
        store.save([SHIP, REFUND, SHIP.model_copy(update={"answer": "明天"})])
    assert store.load() == []


def test_a_failed_save_leaves_all_as_it_was(path: Path, store: EntryStore) -> None:
    store.save([SHIP])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON knowledge_version "
            "BEGIN SELECT raise(ABORT, 'disk full'); END"
        )
    with pytest.raises(KnowledgeStoreError, match=r"assistant\.db: disk full"):
        store.save([REFUND, SHIP.model_copy(update={"answer": "明天"})], replace=True)
    assert store.load() == [SHIP]


def test_text_is_data_and_never_sql(store: EntryStore) -> None:
    odd = Entry(
        id="');DROP--", question="'; DROP TABLE entries; --", answer='"][{}%s?:x', variants=("\\", '"')
    )
    store.save([odd, SHIP])
    assert store.load() == [odd, SHIP]
    store.save([SHIP], replace=True)
    assert store.load() == [SHIP]


def test_several_programs_save_at_once(path: Path) -> None:
    """Each thread opens the file for itself, as a program does, and one of them makes it."""

    def save(number: int) -> None:
        with EntryStore(path) as store:
            for i in range(5):
                store.save([Entry(id=f"{number}-{i}", question="几天发", answer="三天")])

    threads = [Thread(target=save, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with EntryStore(path) as store:
        assert len(store.load()) == store.version() == 20


def test_the_database_of_another_program_is_refused_and_left_as_it_was(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE entries (text)")
    before = path.read_bytes()
    with pytest.raises(KnowledgeStoreError, match="another program"):
        EntryStore(path)
    assert path.read_bytes() == before


def test_other_tables_in_the_file_are_left_alone(path: Path) -> None:
    EntryStore(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE notes (text)")
        connection.execute("INSERT INTO notes VALUES ('一')")
    with EntryStore(path) as store:
        store.save([SHIP])
        store.save([], replace=True)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT text FROM notes").fetchall() == [("一",)]


@pytest.mark.parametrize("content", [b"id,question\n", b"\x00" * 100, "问题".encode("utf-16")])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(KnowledgeStoreError, match=r"assistant\.db: file is not a database"):
        EntryStore(path)
    assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_broken_database_is_refused_by_name(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4096)
    with pytest.raises(KnowledgeStoreError, match=r"assistant\.db: "):
        EntryStore(path)


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.touch()
    with EntryStore(path) as store:
        assert store.save([SHIP]).added == 1


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeStoreError, match="is a folder, not a database"):
        EntryStore(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeStoreError, match=r"the folder .*nowhere does not exist"):
        EntryStore(tmp_path / "nowhere" / "assistant.db")


def test_a_newer_database_is_refused_and_left_as_it_was(path: Path, store: EntryStore) -> None:
    store.save([SHIP])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO knowledge_migrations VALUES (99, 0)")
    with pytest.raises(KnowledgeStoreError, match="written by a newer version"):
        EntryStore(path)
    assert store.load() == [SHIP]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("answer = ''", "table entries, id ship: answer: is empty"),
        ("variants = '{'", "table entries, id ship: variants, other_answers, rooms must be JSON lists"),
        ("variants = '3'", "table entries, id ship: variants: must be a list of texts"),
        ("id = 'a b'", "table entries, id a b: id: has a space or an invisible character"),
    ],
)
def test_a_row_that_another_program_broke_is_named(
    path: Path, store: EntryStore, change: str, message: str
) -> None:
    store.save([SHIP, REFUND])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE entries SET {change} WHERE id = 'ship'")  # noqa: S608
    with pytest.raises(KnowledgeStoreError) as caught:
        store.load()
    assert str(caught.value) == f"{path}: {message}"


def test_a_table_that_is_gone_is_an_error_that_names_the_file(path: Path, store: EntryStore) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE entries")
    with pytest.raises(KnowledgeStoreError, match=r"assistant\.db: no such table: entries"):
        store.load()


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Z"]), min_size=1, max_size=12)
ENTRIES = st.lists(
    st.builds(
        Entry,
        id=st.sampled_from("abcdefgh"),
        question=WORDS,
        answer=WORDS,
        category=WORDS,
        variants=st.lists(WORDS, max_size=3).map(tuple),
    ),
    max_size=6,
    unique_by=lambda entry: entry.id,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps=st.lists(st.tuples(ENTRIES, st.booleans()), max_size=4))
def test_any_series_of_saves_leaves_what_it_should(
    store: EntryStore, steps: list[tuple[list[Entry], bool]]
) -> None:
    store.save([], replace=True)
    expected: dict[str, Entry] = {}
    for entries, replace in steps:
        given_entries = {entry.id: entry for entry in entries}
        expected = given_entries if replace else expected | given_entries
        store.save(entries, replace=replace)
    assert store.load() == list(expected.values())
