"""Scripts: what a line may say, and what a mistake in one is answered with."""

from pathlib import Path

import pytest

from assistant.practice.acts import Act, ScriptError
from assistant.practice.script import read_script


def script(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "viewers.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_lines_become_acts_in_the_order_of_their_time(tmp_path: Path) -> None:
    path = script(
        tmp_path,
        '{"at": 2, "viewer": "小雨", "text": "怎么发货"}',
        "",
        '{"at": 0.5, "viewer": "主播", "text": "晚上好", "host": true}',
        '{"at": 3, "kind": "gift", "viewer": "阿辉", "gift": "小花花", "count": 2, "price_fen": 10}',
    )
    assert read_script(path) == (
        Act(at=0.5, viewer="主播", text="晚上好", is_host=True),
        Act(at=2.0, viewer="小雨", text="怎么发货"),
        Act(at=3.0, kind="gift", viewer="阿辉", gift="小花花", count=2, price_fen=10),
    )


def test_a_mark_at_the_start_of_the_file_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "saved-by-notepad.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"at": 1, "viewer": "a", "text": "b"}\r\n')
    assert read_script(path) == (Act(at=1.0, viewer="a", text="b"),)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{at: 1}", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('["a list"]', "must be an object"),
        ('{"viewer": "a", "text": "b"}', "at: must be seconds since the start"),
        ('{"at": -1, "viewer": "a", "text": "b"}', "at: must be seconds since the start"),
        ('{"at": true, "viewer": "a", "text": "b"}', "at: must be seconds since the start"),
        ('{"at": NaN, "viewer": "a", "text": "b"}', "at: must be seconds since the start"),
        ('{"at": 1, "viewer": "a"}', "text: missing in a danmaku"),
        ('{"at": 1, "viewer": 7, "text": "b"}', "viewer: must be text"),
        ('{"at": 1, "kind": "dance"}', "kind: must be one of danmaku"),
        ('{"at": 1, "kind": {}}', "kind: must be one of danmaku"),
        (
            '{"at": 1, "kind": "guard", "viewer": "a", "level": 4}',
            "level: must be a whole number from 0 to 3",
        ),
        ('{"at": 1, "kind": "guard", "viewer": "a", "level": 0}', "level: must be 1, 2 or 3"),
        ('{"at": 1, "kind": "online", "count": 1.5}', "count: must be a whole number"),
        ('{"at": 1, "viewer": "a", "text": "b", "host": "yes"}', "host: must be true or false"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_field(tmp_path: Path, line: str, complaint: str) -> None:
    path = script(tmp_path, '{"at": 0, "viewer": "a", "text": "fine"}', line)
    with pytest.raises(ScriptError) as raised:
        read_script(path)
    assert str(raised.value).startswith(f"{path}:2: {complaint}")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"\n\n", "nothing to play in it"), (b"\xff\xfe\x00", "is not UTF-8 text")],
)
def test_a_file_that_holds_no_script_is_named(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_bytes(content)
    with pytest.raises(ScriptError, match=complaint):
        read_script(path)


def test_a_directory_is_no_script(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="directory"):
        read_script(tmp_path)
