"""CSV as editors' programs save it, and everything that may be wrong in such a file."""

from datetime import datetime
from pathlib import Path

import pytest

from knowledge import Entry, Problem
from knowledge.importers import columns, csv, name_rows, read_file, write_entries

ROWS = [
    ["编号", "分类", "问题", "其他问法", "答案"],
    ["ship", "物流", "什么时候发货", "几天发", "48小时内发货"],
    ["", "", "", "", ""],
    ["", "售后", "怎么退款", "退货", "订单页里申请"],
]
SHIP = Entry(id="ship", category="物流", question="什么时候发货", variants=("几天发",), answer="48小时内发货")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "faq.csv"


def sheet(delimiter: str = ",", line_end: str = "\r\n") -> str:
    return "".join(delimiter.join(row) + line_end for row in ROWS)


def problems(file: Path, text: str) -> list[Problem]:
    file.write_bytes(text.encode())
    return list(read_file(file).problems)


def said(file: Path, text: str) -> list[tuple[int | None, str, str, str]]:
    return [(p.line, p.field, p.value, p.message) for p in problems(file, text)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "；", "，", "|"])
def test_any_encoding_and_delimiter_is_read_and_kept_when_ids_are_written_back(
    file: Path, encoding: str, delimiter: str
) -> None:
    file.write_bytes(sheet(delimiter).encode(encoding))
    reading = read_file(file)
    assert reading.problems == ()
    assert reading.entries[0] == SHIP
    assert (reading.lines, reading.unnamed) == ((2, 4), {4})
    name_rows(file, {4: "refund"})
    named = sheet(delimiter).replace(f"\n{delimiter}售后", f"\nrefund{delimiter}售后")
    assert file.read_bytes() == named.encode(encoding)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(file: Path, line_end: str) -> None:
    file.write_bytes(sheet(",", line_end).encode())
    assert read_file(file).lines == (2, 4)
    name_rows(file, {4: "refund"})
    assert file.read_bytes().decode() == sheet(",", line_end).replace(
        f"{line_end},售后", f"{line_end}refund,售后"
    )


def test_a_file_without_a_column_of_ids_gets_one(file: Path) -> None:
    file.write_text(
        '常见问题\n问题,答案\n几天发,"48小时,\n内"\n\n怎么退,申请\n', encoding="utf-8", newline=""
    )
    reading = read_file(file)
    assert reading.lines == (3, 5)
    name_rows(file, {3: "ship", 5: "refund"})
    named = '常见问题\n编号,问题,答案\nship,几天发,"48小时,\n内"\n\nrefund,怎么退,申请\n'
    assert file.read_text(encoding="utf-8") == named


def test_a_short_row_is_filled_up_to_the_column_of_ids(file: Path) -> None:
    file.write_text("question,answer,note,id\nq,a\nr,b,n,\n", encoding="utf-8")
    name_rows(file, {2: "one", 3: "two"})
    assert file.read_text(encoding="utf-8") == "question,answer,note,id\nq,a,,one\nr,b,n,two\n"


def test_excel_is_told_the_encoding_and_no_cell_is_a_formula(file: Path) -> None:
    dangerous = [f"{mark}cmd|' /C calc'!A0" for mark in "=+-@"]
    entries = [Entry(id=f"{text[0]}x", question=text, answer=text, category=text) for text in dangerous]
    write_entries(file, entries)
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert not any(
        cell[:1] in "=+-@\t\r" for cell in data.decode("utf-8-sig").replace("\r\n", ",").split(",") if cell
    )
    assert read_file(file).entries == tuple(entries)


def test_what_follows_sep_is_the_delimiter(file: Path) -> None:
    assert problems(file, "sep=;\nquestion;answer\nq, r;a, b\n") == []
    assert read_file(file).lines == (3,)


def test_headers_are_read_however_they_are_written(file: Path) -> None:
    assert (
        problems(file, " 标准问题（必填）,*相似问 ,ANSWER:,Valid Until\nq,v1；v2|v3;v4,a,2026/1/5 8:00\n")
        == []
    )
    (entry,) = read_file(file).entries
    assert entry.variants == ("v1", "v2", "v3", "v4")
    assert entry.valid_until == datetime(2026, 1, 5, 8)


def test_a_header_that_stands_in_the_middle_again_is_no_entry(file: Path) -> None:
    assert problems(file, "question,answer\nq,a\nquestion,answer\nr,b\n") == []
    assert read_file(file).lines == (2, 4)
    name_rows(file, {2: "one", 4: "two"})
    assert [entry.id for entry in read_file(file).entries] == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-11", datetime(2026, 11, 11, 23, 59, 59)),
        ("2026/1/5", datetime(2026, 1, 5, 23, 59, 59)),
        ("2026年1月5日", datetime(2026, 1, 5, 23, 59, 59)),
        ("2026年1月5日 8时30分", datetime(2026, 1, 5, 8, 30)),
        ("2026年1月5日20点", datetime(2026, 1, 5, 20)),
        ("2026.11.11 20:00", datetime(2026, 11, 11, 20)),
        ("２０２６-11-11 20：00：05", datetime(2026, 11, 11, 20, 0, 5)),
        ("2026-11-11T20:00:00.5", datetime(2026, 11, 11, 20, 0, 0, 500_000)),
    ],
)
def test_dates_are_read_as_people_write_them(file: Path, text: str, moment: datetime) -> None:
    assert problems(file, f"question,answer,valid_until\nq,a,{text}\n") == []
    assert read_file(file).entries[0].valid_until == moment


@pytest.mark.parametrize(
    ("text", "value"), [("0.9", 0.9), ("90%", 0.9), ("９０％", 0.9), ("1", 1.0), ("", None)]
)
def test_a_threshold_may_be_in_hundredths(file: Path, text: str, value: float | None) -> None:
    assert problems(file, f"question,answer,threshold\nq,a,{text}\n") == []
    assert read_file(file).entries[0].threshold == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("是", True),
        ("TRUE", True),
        ("yes", True),
        ("√", True),
        ("", True),
        ("否", False),
        ("No", False),
        ("停用", False),
    ],
)
def test_yes_and_no_are_read_in_both_languages(file: Path, text: str, value: bool) -> None:
    assert problems(file, f"question,answer,enabled\nq,a,{text}\n") == []
    assert read_file(file).entries[0].enabled is value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id,问题,答案\n,q,\n", (2, "答案", "", "is missing")),
        ("id,问题,答案\na b,q,a\n", (2, "id", "a b", "has a space or an invisible character")),
        ("id,问题,答案\nx,q,a\nx,r,b\n", (3, "id", "x", "'x' is already the id on line 2")),
        ("问题,答案,阈值\nq,a,高\n", (2, "阈值", "高", "is no number from 0 to 1")),
        ("问题,答案,阈值\nq,a,90\n", (2, "阈值", "90.0", "must be from 0 to 1")),
        ("问题,答案,启用\nq,a,也许\n", (2, "启用", "也许", "is neither yes nor no")),
        (
            "问题,答案,到期时间\nq,a,明天\n",
            (2, "到期时间", "明天", "is no date and time, as in 2026-11-11 20:00"),
        ),
        (
            "问题,答案,直播间\nq,a,x\u200by\n",
            (2, "直播间.1", "x\ufffdy", "has a space or an invisible character"),
        ),
        ("问题,答案\n😀,a\n", (2, "问题", "😀", "has no word in it that could be asked")),
        ("问题,答案\nq,a,b\n", (2, "column 3", "b", "stands in a column without a name")),
        ("问题,答案,回答\nq,a,b\n", (1, "回答", "回答", "is the same column as 答案")),
        ("问题,答案,其它问题\nq,a,b\n", (1, "其它问题", "其它问题", "no such column; did you mean 问题?")),
        ('问题,答案\nq,"a\nr,b\n', (2, "", '"a', "has a quotation mark that is never closed")),
    ],
)
def test_what_is_wrong_is_named_by_row_column_and_value(
    file: Path, text: str, problem: tuple[int, str, str, str]
) -> None:
    assert said(file, text) == [problem]
    assert all(found.remedy for found in read_file(file).problems)


def test_every_bad_row_is_told_at_once_and_the_sound_ones_are_read(file: Path) -> None:
    found = said(file, "id,question,answer,threshold\n1,,a,x\n2,q,b,\n,r,,2\n")
    assert [(line, field) for line, field, _, _ in found] == [
        (2, "threshold"),
        (2, "question"),
        (4, "answer"),
        (4, "threshold"),
    ]
    assert [entry.id for entry in read_file(file).entries] == ["2"]


def test_a_sheet_without_header_says_which_to_write(file: Path) -> None:
    ((found),) = problems(file, "什么时候发货,48小时\n怎么退款,申请\n")
    assert (found.line, found.message[:32]) == (1, "has no row that names the column")
    assert "编号, 问题, 答案" in found.remedy


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("问题,答案\nq,".encode() + b"\xff\n", "is not UTF-8 text (byte 0xFF)"),
        ("question,answer\nSeñor café,Crème brûlée\n".encode("latin-1"), "is not UTF-8 text (byte 0xF1)"),
        ("問題,答案\n什麼時候出貨,付款後兩天內\n".encode("big5"), "is not UTF-8 text (byte 0xB0)"),
        ("问题,答案\n".encode("utf-16")[:-1], "is not UTF-16 text (byte 0x0A)"),
    ],
    ids=["one bad byte", "western", "traditional", "cut off"],
)
def test_an_encoding_that_is_not_known_is_never_guessed_into_other_characters(
    file: Path, data: bytes, message: str
) -> None:
    file.write_bytes(data)
    (problem,) = read_file(file).problems
    assert problem.message == message
    assert "UTF-8" in problem.remedy


@pytest.mark.parametrize(
    "text", ["寄的是什么快递？", "泡茶要放几克", "退款几天到账？", "要不要放冰箱", "a，b"]
)
def test_even_a_few_characters_are_known_as_gbk(file: Path, text: str) -> None:
    file.write_bytes(f"question,answer\n{text}?,48h\n".encode("gbk"))
    assert read_file(file).entries[0].question == f"{text}?"


def test_a_million_blank_rows_cost_nothing_and_too_many_are_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv, "MAX_ROWS", 2)
    assert problems(file, "question,answer\n" + ",\n" * 1_000 + "q,a\n") == []
    assert read_file(file).lines == (1_002,)
    found = said(file, "question,answer\nq,a\nr,b\ns,c\n")
    assert found == [(4, "", "", "has more than 2 rows")]


def test_a_row_of_nothing_but_mistakes_is_not_told_without_end(file: Path) -> None:
    assert len(problems(file, "question,answer\n" + "x," * 100_000)) <= columns.MAX_COLUMNS


def test_fifty_thousand_rows_are_read(file: Path) -> None:
    rows = "".join(f"q{number},物流,第{number}号几天发,,48小时\r\n" for number in range(50_000))
    file.write_bytes(("编号,分类,问题,其他问法,答案\r\n" + rows).encode("gbk"))
    reading = read_file(file)
    assert (len(reading.entries), reading.problems, reading.lines[-1]) == (50_000, (), 50_001)


def test_a_text_in_quotation_marks_may_hold_what_parts_variants() -> None:
    texts = ["几天；发", '"满减"', "a|b\nc", "plain"]
    assert columns.split("variants", columns.joined("variants", texts)) == texts


def test_quotation_marks_that_belong_to_a_text_stay(file: Path) -> None:
    assert problems(file, 'question,variants,answer\n"""新款""多少钱","""老款""呢；x",a\n') == []
    (entry,) = read_file(file).entries
    assert entry.wordings == ('"新款"多少钱', '"老款"呢', "x")
