"""The rooms that ship with the assistant: they load, and they hold what a newcomer should see."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.practice import script
from assistant.practice.acts import Act
from knowledge import Entry
from knowledge.importers import read_entries
from knowledge.text import fold

ROOMS = Path(script.__file__).parent / "rooms"
NAMES = ("shop", "launch")
DANMAKU_CHARACTERS = 40
PARTS = {"shop": 1, "launch": 2}  # danmaku that an answer may take: English needs more letters


@pytest.fixture(params=NAMES)
def room(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def acts(room: str) -> tuple[Act, ...]:
    return script.read_script(ROOMS / room / "viewers.jsonl")


@pytest.fixture
def faq(room: str) -> list[Entry]:
    entries, problems = read_entries(ROOMS / room / "faq.jsonl")
    assert problems == []
    return entries


def test_a_room_is_some_minutes_of_many_viewers(acts: tuple[Act, ...]) -> None:
    assert 350 <= len(acts) <= 500
    assert 240 <= acts[-1].at <= 300
    assert len({act.viewer for act in acts}) >= 50


def test_lines_stand_in_the_order_of_their_time(room: str) -> None:
    lines = (ROOMS / room / "viewers.jsonl").read_text(encoding="utf-8").splitlines()
    times = [json.loads(line)["at"] for line in lines]
    assert times == sorted(times)


def test_viewers_are_counted_often_enough_to_measure_watch_time(acts: tuple[Act, ...]) -> None:
    sampled = [act.at for act in acts if act.kind == "online"]
    assert max(later - earlier for earlier, later in pairwise([0.0, *sampled, acts[-1].at])) < 10


def test_the_first_half_minute_shows_the_whole_variety(acts: tuple[Act, ...]) -> None:
    early = [act for act in acts if act.at < 30]
    kinds = {"danmaku", "super_chat", "emoticon", "gift", "enter", "follow", "like", "online", "watched"}
    assert {act.kind for act in early} >= kinds
    assert any(act.is_host for act in early)


@pytest.mark.parametrize(
    "hostile", ["<script>", "=cmd|", "DROP TABLE", "\x1b[2J", "\u202e", "\ud83d"], ids=ascii
)
def test_pranksters_type_what_must_stay_harmless(acts: tuple[Act, ...], hostile: str) -> None:
    assert any(hostile in act.text for act in acts)


def test_files_can_be_looked_at_safely(room: str) -> None:
    """What a terminal would obey is written as an escape."""
    written = (ROOMS / room / "viewers.jsonl").read_text(encoding="utf-8")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", written)


def test_the_knowledge_base_is_of_a_useful_size(faq: list[Entry]) -> None:
    assert 36 <= len(faq) <= 45
    assert len({entry.category for entry in faq}) >= 4
    assert all(len(entry.variants) <= 3 for entry in faq)


def test_no_wording_stands_for_two_entries(faq: list[Entry]) -> None:
    wordings = [fold(wording) for entry in faq for wording in entry.wordings]
    assert len(set(wordings)) == len(wordings)


def test_viewers_do_not_type_as_editors_write(acts: tuple[Act, ...], faq: list[Entry]) -> None:
    wordings = {fold(wording) for entry in faq for wording in entry.wordings}
    assert not {fold(act.text) for act in acts} & wordings


def test_answers_fit_the_room(room: str, faq: list[Entry]) -> None:
    longest = max(len(entry.answer) for entry in faq)
    assert longest <= PARTS[room] * DANMAKU_CHARACTERS
