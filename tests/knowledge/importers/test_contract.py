"""What every importer found in the package does, whatever kind of file it reads."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import Entry, FileNotWritten, FormatUnknown
from knowledge.importers import (
    Importer,
    files,
    importers,
    name_rows,
    read_entries,
    read_file,
    with_ids_of,
    write_entries,
)
from knowledge.text import fold

IMPORTERS = {type(importer).__name__: importer for importer in importers()}
SHIP = Entry(
    id="ship", category="物流", question="什么时候发货？", variants=("几天发", "多久到"), answer="48小时"
)
REFUND = Entry(id="refund", question="How do I get a refund?", answer="订单页里申请")
FULL = Entry(
    id="coupon",
    category="优惠",
    question="优惠券怎么领？",
    variants=("券在哪", '"满减"; 有吗 | 没有', "'=1+1"),
    answer="- 点购物车\n\n# 再点领取 {price}\n```\n---",
    short_answer="=购物车领",
    other_answers=("@我们\n就行", "-5元"),
    rooms=("bilibili:7", "bilibili:8"),
    valid_from=datetime(2026, 11, 11),
    valid_until=datetime(2026, 11, 11, 20),
    enabled=False,
    threshold=0.85,
    note="+只到双十一 _x000D_ #N/A",
)


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
    assert problems[0].remedy
    return problems[0].message


def write_unnamed(file: Path, entries: Sequence[Entry]) -> None:
    """As an editor who gives no ids: with the marks of each kind for an id taken out."""
    named = [entry.model_copy(update={"id": f"nobody{number}"}) for number, entry in enumerate(entries)]
    write_entries(file, named)
    if file.suffix == ".xlsx":
        _clear_ids(file)
        return
    text = file.read_bytes().decode()
    for entry in named:
        for mark in (f" {{#{entry.id}}}", f'"id": "{entry.id}", ', f"id: {entry.id}\n  ", entry.id):
            text = text.replace(mark, "")
    file.write_bytes(text.encode())


def _clear_ids(file: Path) -> None:
    import openpyxl

    book = openpyxl.load_workbook(file)
    for (cell,) in book.worksheets[0].iter_rows(min_row=2, max_col=1):
        cell.value = None
    book.save(file)


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


def test_a_file_without_entries_is_a_problem(file: Path) -> None:
    write_entries(file, [])
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


@pytest.mark.parametrize("name", ["faq.xls", "faq.ods", "faq.XLSM"])
def test_another_kind_of_sheet_is_refused_with_the_kind_to_save_it_as(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatUnknown, match=r"save it as \.xlsx"):
        read_entries(tmp_path / name)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_field_comes_back_in_either_language(file: Path, language: str) -> None:
    write_entries(file, [SHIP, FULL, REFUND], language="zh" if language == "zh" else "en")
    reading = read_file(file)
    assert reading.problems == ()
    assert reading.entries == (SHIP, FULL, REFUND)
    assert reading.unnamed == frozenset()
    assert list(reading.lines) == sorted(set(reading.lines))


def test_a_repeated_id_is_a_problem_that_names_value_and_remedy(file: Path) -> None:
    write_entries(file, [SHIP, REFUND, SHIP])
    reading = read_file(file)
    assert reading.entries == (SHIP, REFUND)
    ((field, value, remedy),) = [(p.field, p.value, p.remedy) for p in reading.problems]
    assert (field, value) == ("id", "ship")
    assert "delete" in remedy


def test_rows_without_ids_get_the_same_ones_at_each_reading(file: Path) -> None:
    write_unnamed(file, [SHIP, REFUND, SHIP])
    reading = read_file(file)
    assert reading == read_file(file)
    first, second, third = (entry.id for entry in reading.entries)
    assert second == "how-do-i-get-a-refund"
    assert third == f"{first}-2"
    assert reading.new_ids == dict(zip(reading.lines, (first, second, third), strict=True))


def test_ids_are_written_back_and_nothing_else_is_touched(file: Path) -> None:
    write_unnamed(file, [SHIP, FULL, REFUND])
    before = read_file(file)
    os.chmod(file, 0o640)
    name_rows(file, {line: f"新-{line}" for line in before.unnamed})
    after = read_file(file)
    assert [entry.id for entry in after.entries] == [f"新-{line}" for line in before.lines]
    assert (after.problems, after.unnamed, after.lines[0]) == ((), frozenset(), before.lines[0])
    assert [entry.content_hash for entry in after.entries] == [e.content_hash for e in (SHIP, FULL, REFUND)]
    assert file.stat().st_mode & 0o777 == 0o640
    assert list(file.parent.iterdir()) == [file]


def test_only_some_rows_may_be_named(file: Path) -> None:
    write_unnamed(file, [SHIP, REFUND])
    line = read_file(file).lines[1]
    name_rows(file, {line: "refund"})
    reading = read_file(file)
    assert reading.entries[1].id == "refund"
    assert len(reading.unnamed) == 1


def test_a_row_that_has_an_id_meanwhile_is_not_named(file: Path) -> None:
    write_entries(file, [SHIP])
    before = file.read_bytes()
    with pytest.raises(FileNotWritten, match="was it changed meanwhile"):
        name_rows(file, {read_file(file).lines[0]: "other"})
    assert file.read_bytes() == before


def test_a_row_without_id_that_asks_what_an_entry_asks_is_that_entry(file: Path) -> None:
    write_unnamed(file, [REFUND, SHIP])
    known = SHIP.model_copy(update={"id": "known"})
    other = Entry(id="how-do-i-get-a-refund", question="别的问题", answer="别的")
    reading = with_ids_of(read_file(file), [other, known])
    assert [entry.id for entry in reading.entries] == ["how-do-i-get-a-refund-2", "known"]


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    write_entries(file, [SHIP])
    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(FileNotWritten, match="No space left"):
        write_entries(file, [REFUND])
    assert read_entries(file) == ([SHIP], [])
    assert list(file.parent.iterdir()) == [file]


CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n\r"]
ANYTHING = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=CONTROLS), max_size=30)
TRICKY = st.lists(
    st.sampled_from(
        ["=", "+", "-", "@", "'", '"', "#", "`", "~", "\\", "{#x}", "&#10;", "&#13;", "_x000D_", ";", "；",
         "|", "null", ",", "，", ":", "：", "\n", "\r", "\t", " ", "\n---\n", "\n```\n", "- note: ", "\n# ",
         "yes", "[", "{", "<", "%", "1", "是", "问", "\u2028", "\ufeff", "\uffff", "😀", "*", "!", "#N/A"]
    ),
    max_size=12,
).map("".join)  # fmt: skip
TEXTS = ANYTHING | TRICKY
SOME_TEXT = TEXTS.map("{}.".format)
MOMENTS = st.datetimes(
    datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.none() | st.just(timezone(timedelta(hours=8)))
)
WHOLE_SECONDS = MOMENTS.map(lambda moment: moment.replace(microsecond=0))
IDS = "az09_-=+@'\"#{}:,;\\"
ENTRIES = st.builds(
    Entry,
    id=st.from_regex(r"[a-z0-9_=+@'\"#{}:,;\\-]{1,12}", fullmatch=True)
    | st.sampled_from(["null", "007", "~"]),
    question=TEXTS.map("{}问".format).filter(fold),
    answer=SOME_TEXT,
    category=TEXTS,
    variants=st.lists(SOME_TEXT, max_size=3).map(tuple),
    short_answer=TEXTS,
    other_answers=st.lists(SOME_TEXT, max_size=2).map(tuple),
    rooms=st.lists(st.from_regex(r"[a-z:0-9;,|\"'=、]{1,9}", fullmatch=True), max_size=2).map(tuple),
    valid_from=st.none() | WHOLE_SECONDS | MOMENTS,
    enabled=st.booleans(),
    threshold=st.none() | st.floats(0, 1),
    note=TEXTS,
)


@pytest.mark.parametrize("suffix", [importer.suffixes[0] for importer in IMPORTERS.values()])
@settings(max_examples=60)
@given(
    entries=st.lists(ENTRIES, min_size=1, max_size=4, unique_by=lambda entry: entry.id),
    language=st.sampled_from(["en", "zh"]),
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, entries: list[Entry], language: str
) -> None:
    file = tmp_path_factory.getbasetemp() / f"written{suffix}"
    write_entries(file, entries, language="zh" if language == "zh" else "en")
    assert read_entries(file) == (entries, [])


@pytest.mark.parametrize("suffix", [importer.suffixes[0] for importer in IMPORTERS.values()])
@settings(max_examples=60)
@given(
    content=st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
    | TRICKY.map(lambda text: f"question,answer\n{text}".encode())
)
def test_no_file_content_raises(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, content: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / f"anything{suffix}"
    file.write_bytes(content)
    _, found = read_entries(file)
    assert all("\n" not in str(problem) and problem.message for problem in found)
