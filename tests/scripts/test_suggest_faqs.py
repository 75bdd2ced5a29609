"""From what was asked in vain to entries: by number, by sheet, or never again."""

import csv
from pathlib import Path
from typing import Any

import pytest

from assistant.actions import Action, Decision, Reason
from assistant.stores.sqlite import SqliteStore
from knowledge import Entry
from knowledge.revisions import Revisions
from knowledge.store import EntryStore
from tests.fakes.rows import BROADCAST, a_message, a_reply
from tests.fakes.scripts import json_of, run_script

SHIP = Entry(id="ship", question="什么时候发货", answer="48小时内发货")
IN_VAIN = Decision(Action.ESCALATE, Reason.NO_ENTRY)
UNSURE = Decision(Action.ESCALATE, Reason.UNSURE, "ship", 0.4, 0.6)
HEARD = [  # text, viewers, decision, the reply that people gave
    ("这个杯子能放洗碗机吗", 3, IN_VAIN, None),
    ("能不能开发票", 2, IN_VAIN, "invoice"),
    ("啥时候能给发", 4, UNSURE, "ship"),
]
SUGGEST = "suggest_faqs.py"


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with EntryStore(path) as entries:
        entries.save([SHIP])
    store = SqliteStore(path)
    await store.open()
    own_words = a_reply(store.new_id(), text="下单时备注抬头", entry_id=None)
    by_entry = a_reply(store.new_id(), text=SHIP.answer, entry_id="ship")
    replies = {None: None, "invoice": own_words.id, "ship": by_entry.id}
    messages = [
        a_message(
            store.new_id(),
            text=text,
            decision=decision,
            viewer_key=f"{text} {viewer}",
            answered_by=replies[reply],
        )
        for text, viewers, decision, reply in HEARD
        for viewer in range(viewers)
    ]
    await store.commit(BROADCAST, own_words, by_entry, *messages)
    await store.aclose()
    return path


def suggested(database: Path) -> dict[str, dict[str, Any]]:
    return {one["question"]: one for one in json_of(SUGGEST, "--db", database)["suggestions"]}


def drafted(database: Path) -> dict[str, Entry]:
    with Revisions(database) as revisions:
        return {entry.question: entry for entry in revisions.draft().entries}


def test_suggestions_come_with_their_evidence_what_most_asked_first(database: Path) -> None:
    ship, dishes, invoice = suggested(database).values()
    assert (ship["kind"], ship["entry"], ship["askers"]) == ("new variant", "ship", 4)
    assert (dishes["kind"], dishes["question"], dishes["askers"]) == ("new entry", HEARD[0][0], 3)
    assert (invoice["answers"], invoice["nearest"][0]["entry"]) == (["下单时备注抬头"], "ship")
    shown = run_script(SUGGEST, "--db", database).stdout
    for text in ("能不能开发票", "下单时备注抬头", "wordings of ship", "a new entry"):
        assert text in shown


def test_accepted_ones_are_in_the_draft_and_the_others_keep_their_numbers(database: Path) -> None:
    before = suggested(database)
    ship, dishes, invoice = (one["number"] for one in before.values())
    refused = run_script(SUGGEST, "--accept", f"{dishes},{ship}", "--db", database)
    assert (refused.returncode, "--answer" in refused.stderr) == (1, True)
    assert list(drafted(database)) == [SHIP.question]

    both = json_of(SUGGEST, "--accept", f"{ship},{invoice}", "--db", database)
    assert (both["accepted"], both["added"], both["changed"]) == ([ship, invoice], 1, 1)
    assert {question: one["number"] for question, one in suggested(database).items()} == {HEARD[0][0]: dishes}
    json_of(SUGGEST, "--accept", dishes, "--answer", "可以，上层", "--category", "使用", "--db", database)
    entries = drafted(database)
    assert "啥时候能给发" in entries[SHIP.question].variants
    assert entries["能不能开发票"].answer == "下单时备注抬头"
    assert (entries[HEARD[0][0]].answer, entries[HEARD[0][0]].category) == ("可以，上层", "使用")
    assert suggested(database) == {}
    with EntryStore(database) as store:
        assert store.load() == [SHIP]


def test_an_editor_may_know_better_which_entry_lacks_the_wording(database: Path) -> None:
    number = suggested(database)[HEARD[0][0]]["number"]
    json_of(SUGGEST, "--accept", number, "--into", "ship", "--db", database)
    assert HEARD[0][0] in drafted(database)[SHIP.question].variants


def test_what_was_dismissed_does_not_come_back(database: Path) -> None:
    number = suggested(database)[HEARD[0][0]]["number"]
    json_of(SUGGEST, "--dismiss", number, "--db", database)
    assert HEARD[0][0] not in suggested(database)
    again = run_script(SUGGEST, "--accept", number, "--answer", "可以", "--db", database)
    assert (again.returncode, again.stderr) == (1, f"there is no suggestion {number}\n")


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "jsonl"])
def test_a_sheet_of_suggestions_is_filled_in_and_imported(
    database: Path, tmp_path: Path, suffix: str
) -> None:
    sheet = tmp_path / f"asked.{suffix}"
    assert json_of(SUGGEST, "--export", sheet, "--db", database)["file"] == str(sheet)
    taken = json_of("import_faqs.py", sheet, "--db", database, "--partial", code=1)
    assert (taken["added"], taken["changed"]) == (1, 1)
    (problem,) = taken["problems"]
    assert (problem["column"], problem["row"] is not None) == ("answer", True)
    entries = drafted(database)
    assert entries["能不能开发票"].answer == "下单时备注抬头"
    assert "啥时候能给发" in entries[SHIP.question].variants


def test_the_sheet_says_why_and_becomes_whole_with_an_answer(database: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "asked.csv"
    assert run_script(SUGGEST, "--export", sheet, "--db", database).returncode == 0
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    (row,) = [row for row in rows if not row["answer"]]
    assert "3 viewers" in row["note"]
    row["answer"] = "可以，上层"
    with sheet.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    taken = json_of("import_faqs.py", sheet, "--db", database)
    assert (taken["added"], taken["problems"]) == (2, [])
    assert run_script(SUGGEST, "--export", sheet, "--db", database).returncode == 1  # writes over nothing


def test_unknown_numbers_and_options_that_do_not_go_together_do_nothing(database: Path) -> None:
    assert run_script(SUGGEST, "--accept", "99", "--answer", "好", "--db", database).returncode == 1
    for options in (
        ("--answer", "好"),
        ("--accept", "one"),
        ("--accept", "1", "--answer", "好", "--into", "ship"),
        ("--accept", "1", "--export", "x.csv"),
    ):
        assert run_script(SUGGEST, *options, "--db", database).returncode == 2
    assert list(drafted(database)) == [SHIP.question]
