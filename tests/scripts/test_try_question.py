"""What viewers would read to a question, by the draft before it is published, and nothing is sent."""

from pathlib import Path

import pytest

from knowledge import Entry
from knowledge.importers import write_entries
from knowledge.revisions import Revisions
from knowledge.store import EntryStore
from tests.fakes.scripts import json_of, run_script

SHIP = Entry(id="ship", question="什么时候发货", answer="48小时内发货")
PRICE = Entry(id="price", question="这盏灯多少钱", answer="今天 {price}，喜欢的拍", rooms=("bilibili:7",))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with EntryStore(path) as store:
        store.save([SHIP])
    with Revisions(path) as revisions:
        revisions.edit([SHIP.model_copy(update={"answer": "24小时内发货"}), PRICE], author="Lin")
    return path


def test_the_draft_answers_and_what_is_published_when_asked_for(database: Path) -> None:
    tried = json_of("try_question.py", "什么时候发货", "--db", database)
    assert (tried["action"], tried["entry"], tried["said"]) == ("reply", "ship", ["24小时内发货"])
    assert tried["nearest"][0]["findings"]
    public = json_of("try_question.py", "什么时候发货", "--db", database, "--published")
    assert public["said"] == ["48小时内发货"]


def test_one_question_is_explained_in_the_language_asked_for(database: Path) -> None:
    shown = run_script("try_question.py", "什么时候发货", "--db", database, "--language", "zh")
    assert (shown.returncode, "viewers would read: 24小时内发货" in shown.stdout) == (0, True)
    other = run_script("try_question.py", "什么时候发货", "--db", database, "--language", "en")
    assert "Would" in other.stdout
    assert "Would" not in shown.stdout


def test_rooms_and_their_placeholders_hold(database: Path, tmp_path: Path) -> None:
    config = tmp_path / "team.toml"
    config.write_text('[broadcast.rooms."bilibili:7"]\nprice = "199元"\n', encoding="utf-8")
    asked = ("try_question.py", "这盏灯多少钱", "--db", database, "--config", config)
    assert json_of(*asked, "--room", "bilibili:7")["said"] == ["今天 199元，喜欢的拍"]
    lines = json_of(*asked, "--room", "bilibili:7", "--line-characters", "8")["said"]
    assert "".join(lines) == "今天 199元，喜欢的拍"
    assert len(lines) == 2
    assert json_of(*asked, "--room", "bilibili:8")["entry"] != "price"
    untold = run_script(*asked)
    assert "a placeholder has no value" in untold.stdout


def test_several_questions_get_a_line_each(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "asked.txt"
    file.write_text("什么时候发货\n\n哈哈哈哈\n", encoding="utf-8")
    tried = json_of("try_question.py", "能开发票吗", "--file", file, "--db", database)["questions"]
    assert [(one["text"], one["action"]) for one in tried] == [
        ("能开发票吗", "escalate"), ("什么时候发货", "reply"), ("哈哈哈哈", "ignore"),
    ]  # fmt: skip
    shown = run_script("try_question.py", "--file", file, "--db", database)
    assert (shown.returncode, "24小时内发货" in shown.stdout) == (0, True)


def test_a_faq_file_needs_no_database(tmp_path: Path) -> None:
    write_entries(tmp_path / "faq.csv", [SHIP])
    tried = json_of("try_question.py", "什么时候发货", "--faq", tmp_path / "faq.csv")
    assert tried["said"] == [SHIP.answer]


def test_nothing_to_try_is_a_mistake_of_the_command(database: Path) -> None:
    assert run_script("try_question.py", "--db", database).returncode == 2


@pytest.mark.parametrize(
    "options",
    [("--room", "nowhere"), ("--file", "gone.txt"), ("--faq", "gone.csv"), ("--config", "gone.toml")],
)
def test_what_cannot_be_done_is_one_line(options: tuple[str, str], database: Path) -> None:
    refused = run_script("try_question.py", "什么时候发货", "--db", database, *options)
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (1, "", 1)


def test_what_viewers_might_type_cannot_move_the_cursor(database: Path) -> None:
    shown = run_script("try_question.py", "\x1b[2J发货", "多少\u202e钱", "--db", database)
    assert "\x1b" not in shown.stdout
    assert "\u202e" not in shown.stdout
