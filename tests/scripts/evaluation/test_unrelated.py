import json
from pathlib import Path

import pytest

from assistant.pipeline.decide import Bars
from knowledge import KnowledgeBase
from knowledge.evaluation.rooms import Room
from scripts.evaluation.judged import Judge
from scripts.evaluation.unrelated import MOST_LINES, read_lines, unrelated_table
from tests.fakes.embedders import HashEmbedder
from tests.fakes.flow_house import ScriptedRanker
from tests.fakes.lines import entry


def judge(name: str, answers: dict[str, float]) -> Judge:
    """Replies to what it is sure of, hands over what it knows, ignores the rest."""
    base = KnowledgeBase(HashEmbedder(), [entry()])
    return Judge(Room(name, (entry(),), ()), base, ScriptedRanker(answers), Bars(reply=0.8, question=0.5))


def write(folder: Path, *lines: str) -> Path:
    path = folder / "lines.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_lines_are_texts_or_objects_with_texts(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '{"text": "天气真好"}',
        '{"zh": "你好", "en": "hello", "attribution": "somebody"}',
        "",
        "  一行 {普通} 的话 ",
        '{"a": "你好", "b": 3}',
        "{not JSON",
    )
    assert read_lines(path) == ["天气真好", "你好", "hello", "一行 {普通} 的话", "{not JSON"]


def test_of_a_large_file_a_part_is_drawn_always_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, *(f"line {number}" for number in range(MOST_LINES + 500)))
    drawn = read_lines(path)
    assert len(set(drawn)) == MOST_LINES
    assert drawn == read_lines(path)


def test_replies_are_counted_in_a_thousand_lines_over_the_rooms(tmp_path: Path) -> None:
    texts = [f"话{number}" for number in range(10)]
    path = write(tmp_path, *(json.dumps({"text": text}) for text in texts))
    rooms = [judge("quiet", {"话1": 0.3, "话2": 0.3}), judge("loud", {"话3": 0.9, "话4": 0.95})]
    table = unrelated_table([path], rooms)
    (row,) = table.rows.values()
    assert row == pytest.approx(
        {"lines": 10, "replies": 100.0, "worst_room_replies": 200.0, "handed_over": 100.0}
    )
    assert list(table.notes) == ["95% loud ship-time: 话4", "90% loud ship-time: 话3"]


def test_several_files_are_shown_together_too(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    paths = [write(tmp_path / "a", "话1", "话2", "话3"), write(tmp_path / "b", "话4")]
    table = unrelated_table(paths, [judge("loud", {"话4": 0.9})])
    assert [(name, row["replies"]) for name, row in table.rows.items()] == [
        ("a/lines.jsonl", 0.0),
        ("b/lines.jsonl", 1000.0),
        ("all", 250.0),
    ]
