"""Rooms by name, scripts by path."""

from pathlib import Path

import pytest

from assistant.practice import SAMPLES, RoomCard, ScriptError, load_room, sample_card, sample_faq
from assistant.practice.acts import Act


@pytest.mark.parametrize("name", SAMPLES)
def test_shipped_rooms_are_known_by_name(name: str) -> None:
    assert load_room(name)
    assert sample_faq(name).is_file()
    assert sample_card(name).title


def test_anything_else_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"at": 0, "viewer": "a", "text": "b"}')
    assert load_room(path) == load_room(str(path)) == (Act(at=0.0, viewer="a", text="b"),)
    assert sample_card(path) == RoomCard()


def test_a_room_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(ScriptError, match=r"shpo: no such file, and the shipped rooms are shop, launch"):
        load_room("shpo")
    with pytest.raises(ScriptError, match="no shipped room 'shpo'; there are shop, launch"):
        sample_faq("shpo")
