"""A sheet comes into the draft wholly or not at all, never twice, and its rows get ids that stay."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.stores.sqlite import SqliteStore
from knowledge import Entry
from knowledge.importers import read_entries, write_entries
from knowledge.revisions import Revisions
from knowledge.store import EntryStore
from tests.fakes.rows import BROADCAST, a_message
from tests.fakes.scripts import SCRIPTS, json_of, run_script

SHEET = "question,variants,answer\n灯多少钱,灯怎么卖,今天 199 元\n几天能到,,三天\n"
COUNTS = ("added", "changed", "unchanged", "removed")


def counts(taken: dict[str, Any]) -> tuple[int, ...]:
    return tuple(taken[name] for name in COUNTS)


def draft(database: Path) -> list[Entry]:
    with Revisions(database) as revisions:
        return list(revisions.draft().entries)


def published(database: Path) -> list[Entry]:
    with EntryStore(database) as store:
        return store.load()


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "faq.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


def take(file: Path, database: Path, *options: str, code: int = 0) -> dict[str, Any]:
    taken = json_of("import_faqs.py", file, "--db", database, *options, code=code)
    assert isinstance(taken, dict)
    return taken


def test_rows_come_into_the_draft_and_viewers_see_nothing_yet(sheet: Path, database: Path) -> None:
    ran = take(sheet, database)
    assert (counts(ran), ran["problems"]) == ((2, 0, 0, 0), [])
    assert [entry.question for entry in draft(database)] == ["灯多少钱", "几天能到"]
    assert published(database) == []


def test_ids_are_written_into_the_file_and_a_second_import_changes_nothing(
    sheet: Path, database: Path
) -> None:
    take(sheet, database)
    entries, problems = read_entries(sheet)
    assert (problems, entries) == ([], draft(database))
    assert sheet.read_text(encoding="utf-8").startswith("id,question,variants,answer\n")
    before = sheet.read_bytes()
    again = take(sheet, database)
    assert (counts(again), again["ids_written"]) == ((0, 0, 2, 0), 0)
    assert sheet.read_bytes() == before
    told = run_script("import_faqs.py", sheet, "--db", database)
    assert "nothing changed: all of it was there already" in told.stdout


def test_a_sheet_typed_anew_duplicates_nothing(sheet: Path, database: Path) -> None:
    take(sheet, database)
    ids = [entry.id for entry in draft(database)]
    sheet.write_text(SHEET.replace("三天", "四天"), encoding="utf-8")  # without the ids
    assert counts(take(sheet, database)) == (0, 1, 1, 0)
    assert [entry.id for entry in draft(database)] == ids


def test_one_wrong_row_keeps_all_out_and_every_problem_is_told(tmp_path: Path, database: Path) -> None:
    file = tmp_path / "faq.csv"
    text = "id,question,answer,valid_from\na,,甲,\nb,乙,,\nc,丙,丙,someday\nd,丁,丁,\n"
    file.write_text(text, encoding="utf-8")
    ran = take(file, database, code=1)
    assert (counts(ran), database.exists()) == ((0, 0, 0, 0), False)
    problems = ran["problems"]
    assert [(one["row"], one["column"]) for one in problems] == [
        (2, "question"), (3, "answer"), (4, "valid_from"),
    ]  # fmt: skip
    assert problems[2]["value"] == "someday"
    assert all(set(one) == {"row", "column", "value", "problem", "remedy"} for one in problems)
    assert all(one["problem"] and one["remedy"] for one in problems)
    assert file.read_text(encoding="utf-8") == text
    table = run_script("import_faqs.py", file, "--db", database)
    assert table.returncode == 1
    assert all(word in table.stdout for word in ("someday", "how to mend it", "nothing was changed"))


def test_partial_takes_the_rows_that_are_right(tmp_path: Path, database: Path) -> None:
    file = tmp_path / "faq.csv"
    file.write_text("id,question,answer\na,,甲\nb,乙,乙\n", encoding="utf-8")
    ran = take(file, database, "--partial", code=1)
    assert (counts(ran), len(ran["problems"])) == ((1, 0, 0, 0), 1)
    assert [entry.id for entry in draft(database)] == ["b"]


def test_partial_and_replace_together_would_remove_wrong_rows_and_are_refused(
    sheet: Path, database: Path
) -> None:
    ran = run_script("import_faqs.py", sheet, "--db", database, "--partial", "--replace")
    assert ran.returncode == 2
    assert not database.exists()


def test_a_dry_run_shows_what_would_happen_and_does_nothing(sheet: Path, database: Path) -> None:
    before = sheet.read_bytes()
    ran = take(sheet, database, "--dry-run")
    assert counts(ran) == (2, 0, 0, 0)
    assert (database.exists(), sheet.read_bytes()) == (False, before)
    take(sheet, database)
    write_entries(sheet, [draft(database)[0].model_copy(update={"answer": "今天 189 元"})])
    shown = run_script("import_faqs.py", sheet, "--db", database, "--dry-run", "--replace")
    assert all(text in shown.stdout for text in ("今天 199 元", "今天 189 元", "几天能到", "dry run"))
    assert counts(take(sheet, database, "--dry-run", "--replace")) == (0, 1, 0, 1)
    assert len(draft(database)) == 2


def test_replace_removes_what_the_file_does_not_have(sheet: Path, database: Path) -> None:
    take(sheet, database)
    write_entries(sheet, draft(database)[:1])
    assert counts(take(sheet, database)) == (0, 0, 1, 0)
    assert counts(take(sheet, database, "--replace")) == (0, 0, 1, 1)
    assert [entry.question for entry in draft(database)] == ["灯多少钱"]


def test_publish_shows_the_file_to_viewers_and_leaves_the_rest_of_the_draft(
    sheet: Path, database: Path
) -> None:
    with Revisions(database) as revisions:
        revisions.edit([Entry(id="other", question="怎么退", answer="七天内")], author="Wu")
    ran = take(sheet, database, "--publish", "--note", "夏季", "--author", "Lin")
    assert counts(ran) == (2, 0, 0, 0)
    assert [entry.question for entry in published(database)] == ["灯多少钱", "几天能到"]
    with Revisions(database) as revisions:
        (version,) = revisions.history()
        assert (version.author, version.note) == ("Lin", "夏季")
        assert [change.id for change in revisions.draft().changes] == ["other"]


def test_what_was_drafted_can_be_published_from_the_same_file(sheet: Path, database: Path) -> None:
    take(sheet, database)
    assert counts(take(sheet, database, "--publish")) == (2, 0, 0, 0)
    with Revisions(database) as revisions:
        assert revisions.draft().changes == ()


async def test_it_works_while_the_assistant_writes_its_journal(sheet: Path, database: Path) -> None:
    store = SqliteStore(database)
    await store.open()
    try:
        await store.commit(BROADCAST)
        take(sheet, database)
        await store.commit(a_message(store.new_id()))
        assert len(await store.messages(BROADCAST.id)) == 1
    finally:
        await store.aclose()
    assert len(draft(database)) == 2


KILLED = """
import os, runpy, signal, sys
from knowledge.overlay import Overlay
write = Overlay.write
def die(self, *arguments, **named):
    write(self, *arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)
Overlay.write = die
sys.path.insert(0, sys.argv[1])
sys.argv = ["import_faqs.py", *sys.argv[2:]]
runpy.run_path(os.path.join(sys.path[0], "import_faqs.py"), run_name="__main__")
"""


def test_a_kill_half_way_leaves_the_database_and_the_file_as_they_were(sheet: Path, database: Path) -> None:
    take(sheet, database)
    entries = draft(database)
    sheet.write_text(SHEET.replace("三天", "四天") + "能开票吗,,能\n", encoding="utf-8")
    before = sheet.read_bytes()
    command = [sys.executable, "-c", KILLED, str(SCRIPTS), str(sheet), "--db", str(database)]
    killed = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    assert killed.returncode == -signal.SIGKILL
    assert (draft(database), sheet.read_bytes()) == (entries, before)
    assert counts(take(sheet, database)) == (1, 1, 1, 0)


def test_ids_that_cannot_be_written_are_no_harm(sheet: Path, database: Path) -> None:
    folder = sheet.parent / "sheets"
    folder.mkdir()
    locked = sheet.rename(folder / sheet.name)
    folder.chmod(0o500)
    try:
        ran = take(locked, database)
        again = take(locked, database)
    finally:
        folder.chmod(0o700)
    assert counts(ran) == (2, 0, 0, 0)
    assert counts(again) == (0, 0, 2, 0)


@pytest.mark.parametrize("name", ["gone.csv", "faq.docx"])
def test_a_file_that_cannot_be_read_is_a_problem(name: str, tmp_path: Path, database: Path) -> None:
    ran = take(tmp_path / name, database, code=1)
    assert (counts(ran), len(ran["problems"])) == ((0, 0, 0, 0), 1)
    assert not database.exists()


def test_a_file_that_is_no_database_is_told_in_a_line(sheet: Path) -> None:
    ran = run_script("import_faqs.py", sheet, "--db", sheet, "--json")
    assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (1, "", 1)
    assert sheet.read_text(encoding="utf-8") == SHEET


def test_nothing_in_a_sheet_can_move_the_cursor(tmp_path: Path, database: Path) -> None:
    file = tmp_path / "faq.jsonl"
    write_entries(file, [Entry(id="a", question="灯\u202e多少钱", answer="[bold]今天[/bold]")])
    shown = run_script("import_faqs.py", file, "--db", database, "--dry-run")
    assert "\u202e" not in shown.stdout
    assert "[bold]今天[/bold]" in shown.stdout


def test_a_misspelt_heading_spoils_the_rows_for_partial_too(tmp_path: Path) -> None:
    sheet, database = tmp_path / "faq.csv", tmp_path / "a.db"
    sheet.write_text("id,question,variants,answer\nfee,包邮吗,邮费多少,包邮\n", encoding="utf-8")
    json_of("import_faqs.py", sheet, "--db", database)
    sheet.write_text("id,question,varaints,answer\nfee,包邮吗,邮费多少,包邮\n", encoding="utf-8")
    told = json_of("import_faqs.py", sheet, "--db", database, "--partial", code=1)
    assert (told["changed"], told["done"]) == (0, False)
    assert "--partial" not in run_script("import_faqs.py", sheet, "--db", database).stdout
    with Revisions(database) as revisions:
        assert revisions.draft().entries[0].variants == ("邮费多少",)
