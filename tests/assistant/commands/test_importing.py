"""An import as editors meet it again: a version with a name, beside a draft that it leaves alone."""

import json
from pathlib import Path

import pytest

from assistant.commands.importing import import_file
from knowledge import EntriesInvalid, Entry
from knowledge.revisions import Revisions

SHIP = Entry(id="ship", question="什么时候发货？", answer="48小时")
REFUND = Entry(id="refund", question="怎么退款？", answer="订单页里申请")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "assistant.db"


def sheet(path: Path, *entries: Entry, name: str = "faq.jsonl") -> Path:
    file = path / name
    file.write_text("".join(f"{entry.model_dump_json()}\n" for entry in entries), encoding="utf-8")
    return file


def test_an_import_is_a_version_that_names_its_file(tmp_path: Path, database: Path) -> None:
    line = import_file(sheet(tmp_path, SHIP, REFUND), database, replace=False)
    assert line.endswith("assistant.db: 2 added, 0 changed, 0 unchanged")
    with Revisions(database) as revisions:
        (version,) = revisions.history()
    assert (version.author, version.note, version.added) == ("assistant import", "faq.jsonl", 2)


def test_an_unchanged_file_is_no_new_version(tmp_path: Path, database: Path) -> None:
    file = sheet(tmp_path, SHIP, REFUND)
    import_file(file, database, replace=False)
    line = import_file(file, database, replace=True)
    assert line.endswith("0 added, 0 changed, 2 unchanged, 0 removed")
    with Revisions(database) as revisions:
        assert len(revisions.history()) == 1


def test_an_import_can_be_taken_back(tmp_path: Path, database: Path) -> None:
    import_file(sheet(tmp_path, SHIP, REFUND), database, replace=False)
    import_file(sheet(tmp_path, SHIP), database, replace=True)
    with Revisions(database) as revisions:
        revisions.roll_back(1, author="李")
        assert revisions.draft().entries == (SHIP, REFUND)


def test_an_import_publishes_nothing_of_the_draft(tmp_path: Path, database: Path) -> None:
    with Revisions(database) as revisions:
        revisions.edit([REFUND], author="李")
        import_file(sheet(tmp_path, SHIP), database, replace=True)
        assert revisions.at(1) == [SHIP]
        assert [change.id for change in revisions.draft().changes] == ["refund"]


def test_a_bad_row_leaves_all_as_it_was(tmp_path: Path, database: Path) -> None:
    import_file(sheet(tmp_path, SHIP), database, replace=False)
    file = sheet(tmp_path, REFUND, name="bad.jsonl")
    file.write_text(file.read_text(encoding="utf-8") + json.dumps({"id": "x"}) + "\n", encoding="utf-8")
    with pytest.raises(EntriesInvalid):
        import_file(file, database, replace=True)
    with Revisions(database) as revisions:
        assert len(revisions.history()) == 1
        assert revisions.draft().entries == (SHIP,)
