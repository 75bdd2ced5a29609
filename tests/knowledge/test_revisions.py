"""Drafts and versions as editors live with them: what is public when, who is told what, and the way back."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from signal import SIGKILL
from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import Changes, EntriesInvalid, Entry, KnowledgeBase, KnowledgeStoreError
from knowledge.errors import DraftMoved, NothingToPublish, VersionUnknown
from knowledge.revisions import Change, Revisions, Version
from knowledge.store import EntryStore
from tests.fakes import publisher_to_kill
from tests.fakes.embedders import CountingEmbedder

SHIP = Entry(id="ship", question="什么时候发货？", variants=("几天发",), answer="48小时", category="物流")
REFUND = Entry(id="refund", question="怎么退款？", answer="订单页里申请")
COURIER = Entry(id="courier", question="发什么快递？", answer="中通")
SLOW = SHIP.model_copy(update={"answer": "72小时"})
SLOWER = SHIP.model_copy(update={"answer": "96小时"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "assistant.db"


@pytest.fixture
def store(path: Path) -> Iterator[EntryStore]:
    """With two entries, published."""
    with EntryStore(path, clock=lambda: 1000.0) as store:
        store.save([SHIP, REFUND], author="导入")
        yield store


@pytest.fixture
def revisions(path: Path, store: EntryStore) -> Iterator[Revisions]:
    with Revisions(path, clock=lambda: 2000.0) as revisions:
        yield revisions


def entries_from_before_versions(path: Path, *entries: Entry) -> None:
    with EntryStore(path) as store:
        store.save(entries)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM versions")
        connection.execute("DELETE FROM version_changes")


def test_an_edit_is_in_the_draft_and_not_published(store: EntryStore, revisions: Revisions) -> None:
    version = store.version()
    assert revisions.edit([SLOW, COURIER, REFUND], author="李") == Changes(added=1, changed=1, unchanged=1)
    draft = revisions.draft()
    assert draft.entries == (SLOW, REFUND, COURIER)
    assert draft.changes == (
        Change("ship", SHIP, SLOW, "李", 2000.0),
        Change("courier", None, COURIER, "李", 2000.0),
    )
    assert [change.kind for change in draft.changes] == ["changed", "added"]
    assert store.load() == [SHIP, REFUND]
    assert store.version() == version


def test_publishing_makes_the_draft_what_is_published(store: EntryStore, revisions: Revisions) -> None:
    version = store.version()
    revisions.edit([SLOW, COURIER], author="李", removed=["refund"])
    assert revisions.publish(author="王", note="双十一") == Version(
        number=2, author="王", note="双十一", published_at=2000.0, added=1, changed=1, removed=1
    )
    assert store.load() == [SLOW, COURIER]
    assert store.version() == version + 1
    assert revisions.draft().changes == ()
    assert revisions.draft().entries == (SLOW, COURIER)


def test_a_draft_without_changes_is_not_published(store: EntryStore, revisions: Revisions) -> None:
    version = store.version()
    with pytest.raises(NothingToPublish):
        revisions.publish(author="李")
    assert store.version() == version
    assert [version.number for version in revisions.history()] == [1]


def test_an_identical_edit_changes_nothing(revisions: Revisions) -> None:
    assert revisions.edit([SHIP, REFUND], author="李") == Changes(unchanged=2)
    revisions.edit([SLOW], author="李")
    before = revisions.draft()
    assert revisions.edit([SLOW], author="王") == Changes(unchanged=1)
    assert revisions.draft() == before


@pytest.mark.parametrize("entry", [SLOW, COURIER])
def test_what_is_edited_back_to_what_is_published_is_no_change(revisions: Revisions, entry: Entry) -> None:
    revisions.edit([entry], author="李")
    revisions.edit([SHIP], author="李", removed=["courier"])
    assert revisions.draft().changes == ()
    assert revisions.draft().entries == (SHIP, REFUND)


def test_a_removed_entry_that_is_written_again_stands_where_it_stood(revisions: Revisions) -> None:
    assert revisions.edit([], author="李", removed=["ship", "nobody"]) == Changes(removed=1)
    assert [change.kind for change in revisions.draft().changes] == ["removed"]
    assert revisions.edit([SLOW], author="李") == Changes(added=1)
    assert revisions.draft().entries == (SLOW, REFUND)
    assert [change.kind for change in revisions.draft().changes] == ["changed"]


def test_replacing_takes_out_the_others_and_keeps_the_order_given(
    store: EntryStore, revisions: Revisions
) -> None:
    assert revisions.edit([COURIER, SHIP], author="李", replace=True) == Changes(
        added=1, unchanged=1, removed=1
    )
    assert revisions.draft().entries == (COURIER, SHIP)
    assert store.load() == [SHIP, REFUND]
    revisions.publish(author="李")
    assert store.load() == [COURIER, SHIP]
    assert revisions.at(1) == [SHIP, REFUND]


def test_another_order_alone_is_a_version(store: EntryStore, revisions: Revisions) -> None:
    assert revisions.edit([REFUND, SHIP], author="李", replace=True) == Changes(unchanged=2)
    version = revisions.publish(author="李")
    assert (version.added, version.changed, version.removed, version.moved) == (0, 0, 0, 1)
    assert store.load() == [REFUND, SHIP]
    assert revisions.changes_of(2) == ()
    assert revisions.at(1) == [SHIP, REFUND]


def test_two_entries_of_one_id_are_refused_and_nothing_is_written(revisions: Revisions) -> None:
    before = revisions.draft()
    with pytest.raises(EntriesInvalid):
        revisions.edit([COURIER, SLOW, SHIP], author="李")
    assert revisions.draft() == before


def test_discarding_takes_back_what_is_named_or_all(revisions: Revisions) -> None:
    revisions.edit([COURIER, SLOW], author="李", removed=["refund"])
    assert revisions.discard(["ship", "nobody"]) == 1
    assert revisions.draft().entries == (SHIP, COURIER)
    assert revisions.discard() == 2
    assert revisions.draft().entries == (SHIP, REFUND)
    assert revisions.discard() == 0


def test_a_discarded_order_is_forgotten(revisions: Revisions) -> None:
    revisions.edit([REFUND, SHIP], author="李", replace=True)
    revisions.discard()
    assert revisions.draft().entries == (SHIP, REFUND)


def test_history_names_who_published_what_newest_first(revisions: Revisions) -> None:
    revisions.edit([SLOW], author="李")
    revisions.publish(author="王", note="改发货")
    assert [(one.number, one.author, one.note) for one in revisions.history()] == [
        (2, "王", "改发货"),
        (1, "导入", ""),
    ]
    assert [one.number for one in revisions.history(limit=1)] == [2]
    assert revisions.changes_of(2) == (Change("ship", SHIP, SLOW, "李", 2000.0),)
    assert {change.kind for change in revisions.changes_of(1)} == {"added"}


def test_going_back_is_a_new_version(store: EntryStore, revisions: Revisions) -> None:
    revisions.edit([SLOW, COURIER], author="李", removed=["refund"])
    revisions.publish(author="李")
    version = revisions.roll_back(1, author="王")
    assert (version.number, version.author, version.note) == (3, "王", "back to version 1")
    assert (version.added, version.changed, version.removed) == (1, 1, 1)
    assert store.load() == [SHIP, REFUND]
    assert revisions.roll_back(2, author="王", note="还是新的").note == "还是新的"
    assert store.load() == [SLOW, COURIER]


@pytest.mark.parametrize(
    "entry",
    [
        Entry(
            id="ship",
            question="什么时候发货？\n急",
            answer='{"a": 1}',
            category="物流",
            variants=("几天发", "[]"),
            threshold=0.95,
            short_answer="48小时",
            other_answers=("两天", '"'),
            rooms=("bilibili:7",),
            valid_from="2026-11-11 20:00",
            valid_until="2026-11-12",
            enabled=False,
            note="双十一",
        ),
        Entry(id="ship", question="1", answer="null", valid_until="2026-11-11T20:00+08:00", threshold=0),
    ],
)
def test_every_field_of_an_entry_goes_the_way_there_and_back(
    store: EntryStore, revisions: Revisions, entry: Entry
) -> None:
    revisions.edit([entry], author="李")
    assert revisions.draft().entries == (entry, REFUND)
    revisions.publish(author="李")
    revisions.edit([SHIP], author="李")
    revisions.publish(author="李")
    assert revisions.at(2) == [entry, REFUND]
    assert revisions.changes_of(3) == (Change("ship", entry, SHIP, "李", 2000.0),)
    revisions.roll_back(2, author="李")
    assert store.load() == [entry, REFUND]


def test_going_back_leaves_the_edits_of_the_draft(store: EntryStore, revisions: Revisions) -> None:
    revisions.edit([SLOW], author="李")
    revisions.publish(author="李")
    revisions.edit([COURIER], author="李")
    revisions.roll_back(1, author="王")
    assert store.load() == [SHIP, REFUND]
    assert revisions.draft().entries == (SHIP, REFUND, COURIER)
    revisions.publish(author="李")
    assert store.load() == [SHIP, REFUND, COURIER]


def test_entries_from_before_there_were_versions_are_version_0(path: Path) -> None:
    entries_from_before_versions(path, SHIP, REFUND)
    with Revisions(path) as revisions, EntryStore(path) as store:
        assert revisions.history() == []
        assert revisions.at(0) == [SHIP, REFUND]
        revisions.edit([COURIER], author="李", removed=["ship"])
        assert revisions.publish(author="李").number == 1
        assert revisions.at(0) == [SHIP, REFUND]
        revisions.roll_back(0, author="李")
        assert store.load() == [SHIP, REFUND]


@pytest.mark.parametrize("number", [-1, 2, 10**6])
def test_a_version_that_never_was_is_refused(revisions: Revisions, number: int) -> None:
    message = f"there is no version {number}: the last is 1"
    for call in (revisions.at, revisions.changes_of, lambda number: revisions.roll_back(number, author="李")):
        with pytest.raises(VersionUnknown, match=message):
            call(number)


def test_going_back_to_what_is_published_is_refused(revisions: Revisions) -> None:
    with pytest.raises(NothingToPublish, match="version 1 is what is published already"):
        revisions.roll_back(1, author="李")


def test_of_two_who_publish_at_once_the_second_is_told_and_loses_nothing(
    path: Path, store: EntryStore, revisions: Revisions
) -> None:
    revisions.edit([SLOW], author="李")
    seen = revisions.draft().revision
    with Revisions(path) as other:
        other.edit([COURIER], author="王", removed=["refund"], expect=seen)
        other.publish(author="王", expect=other.draft().revision)
    revisions.edit([REFUND], author="李")
    with pytest.raises(DraftMoved) as caught:
        revisions.publish(author="李", expect=seen)
    assert "version 2 was published by 王" in str(caught.value)
    assert "courier (added by 王), refund (removed by 王)" in str(caught.value)
    assert [version.number for version in caught.value.versions] == [2]
    assert {change.id for change in caught.value.changes} == {"courier", "refund"}
    assert store.load() == [SLOW, COURIER]
    assert revisions.draft().entries == (SLOW, COURIER, REFUND)
    revisions.publish(author="李", expect=revisions.draft().revision)
    assert store.load() == [SLOW, COURIER, REFUND]


def test_who_publishes_is_told_of_edits_and_withdrawals_since(path: Path, revisions: Revisions) -> None:
    revisions.edit([SLOW], author="李")
    seen = revisions.draft().revision
    with Revisions(path) as other:
        other.discard(author="王")
        other.edit([COURIER], author="赵")
    message = r"ship \(withdrawn by 王\), courier \(added by 赵\)"
    with pytest.raises(DraftMoved, match=message):
        revisions.publish(author="李", expect=seen)


def test_a_revision_of_another_database_is_refused(revisions: Revisions) -> None:
    revisions.edit([SLOW], author="李")
    with pytest.raises(DraftMoved, match="it is at revision 2"):
        revisions.publish(author="李", expect=99)


def test_an_edit_over_another_ones_is_refused_and_names_it(path: Path, revisions: Revisions) -> None:
    seen = revisions.draft().revision
    with Revisions(path) as other:
        other.edit([SLOW], author="王")
    with pytest.raises(DraftMoved, match=r"others changed meanwhile: ship \(changed by 王\)") as caught:
        revisions.edit([SLOWER, COURIER], author="李", expect=seen)
    assert [change.after for change in caught.value.changes] == [SLOW]
    assert revisions.draft().entries == (SLOW, REFUND)


def test_an_edit_beside_another_ones_is_taken(path: Path, revisions: Revisions) -> None:
    seen = revisions.draft().revision
    with Revisions(path) as other:
        other.edit([SLOW], author="王")
    revisions.edit([SLOW, COURIER], author="李", expect=seen)
    assert revisions.draft().entries == (SLOW, REFUND, COURIER)


def test_publishing_what_an_editor_saw_in_the_draft_is_no_change_to_him(
    path: Path, revisions: Revisions
) -> None:
    revisions.edit([SLOW], author="李")
    seen = revisions.draft().revision
    with Revisions(path) as other:
        other.publish(author="王")
    assert revisions.edit([SLOWER], author="李", expect=seen) == Changes(changed=1)


def test_a_replacement_made_of_an_older_draft_takes_nobodys_new_entry_out(
    path: Path, revisions: Revisions
) -> None:
    seen = revisions.draft().revision
    with Revisions(path) as other:
        other.edit([COURIER], author="王")
    with pytest.raises(DraftMoved, match=r"courier \(added by 王\)"):
        revisions.edit([SLOW, REFUND], author="李", replace=True, expect=seen)
    assert revisions.draft().entries == (SHIP, REFUND, COURIER)


def test_an_entry_published_otherwise_since_its_edit_waits_for_its_editor(
    store: EntryStore, revisions: Revisions
) -> None:
    revisions.edit([SLOW, COURIER], author="李")
    store.save([SLOWER], author="导入")
    assert revisions.draft().entries == (SLOW, REFUND, COURIER)
    assert revisions.draft().overtaken == (Change("ship", SHIP, SLOWER, "导入", 1000.0),)
    with pytest.raises(DraftMoved, match=r"ship \(changed by 导入\)") as caught:
        revisions.publish(author="李")
    assert [change.after for change in caught.value.changes] == [SLOWER]
    assert store.load() == [SLOWER, REFUND]
    assert revisions.draft().changes[0] == Change("ship", SLOWER, SLOW, "李", 2000.0)
    revisions.edit([SLOW], author="李")  # as before, in full knowledge
    revisions.publish(author="李")
    assert store.load() == [SLOW, REFUND, COURIER]


def test_an_overtaken_removal_holds_once_it_is_said_again(store: EntryStore, revisions: Revisions) -> None:
    revisions.edit([], author="李", removed=["ship"])
    store.save([SLOWER], author="导入")
    with pytest.raises(DraftMoved, match=r"ship \(changed by 导入\)"):
        revisions.publish(author="李")
    assert revisions.edit([], author="李", removed=["ship"]) == Changes()
    revisions.publish(author="李")
    assert store.load() == [REFUND]


def test_an_overtaken_edit_can_be_dropped(store: EntryStore, revisions: Revisions) -> None:
    revisions.edit([SLOW, COURIER], author="李")
    store.save([SLOWER], author="导入")
    revisions.discard(["ship"])
    revisions.publish(author="李")
    assert store.load() == [SLOWER, REFUND, COURIER]


def test_what_a_file_publishes_of_a_draft_leaves_the_draft(store: EntryStore, revisions: Revisions) -> None:
    revisions.edit([SLOW, COURIER], author="李", removed=["refund"])
    store.save([SLOW], replace=True)
    assert [change.id for change in revisions.draft().changes] == ["courier"]
    store.save([SLOWER])
    assert revisions.draft().overtaken == ()
    revisions.publish(author="李")
    assert store.load() == [SLOWER, COURIER]


def test_what_a_file_publishes_is_a_version_and_can_be_taken_back(
    store: EntryStore, revisions: Revisions
) -> None:
    store.save([COURIER, SLOW], replace=True, author="assistant import", note="faq.csv")
    newest = revisions.history()[0]
    assert (newest.author, newest.note) == ("assistant import", "faq.csv")
    revisions.roll_back(1, author="李")
    assert store.load() == [SHIP, REFUND]


@pytest.mark.parametrize(
    ("author", "kept"),
    [
        ("李 雷", "李 雷"),
        ("", "unknown"),
        (" \n\x07\u202e", "unknown"),
        ("\x1b[31m李\x1b[0m\r\n雷\ud800", "[31m李 [0m 雷"),
        ("王" * 100_000, "王" * 60),
    ],
)
def test_an_authors_name_is_kept_fit_to_be_shown(revisions: Revisions, author: str, kept: str) -> None:
    revisions.edit([SLOW], author=author)
    assert revisions.draft().changes[0].author == kept
    version = revisions.publish(author=author, note=f"{author}!\n")
    assert version == revisions.history()[0]
    assert version.author == kept
    assert version.note.isprintable()
    assert len(version.note) <= 500


@pytest.mark.parametrize("table", publisher_to_kill.TABLES)
def test_a_publication_that_is_killed_half_way_never_was(
    path: Path, store: EntryStore, revisions: Revisions, table: str
) -> None:
    revisions.edit([SLOW, COURIER], author="李", removed=["refund"])
    before = (revisions.draft(), revisions.history(), store.load(), store.version())
    command = [sys.executable, "-m", "tests.fakes.publisher_to_kill", str(path), table]
    assert subprocess.run(command, check=False).returncode == -SIGKILL  # noqa: S603
    with Revisions(path) as again, EntryStore(path) as published:
        assert (again.draft(), again.history(), published.load(), published.version()) == before
        again.publish(author="李")
        assert published.load() == [SLOW, COURIER]


def test_a_failed_publication_leaves_all_as_it_was(
    path: Path, store: EntryStore, revisions: Revisions
) -> None:
    revisions.edit([SLOW, COURIER], author="李")
    before = (revisions.draft(), revisions.history())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON knowledge_version "
            "BEGIN SELECT raise(ABORT, 'disk full'); END"
        )
    with pytest.raises(KnowledgeStoreError, match="disk full"):
        revisions.publish(author="李")
    assert (revisions.draft(), revisions.history()) == before
    assert store.load() == [SHIP, REFUND]


def test_several_editors_write_and_publish_at_once(path: Path, store: EntryStore) -> None:
    """Each opens the file for itself, as a program does; who is told of others looks again."""
    editors, rounds = 4, 5
    together = Barrier(editors)

    def work(number: int) -> None:
        with Revisions(path) as revisions:
            together.wait()
            for i in range(rounds):
                entry = Entry(id=f"{number}-{i}", question="几天发", answer="三天")
                revisions.edit([entry], author=str(number))
                publish_what_is_seen(revisions, author=str(number))

    threads = [Thread(target=work, args=[number]) for number in range(editors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Revisions(path) as revisions:
        written = {f"{number}-{i}" for number in range(editors) for i in range(rounds)}
        assert {entry.id for entry in store.load()} == written | {"ship", "refund"}
        assert revisions.draft().changes == ()
        numbers = [version.number for version in revisions.history()]
        assert numbers == list(range(len(numbers), 0, -1))
        assert sum(version.added for version in revisions.history()) == len(written) + 2


def publish_what_is_seen(revisions: Revisions, *, author: str) -> None:
    while True:
        draft = revisions.draft()
        try:
            revisions.publish(author=author, expect=draft.revision)
        except DraftMoved:
            continue
        except NothingToPublish:
            pass  # another one published it along with his own
        return


def test_a_draft_that_another_program_broke_is_named(path: Path, revisions: Revisions) -> None:
    revisions.edit([SLOW], author="李")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('UPDATE draft_edits SET entry = \'{"id": "ship"}\'')
    with pytest.raises(KnowledgeStoreError, match="table draft_edits, id ship: entry: question: is missing"):
        revisions.draft()


@pytest.mark.parametrize("change", ["answer = ''", "variants = '{'"])
def test_an_entry_that_another_program_broke_can_be_written_over(
    path: Path, store: EntryStore, revisions: Revisions, change: str
) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE entries SET {change} WHERE id = 'ship'")  # noqa: S608
    store.save([SLOW])
    assert store.load() == [SLOW, REFUND]
    assert revisions.at(2) == [SLOW, REFUND]
    with pytest.raises(KnowledgeStoreError, match="table version_changes, id ship"):
        revisions.at(1)


def test_only_the_wordings_that_a_version_changed_are_embedded_again(
    store: EntryStore, revisions: Revisions
) -> None:
    embedder = CountingEmbedder()
    base = KnowledgeBase(embedder, store.load())
    embedder.texts.clear()
    wider = SLOW.model_copy(update={"variants": ("几天发", "多久到")})
    revisions.edit([wider], author="李")
    revisions.publish(author="李")
    assert base.build(store.load()) == Changes(changed=1, unchanged=1)
    assert embedder.texts == ["多久到"]
    embedder.texts.clear()
    revisions.roll_back(1, author="李")
    base.build(store.load())
    assert embedder.texts == []


def test_one_change_among_ten_thousand_is_all_that_its_version_holds(
    path: Path, store: EntryStore, revisions: Revisions
) -> None:
    shop = [Entry(id=f"e{i}", question=f"第{i}号多少钱", answer=f"{i}元") for i in range(10_000)]
    assert revisions.edit(shop, author="李", replace=True) == Changes(added=10_000, removed=2)
    revisions.publish(author="李")
    cheaper = shop[5_000].model_copy(update={"answer": "1元"})
    revisions.edit([cheaper], author="李")
    revisions.publish(author="李")
    assert [change.after for change in revisions.changes_of(3)] == [cheaper]
    assert store.load() == [*shop[:5_000], cheaper, *shop[5_001:]]
    assert revisions.at(2) == shop


WORDS = st.text("天发退款", min_size=1, max_size=2)
ENTRIES = st.lists(
    st.builds(Entry, id=st.sampled_from("abcdef"), question=WORDS, answer=WORDS),
    max_size=6,
    unique_by=lambda entry: entry.id,
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "replace", "remove", "discard", "publish", "save", "save all", "roll back"]),
        ENTRIES,
    ),
    max_size=12,
)


@settings(max_examples=50)
@given(steps=STEPS)
def test_whatever_editors_do_every_version_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, list[Entry]]]
) -> None:
    path = tmp_path_factory.mktemp("versions") / "assistant.db"
    published: dict[int, list[Entry]] = {0: []}
    with Revisions(path) as revisions, EntryStore(path) as store:
        for step, entries in steps:
            draft = revisions.draft()
            _take(step, entries, revisions, store)
            published[revisions.history(limit=1)[0].number if revisions.history() else 0] = store.load()
            if step == "publish":
                assert store.load() == list(draft.entries)
        assert list(published) == list(range(len(published)))
        for number, entries in published.items():
            assert revisions.at(number) == entries


def _take(step: str, entries: list[Entry], revisions: Revisions, store: EntryStore) -> None:
    ids = [entry.id for entry in entries]
    if step in {"edit", "replace"}:
        revisions.edit(entries, author="李", replace=step == "replace")
        assert step == "edit" or list(revisions.draft().entries) == entries
    elif step == "remove":
        revisions.edit([], author="李", removed=ids)
    elif step == "discard":
        revisions.discard(ids or None)
    elif step == "publish":
        _publish_knowingly(revisions)
    elif step == "roll back":
        _roll_back(revisions, len(ids))
    else:
        store.save(entries, replace=step == "save all")


def _publish_knowingly(revisions: Revisions) -> None:
    draft = revisions.draft()
    overtaken = {change.id for change in draft.overtaken}
    gone = [change.id for change in draft.changes if change.after is None and change.id in overtaken]
    revisions.edit([one for one in draft.entries if one.id in overtaken], author="李", removed=gone)
    assert revisions.draft().entries == draft.entries
    try:
        revisions.publish(author="李")
    except NothingToPublish:
        assert revisions.draft().changes == ()


def _roll_back(revisions: Revisions, versions_ago: int) -> None:
    last = revisions.history(limit=1)[0].number if revisions.history() else 0
    number = max(0, last - versions_ago)
    edits = {change.id: change.after for change in revisions.draft().changes}
    try:
        version = revisions.roll_back(number, author="李")
    except NothingToPublish:
        return
    assert revisions.at(version.number) == revisions.at(number)
    left = {change.id: change.after for change in revisions.draft().changes}
    assert left.items() <= edits.items()
