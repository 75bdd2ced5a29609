"""The sheet to begin with: it is read without a problem, and uses every column."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.importers import read_file
from knowledge.importers.columns import COLUMNS, names_in

SCRIPT = Path(__file__).parents[2] / "scripts" / "new_faq_sheet.py"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPT, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sheet_is_read_without_a_problem_and_uses_every_column(
    tmp_path: Path, suffix: str, language: str
) -> None:
    file = tmp_path / f"faq{suffix}"
    ran = run(file, "--language", language, "--json")
    assert json.loads(ran.stdout) == {"file": str(file), "examples": 3}
    reading = read_file(file)
    assert reading.problems == ()
    assert len(reading.entries) == 3
    written = [entry.model_dump(exclude_defaults=True) for entry in reading.entries]
    assert {name for fields in written for name in fields} == set(COLUMNS)
    if suffix == ".csv":
        header = file.read_text(encoding="utf-8-sig").splitlines()[0]
        assert header.split(",") == names_in("zh" if language == "zh" else "en")


def test_a_sheet_that_is_there_is_not_written_over_unasked(tmp_path: Path) -> None:
    file = tmp_path / "faq.csv"
    file.write_text("mine", encoding="utf-8")
    refused = run(file)
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert file.read_text(encoding="utf-8") == "mine"
    assert run(file, "--force").returncode == 0
    assert len(read_file(file).entries) == 3


def test_a_kind_that_is_not_known_is_refused_in_words(tmp_path: Path) -> None:
    ran = run(tmp_path / "faq.xls")
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_help_says_what_it_is_for() -> None:
    ran = run("--help")
    assert ran.returncode == 0
    assert "sheet" in ran.stdout
