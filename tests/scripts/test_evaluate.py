"""How well the assistant does in a team's own broadcasts is measured on what the team reviewed."""

from pathlib import Path

import pytest

from knowledge import Entry
from knowledge.reviews import Review, ReviewLog
from knowledge.store import EntryStore
from tests.fakes.scripts import json_of, run_script

ENTRIES = [
    Entry(id="ship", question="什么时候发货", answer="48小时内发货"),
    Entry(id="refund", question="可以退货吗", answer="七天无理由退货"),
]
SAID = [("几天能发货", "reply", "ship"), ("能退吗", "reply", "refund"), ("好看", "ignore", None)]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with EntryStore(path) as entries:
        entries.save(ENTRIES)
    return path


def review(database: Path, *, broadcasts: int) -> None:
    with ReviewLog(database) as log:
        log.add(
            Review(10 * broadcast + number, broadcast, f"{text}{'呀' * broadcast}", expect, entry, "Lin")
            for broadcast in range(broadcasts)
            for number, (text, expect, entry) in enumerate(SAID)
        )


@pytest.mark.parametrize("broadcasts", [1, 3])
def test_reviewed_broadcasts_are_judged_by_what_the_others_taught(database: Path, broadcasts: int) -> None:
    review(database, broadcasts=broadcasts)
    measured = json_of("evaluate.py", "--db", database)
    rows = measured["rooms: shipped"]["rows"]
    assert len(rows) == 3  # a lone broadcast is cut into parts
    assert {row["hit_at_1"] for row in rows.values()} <= {0.0, 1.0}
    assert measured["mean"]["rows"]["shipped"]["wrong_replies"] == 0.0


def test_the_configured_database_is_the_one_that_is_measured_and_fitted_on(
    database: Path, tmp_path: Path
) -> None:
    review(database, broadcasts=2)
    settings = tmp_path / "assistant.toml"
    settings.write_text('[store]\npath = "shop.db"\n', encoding="utf-8")
    assert run_script("evaluate.py", "--config", settings).returncode == 0
    own = tmp_path / "own.json"
    assert json_of("calibrate.py", "--config", settings, "--out", own)["messages"] == 6
    assert own.exists()


def test_a_log_without_reviews_is_one_plain_line(database: Path) -> None:
    refused = run_script("evaluate.py", "--db", database)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert "no message was reviewed yet" in refused.stderr


def test_rooms_and_a_database_are_not_measured_at_once(database: Path, tmp_path: Path) -> None:
    assert run_script("evaluate.py", tmp_path, "--db", database).returncode == 2
    assert run_script("calibrate.py", tmp_path, "--db", database, "--dry-run").returncode == 2
