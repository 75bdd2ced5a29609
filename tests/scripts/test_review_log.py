"""The whole way of a team's own calibration: what was decided, corrected by people, moves what is sure."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.actions import Action, Decision, Reason
from assistant.stores.sqlite import SqliteStore
from knowledge import Entry
from knowledge.calibration import Calibration, shipped_calibration
from knowledge.reviews import Review, ReviewLog
from knowledge.store import EntryStore
from tests.fakes.rows import BROADCAST, a_message

SCRIPTS = Path(__file__).parents[2] / "scripts"
ENTRIES = [
    Entry(id="dispatch", question="几天能寄到", answer="两天内寄出，一般三天到"),
    Entry(id="price", question="这盏灯卖多少", answer="今天 199"),
]
TYPED = ["灯多少米", "三天能到不", "这灯好看", "灯泡坏了谁修"]


def run(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPTS / script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with EntryStore(path) as entries:
        entries.save(ENTRIES)
    store = SqliteStore(path)
    await store.open()
    wrong = Decision(Action.REPLY, Reason.SURE, "dispatch", 0.9, 0.8)
    messages = [a_message(store.new_id(), text=text, decision=wrong) for text in TYPED]
    own = Decision(Action.IGNORE, Reason.OWN)
    messages.append(a_message(store.new_id(), text="今天 199", decision=own))
    await store.commit(BROADCAST, *messages)
    await store.aclose()
    return path


def exported(database: Path, file: Path) -> list[dict[str, Any]]:
    file.unlink(missing_ok=True)
    assert run("review_log.py", "export", database, file).returncode == 0
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def write(file: Path, rows: list[dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_what_people_corrected_is_kept_and_moves_the_calibration(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    rows = exported(database, file)
    assert [(row["text"], row["expect"], row["faq"]) for row in rows] == [
        (text, "reply", "dispatch") for text in TYPED
    ]
    corrections = [("reply", "price"), ("reply", "dispatch"), ("ignore", None), ("escalate", None)]
    for row, (expect, faq) in zip(rows, corrections, strict=True):
        row |= {"expect": expect, "faq": faq}
    write(file, rows)
    taken = run("review_log.py", "import", database, file, "--reviewer", "Lin", "--json")
    assert json.loads(taken.stdout) == {"taken": 4, "overruled": 0, "problems": []}
    assert exported(database, file) == rows

    own = tmp_path / "own.json"
    fitted = run("calibrate.py", "--db", database, "--out", own, "--json")
    assert fitted.returncode == 0, fitted.stderr
    assert json.loads(fitted.stdout)["messages"] == 4
    calibration = Calibration.load(own)
    assert calibration.trust_weights != shipped_calibration().trust_weights
    assert any(name.startswith("broadcast 1") for name in calibration.fitted_on)


def test_all_bad_lines_are_shown_and_none_is_taken(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    first, second, third, fourth = exported(database, file)
    write(file, [first, second | {"faq": "nowhere"}, third | {"id": 999}, fourth | {"expect": "answer"}])
    refused = run("review_log.py", "import", database, file, "--reviewer", "Lin")
    assert refused.returncode == 1
    assert [line.split(":")[1] for line in refused.stderr.splitlines()] == ["2", "3", "4"]
    with ReviewLog(database) as log:
        assert log.all() == []


def test_two_faults_of_a_line_are_both_shown(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    first, second, *_ = exported(database, file)
    write(file, [first | {"id": 999, "expect": "answer"}, second | {"text": "别的", "faq": "nowhere"}])
    refused = run("review_log.py", "import", database, file, "--reviewer", "Lin", "--json")
    told = [line.split(":")[1:3] for line in json.loads(refused.stdout)["problems"]]
    assert told == [["1", " id"], ["1", " expect"], ["2", " text"], ["2", " faq"]]


def test_overruling_what_others_said_is_reported(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    rows = exported(database, file)
    first = run("review_log.py", "import", database, file, "--reviewer", "Lin")
    assert first.stdout == "4 reviews taken\n"
    write(file, [rows[0] | {"faq": "price"}, rows[1] | {"expect": "ignore", "faq": None}, *rows[2:]])
    second = run("review_log.py", "import", database, file, "--reviewer", "Wu")
    assert second.stdout == "4 reviews taken; 2 of them overrule what Lin had said otherwise\n"
    own = run("review_log.py", "import", database, file, "--reviewer", "Wu", "--json")
    assert json.loads(own.stdout)["overruled"] == 0


def said(*arguments: str | Path) -> str:
    """In one line, with exit code 1."""
    refused = run("review_log.py", *arguments)
    assert (refused.returncode, refused.stdout) == (1, "")
    (line,) = refused.stderr.splitlines()
    return line


def test_a_file_that_is_not_there_is_one_plain_line(database: Path, tmp_path: Path) -> None:
    gone, out = tmp_path / "gone", tmp_path / "log.jsonl"
    assert said("export", gone, out) == f"{gone}: there is no such file"
    assert said("import", gone, out, "--reviewer", "Lin") == f"{gone}: there is no such file"
    assert said("import", database, gone, "--reviewer", "Lin") == f"{gone}: there is no such file"
    assert said("export", tmp_path, out) == f"{tmp_path}: is a folder"
    assert not out.exists()


def test_a_file_in_another_encoding_is_named(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_bytes("灯多少米".encode("gbk"))
    assert said("import", database, file, "--reviewer", "Lin") == f"{file}: is not UTF-8 text"


def test_an_export_that_fails_leaves_nothing_behind(database: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    assert "nowhere" in said("export", database, tmp_path / "nowhere" / "log.jsonl")
    assert said("export", database, database) == f"{database}: is there already; name another file"
    exported(database, tmp_path / "log.jsonl")
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "log.jsonl"])


def test_a_message_reviewed_twice_in_a_file_is_refused(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    first, second, *_ = exported(database, file)
    write(file, [first, second, first | {"expect": "ignore", "faq": None}, second | {"id": True}])
    refused = run("review_log.py", "import", database, file, "--reviewer", "Lin", "--json")
    assert refused.returncode == 1
    assert [line.split(":")[1] for line in json.loads(refused.stdout)["problems"]] == ["3", "4"]


@pytest.mark.parametrize("broadcasts", [1, 3])
def test_what_was_typed_again_and_again_can_be_fitted_on(
    database: Path, tmp_path: Path, broadcasts: int
) -> None:
    with ReviewLog(database) as log:
        log.add(Review(n, n % broadcasts, "三天能到不", "reply", "dispatch", "Lin") for n in range(6))
    fitted = run("calibrate.py", "--db", database, "--out", tmp_path / "own.json", "--json")
    assert fitted.returncode == 0, fitted.stderr
    assert json.loads(fitted.stdout)["messages"] == 6


def test_an_export_writes_over_no_file_least_of_all_the_database(database: Path, tmp_path: Path) -> None:
    before = database.read_bytes()
    assert run("review_log.py", "export", database, database).returncode == 1
    assert database.read_bytes() == before
    corrected = tmp_path / "log.jsonl"
    corrected.write_text("corrected by hand", encoding="utf-8")
    refused = run("review_log.py", "export", database, corrected)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert corrected.read_text(encoding="utf-8") == "corrected by hand"


@pytest.mark.parametrize("session", ["77", "99999999999999999999"])
def test_a_session_that_was_never_heard_is_said_and_writes_nothing(
    database: Path, tmp_path: Path, session: str
) -> None:
    file = tmp_path / "log.jsonl"
    refused = run("review_log.py", "export", database, file, "--session", session)
    assert (refused.returncode, file.exists()) == (1, False)
    assert f"no session {session}" in refused.stderr


def test_a_line_with_another_text_is_refused(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    rows = exported(database, file)
    write(file, [rows[0] | {"text": "别的直播间"}])
    refused = run("review_log.py", "import", database, file, "--reviewer", "Lin")
    assert refused.returncode == 1
    assert "text: is not what was typed" in refused.stderr


def test_nothing_reviewed_is_nothing_to_fit_on(database: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    fitted = run("calibrate.py", "--db", database, "--out", own)
    assert (fitted.returncode, own.exists()) == (1, False)
    assert "no message was reviewed yet" in fitted.stderr


def test_what_is_no_database_of_the_assistant_stays_as_it_is(database: Path, tmp_path: Path) -> None:
    gone, empty, notes = tmp_path / "gone.db", tmp_path / "empty.db", tmp_path / "notes.db"
    empty.touch()
    notes.write_bytes(b"milk, eggs, bread")
    for path in (gone, empty, notes):
        fitted = run("calibrate.py", "--db", path, "--out", tmp_path / "own.json")
        assert (fitted.returncode, fitted.stdout) == (1, "")
        (line,) = fitted.stderr.splitlines()
        assert line.startswith(f"{path}: ")
    assert (gone.exists(), empty.read_bytes(), notes.read_bytes()) == (False, b"", b"milk, eggs, bread")


def test_a_place_where_no_calibration_can_go_is_told_before_the_fit(database: Path, tmp_path: Path) -> None:
    before = database.read_bytes()
    for out in (tmp_path / "nowhere" / "own.json", tmp_path, database):
        fitted = run("calibrate.py", "--db", database, "--out", out)
        (line,) = fitted.stderr.splitlines()  # and not that nothing was reviewed yet
        assert (fitted.returncode, line.startswith(f"{out}: "), "reviewed" in line) == (1, True, False)
    assert database.read_bytes() == before


async def test_entries_of_a_file_are_named(database: Path, tmp_path: Path) -> None:
    with EntryStore(database) as entries, ReviewLog(database) as log:
        entries.save([], replace=True)
        log.add([Review(1, 1, "灯多少米", "reply", "price", "Lin")])
    own, faq = tmp_path / "own.json", tmp_path / "faq.jsonl"
    faq.write_text("".join(entry.model_dump_json() + "\n" for entry in ENTRIES), encoding="utf-8")
    without = run("calibrate.py", "--db", database, "--out", own)
    assert (without.returncode, own.exists()) == (1, False)
    assert "--faq" in without.stderr
    assert run("calibrate.py", "--db", database, "--faq", faq, "--out", own).returncode == 0


def test_the_latest_review_of_a_message_counts(tmp_path: Path) -> None:
    with ReviewLog(tmp_path / "shop.db") as log:
        log.add([Review(1, 1, "多少米", "reply", "price", "Lin")])
        log.add([Review(1, 1, "多少米", "escalate", None, "Wu")])
        assert log.all() == [Review(1, 1, "多少米", "escalate", None, "Wu")]
