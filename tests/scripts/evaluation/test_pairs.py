import numpy as np
import pytest

from assistant.pipeline.cluster import Question
from scripts.evaluation.pairs import Quality, Stream, quality

NOTHING = np.zeros(2, dtype=np.float32)
CONSTANTS = (0.35, 0.7)


def question(text: str, entry: str, probability: float) -> Question:
    return Question(text, NOTHING, entry, probability)


def test_pairs_are_those_that_the_clusters_make() -> None:
    """Three messages of entry a, one of them taken for b, beside one of b: of the two pairs that are made,
    (a, a) and (a taken for b, b), one is right; of a's three pairs one is found."""
    stream = Stream(
        ["a", "a", "a", "b"],
        [
            question("一", "a", 0.9),
            question("二", "a", 0.8),
            question("三", "b", 0.9),
            question("四", "b", 0.9),
        ],
    )
    measured = quality([stream], CONSTANTS)
    assert (measured.precision, measured.recall) == pytest.approx((1 / 2, 1 / 3))


def test_an_ignored_message_is_found_with_nobody() -> None:
    stream = Stream(["a", "a", "a"], [question("一", "a", 0.9), question("二", "a", 0.9), None])
    measured = quality([stream], CONSTANTS)
    assert (measured.precision, measured.recall) == pytest.approx((1.0, 1 / 3))


def test_a_stricter_constant_parts_the_doubtful() -> None:
    stream = Stream(["a", "a"], [question("一", "a", 0.7), question("二", "a", 0.7)])
    assert quality([stream], (0.4, 0.7)).recall == 1.0
    assert quality([stream], (0.5, 0.7)).recall == 0.0


def test_precision_weighs_more_than_recall_in_the_balance() -> None:
    assert Quality(0.8, 0.4).balance > Quality(0.4, 0.8).balance
    assert Quality(0.5, 0.5).balance == pytest.approx(0.5)
    assert Quality(0.0, 0.0).balance == 0.0
