"""From the draft to what viewers are answered, and back: nothing is public that nobody looked at."""

import os
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from assistant.actions import Action, Decision, Reason
from assistant.stores.sqlite import SqliteStore
from knowledge import Entry
from knowledge.revisions import Revisions
from knowledge.store import EntryStore
from tests.fakes.rows import BROADCAST, a_message
from tests.fakes.scripts import SCRIPTS, json_of, run_script

SHIP = Entry(id="ship", question="什么时候发货", answer="48小时内发货", variants=("几天发货",))
REFUND = Entry(id="refund", question="可以退货吗", answer="七天无理由退货")
INVOICE = Entry(id="invoice", question="能开发票吗", answer="下单时备注抬头就能开")
SLOW = SHIP.model_copy(update={"answer": "72小时内发货"})
REPLIED = Decision(Action.REPLY, Reason.SURE, "ship", 0.99, 0.99)
IN_VAIN = Decision(Action.ESCALATE, Reason.NO_ENTRY)
HEARD = [("什么时候发货", REPLIED), ("可以退货吗", REPLIED), ("能开发票吗", IN_VAIN), ("能开发票吗", IN_VAIN)]


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """Two entries are published, one broadcast was heard."""
    path = tmp_path / "shop.db"
    with EntryStore(path) as entries:
        entries.save([SHIP, REFUND])
    store = SqliteStore(path)
    await store.open()
    messages = [
        a_message(store.new_id(), text=text, decision=decision, viewer_key=f"viewer {number}")
        for number, (text, decision) in enumerate(HEARD)
    ]
    await store.commit(BROADCAST, *messages)
    await store.aclose()
    return path


def edit(database: Path, *entries: Entry, removed: tuple[str, ...] = (), author: str = "李") -> None:
    with Revisions(database) as revisions:
        revisions.edit(entries, author=author, removed=removed)


def published(database: Path) -> list[Entry]:
    with EntryStore(database) as store:
        return store.load()


def test_what_would_be_gained_lost_and_changed_is_shown_before_anything_is_public(database: Path) -> None:
    edit(database, SLOW, INVOICE, removed=("refund",))
    seen = json_of("publish_faqs.py", "--db", database, "--dry-run")
    replay = seen["replay"]
    assert [(one["text"], one["times"], one["after"]) for one in replay["gained"]] == [
        ("能开发票吗", 2, "invoice")
    ]
    assert [(one["text"], one["before"], one["after"]) for one in replay["lost"]] == [
        ("可以退货吗", "refund", None)
    ]
    assert [(one["before_answer"], one["after_answer"]) for one in replay["changed"]] == [
        (SHIP.answer, SLOW.answer)
    ]
    assert {one["id"]: one["kind"] for one in seen["changes"]} == {
        "ship": "changed",
        "invoice": "added",
        "refund": "removed",
    }
    assert (seen["published"], published(database)) == (None, [SHIP, REFUND])

    told = run_script("publish_faqs.py", "--db", database, "--author", "Wu", "--note", "发票", "--yes")
    assert told.returncode == 0, told.stderr
    for text in ("可以退货吗", "能开发票吗", SLOW.answer, "1 added, 1 changed, 1 removed"):
        assert text in told.stdout
    assert published(database) == [SLOW, INVOICE]
    (version, _) = json_of("history_faqs.py", "--db", database)["versions"]
    assert (version["number"], version["author"], version["note"]) == (2, "Wu", "发票")
    one = json_of("history_faqs.py", "--db", database, "--version", "2")
    assert [change["id"] for change in one["changes"]] == [change["id"] for change in seen["changes"]]


def test_nobody_to_ask_and_no_yes_publishes_nothing(database: Path) -> None:
    edit(database, INVOICE)
    for options in ([], ["--json"]):
        refused = run_script("publish_faqs.py", "--db", database, *options)
        assert (refused.returncode, "--yes" in refused.stderr + refused.stdout) == (1, True)
    assert published(database) == [SHIP, REFUND]


def test_too_many_lost_answers_publish_nothing(database: Path) -> None:
    edit(database, INVOICE, removed=("refund",))
    refused = json_of("publish_faqs.py", "--db", database, "--yes", "--fail-on-lost", "1", code=1)
    assert refused["refused"] == "questions that would lose their answer: 1"
    checked = run_script("publish_faqs.py", "--db", database, "--dry-run", "--fail-on-lost", "1")
    assert checked.returncode == 1
    assert published(database) == [SHIP, REFUND]
    assert json_of("publish_faqs.py", "--db", database, "--yes", "--fail-on-lost", "2")["published"]


def test_labelled_rooms_are_replayed_too(database: Path, tmp_path: Path) -> None:
    room = tmp_path / "rooms" / "shop"
    room.mkdir(parents=True)
    (room / "kb.jsonl").write_text(f"{SHIP.model_dump_json()}\n", encoding="utf-8")
    line = '{"text": "几天发货", "expect": "reply", "faq": "ship", "kind": "asked"}\n'
    (room / "messages.jsonl").write_text(line, encoding="utf-8")
    edit(database, removed=("ship",))
    options = ["--db", database, "--rooms", room.parent, "--broadcasts", "0", "--yes", "--fail-on-lost", "1"]
    refused = json_of("publish_faqs.py", *options, code=1)
    assert [one["text"] for one in refused["replay"]["lost"]] == ["几天发货"]


def test_an_edit_that_was_overtaken_is_named_and_kept(database: Path) -> None:
    edit(database, SLOW)
    with EntryStore(database) as store:
        store.save([SHIP.model_copy(update={"answer": "当天发货"})], author="王")
    refused = run_script("publish_faqs.py", "--db", database, "--yes")
    assert refused.returncode == 1
    assert "ship was changed by 王" in refused.stderr
    with Revisions(database) as revisions:
        assert [change.after for change in revisions.draft().changes] == [SLOW]


def test_what_somebody_changed_after_it_was_shown_is_not_published_unseen(database: Path) -> None:
    edit(database, SLOW)
    keyboard, terminal = os.openpty()
    command = [sys.executable, SCRIPTS / "publish_faqs.py", "--db", database]
    with subprocess.Popen(command, stdin=terminal, stdout=PIPE, stderr=PIPE) as script:  # noqa: S603
        assert script.stdout is not None
        assert script.stderr is not None
        asked = b""
        while not asked.endswith(b"[y/N]:") and (letter := script.stderr.read(1)):
            asked += letter
        edit(database, INVOICE, author="王")
        os.write(keyboard, b"y\n")
        told = script.stderr.read().decode()
    os.close(keyboard)
    os.close(terminal)
    assert script.returncode == 1
    assert "invoice was added by 王" in told
    assert published(database) == [SHIP, REFUND]
    with Revisions(database) as revisions:
        assert [change.after for change in revisions.draft().changes] == [SLOW, INVOICE]
    assert json_of("publish_faqs.py", "--db", database, "--yes")["published"]


def test_an_unchanged_draft_is_nothing_to_publish(database: Path) -> None:
    done = run_script("publish_faqs.py", "--db", database, "--yes")
    assert (done.returncode, done.stdout) == (
        0,
        "nothing to publish: the draft is what is published already\n",
    )


def test_any_version_comes_back_and_edits_stay_edits(database: Path) -> None:
    edit(database, SLOW, removed=("refund",))
    json_of("publish_faqs.py", "--db", database, "--yes")
    edit(database, INVOICE)
    shown = json_of("rollback_faqs.py", "1", "--db", database, "--dry-run")
    assert {one["id"]: one["kind"] for one in shown["changes"]} == {"ship": "changed", "refund": "added"}
    assert published(database) == [SLOW]
    assert run_script("rollback_faqs.py", "1", "--db", database).returncode == 1
    back = json_of("rollback_faqs.py", "1", "--db", database, "--yes", "--author", "Lin")
    assert (back["published"]["number"], back["published"]["author"]) == (3, "Lin")
    assert published(database) == [SHIP, REFUND]
    with Revisions(database) as revisions:
        assert [change.id for change in revisions.draft().changes] == ["invoice"]
    again = run_script("rollback_faqs.py", "1", "--db", database, "--yes")
    assert (again.returncode, again.stderr) == (1, "version 1 is what is published already\n")
    assert run_script("rollback_faqs.py", "9", "--db", database, "--yes").returncode == 1


def test_history_shows_who_did_what_and_no_escape_sequences(database: Path) -> None:
    edit(database, SLOW, author="\x1b[31m李")
    json_of("publish_faqs.py", "--db", database, "--yes", "--note", "\x1b]0;慢了\x07")
    listed = run_script("history_faqs.py", "--db", database)
    assert "慢了" in listed.stdout
    one = run_script("history_faqs.py", "--db", database, "--version", "2")
    assert SLOW.answer in one.stdout
    assert "\x1b" not in listed.stdout + one.stdout
    unknown = run_script("history_faqs.py", "--db", database, "--version", "7")
    assert (unknown.returncode, len(unknown.stderr.splitlines())) == (1, 1)


@pytest.mark.parametrize("script", ["publish_faqs.py", "rollback_faqs.py", "history_faqs.py"])
def test_a_database_that_is_not_there_is_one_plain_line(script: str, tmp_path: Path) -> None:
    arguments = ["1"] if script == "rollback_faqs.py" else []
    refused = run_script(script, *arguments, "--db", tmp_path / "gone.db")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert not (tmp_path / "gone.db").exists()
