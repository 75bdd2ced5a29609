"""Workbooks as editors' programs save them, and everything that may be wrong in such a file."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from knowledge import Entry, FileNotWritten, Problem
from knowledge.importers import name_rows, read_file, sheet_xml, workbook, write_entries

HEADER = ["id", "category", "question", "variants", "answer", "valid_until", "enabled", "threshold"]
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "faq.xlsx"


def save(
    file: Path, rows: Iterable[Sequence[Any]], change: Callable[[Any], None] = lambda sheet: None
) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    book.save(file)


def replace_part(file: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def entries(file: Path) -> tuple[Entry, ...]:
    reading = read_file(file)
    assert reading.problems == ()
    return reading.entries


def problem(file: Path) -> Problem:
    (found,) = read_file(file).problems
    assert found.remedy
    return found


def test_numbers_dates_and_truth_values_are_read_as_they_are_shown(file: Path) -> None:
    def shape(sheet: Any) -> None:
        sheet["E2"].number_format = "0%"
        sheet["F2"].number_format = "yyyy/m/d h:mm"
        sheet["F3"].number_format = "yyyy-mm-dd"
        sheet["H2"].number_format = "0%"

    rows = [
        [7, 2026, "几折", 88, 0.9, datetime(2026, 11, 11, 20), True, 0.85],
        ["b", None, "多少钱", None, 199.5, date(2026, 11, 11), False, 1],
        ["c", None, "电话", None, 13800000000, "2026/1/5", "是", "90%"],
    ]
    save(file, [HEADER, *rows], shape)
    first, second, third = entries(file)
    assert first == Entry(
        id="7",
        category="2026",
        question="几折",
        variants=("88",),
        answer="90%",
        valid_until=datetime(2026, 11, 11, 20),
        threshold=0.85,
    )
    assert (second.answer, second.enabled, second.threshold) == ("199.5", False, 1.0)
    assert second.valid_until == datetime(2026, 11, 11, 23, 59, 59)
    assert (third.answer, third.enabled, third.threshold) == ("13800000000", True, 0.9)


def test_dates_are_written_as_dates_that_a_sheet_can_sort(file: Path) -> None:
    write_entries(file, [Entry(id="a", question="q", answer="a", valid_until=datetime(2026, 11, 11, 20))])
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert sheet.cell(2, 10).value == datetime(2026, 11, 11, 20)
    assert (sheet.cell(1, 10).value, sheet.cell(1, 10).font.bold, sheet.freeze_panes) == (
        "valid_until",
        True,
        "A2",
    )


def test_no_cell_that_is_written_is_a_formula(file: Path) -> None:
    write_entries(file, [Entry(id="=1", question="=1+1", answer="-5", category="@a", variants=("+1", "=2"))])
    cells = next(openpyxl.load_workbook(file).worksheets[0].iter_rows(min_row=2))
    assert [cell.value for cell in cells[:5]] == ["'=1", "'@a", "'=1+1", "'+1\n=2", "'-5"]
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_merged_cells_hold_for_all_their_rows(file: Path) -> None:
    rows = [
        ["a", "物流", "几天发", None, "48小时"],
        ["b", None, "发什么快递", None, None],
        [None] * 5,
        ["c", None, "能到付吗", None, "不能"],
        ["d", None, "怎么退", None, "申请"],
    ]

    def merge(sheet: Any) -> None:
        sheet.merge_cells("B2:B5")
        sheet.merge_cells("E2:E3")

    save(file, [HEADER, *rows], merge)
    assert [(entry.id, entry.category, entry.answer) for entry in entries(file)] == [
        ("a", "物流", "48小时"),
        ("b", "物流", "48小时"),
        ("c", "物流", "不能"),
        ("d", "", "申请"),
    ]


def test_rows_under_a_merged_question_are_one_entry(file: Path) -> None:
    rows = [
        [None, "物流", "几天发", "多久发", "48小时"],
        [None, None, None, "何时发", None],
        [None, None, None, "哪天发", None],
        [None, None, "怎么退", "退货", "申请"],
    ]
    save(file, [HEADER, *rows], lambda sheet: sheet.merge_cells("C2:C4"))
    first, second = entries(file)
    assert (first.variants, first.answer) == (("多久发", "何时发", "哪天发"), "48小时")
    assert second.variants == ("退货",)
    assert read_file(file).lines == (2, 5)


def test_a_second_answer_under_a_merged_question_is_a_problem(file: Path) -> None:
    rows = [["a", None, "几天发", None, "48小时"], [None, None, None, None, "72小时"]]
    save(file, [HEADER, *rows], lambda sheet: sheet.merge_cells("C2:C3"))
    found = problem(file)
    assert (found.line, found.field, found.value) == (3, "answer", "72小时")
    assert found.message == "is a second one for the question of row 2, whose cell is merged"


def test_a_title_above_and_blank_rows_between_are_passed_over(file: Path) -> None:
    rows = [
        ["双十一问答"],
        [],
        HEADER,
        [],
        ["a", None, "q", None, "x"],
        [None, " "],
        ["b", None, "r", None, "y"],
    ]
    save(file, rows, lambda sheet: sheet.merge_cells("A1:E1"))
    assert [entry.id for entry in entries(file)] == ["a", "b"]
    assert read_file(file).lines == (5, 7)


def test_a_formula_counts_with_its_result(file: Path) -> None:
    save(file, [HEADER, ["a", None, "q", None, "=1+1"], ["b", None, '="怎么"&"退"', None, "申请"]])
    found = read_file(file).problems
    assert [(p.line, p.field, p.message) for p in found] == [
        (2, "answer", "is a formula without a result"),
        (3, "question", "is a formula without a result"),
    ]

    def calculate(sheet: bytes) -> bytes:  # as a spreadsheet program saves it
        sheet = sheet.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v/>", b"<f>1+1</f><v>2</v>"
        )
        return re.sub(
            rb'<c r="C3"[^>]*>(<f>.*?</f>)<v ?/?>(</v>)?',
            r'<c r="C3" t="str">\1<v>怎么退</v>'.encode(),
            sheet,
        )

    replace_part(file, SHEET, calculate)
    assert [(entry.question, entry.answer) for entry in entries(file)] == [("q", "2"), ("怎么退", "申请")]


def test_a_cell_with_an_error_is_a_problem(file: Path) -> None:
    save(file, [HEADER, ["a", None, "q", None, "#REF!"]])
    assert (problem(file).field, problem(file).value) == ("answer", "#REF!")


def test_a_time_without_a_day_is_a_problem(file: Path) -> None:
    save(file, [HEADER, ["a", None, "q", None, "x", time(20)]])
    assert (problem(file).field, problem(file).message) == ("valid_until", "is a time without a day")


def test_a_number_is_no_date(file: Path) -> None:
    save(file, [HEADER, ["a", None, "q", None, "x", 46337]])
    assert (problem(file).value, problem(file).message[:14]) == ("46337", "is no date and")


def test_strings_are_shared_rich_and_without_their_pronunciation(file: Path) -> None:
    save(file, [HEADER, ["a", None, "q", None, "x"]])
    rich = "<sst><si/><si><r><t>48</t></r><r><t> 小时_x000D_</t></r><rPh><t>よ</t></rPh></si></sst>"
    relation = b'<Relationship Id="rIdS" Type="s" Target="/xl/sharedStrings.xml"/></Relationships>'
    replace_part(file, "xl/sharedStrings.xml", lambda _: rich.encode())
    replace_part(file, "xl/_rels/workbook.xml.rels", lambda data: data.replace(b"</Relationships>", relation))
    shared = b'<c r="E2" t="s"><v>1</v></c>'
    replace_part(file, SHEET, lambda data: re.sub(rb'<c r="E2".*?</c>', shared, data))
    assert entries(file)[0].answer == "48 小时"


def test_a_second_sheet_with_questions_is_told_and_one_without_is_not_read(file: Path) -> None:
    save(
        file,
        [HEADER, ["a", None, "q", None, "x"]],
        lambda sheet: sheet.parent.create_sheet("说明").append(["请填写"]),
    )
    assert len(entries(file)) == 1

    def add(sheet: Any) -> None:
        sheet.parent.create_sheet("第二页").append(HEADER)
        sheet.parent.create_sheet("隐藏").append(HEADER)
        sheet.parent["隐藏"].sheet_state = "hidden"

    save(file, [HEADER, ["a", None, "q", None, "x"]], add)
    assert problem(file).value == "第二页"


def test_ids_are_written_into_the_sheet_and_every_other_byte_stays(file: Path) -> None:
    def shape(sheet: Any) -> None:
        sheet["A2"].fill = PatternFill("solid", fgColor="FFFF00")
        sheet["C2"].font = Font(bold=True)
        sheet["E3"].comment = Comment("问过客服", "编辑")
        sheet.column_dimensions["C"].width = 50
        sheet.parent.create_sheet("说明").append(["=1+1"])

    rows = [
        [None, None, "几天发", None, "48小时"],
        ["b", None, "怎么退", None, "申请"],
        [None, None, "到付", None, "不能"],
    ]
    save(file, [HEADER, *rows], shape)
    with zipfile.ZipFile(file) as archive:
        before = {name: archive.read(name) for name in archive.namelist()}
    name_rows(file, {2: "ship", 4: "<a&b>"})
    with zipfile.ZipFile(file) as archive:
        after = {name: archive.read(name) for name in archive.namelist()}
    assert [name for name in before if before[name] != after[name]] == [SHEET]
    assert [entry.id for entry in entries(file)] == ["ship", "b", "<a&b>"]
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert (sheet["A2"].value, sheet["A2"].fill.fgColor.rgb, sheet["C2"].font.bold) == (
        "ship",
        "00FFFF00",
        True,
    )


def test_a_sheet_without_a_column_of_ids_gets_one_at_its_end(file: Path) -> None:
    save(file, [["问题", "答案", None], ["几天发", "48小时", None], [], ["怎么退", "申请"]])
    name_rows(file, {2: "ship", 4: "refund"})
    rows = list(openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True))
    assert rows[0][:3] == ("问题", "答案", "编号")
    assert [entry.id for entry in entries(file)] == ["ship", "refund"]


def test_a_text_that_no_cell_can_hold_is_not_cut_off(file: Path) -> None:
    many = tuple(f"{number}{'问' * 490}" for number in range(70))
    with pytest.raises(FileNotWritten, match=r"entry a: variants is longer than .*32,767"):
        write_entries(file, [Entry(id="a", question="q", answer="x", variants=many)])
    assert not file.exists()


def test_a_bomb_is_refused_with_the_limit(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(file, [HEADER, ["a", None, "q", None, "x"]])
    monkeypatch.setattr(workbook, "MAX_UNPACKED_BYTES", 2**20)
    replace_part(file, "xl/media/zeros.bin", lambda _: bytes(2**21))
    assert problem(file).message == "unpacks to more than 1 MB"


def test_a_bomb_that_lies_about_its_size_is_no_crash(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(file, [HEADER, ["a", None, "q", None, "x"]])
    replace_part(file, SHEET, lambda data: data.replace(b"<sheetData>", b"<sheetData>" + b" " * 2**22))
    data = file.read_bytes()
    with zipfile.ZipFile(file) as archive:
        size = archive.getinfo(SHEET).file_size
    file.write_bytes(data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    monkeypatch.setattr(workbook, "MAX_UNPACKED_BYTES", 2**20)
    assert problem(file).message == "is a damaged .xlsx workbook, or none"


def test_rows_without_end_are_refused_with_the_limit(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_xml, "MAX_ROWS", 100)
    save(file, [HEADER, *([number, None, f"q{number}", None, "x"] for number in range(101))])
    assert problem(file).message == "has more than 100 rows"


def test_a_row_far_below_costs_nothing(file: Path) -> None:
    save(file, [HEADER, ["a", None, "q", None, "x"]], lambda sheet: sheet.cell(1_048_576, 16_384, "far"))
    assert len(entries(file)) == 1


def test_entities_are_refused(file: Path) -> None:
    save(file, [HEADER, ["a", None, "q", None, "x"]])
    bomb = b'<!DOCTYPE a [<!ENTITY b "cccccc"><!ENTITY d "&b;&b;&b;">]><worksheet'
    replace_part(file, SHEET, lambda data: data.replace(b"<worksheet", bomb, 1))
    assert problem(file).message == "is a damaged .xlsx workbook, or none"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is an old .xls workbook, whatever its name says"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "is protected by a password",
        ),
        (b"<html><table><tr><td>question</td></tr></table></html>", "is no .xlsx workbook"),
        (b"question,answer\nq,a\n", "is no .xlsx workbook"),
    ],
    ids=["xls", "password", "html", "csv"],
)
def test_what_only_has_the_name_of_a_workbook_is_told_plainly(file: Path, data: bytes, message: str) -> None:
    file.write_bytes(data)
    assert problem(file).message == message


def test_a_zip_that_is_no_workbook_is_told_plainly(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert problem(file).message == "is a damaged .xlsx workbook, or none"


def test_a_damaged_workbook_never_raises(file: Path) -> None:
    write_entries(file, [Entry(id="a", question="几天发", answer="48小时", threshold=0.5)])
    sound = file.read_bytes()
    for position in range(0, len(sound), 23):
        damaged = bytearray(sound)
        damaged[position] ^= 0xFF
        file.write_bytes(bytes(damaged))
        reading = read_file(file)
        assert reading.entries or reading.problems
        file.write_bytes(sound[:position])
        assert read_file(file).problems


def test_xml_that_is_damaged_inside_a_sound_zip_never_raises(file: Path) -> None:
    write_entries(file, [Entry(id="a", question="几天发", answer="48小时", threshold=0.5)])
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", SHEET):
        for position in range(0, len(parts[part]), 29):
            damaged = parts[part][:position] + b"9" + parts[part][position + 1 :]
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w") as archive:
                for name, data in (parts | {part: damaged}).items():
                    archive.writestr(name, data)
            file.write_bytes(out.getvalue())
            reading = read_file(file)
            assert reading.entries or reading.problems
