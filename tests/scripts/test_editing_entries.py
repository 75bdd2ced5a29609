"""One entry at a time, and all of them into a file: the draft changes, what is published does not."""

from pathlib import Path
from typing import Any

import pytest

from knowledge import Entry
from knowledge.importers import read_entries
from knowledge.revisions import Revisions
from knowledge.store import EntryStore
from tests.fakes.scripts import json_of, run_script

SHIP = Entry(id="ship", question="什么时候发货", answer="48小时内发货", variants=("几天发货", "多久发"))
REFUND = Entry(id="refund", question="可以退货吗", answer="七天无理由退货")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with EntryStore(path) as store:
        store.save([SHIP, REFUND])
    return path


def draft(database: Path) -> dict[str, Entry]:
    with Revisions(database) as revisions:
        return {entry.id: entry for entry in revisions.draft().entries}


def add(database: Path, *arguments: str) -> Any:
    return json_of("add_faq.py", *arguments, "--db", database)


def edit(database: Path, *arguments: str) -> Any:
    return json_of("edit_faq.py", *arguments, "--db", database)


def test_an_added_entry_is_in_the_draft_alone(database: Path) -> None:
    options = ("--variant", "有票吗", "--variant", "发票", "--category", "售后", "--threshold", "0.9")
    added = add(database, "Do you write invoices?", "下单时备注", *options)
    entry = draft(database)["do-you-write-invoices"]
    assert added["entry"] == entry.model_dump(mode="json")
    assert (entry.variants, entry.category, entry.threshold) == (("有票吗", "发票"), "售后", 0.9)
    with EntryStore(database) as store:
        assert store.load() == [SHIP, REFUND]


def test_an_entry_that_reads_the_same_is_named(database: Path) -> None:
    near = add(database, "什么时候发货呀", "后天发")["near"]
    assert [one["entry"] for one in near] == ["ship"]
    assert add(database, "能开发票吗", "能")["near"] == []
    told = run_script("add_faq.py", "可以退货吗？", "不可以", "--db", database)
    assert (told.returncode, "variant of one of these" in told.stdout) == (0, True)


def test_an_id_that_is_taken_is_refused(database: Path) -> None:
    refused = run_script("add_faq.py", "问", "答", "--id", "ship", "--db", database)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "ship is there already; edit_faq.py changes it\n"
    assert draft(database)["ship"] == SHIP


def test_all_that_is_wrong_with_a_new_entry_is_told(tmp_path: Path) -> None:
    database = tmp_path / "new.db"
    refused = run_script("add_faq.py", "", "答", "--valid-until", "someday", "--db", database)
    assert (refused.returncode, database.exists()) == (1, False)
    assert [line.split(":")[0] for line in refused.stderr.splitlines()] == ["question", "valid_until"]


def test_adding_makes_a_database_where_there_is_none(tmp_path: Path) -> None:
    add(tmp_path / "new.db", "问", "答")
    assert len(draft(tmp_path / "new.db")) == 1


def test_an_edit_shows_the_entry_before_and_after(database: Path) -> None:
    shown = run_script("edit_faq.py", "ship", "--answer", "24小时内发货", "--db", database)
    assert all(text in shown.stdout for text in ("48小时内发货", "24小时内发货", "publish_faqs.py"))
    assert draft(database)["ship"] == SHIP.model_copy(update={"answer": "24小时内发货"})


def test_wordings_come_and_go(database: Path) -> None:
    changed = edit(database, "ship", "--add-variant", "发货没", "--remove-variant", "多久发", "--disable")
    assert (changed["kind"], changed["done"]) == ("changed", True)
    ship = draft(database)["ship"]
    assert (ship.variants, ship.enabled) == (("几天发货", "发货没"), False)


def test_a_wording_that_is_not_there_is_not_removed(database: Path) -> None:
    refused = run_script("edit_faq.py", "ship", "--remove-variant", "啥", "--disable", "--db", database)
    assert (refused.returncode, "几天发货, 多久发" in refused.stderr) == (1, True)
    assert draft(database)["ship"] == SHIP


def test_a_time_is_set_and_taken_out_again(database: Path) -> None:
    edit(database, "ship", "--valid-until", "2030-11-11")
    assert str(draft(database)["ship"].valid_until) == "2030-11-11 23:59:59"
    edit(database, "ship", "--valid-until", "")
    assert draft(database)["ship"] == SHIP


def test_a_removed_entry_leaves_the_draft(database: Path) -> None:
    assert edit(database, "ship", "--remove")["kind"] == "removed"
    assert list(draft(database)) == ["refund"]


def test_a_dry_run_and_an_edit_to_the_same_change_nothing(database: Path) -> None:
    assert edit(database, "ship", "--remove", "--dry-run")["done"] is False
    assert edit(database, "ship", "--answer", SHIP.answer)["kind"] == "unchanged"
    assert list(draft(database).values()) == [SHIP, REFUND]
    assert "48小时内发货" in run_script("edit_faq.py", "ship", "--db", database).stdout


def test_a_mistyped_id_names_the_one_that_was_meant(database: Path) -> None:
    refused = run_script("edit_faq.py", "refnud", "--remove", "--db", database)
    assert (refused.returncode, refused.stderr) == (
        1,
        "there is no entry refnud in the draft; did you mean refund?\n",
    )


@pytest.mark.parametrize("script", [("edit_faq.py", "a"), ("export_faqs.py", "a.csv"), ("lint_faqs.py",)])
def test_a_database_that_is_not_there_is_not_made(script: tuple[str, ...], tmp_path: Path) -> None:
    refused = run_script(*script, "--db", tmp_path / "gone.db")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"{tmp_path / 'gone.db'}: there is no such file\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "md", "jsonl", "yaml"])
def test_an_export_imports_unchanged(suffix: str, database: Path, tmp_path: Path) -> None:
    edit(database, "ship", "--answer", "=24小时内")
    file = tmp_path / f"faq.{suffix}"
    assert json_of("export_faqs.py", file, "--db", database)["written"] == 2
    assert read_entries(file) == (list(draft(database).values()), [])
    again = json_of("import_faqs.py", file, "--db", database)
    assert (again["unchanged"], again["changed"], again["added"]) == (2, 0, 0)


def test_what_is_published_is_exported_when_asked_for(database: Path, tmp_path: Path) -> None:
    edit(database, "ship", "--remove")
    json_of("export_faqs.py", tmp_path / "faq.csv", "--db", database, "--published")
    json_of("export_faqs.py", tmp_path / "first.csv", "--db", database, "--version", "1")
    assert read_entries(tmp_path / "faq.csv")[0] == [SHIP, REFUND]
    assert read_entries(tmp_path / "first.csv")[0] == [SHIP, REFUND]


def test_an_export_writes_over_no_file_unasked(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "faq.csv"
    file.write_text("by hand", encoding="utf-8")
    refused = run_script("export_faqs.py", file, "--db", database)
    assert (refused.returncode, file.read_text(encoding="utf-8")) == (1, "by hand")
    assert run_script("export_faqs.py", file, "--db", database, "--force").returncode == 0
    assert read_entries(file)[0] == [SHIP, REFUND]


def test_a_database_called_like_a_sheet_is_not_written_over(database: Path, tmp_path: Path) -> None:
    odd = database.rename(tmp_path / "shop.csv")
    assert run_script("export_faqs.py", odd, "--db", odd, "--force").returncode == 1
    assert list(draft(odd).values()) == [SHIP, REFUND]


def test_the_configured_database_is_the_default(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "assistant.toml").write_text('[store]\npath = "shop.db"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert json_of("edit_faq.py", "ship", "--disable", "--author", "Lin")["author"] == "Lin"
    assert not draft(database)["ship"].enabled


@pytest.mark.parametrize("way", ["--keep", "--discard"])
def test_an_edit_that_was_overtaken_is_kept_or_discarded(tmp_path: Path, way: str) -> None:
    database = tmp_path / "a.db"
    first = Entry(id="fee", question="包邮吗", answer="包邮")
    with EntryStore(database) as store:
        store.save([first])
    json_of("edit_faq.py", "fee", "--answer", "满59包邮", "--db", database)
    with EntryStore(database) as store:
        store.save([first.model_copy(update={"answer": "不包邮"})])
    refused = run_script("publish_faqs.py", "--db", database, "--yes")
    assert refused.returncode == 1
    assert f"fee {way}" in refused.stderr
    json_of("edit_faq.py", "fee", way, "--db", database)
    run_script("publish_faqs.py", "--db", database, "--yes")
    with EntryStore(database) as store:
        assert store.load()[0].answer == {"--keep": "满59包邮", "--discard": "不包邮"}[way]
