import io

import pytest
from rich.console import Console

from knowledge import Entry
from knowledge.evaluation.metrics import Outcome
from knowledge.evaluation.rooms import Room
from scripts.evaluation.judged import System
from scripts.evaluation.tables import TERMINAL_COLUMNS, all_tables, as_json, markdown, print_tables


def room(name: str, question: str) -> Room:
    return Room(name, (Entry(id="a", question=question, answer="有。"),), ())


ROOMS = [room("茶", "有货吗？"), room("tea", "Is it in stock?")]
RIGHT = Outcome("reply", "a", ("a", "b"), 0.9, "reply", "plain")
WRONG = Outcome("reply", "a", ("b", "a"), 0.9, "reply", "typo")
NOISE = Outcome("ignore", None, ("b",), 0.1, "ignore", "chatter")
SYSTEM = System("shipped", [[RIGHT, RIGHT, NOISE], [RIGHT, WRONG, NOISE]], 123.4, is_ranked=True)
PLAIN = System("an embedding model with quite a long name, cosine alone", [[NOISE], [NOISE]], 5_000.0)


def test_means_are_over_rooms_and_english_rooms_stand_alone() -> None:
    shown = as_json(all_tables(ROOMS, [SYSTEM, PLAIN], kinds=True))
    assert list(shown) == ["rooms: shipped", "mean", "english", "kinds: shipped"]
    hits = {key: shown[key]["rows"]["shipped"]["hit_at_1"] for key in ("mean", "english")}
    assert hits == {"mean": pytest.approx(0.75), "english": pytest.approx(0.5)}
    assert shown["rooms: shipped"]["rows"]["茶"]["hit_at_1"] == 1.0
    assert shown["mean"]["rows"]["shipped"]["microseconds"] == 123.4


def test_kinds_are_pooled_over_the_rooms() -> None:
    kinds = as_json(all_tables(ROOMS, [SYSTEM], kinds=True))["kinds: shipped"]["rows"]
    assert kinds["plain"] == {"messages": 3, "hit_at_1": 1.0, "reply": 1.0, "escalate": 0.0, "ignore": 0.0}
    assert kinds["chatter"] == {"messages": 2, "reply": 0.0, "escalate": 0.0, "ignore": 1.0}


def test_all_of_it_can_be_read_in_a_terminal() -> None:
    out = io.StringIO()
    print_tables(Console(file=out, width=TERMINAL_COLUMNS), all_tables(ROOMS, [SYSTEM, PLAIN], kinds=True))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= TERMINAL_COLUMNS
    assert "…" not in out.getvalue()
    assert any("75.0" in line and "shipped" in line for line in lines)


def test_markdown_shows_the_same_figures() -> None:
    shown = markdown(all_tables(ROOMS, [SYSTEM], kinds=False))
    rows = [line for line in shown.splitlines() if line.startswith("| shipped |")]
    assert rows[0].startswith("| shipped | 75.0 | 100.0 |")
    assert rows[0].endswith("| 123 |")
