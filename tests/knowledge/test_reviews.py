"""What people say of a decision is kept, also when others say otherwise later."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.reviews import Review, ReviewLog
from tests.fakes.clock import ManualClock

LIN = Review(7, 1, "多少米", "reply", "price", "Lin")
WU = Review(7, 1, "多少米", "escalate", None, "Wu")
AGREES = Review(7, 1, "多少米", "escalate", None, "Chen")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ReviewLog]:
    with ReviewLog(tmp_path / "shop.db", clock=ManualClock().now) as log:
        yield log


def test_the_latest_counts_and_earlier_ones_are_kept(log: ReviewLog) -> None:
    for review in (LIN, WU, AGREES):
        log.add([review])
    assert log.all() == [AGREES]
    assert log.of(7) == [AGREES, WU, LIN]
    assert {review.reviewed_at for review in log.of(7)} == {ManualClock().now()}
    assert log.of(8) == []


def test_who_takes_reviews_in_learns_which_they_overrule(log: ReviewLog) -> None:
    assert log.add([LIN]) == []
    assert log.add([WU]) == [LIN]
    assert log.add([AGREES]) == []


def test_the_same_review_again_is_one(log: ReviewLog) -> None:
    log.add([LIN])
    assert log.add([LIN]) == []
    assert log.of(7) == [LIN]


def test_of_several_reviews_all_are_taken_or_none(log: ReviewLog) -> None:
    log.add([LIN])
    broken = Review(8, 1, "x", "ignore", None, None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match="NOT NULL"):
        log.add([WU, broken])
    assert log.of(7) == [LIN]
