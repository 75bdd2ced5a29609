"""A small fixed evaluation: it fails when understanding collapses, not when it wavers."""

from pathlib import Path

import pytest

from knowledge import open_embedder
from knowledge.evaluation import metrics
from knowledge.evaluation.metrics import Outcome
from knowledge.evaluation.rooms import read_rooms
from knowledge.ranking import Ranker, shipped_calibration

ROOMS = Path(__file__).parents[1] / "data" / "rooms"


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    ranker, embedder = Ranker(), open_embedder()
    return [
        outcome
        for room in read_rooms(ROOMS)
        for outcome in room.outcomes(room.observe(ranker, embedder), shipped_calibration())
    ]


def test_questions_find_their_entries(outcomes: list[Outcome]) -> None:
    assert metrics.hit_at(outcomes, 1) >= 0.85
    assert metrics.hit_at(outcomes, 3) >= 0.95


def test_the_surest_answers_are_right(outcomes: list[Outcome]) -> None:
    assert metrics.coverage_at_precision(outcomes, 0.9) >= 0.6
    assert metrics.wrong_replies(outcomes) <= 0.1


def test_chatter_is_not_answered_and_questions_are_not_dropped(outcomes: list[Outcome]) -> None:
    assert metrics.false_voice(outcomes) == 0.0
    assert metrics.missed(outcomes) <= 0.08
