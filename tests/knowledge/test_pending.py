"""A person's answer waits for an editor, who decides about many at once; what is decided is in the draft."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge import Entry
from knowledge.errors import EntriesInvalid
from knowledge.pending import CannotDecide, PendingEntries, with_wordings
from knowledge.revisions import Revisions
from knowledge.store import EntryStore
from tests.fakes.clock import ManualClock

SHIPPING = Entry(id="ship-time", question="什么时候发货", answer="48小时内发货")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with EntryStore(tmp_path / "shop.db") as store:
        store.save([SHIPPING])
    return tmp_path / "shop.db"


@pytest.fixture
def pending(path: Path) -> Iterator[PendingEntries]:
    with PendingEntries(path, clock=ManualClock().now) as pending:
        yield pending


def answered(pending: PendingEntries, question: str = "能开发票吗", answer: str = "可以，联系客服") -> int:
    return pending.add(question, answer, author="小李", source="host", variants=[f"我想知道{question}"])


def drafted(path: Path) -> dict[str, Entry]:
    with Revisions(path) as revisions:
        return {entry.id: entry for entry in revisions.draft().entries}


def test_an_answer_waits_until_somebody_decides(path: Path, pending: PendingEntries) -> None:
    id = answered(pending)
    with PendingEntries(path) as elsewhere:
        (one,) = elsewhere.open()
    assert (one.id, one.question, one.answer, one.variants) == (
        id,
        "能开发票吗",
        "可以，联系客服",
        ("我想知道能开发票吗",),
    )
    assert (one.author, one.source, one.state, one.made_at) == ("小李", "host", "open", ManualClock().now())
    assert drafted(path) == {SHIPPING.id: SHIPPING}


def test_the_same_words_to_the_same_question_wait_once(pending: PendingEntries) -> None:
    assert answered(pending) == answered(pending)
    assert answered(pending, answer="不可以") not in (answered(pending), None)
    assert len(pending.open()) == 2


def test_what_was_decided_may_be_answered_again(pending: PendingEntries) -> None:
    first = answered(pending)
    pending.reject(first, author="王")
    assert answered(pending) != first


def test_approved_answers_become_entries_of_the_draft_and_nothing_is_published(
    path: Path, pending: PendingEntries
) -> None:
    ids = [answered(pending), answered(pending, "Do you ship abroad?", "Yes")]
    assert pending.approve(*ids, author="王", category="售后").added == 2
    entries = list(drafted(path).values())
    assert [(entry.question, entry.answer, entry.category) for entry in entries[1:]] == [
        ("能开发票吗", "可以，联系客服", "售后"),
        ("Do you ship abroad?", "Yes", "售后"),
    ]
    assert entries[1].variants == ("我想知道能开发票吗",)
    assert entries[2].id == "do-you-ship-abroad"
    assert pending.open() == []
    assert [(one.state, one.decided_by, one.entry_id) for one in pending.all()] == [
        ("approved", "王", entries[1].id),
        ("approved", "王", entries[2].id),
    ]
    with EntryStore(path) as store:
        assert store.load() == [SHIPPING]


def test_a_merged_answer_gives_its_wordings_to_an_entry(path: Path, pending: PendingEntries) -> None:
    first = answered(pending, "多久能到我手上", "明天就到")
    second = answered(pending, "什么时候发货？", "今天都发")
    pending.merge(first, author="王", into="ship-time")
    assert drafted(path)["ship-time"].variants == ("多久能到我手上", "我想知道多久能到我手上")
    assert drafted(path)["ship-time"].answer == SHIPPING.answer
    pending.merge(second, author="王", into="ship-time", take_answer=True)
    assert drafted(path)["ship-time"].answer == "今天都发"
    assert drafted(path)["ship-time"].wordings[0] == "什么时候发货"
    assert [(one.state, one.entry_id) for one in pending.all()] == [("merged", "ship-time")] * 2


def test_rejected_ones_are_kept_and_asked_about_no_more(path: Path, pending: PendingEntries) -> None:
    ids = [answered(pending, f"问题{number}？") for number in range(3)]
    assert pending.reject(*ids[:2], author="王") == 2
    assert [one.id for one in pending.open()] == ids[2:]
    assert [one.state for one in pending.all()] == ["rejected", "rejected", "open"]
    assert list(drafted(path)) == ["ship-time"]


def test_what_is_decided_cannot_be_decided_again_and_then_nothing_changes(
    path: Path, pending: PendingEntries
) -> None:
    first, second = answered(pending), answered(pending, "有粉色吗")
    pending.reject(first, author="王")
    for decide in (pending.approve, pending.reject):
        with pytest.raises(CannotDecide, match=f"no open answer {first}"):
            decide(second, first, author="李")
    with pytest.raises(CannotDecide, match="no open answer"):
        pending.merge(second, first, author="李", into="ship-time")
    with pytest.raises(CannotDecide, match="no entry 'gone'"):
        pending.merge(second, author="李", into="gone")
    assert ([one.id for one in pending.open()], list(drafted(path))) == ([second], ["ship-time"])


def test_what_an_entry_is_asked_already_is_to_be_merged(path: Path, pending: PendingEntries) -> None:
    asked = answered(pending, "什么时候发货？？", "明天")
    with pytest.raises(CannotDecide, match="entry ship-time is asked"):
        pending.approve(asked, author="王")
    one, other = answered(pending, "有粉色吗", "有"), answered(pending, "有粉色吗？", "没有")
    with pytest.raises(CannotDecide, match=f"answer {one} is asked"):
        pending.approve(one, other, author="王")
    assert list(drafted(path)) == ["ship-time"]
    assert len(pending.open()) == 3


def test_a_decision_that_breaks_off_leaves_draft_and_answers_as_they_were(
    path: Path, pending: PendingEntries, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = answered(pending)

    def breaks_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(pending, "_decide", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            pending.approve(id, author="王")
    assert list(drafted(path)) == ["ship-time"]
    assert pending.approve(id, author="王").added == 1


@pytest.mark.parametrize(
    ("question", "answer"), [("", "可以"), ("能吗", " "), ("能\x1b吗", "可以"), ("问" * 501, "x")]
)
def test_what_could_be_no_entry_is_refused(pending: PendingEntries, question: str, answer: str) -> None:
    with pytest.raises(EntriesInvalid):
        pending.add(question, answer, author="小李", source="agent")
    assert pending.open() == []


def test_wordings_that_read_like_those_of_the_entry_add_nothing() -> None:
    entry = with_wordings(SHIPPING, ["什么时候发货？", "几时发货", "幾時發貨", "[doge]"])
    assert entry.variants == ("几时发货",)
