import pytest

from knowledge.evaluation.metrics import (
    Action,
    Expectation,
    Grouped,
    Outcome,
    coverage_at_precision,
    expected_calibration_error,
    false_voice,
    hit_at,
    missed,
    pair_precision,
    pair_recall,
    replied_rightly,
    wrong_replies,
)


def outcome(
    expect: Expectation = "reply",
    entry: str | None = "a",
    ranked: str = "abc",
    probability: float = 0.5,
    action: Action = "reply",
) -> Outcome:
    return Outcome(expect, entry, tuple(ranked), probability, action)


RIGHT = outcome()
SECOND = outcome(ranked="bac")
FOURTH = outcome(ranked="bcd")
UNCOVERED = outcome("escalate", None, "bcd")
CHATTER = outcome("ignore", None, "bcd", action="ignore")


def test_hits_count_messages_to_be_replied_to_only() -> None:
    room = [RIGHT, SECOND, FOURTH, RIGHT, UNCOVERED, CHATTER]
    assert hit_at(room, 1) == 2 / 4
    assert hit_at(room, 3) == 3 / 4


def test_an_empty_room_measures_nothing() -> None:
    assert hit_at([], 1) == coverage_at_precision([], 0.9) == false_voice([]) == missed([]) == 0.0
    assert expected_calibration_error([]) == 0.0


def ranked_by_probability(*rights: bool) -> list[Outcome]:
    """The surest first."""
    return [
        outcome(ranked="a" if right else "b", probability=1 - place / 100)
        for place, right in enumerate(rights)
    ]


@pytest.mark.parametrize(
    ("rights", "precision", "coverage"),
    [
        ((True, True, False, True), 0.9, 2 / 4),  # 2 of 2
        ((True, True, False, True), 0.75, 3 / 4),  # 3 of 4
        ((False, True, True, True), 0.75, 3 / 4),  # a wrong one on top does not end it
        ((False, True, True, True), 0.8, 0.0),
        ((True,) * 4, 0.95, 1.0),
    ],
)
def test_coverage_is_that_of_the_best_cut(rights: tuple[bool], precision: float, coverage: float) -> None:
    assert coverage_at_precision(ranked_by_probability(*rights), precision) == coverage


def test_chatter_and_uncovered_questions_cost_precision() -> None:
    noise = [
        outcome("ignore", None, "b", probability=0.99),
        outcome("escalate", None, "b", probability=0.98),
    ]
    assert coverage_at_precision([outcome(probability=0.9), *noise], 0.9) == 0.0
    assert coverage_at_precision([outcome(probability=0.9), *noise], 0.3) == 1.0


def test_messages_of_equal_probability_are_answered_together() -> None:
    tied = [outcome(probability=0.7), outcome(ranked="b", probability=0.7)]
    assert coverage_at_precision(tied, 0.9) == 0.0
    assert coverage_at_precision(tied, 0.5) == 1 / 2


def test_false_voice_is_the_share_of_noise_that_got_a_reply() -> None:
    answered = outcome("ignore", None, action="reply")
    handed_over = outcome("ignore", None, action="escalate")
    assert false_voice([answered, CHATTER, handed_over, CHATTER, RIGHT]) == 1 / 4


def test_missed_is_the_share_of_questions_that_were_ignored() -> None:
    assert (
        missed([RIGHT, outcome(action="ignore"), UNCOVERED, outcome("escalate", None, action="ignore")])
        == 1 / 2
    )
    assert missed([CHATTER]) == 0.0


def test_replies_are_right_or_wrong() -> None:
    room = [RIGHT, SECOND, UNCOVERED, CHATTER, outcome(action="escalate")]
    assert wrong_replies(room) == 2 / 3
    assert replied_rightly(room) == 1 / 3


def test_calibration_error_of_one_bin_is_the_distance_of_means() -> None:
    room = [outcome(probability=0.9), outcome(ranked="b", probability=0.5)]
    assert expected_calibration_error(room, bins=1) == pytest.approx(0.7 - 0.5)


def test_calibration_error_weighs_bins_by_their_messages() -> None:
    sure = [outcome(probability=0.8)] * 4 + [outcome(ranked="b", probability=0.8)]  # 0.8 said, 0.8 true
    unsure = [outcome(ranked="b", probability=0.3)] * 5  # 0.3 said, 0 true
    assert expected_calibration_error([*sure, *unsure], bins=2) == pytest.approx(0.15)


def test_more_bins_than_messages_are_no_trouble() -> None:
    assert expected_calibration_error([outcome(probability=0.6)]) == pytest.approx(0.4)


def grouped(*messages: str) -> list[Grouped]:
    """Each message as its entry and its cluster: "a1"; "-" stands for none of either."""
    return [
        Grouped(
            entry=None if message[0] == "-" else message[0], cluster=None if message[1] == "-" else message[1]
        )
        for message in messages
    ]


@pytest.mark.parametrize(
    ("messages", "precision", "recall"),
    [
        (("a1", "a1", "b2", "b2"), 1.0, 1.0),
        (("a1", "a2", "b3", "b4"), 0.0, 0.0),  # all alone: nothing is together, nothing found
        (("a1", "a1", "a1", "b1"), 3 / 6, 3 / 3),  # three of six pairs ask the same
        (("a1", "a1", "a2", "b2"), 1 / 2, 1 / 3),  # of a's three pairs one is found
        (("a1", "a1", "-1"), 1 / 3, 1.0),  # who asks what no entry answers is a stranger to both
        (("a1", "a1", "-2", "-2"), 1.0, 1.0),  # two of them: nobody knows, so the pair is left out
        (("a1", "-1", "-1"), 0.0, 0.0),
        (("a1", "a1", "a-", "b-"), 1.0, 1 / 3),  # those in no cluster are together with nobody
        (("a-", "a-"), 0.0, 0.0),
    ],
)
def test_pairs_of_messages_are_right_when_they_ask_for_one_entry(
    messages: tuple[str, ...], precision: float, recall: float
) -> None:
    assert pair_precision(grouped(*messages)) == pytest.approx(precision)
    assert pair_recall(grouped(*messages)) == pytest.approx(recall)


def test_no_messages_make_no_pairs() -> None:
    assert pair_precision([]) == pair_recall([]) == 0.0
