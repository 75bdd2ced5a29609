import json
from pathlib import Path

import pytest

from assistant.actions import Action, Decision, Reason
from assistant.deciding import MessagesInvalid, read_texts, to_json


def write(folder: Path, *lines: str) -> Path:
    path = folder / "messages.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_texts_come_in_order_whatever_else_the_lines_hold(tmp_path: Path) -> None:
    path = write(
        tmp_path, '{"text": "一", "kind": "plain"}', "", '{"text": "", "expect": null}', '{"text": "二"}'
    )
    assert read_texts(path) == ["一", "", "二"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "messages.jsonl:2: is not JSON"),
        ("[" * 100_000, "messages.jsonl:2: is not JSON"),
        ("[1]", "messages.jsonl:2: must be an object"),
        ('{"texts": "一"}', "messages.jsonl:2: text: must be text"),
        ('{"text": 1}', "messages.jsonl:2: text: must be text"),
    ],
)
def test_a_bad_line_is_named_with_file_line_and_field(tmp_path: Path, line: str, problem: str) -> None:
    with pytest.raises(MessagesInvalid) as caught:
        read_texts(write(tmp_path, '{"text": "一"}', line))
    assert str(caught.value).endswith(problem)


def test_a_missing_file_and_a_file_that_is_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "gbk").write_bytes("怎么发货".encode("gbk"))
    for name, words in (("none", "No such file"), ("gbk", "is not UTF-8 text"), (".", "Is a directory")):
        with pytest.raises(MessagesInvalid, match=words):
            read_texts(tmp_path / name)


def test_one_line_of_output_has_all_fields_and_survives_lone_surrogates() -> None:
    decision = Decision(
        Action.ESCALATE, Reason.UNSURE, "ship", 0.41, 0.77, (("ship", 0.77), ("courier", 0.5))
    )
    line = to_json("怎么\ud800发货\n", decision)
    assert b"\n" not in line
    assert json.loads(line) == {
        "text": "怎么\ud800发货\n",
        "action": "escalate",
        "entry": "ship",
        "probability": 0.41,
        "score": 0.77,
        "reason": "not sure enough to answer",
        "candidates": [{"entry": "ship", "score": 0.77}, {"entry": "courier", "score": 0.5}],
    }
