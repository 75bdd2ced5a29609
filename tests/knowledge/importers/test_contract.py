"""What every importer found in the package does, whatever kind of file it reads."""

from pathlib import Path

import pytest

from knowledge import FormatUnknown
from knowledge.importers import Importer, importers, read_entries
from knowledge.importers import files

IMPORTERS = {type(importer).__name__: importer for importer in importers()}


@pytest.fixture(params=IMPORTERS.values(), ids=IMPORTERS.keys())
def importer(request: pytest.FixtureRequest) -> Importer:
    found: Importer = request.param
    return found


@pytest.fixture
def file(importer: Importer, tmp_path: Path) -> Path:
    return tmp_path / f"faq{importer.suffixes[0]}"


def only_problem(path: Path) -> str:
    entries, problems = read_entries(path)
    assert entries == []
    assert len(problems) == 1
    assert problems[0].source == str(path)
    return problems[0].message


def test_suffixes_belong_to_one_importer_and_are_in_lower_case() -> None:
    suffixes = [suffix for importer in IMPORTERS.values() for suffix in importer.suffixes]
    assert len(set(suffixes)) == len(suffixes)
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)


def test_a_missing_file_is_a_problem(file: Path) -> None:
    assert only_problem(file) == "cannot be read: No such file or directory"


def test_a_folder_is_a_problem(file: Path) -> None:
    file.mkdir()
    assert only_problem(file).startswith("cannot be read: ")


def test_an_empty_file_is_a_problem(file: Path) -> None:
    file.write_bytes(b"")
    assert only_problem(file) == "holds no entries"


def test_a_huge_file_is_a_problem(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_FILE_BYTES", 2**20)
    file.write_bytes(b" " * (2**20 + 1))
    assert only_problem(file) == "is larger than 1 MB"


def test_bytes_that_mean_nothing_are_problems_and_no_crash(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 4)
    entries, problems = read_entries(file)
    assert entries == []
    assert problems


def test_the_suffix_chooses_in_any_case(importer: Importer, tmp_path: Path) -> None:
    for suffix in importer.suffixes:
        assert only_problem(tmp_path / f"faq{suffix.upper()}").startswith("cannot be read")


@pytest.mark.parametrize("name", ["faq.docx", "faq", ".jsonl"])
def test_a_file_that_no_importer_reads_is_refused_with_the_known_suffixes(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatUnknown, match=r"known: .*\.jsonl"):
        read_entries(tmp_path / name)
