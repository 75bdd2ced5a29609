"""After the broadcast: what people answered becomes entries, and what went wrong becomes labelled cases."""

from pathlib import Path

import pytest

from assistant.actions import Action, Decision, Reason
from assistant.stores.sqlite import SqliteStore
from knowledge import Entry
from knowledge.pending import PendingEntries
from knowledge.reviews import ReviewLog
from knowledge.revisions import Revisions
from knowledge.store import EntryStore
from tests.fakes.rows import BROADCAST, a_message
from tests.fakes.scripts import json_of, run_script

SHIP = Entry(id="ship", question="什么时候发货", answer="48小时内发货")
WRONG = Decision(Action.REPLY, Reason.SURE, "ship", 0.9, 0.9)
IN_VAIN = Decision(Action.ESCALATE, Reason.NO_ENTRY)
HEARD = [  # id, text, decision, escalation
    (1, "有粉色吗", IN_VAIN, 50),
    (2, "能开发票吗", IN_VAIN, 51),
    (3, "发票可以开不", IN_VAIN, 51),
    (4, "能开发票吗？", IN_VAIN, 51),
    (5, "什么时候下播", WRONG, None),
]
REVIEW = "review_escalations.py"


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with EntryStore(path) as entries:
        entries.save([SHIP])
    store = SqliteStore(path)
    await store.open()
    messages = [
        a_message(id, text=text, decision=decision, escalation_id=escalation, viewer_key=f"viewer {id}")
        for id, text, decision, escalation in HEARD
    ]
    await store.commit(BROADCAST, *messages)
    await store.aclose()
    with PendingEntries(path) as pending:
        for question, answer in (("有粉色吗", "有，链接3"), ("送运费险吗", "送的"), ("什么时候发", "48小时")):
            pending.add(question, answer, author="小李", source="host")
    return path


def drafted(database: Path) -> dict[str, Entry]:
    with Revisions(database) as revisions:
        return {entry.question: entry for entry in revisions.draft().entries}


def asked(database: Path, *options: str) -> list[tuple[str, int]]:
    listed = json_of(REVIEW, "list", "--db", database, *options)
    return [(one["question"], one["askers"]) for one in listed["questions"]]


def test_what_most_viewers_asked_in_vain_comes_first_with_what_people_answered(database: Path) -> None:
    listed = json_of(REVIEW, "list", "--db", database)
    assert [(one["id"], one["question"], one["author"]) for one in listed["pending"]] == [
        (1, "有粉色吗", "小李"),
        (2, "送运费险吗", "小李"),
        (3, "什么时候发", "小李"),
    ]
    invoice, colour = listed["questions"]
    assert (invoice["question"], invoice["askers"], invoice["escalations"]) == ("能开发票吗", 3, [51])
    assert [one["messages"] for one in invoice["wordings"]] == [[2, 4], [3]]
    assert (colour["message"], colour["askers"]) == (1, 1)
    shown = run_script(REVIEW, "list", "--db", database).stdout
    for text in ("能开发票吗", "发票可以开不", "有，链接3", str(Reason.NO_ENTRY)):
        assert text in shown


def test_what_a_published_entry_is_asked_by_now_is_settled(database: Path) -> None:
    with EntryStore(database) as store:
        store.save([Entry(id="colour", question="有粉色吗？", answer="有，链接3")])
    assert asked(database) == [("能开发票吗", 3)]


def test_answers_are_approved_merged_and_rejected_into_the_draft(database: Path) -> None:
    approved = json_of(REVIEW, "approve", "1", "--category", "颜色", "--db", database)
    assert approved == {"approved": [1], "added": 1, "changed": 0}
    json_of(REVIEW, "merge", "3", "--into", "ship", "--db", database)
    json_of(REVIEW, "reject", "--all", "--db", database)
    entries = drafted(database)
    assert (entries["有粉色吗"].answer, entries["有粉色吗"].category) == ("有，链接3", "颜色")
    assert entries[SHIP.question].variants == ("什么时候发",)
    assert len(entries) == 2
    assert json_of(REVIEW, "list", "--db", database)["pending"] == []
    with EntryStore(database) as store:
        assert store.load() == [SHIP]
    nothing = run_script(REVIEW, "approve", "--all", "--db", database)
    assert (nothing.returncode, nothing.stderr) == (1, "no answer waits for an editor\n")


def test_all_are_approved_or_none(database: Path) -> None:
    refused = run_script(REVIEW, "approve", "1", "9", "--db", database)
    assert (refused.returncode, refused.stderr) == (1, "no open answer 9\n")
    assert len(drafted(database)) == 1
    assert json_of(REVIEW, "approve", "--all", "--db", database)["added"] == 3
    neither = run_script(REVIEW, "approve", "--db", database)
    both = run_script(REVIEW, "approve", "1", "--all", "--db", database)
    assert (neither.returncode, both.returncode) == (2, 2)


def test_a_wrong_answer_that_was_corrected_is_a_labelled_case(database: Path) -> None:
    assert asked(database, "--replies") == [("什么时候下播", 1)]
    corrected = json_of(REVIEW, "correct", "5", "--for-people", "--author", "Lin", "--db", database)
    assert corrected == {"corrected": [5], "overruled": 0}
    with ReviewLog(database) as log:
        (review,) = log.all()
    assert (review.message_id, review.expect, review.entry, review.reviewer) == (5, "escalate", None, "Lin")
    assert asked(database, "--replies") == []
    assert ("什么时候下播", 1) in asked(database)
    again = json_of(REVIEW, "correct", "5", "--entry", "ship", "--db", database)
    assert again["overruled"] == 1


def test_what_asks_nothing_is_gone_from_the_list_with_all_who_typed_it(database: Path) -> None:
    assert json_of(REVIEW, "correct", "2", "--no-question", "--db", database)["corrected"] == [2, 4]
    assert asked(database) == [("有粉色吗", 1), ("发票可以开不", 1)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("5", "--entry", "nowhere"), "no entry 'nowhere'"),
        (("5", "77", "--no-question"), "no message 77"),
    ],
)
def test_a_correction_that_cannot_be_is_one_line_and_labels_nothing(
    database: Path, arguments: tuple[str, ...], said: str
) -> None:
    refused = run_script(REVIEW, "correct", *arguments, "--db", database)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert said in refused.stderr
    with ReviewLog(database) as log:
        assert log.all() == []


def test_a_shop_that_was_never_live_has_nothing_to_review(tmp_path: Path) -> None:
    with EntryStore(tmp_path / "shop.db") as entries:
        entries.save([SHIP])
    done = run_script(REVIEW, "list", "--db", tmp_path / "shop.db")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2
