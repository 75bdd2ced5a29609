"""YAML as people write it: texts stay texts, and nothing in the file can make it large."""

from datetime import datetime
from pathlib import Path

import pytest

from knowledge import Entry, Problem
from knowledge.importers import name_rows, read_file, write_entries, yaml

TEXT = """\
# 双十一
entries:
  - id: 007   # kept
    question: 支持到付吗
    answer: no
    variants:
      - yes
      - 3.0
    valid_until: 2026-11-11
    threshold: 0.9
    enabled: off
    note: ~

  - question: "怎么退款"
    answer: |
      订单页里申请
      # 再等等
  - {question: 几天发, answer: 48小时, variants: 多久发}
  - id:
    question: 有码吗
    answer: 有
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "faq.yaml"


def problems(file: Path, text: str) -> list[Problem]:
    file.write_bytes(text.encode())
    found = list(read_file(file).problems)
    assert all(problem.remedy for problem in found)
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_every_value_is_the_text_that_was_typed(file: Path, encoding: str) -> None:
    file.write_bytes(TEXT.encode(encoding))
    reading = read_file(file)
    assert reading.problems == ()
    assert reading.entries[0] == Entry(
        id="007",
        question="支持到付吗",
        answer="no",
        variants=("yes", "3.0"),
        valid_until=datetime(2026, 11, 11, 23, 59, 59),
        threshold=0.9,
        enabled=False,
    )
    assert reading.entries[1].answer == "订单页里申请\n# 再等等"
    assert reading.entries[2].variants == ("多久发",)
    assert (reading.lines, reading.unnamed) == ((3, 14, 18, 19), {14, 18, 19})


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_ids_are_written_in_and_comments_stay(file: Path, line_end: str, encoding: str) -> None:
    file.write_bytes(TEXT.replace("\n", line_end).encode(encoding))
    name_rows(file, {14: "refund", 18: "yes", 19: "a: b#c".replace(" ", "")})
    named = (
        TEXT.replace('- question: "怎', '- id: "refund"\n    question: "怎')
        .replace("{question", '{id: "yes", question')
        .replace("- id:\n", '- id: "a:b#c"\n')
    )
    assert file.read_bytes() == named.replace("\n", line_end).encode(encoding)
    assert [entry.id for entry in read_file(file).entries] == ["007", "refund", "yes", "a:b#c"]


def test_an_exported_file_is_what_a_person_would_write(file: Path) -> None:
    shop = Entry(id="ship", question="几天发", variants=("多久",), answer="48小时\n内", enabled=False)
    write_entries(file, [shop])
    assert file.read_text(encoding="utf-8") == (
        "- id: ship\n  question: 几天发\n  answer: |-\n    48小时\n    内\n"
        "  variants:\n  - 多久\n  enabled: false\n"
    )


def test_an_alias_stands_for_what_it_names(file: Path) -> None:
    first = "- question: q\n  answer: &a 48小时\n  rooms: &r [bilibili:1]\n"
    text = first + "- {question: r, answer: *a, rooms: *r}\n"
    assert problems(file, text) == []
    one, other = read_file(file).entries
    assert (one.answer, one.rooms) == (other.answer, other.rooms)


@pytest.mark.parametrize(
    ("text", "line", "field", "message"),
    [
        ("- question: q\n  answer: a\n  question: r\n", 3, "question", "is given twice"),
        ("- question: q\n  anser: a\n", 1, "answer", "is missing"),
        ("- question: q\n  answer: [a]\n", 2, "answer", "must be a text"),
        ("- question: q\n  answer: a\n  variants: {a: b}\n", 3, "variants", "must be a list of texts"),
        ("- question: q\n  answer: a\n  variants: [[a]]\n", 3, "variants", "must be a list of texts"),
        ("- q\n", 1, "", "is no entry"),
        ("q\n", 1, "", "is no entry"),
        (
            "- question: q\n  answer: a: b\n",
            2,
            "",
            "is not YAML: mapping values are not allowed in this context",
        ),
        ("- &a [*a]\n", 1, "", "names *a, which cannot be looked up"),
        ("- question: q\n  answer: a\n---\n- question: q\n", 3, "", "is a second document; only one is read"),
        ("[" * 20, 1, "", "is nested too deeply for an entry"),
        ("[" * 50_000, 1, "", "is not YAML: exceeded maximum nesting depth"),
        ("- !!python/object/apply:os.system [id]\n", 1, "", "is no entry"),
        ("- question: q\n  answer: a\n  enabled: maybe\n", 3, "enabled", "is neither yes nor no"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_field(
    file: Path, text: str, line: int, field: str, message: str
) -> None:
    found = problems(file, text)
    assert (line, field, message) in [(one.line, one.field, one.message) for one in found]


def test_a_billion_laughs_are_refused_before_they_are_heard(file: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (found,) = problems(file, "\n".join(lines))
    assert found.message == "repeats more than 5,000,000 texts"


def test_large_entries_that_aliases_repeat_are_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "_MAX_WEIGHT", 1_000)
    entry = "- &a {question: q, answer: a, variants: [" + "v, " * 500 + "]}\n"
    assert problems(file, entry) == []
    assert problems(file, entry + "- *a\n")[0].message == "repeats more than 1,000 texts"


def test_it_is_the_same_without_libyaml(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml as library

    monkeypatch.setattr(yaml, "_LOADER", library.SafeLoader)
    file.write_text(TEXT, encoding="utf-8")
    name_rows(file, {14: "refund"})
    assert [entry.id for entry in read_file(file).entries][:2] == ["007", "refund"]
