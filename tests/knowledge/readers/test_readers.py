"""Every kind of document becomes sections; one that is broken, locked or too large says so in a line."""

from pathlib import Path

import pytest

from knowledge.readers import SUFFIXES, DocumentLimits, DocumentUnreadable, Section, read_sections
from knowledge.readers.kinds import reader_of
from tests.fakes.documents import write_docx, write_pdf, write_zip_bomb


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_kind_has_the_reader_that_names_it(suffix: str) -> None:
    assert suffix in reader_of(suffix).suffixes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_text_in_any_encoding_of_an_editor_has_paragraphs_and_headings(tmp_path: Path, encoding: str) -> None:
    text = "一、充电\r\n\r\n充满约 4 小时。\r\n插上即可。\r\n\r\n二、保修\r\n\r\n主机两年。"
    assert read_sections(write(tmp_path / "a.txt", text, encoding)) == [
        Section("一、充电", ("充满约 4 小时。", "插上即可。")),
        Section("二、保修", ("主机两年。",)),
    ]


def test_markdown_keeps_the_path_of_headings_and_its_tables(tmp_path: Path) -> None:
    text = "# 说明\n\n前言*重*。\n\n## 保养\n\n| 部件 | 更换 |\n|---|---|\n| 边刷 | 3 个月 |\n\n# 附\n- 甲\n"
    assert read_sections(write(tmp_path / "a.md", text)) == [
        Section("说明", ("前言重。",)),
        Section("说明 › 保养", ("部件 | 更换", "边刷 | 3 个月")),
        Section("附", ("甲",)),
    ]


def test_a_web_page_loses_what_no_reader_sees(tmp_path: Path) -> None:
    page = (
        "<html><head><title>x</title></head><body><nav>Menu</nav><h1>Course</h1>"
        "<p>Twelve\nlessons.<script>steal()</script></p><p hidden>secret</p><div>Each<br>an hour</div></body>"
    )
    assert read_sections(write(tmp_path / "a.HTML", page)) == [
        Section("Course", ("Twelve lessons.", "Each", "an hour"))
    ]


def test_word_documents_keep_headings_and_tables(tmp_path: Path) -> None:
    assert read_sections(write_docx(tmp_path / "a.docx")) == [
        Section("面霜说明 › 用法", ("早晚洁面后取黄豆大小，轻拍至吸收。",)),
        Section("面霜说明 › 规格", ("净含量 | 50 毫升",)),
    ]


def test_pdf_pages_are_told_apart_and_broken_lines_joined(tmp_path: Path) -> None:
    pages = [["The battery lasts for one hundred", "and fifty minutes.", "Charge it."], ["Two years."]]
    assert read_sections(write_pdf(tmp_path / "a.pdf", pages)) == [
        Section("", ("The battery lasts for one hundred and fifty minutes.", "Charge it."), 1),
        Section("", ("Two years.",), 2),
    ]


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
@pytest.mark.parametrize("content", [b"", b"no such format", b"PK\x03\x04broken", b"%PDF-1.7\n%%EOF"])
def test_a_broken_document_says_so(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    with pytest.raises(DocumentUnreadable) as caught:
        read_sections(path)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x00\x01\x02\xff\xfe")
    with pytest.raises(DocumentUnreadable, match="no text"):
        read_sections(path)


def test_a_pdf_without_text_says_what_it_may_be(tmp_path: Path) -> None:
    with pytest.raises(DocumentUnreadable, match="pictures"):
        read_sections(write_pdf(tmp_path / "a.pdf", [[]]))


def test_a_zip_bomb_is_refused_with_the_limit_named(tmp_path: Path) -> None:
    bomb = write_zip_bomb(tmp_path / "a.docx", unpacked_bytes=3 * 1024**2)
    with pytest.raises(DocumentUnreadable, match="limit of 2 MB"):
        read_sections(bomb, DocumentLimits(unpacked_bytes=2 * 1024**2))


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        (DocumentLimits(file_bytes=10), "limit of 0 MB"),
        (DocumentLimits(pages=1), "limit of 1"),
        (DocumentLimits(characters=5), "more text"),
        (DocumentLimits(seconds=0.001), "longer to read than 0.001 seconds"),
    ],
    ids=["bytes", "pages", "characters", "seconds"],
)
def test_what_is_too_much_is_refused_with_the_limit_named(
    tmp_path: Path, limits: DocumentLimits, named: str
) -> None:
    path = write_pdf(tmp_path / "a.pdf", [["The first page"], ["The second page"]])
    with pytest.raises(DocumentUnreadable, match=named):
        read_sections(path, limits)


def test_the_process_that_reads_gets_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    from knowledge.readers import apart

    monkeypatch.setenv("ASSISTANT_DRAFTS__API_KEY", "sk-secret")
    assert "sk-secret" not in apart._environment().values()


def test_other_kinds_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentUnreadable, match="no kind"):
        read_sections(write(tmp_path / "a.exe", ""))
    with pytest.raises(DocumentUnreadable, match="No such file"):
        read_sections(tmp_path / "nowhere.txt")
