"""What a lint finds in the draft or in a file, what an edit would lose, and when the exit code says so."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.actions import Action, Decision, Reason
from assistant.stores.sqlite import SqliteStore
from knowledge import Entry
from knowledge.importers import write_entries
from knowledge.revisions import Revisions
from knowledge.store import EntryStore
from tests.fakes.rows import BROADCAST, a_message
from tests.fakes.scripts import json_of, run_script

SHIP = Entry(id="ship", question="什么时候发货", answer="48小时内发货", variants=("几天发货",))
REFUND = Entry(id="refund", question="可以退货吗", answer="七天无理由退货", variants=("能不能退",))
REPLIED = Decision(Action.REPLY, Reason.SURE, "ship", 0.99, 0.99)


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """Two entries are published; two viewers asked one of them."""
    path = tmp_path / "shop.db"
    with EntryStore(path) as entries:
        entries.save([SHIP, REFUND])
    store = SqliteStore(path)
    await store.open()
    asked = [
        a_message(store.new_id(), text="什么时候发货", decision=REPLIED, viewer_key=f"viewer {number}")
        for number in range(2)
    ]
    await store.commit(BROADCAST, *asked)
    await store.aclose()
    return path


def edit(database: Path, *entries: Entry, removed: tuple[str, ...] = ()) -> None:
    with Revisions(database) as revisions:
        revisions.edit(entries, author="Lin", removed=removed)


def rules(result: dict[str, Any]) -> set[str]:
    return {finding["rule"] for finding in result["findings"]}


def test_a_sound_draft_passes(database: Path) -> None:
    result = json_of("lint_faqs.py", "--db", database, "--fail-on", "warning")
    assert (result["entries"], result["findings"], result["problems"]) == (2, [], [])
    assert result["replay"]["questions"] == 1


def test_the_draft_is_looked_over_and_what_is_published_when_asked_for(database: Path) -> None:
    edit(database, Entry(id="back", question="可以退货吗", answer="不可以", variants=("退吗",)))
    assert rules(json_of("lint_faqs.py", "--db", database, code=1)) == {"contradiction"}
    assert rules(json_of("lint_faqs.py", "--db", database, "--published")) == set()


def test_fail_on_says_what_is_bad_enough(database: Path) -> None:
    edit(database, Entry(id="ticket", question="能开发票吗", answer="能"))  # no variants: a warning
    json_of("lint_faqs.py", "--db", database)
    json_of("lint_faqs.py", "--db", database, "--fail-on", "warning", code=1)
    options = ("--banned", "退货", "--fail-on", "never")
    assert "banned_word" in rules(json_of("lint_faqs.py", "--db", database, *options))


def test_banned_words_may_stand_in_a_file(database: Path, tmp_path: Path) -> None:
    words = tmp_path / "banned.txt"
    words.write_text("最好\n退货\n", encoding="utf-8")
    result = json_of("lint_faqs.py", "--db", database, "--banned", f"@{words}", code=1)
    assert [finding["ids"] for finding in result["findings"]] == [["refund"]]


def test_an_answer_is_too_long_when_it_does_not_split_into_the_rooms_lines(database: Path) -> None:
    options = ("--line-characters", "3", "--parts", "2")
    result = json_of("lint_faqs.py", "--db", database, *options, code=1)
    assert rules(result) == {"too_long"}


def test_a_placeholder_is_wrong_once_the_broadcast_has_settings(database: Path, tmp_path: Path) -> None:
    edit(database, Entry(id="price", question="多少钱", answer="{prize}", variants=("价格",)))
    json_of("lint_faqs.py", "--db", database)
    config = tmp_path / "team.toml"
    config.write_text('[broadcast]\nprice = "199元"\n', encoding="utf-8")
    result = json_of("lint_faqs.py", "--db", database, "--config", config, code=1)
    assert rules(result) == {"unknown_placeholder"}


def test_a_lost_answer_is_told_and_fails_when_asked_for(database: Path) -> None:
    edit(database, removed=("ship",))
    (lost,) = json_of("lint_faqs.py", "--db", database)["replay"]["lost"]
    assert (lost["text"], lost["times"], lost["before"]) == ("什么时候发货", 2, "ship")
    for most, code in (("0", 1), ("1", 1), ("2", 0)):
        json_of("lint_faqs.py", "--db", database, "--fail-on-lost", most, code=code)
    shown = run_script("lint_faqs.py", "--db", database)
    assert "1 lost" in shown.stdout


def test_a_file_is_looked_over_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "faq.csv"
    file.write_text("id,question,answer\na,,甲\nb,灯多少钱,便宜\n", encoding="utf-8")
    result = json_of("lint_faqs.py", file, code=1)
    assert (result["entries"], result["replay"], len(result["problems"])) == (1, None, 1)
    assert "no_number" in rules(result)
    assert {path.name for path in tmp_path.iterdir()} == {"faq.csv"}


def test_a_file_beside_a_database_is_looked_over_as_it_would_be_imported(
    database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "faq.csv"
    write_entries(file, [Entry(id="ship", question="能开发票吗", answer="能", variants=("发票",))])
    result = json_of("lint_faqs.py", file, "--db", database)
    assert (result["entries"], [flip["before"] for flip in result["replay"]["lost"]]) == (2, ["ship"])


def test_files_are_compared_over_labelled_rooms_without_any_database(tmp_path: Path) -> None:
    room = tmp_path / "rooms" / "shop"
    room.mkdir(parents=True)
    write_entries(room / "kb.jsonl", [SHIP, REFUND])
    messages = [("什么时候发货", "ship"), ("可以退货吗", "ship")]
    lines = [
        json.dumps({"text": text, "expect": "reply", "faq": faq, "kind": "plain"}) for text, faq in messages
    ]
    (room / "messages.jsonl").write_text("\n".join(lines), encoding="utf-8")
    file, other = tmp_path / "faq.csv", tmp_path / "other.csv"
    write_entries(file, [REFUND])
    write_entries(other, [SHIP])
    options = ("--rooms", tmp_path / "rooms", "--fail-on-lost", "0")
    lost = json_of("lint_faqs.py", file, *options, code=1)["replay"]["lost"]
    assert [flip["before"] for flip in lost] == ["ship"]
    wrong = json_of("lint_faqs.py", other, *options)  # people say that refund was the wrong reply there
    assert [flip["before"] for flip in wrong["replay"]["lost"]] == ["refund"]
    before = json_of("lint_faqs.py", file, "--before", file, *options)
    assert before["replay"]["lost"] == []


def test_a_folder_without_rooms_is_told_in_a_line(database: Path, tmp_path: Path) -> None:
    refused = run_script("lint_faqs.py", "--db", database, "--rooms", tmp_path)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)


def test_a_heard_broadcast_without_a_match_counts_as_unused(database: Path) -> None:
    result = json_of("lint_faqs.py", "--db", database, "--broadcasts", "1")
    assert [(one["rule"], one["ids"]) for one in result["findings"]] == [("never_matched", ["refund"])]


def test_without_broadcasts_the_old_files_own_wordings_are_asked(tmp_path: Path) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("id,question,answer\nfee,包邮吗,全场包邮\nship,什么时候发货,明天\n", encoding="utf-8")
    new.write_text("id,question,answer\nship,什么时候发货,明天\n", encoding="utf-8")
    told = json_of("lint_faqs.py", new, "--before", old, "--fail-on", "never", "--fail-on-lost", "1", code=1)
    assert [flip["text"] for flip in told["replay"]["lost"]] == ["包邮吗"]


def test_fail_on_lost_does_not_pass_with_nothing_asked(tmp_path: Path) -> None:
    faq = tmp_path / "faq.csv"
    faq.write_text("id,question,answer\nfee,包邮吗,全场包邮\n", encoding="utf-8")
    done = run_script("lint_faqs.py", faq, "--fail-on", "never", "--fail-on-lost", "1")
    assert done.returncode == 1
    assert "nothing to ask" in done.stderr
