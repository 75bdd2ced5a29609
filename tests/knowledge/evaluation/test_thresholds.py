"""Cuts by hand-computed tables, and the laws that hold for any replies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.evaluation.thresholds import (
    Pairs,
    entry_threshold,
    precision_thresholds,
    reply_thresholds,
    wilson_bound,
)
from knowledge.ranking import EXACT_ONLY

REPLIES = st.lists(st.tuples(st.floats(0, EXACT_ONLY), st.booleans()), max_size=60)


def at(pairs: Pairs, asked: float) -> float:
    return dict(pairs)[asked]


def test_the_cut_keeps_wrong_replies_and_one_more_within_the_budget() -> None:
    """Cut 0.4: (1 wrong + 1) of 10 + 1 = 0.18. Cut 0.3: (2 + 1) of 11 + 1 = 0.25."""
    replies = [(0.9, True)] * 8 + [(0.5, True), (0.4, False), (0.3, False)]
    assert at(reply_thresholds(replies), 0.2) == 0.4
    assert at(reply_thresholds(replies), 0.3) == 0.3
    assert at(reply_thresholds(replies), 0.1) == 0.5  # none wrong, and one more, of 9 + 1
    assert at(reply_thresholds(replies), 0.05) == 0.98


def test_replies_of_equal_probability_are_given_together() -> None:
    replies = [(0.9, True)] * 9 + [(0.9, False)] * 9
    assert at(reply_thresholds(replies), 0.2) == 0.98


@pytest.mark.parametrize(("right", "given", "bound"), [(10, 10, 0.8589), (9, 10, 0.7176), (95, 100, 0.9141)])
def test_the_bound_is_wilsons(right: int, given: int, bound: float) -> None:
    assert wilson_bound(np.array([float(right)]), np.array([float(given)]))[0] == pytest.approx(
        bound, abs=1e-4
    )


def test_a_precision_holds_by_its_lower_bound() -> None:
    """Ten right of ten are no proof of more than 0.858; with one wrong below them, of 0.739."""
    replies = [(0.9, True)] * 10 + [(0.6, False)]
    assert at(precision_thresholds(replies), 0.85) == 0.9
    assert at(precision_thresholds(replies), 0.7) == 0.6
    assert at(precision_thresholds(replies), 0.9) == EXACT_ONLY


def test_without_replies_nothing_is_known_to_be_precise() -> None:
    assert {least for _, least in precision_thresholds([])} == {EXACT_ONLY}


@given(REPLIES)
def test_a_larger_budget_never_raises_the_bar(replies: list[tuple[float, bool]]) -> None:
    bars = [least for _, least in reply_thresholds(replies)]
    assert bars == sorted(bars, reverse=True)


@given(REPLIES)
def test_more_precision_never_lowers_the_bar(replies: list[tuple[float, bool]]) -> None:
    bars = [least for _, least in precision_thresholds(replies)]
    assert bars == sorted(bars)


@pytest.mark.parametrize(
    ("replies", "threshold"),
    [
        ([(0.9, False)], None),  # (1 + 1) / (1 + 20): one unlucky reply
        ([(0.9, True)] * 9 + [(0.8, False)] * 2, None),  # (2 + 1) / (11 + 20)
        ([(0.9, False)] * 2, EXACT_ONLY),  # (2 + 1) / (2 + 20): and no cut is better
        ([(0.95, False), (0.9, False)], 0.95),  # above 0.9 there is but one
        ([(0.95, True), (0.9, False), (0.85, False), (0.84, True)], 0.9),
        ([(0.95, True)] * 30 + [(0.9, False)] * 4, None),  # (4 + 1) / (34 + 20): right ones outweigh them
        ([(0.95, True)] * 30 + [(0.9, False)] * 5, 0.95),  # (5 + 1) / (35 + 20)
        ([], None),
    ],
)
def test_an_entry_that_was_wrong_too_often_gets_a_bar(
    replies: list[tuple[float, bool]], threshold: float | None
) -> None:
    assert entry_threshold(replies, budget=0.1) == threshold


@given(st.floats(0.001, 0.999), st.floats(0, EXACT_ONLY))
def test_one_unlucky_reply_mutes_no_entry(budget: float, probability: float) -> None:
    assert entry_threshold([(probability, False)], budget=budget) is None
