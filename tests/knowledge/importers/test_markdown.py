"""Markdown as people write it: which headings are questions, and what of the text is the answer."""

from pathlib import Path

import pytest

from knowledge import Entry, Problem
from knowledge.importers import name_rows, read_file, write_entries

TEXT = """\
# 物流

## 什么时候发货？ {#ship}

- 其他问法：几天发; 多久到
- 其他问法: "满减；包邮"
* valid until: 2026年1月5日
- 短答案: 48小时

付款后 48 小时内发货，一般：

- 江浙沪: 1 天
- 其他: 3 天

## 怎么退款

订单页里*申请*。

---

# 价格
### 多少钱 ##
199 元 `a`
"""


CATEGORY = "is no answer: the heading above it has headings of its own, so it is a category"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "faq.md"


def entries(file: Path, text: str) -> tuple[Entry, ...]:
    file.write_bytes(text.encode())
    reading = read_file(file)
    assert reading.problems == ()
    return reading.entries


def problems(file: Path, text: str) -> list[Problem]:
    file.write_bytes(text.encode())
    found = list(read_file(file).problems)
    assert all(problem.remedy for problem in found)
    return found


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_headings_are_questions_and_what_is_above_them_the_category(
    file: Path, line_end: str, encoding: str
) -> None:
    file.write_bytes(TEXT.replace("\n", line_end).encode(encoding))
    reading = read_file(file)
    assert reading.problems == ()
    ship, refund, price = reading.entries
    assert (ship.id, ship.category, ship.question) == ("ship", "物流", "什么时候发货？")
    assert ship.variants == ("几天发", "多久到", "满减；包邮")
    assert ship.answer == "付款后 48 小时内发货，一般：\n\n- 江浙沪: 1 天\n- 其他: 3 天"
    assert (ship.short_answer, ship.valid_until is not None) == ("48小时", True)
    assert (refund.category, refund.question, refund.answer) == ("物流", "怎么退款", "订单页里*申请*。")
    assert (price.category, price.question, price.answer) == ("价格", "多少钱", "199 元 `a`")
    assert reading.lines == (3, 15, 22)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_ids_are_written_behind_the_headings(file: Path, line_end: str) -> None:
    file.write_bytes(TEXT.replace("\n", line_end).encode("gbk"))
    name_rows(file, {15: "refund", 22: "price"})
    named = TEXT.replace("怎么退款", "怎么退款 {#refund}").replace("多少钱 ##", "多少钱 {#price} ##")
    assert file.read_bytes() == named.replace("\n", line_end).encode("gbk")
    assert [entry.id for entry in read_file(file).entries] == ["ship", "refund", "price"]


def test_a_file_of_one_level_has_no_categories(file: Path) -> None:
    assert [(e.question, e.category) for e in entries(file, "# a\nx\n# b\ny\n")] == [("a", ""), ("b", "")]


def test_headings_in_a_block_of_code_are_part_of_the_answer(file: Path) -> None:
    (entry,) = entries(file, "# 怎么配\n```sh\n# 注释\n\\# x\n~~~\n```\n")
    assert entry.answer == "```sh\n# 注释\n\\# x\n~~~\n```"


def test_a_hash_without_a_space_is_a_topic_and_no_heading(file: Path) -> None:
    assert entries(file, "# 活动\n#双十一# 全场八折\n")[0].answer == "#双十一# 全场八折"


def test_an_exported_file_is_what_a_person_would_write(file: Path) -> None:
    shop = Entry(id="ship", category="物流", question="几天发", variants=("多久发",), answer="48小时\n# 内")
    other = Entry(id="b", question="C# 有吗 {#x}", answer="- note: 没有", enabled=False)
    write_entries(file, [shop, other], language="zh")
    assert file.read_text(encoding="utf-8") == (
        "# 物流\n\n## 几天发 {#ship}\n\n- 其他问法: 多久发\n\n48小时\n\\# 内\n\n"
        "## C# 有吗 \\{#x} {#b}\n\n- 分类:\n- 启用: 否\n\n\\- note: 没有\n"
    )
    assert read_file(file).entries == (shop, other)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("你好\n# a\nx\n", 1, "is no answer: it stands before the first heading"),
        (
            "# 物流\n\n说明\n## a\nx\n",
            3,
            CATEGORY,
        ),
        ("# a\nx\n# b\n", 3, "is missing"),
        ("# a\nx\n```\n# b\ny\n", 3, "opens a block of code that is never closed"),
        ("# a {#x}\n1\n# b {#x}\n2\n", 3, "'x' is already the id on line 1"),
        ("# a\n- 备注: 1\n- 备注: 2\nx\n", 3, "is given twice"),
        ("# a\n\n- 启用: 也许\nx\n", 3, "is neither yes nor no"),
        ("#\nx\n", 1, "is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(file: Path, text: str, line: int, message: str) -> None:
    assert [(found.line, found.message) for found in problems(file, text)] == [(line, message)]
