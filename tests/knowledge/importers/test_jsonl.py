"""JSON Lines as editors write them, and everything that may be wrong in such a file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import Entry
from knowledge.importers import base as importing
from knowledge.importers import read_entries

SHIP = (
    '{"id": "ship", "category": "物流", "question": "什么时候发货？", '
    '"variants": ["几天发"], "answer": "48小时"}'
)
REFUND = '{"id": "refund", "question": "怎么退款？", "answer": "订单页里申请"}'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "faq.jsonl"


def problems(file: Path, content: str | bytes) -> list[str]:
    """Without the folder that the file is in."""
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    _, found = read_entries(file)
    return [str(problem).removeprefix(f"{file.parent}/") for problem in found]


@pytest.mark.parametrize(
    "content",
    [
        f"{SHIP}\n{REFUND}\n",
        f"{SHIP}\r\n{REFUND}\r\n",
        f"\ufeff{SHIP}\n{REFUND}",
        f"\n  \n{SHIP}\n\r\n\n{REFUND}\n\n",
    ],
    ids=["plain", "windows", "byte order mark", "blank lines"],
)
def test_entries_are_read_in_the_order_of_the_file(file: Path, content: str) -> None:
    file.write_bytes(content.encode())
    entries, found = read_entries(file)
    assert found == []
    assert [entry.id for entry in entries] == ["ship", "refund"]
    assert entries[0] == Entry(
        id="ship", category="物流", question="什么时候发货？", variants=("几天发",), answer="48小时"
    )


def test_an_entry_may_have_a_threshold(file: Path) -> None:
    file.write_text(REFUND.replace("}", ', "threshold": 0.9}'), encoding="utf-8")
    ((entry,), found) = read_entries(file)
    assert (entry.threshold, found) == (0.9, [])


def test_a_threshold_that_is_no_probability_is_a_problem(file: Path) -> None:
    bad = REFUND.replace("}", ', "threshold": 90}')
    assert problems(file, bad) == ["faq.jsonl:1: threshold: must be from 0 to 1"]


def test_a_line_separator_within_a_text_ends_no_line(file: Path) -> None:
    assert problems(file, REFUND.replace("订单页", "订单\u2028页")) == []


def test_a_wording_written_twice_is_no_mistake(file: Path) -> None:
    assert problems(file, SHIP.replace('["几天发"]', '["几天发", "几天发", "什么时候发货？"]')) == []


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('{"id": "a"', "is not JSON: Expecting ',' delimiter at column 11"),
        ("你好", "is not JSON: Expecting value at column 1"),
        ('["ship"]', "must be an object in braces"),
        ("null", "must be an object in braces"),
        ("[" * 100_000, "is not JSON that holds an entry: nested too deeply"),
        (REFUND.replace('"refund"', "NaN"), "is not JSON that holds an entry: NaN is no value"),
        (
            REFUND.replace("{", '{"id": "x", '),
            "is not JSON that holds an entry: the field id is given twice",
        ),
        (REFUND.replace('"refund"', "12"), "id: must be a text in quotes"),
        (REFUND.replace("怎么退款？", ""), "question: is empty"),
        (REFUND.replace("怎么退款？", "😀！"), "question: has no word in it that could be asked"),
        (
            REFUND.replace("订单页里申请", r"好\ud83d"),
            "answer: has half a character in it (a lone surrogate)",
        ),
        (REFUND.replace('"answer"', '"anser"'), "anser: no such field; did you mean answer?"),
    ],
)
def test_a_bad_row_is_reported_with_its_line(file: Path, row: str, problem: str) -> None:
    assert f"faq.jsonl:2: {problem}" in problems(file, f"{SHIP}\n{row}\n")


def test_every_bad_row_is_reported_at_once_and_the_sound_ones_are_read(file: Path) -> None:
    assert problems(file, f'{{"id": "a b", "answer": 1}}\n{SHIP}\n\n{{]\n') == [
        "faq.jsonl:1: id: has a space or an invisible character",
        "faq.jsonl:1: question: is missing",
        "faq.jsonl:1: answer: must be a text in quotes",
        "faq.jsonl:4: is not JSON: Expecting property name enclosed in double quotes at column 2",
    ]
    assert [entry.id for entry in read_entries(file)[0]] == ["ship"]


def test_a_repeated_id_is_reported_with_the_line_of_the_first(file: Path) -> None:
    assert problems(file, f"{SHIP}\n{REFUND}\n{SHIP}\n{SHIP}\n") == [
        "faq.jsonl:3: id: 'ship' is already the id on line 1",
        "faq.jsonl:4: id: 'ship' is already the id on line 1",
    ]


def test_a_repeated_id_counts_also_when_the_first_row_is_wrong_otherwise(file: Path) -> None:
    first = SHIP.replace('"48小时"', "48")
    assert "faq.jsonl:2: id: 'ship' is already the id on line 1" in problems(file, f"{first}\n{SHIP}\n")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            f"{SHIP}\n{REFUND}".encode("gb18030"),
            "faq.jsonl:1: is not UTF-8 text (byte 0xCE); save it as UTF-8",
        ),
        (f"{SHIP}\n".encode() + b"\xff\n", "faq.jsonl:2: is not UTF-8 text (byte 0xFF); save it as UTF-8"),
        (SHIP.encode("utf-16"), "faq.jsonl: is UTF-16 text; save it as UTF-8"),
        (b"\xed\xa0\x80", "faq.jsonl:1: is not UTF-8 text (byte 0xED); save it as UTF-8"),
    ],
    ids=["gb18030", "one bad byte", "utf-16", "surrogate"],
)
def test_a_file_in_another_encoding_is_one_problem(file: Path, content: bytes, problem: str) -> None:
    assert problems(file, content) == [problem]


def test_who_gives_the_wrong_file_is_not_told_every_line(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MAX_PROBLEMS", 10)
    found = problems(file, "x\n" * 50)
    assert len(found) == 11
    assert found[-1] == "faq.jsonl: has over 10 problems; the rest is unread"


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Z"]), min_size=1, max_size=20)
ENTRIES = st.builds(
    Entry,
    id=st.from_regex(r"[a-z0-9_-]{1,20}", fullmatch=True),
    question=WORDS.map("问{}".format),
    answer=WORDS,
    category=WORDS | st.just(""),
    variants=st.lists(WORDS, max_size=3).map(tuple),
)


@given(
    entries=st.lists(ENTRIES, min_size=1, max_size=5, unique_by=lambda entry: entry.id), ascii=st.booleans()
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry], ascii: bool
) -> None:
    file = tmp_path_factory.getbasetemp() / "written.jsonl"
    lines = [json.dumps(entry.model_dump(), ensure_ascii=ascii) for entry in entries]
    file.write_text("\n".join(lines), encoding="utf-8", newline="")
    assert read_entries(file) == (entries, [])


@given(
    content=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
)
def test_no_file_content_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "anything.jsonl"
    file.write_bytes(content)
    _, found = read_entries(file)
    assert all("\n" not in str(problem) for problem in found)
