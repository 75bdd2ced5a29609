from knowledge.evaluation.metrics import Action, Outcome
from knowledge.evaluation.report import change, flips, point


def outcome(action: Action, *, right: bool, probability: float = 0.9) -> Outcome:
    return Outcome("reply", "size" if right else "price", ("size",), probability, action)


SOME = [
    outcome("reply", right=True),
    outcome("reply", right=True),
    outcome("reply", right=False),
    outcome("escalate", right=True),
    outcome("ignore", right=False),
]


def test_a_point_counts_what_became_of_each_message() -> None:
    seen = point(0.1, SOME)
    assert (seen.right, seen.wrong_replies, seen.handed_over, seen.ignored) == (2, 1, 1, 1)
    assert seen.wrong == 1 / 3


def test_no_reply_is_no_wrong_reply() -> None:
    assert point(0.1, [outcome("escalate", right=False)]).wrong == 0.0


def test_only_messages_whose_reply_comes_or_goes_flip() -> None:
    before = [outcome("reply", right=True), outcome("escalate", right=False), outcome("reply", right=False)]
    after = [outcome("reply", right=True), outcome("reply", right=False), outcome("escalate", right=False)]
    flipped = flips("shop", ["a", "b", "c"], before, after)
    assert [(flip.text, flip.is_gained, flip.is_right) for flip in flipped] == [
        ("b", True, False),
        ("c", False, False),
    ]


def test_a_change_counts_gains_and_losses_and_lists_the_surest_first() -> None:
    before = [outcome("escalate", right=True, probability=p) for p in (0.5, 0.7)]
    after = [outcome("reply", right=True, probability=p) for p in (0.5, 0.7)]
    seen = change(0.1, 0.2, flips("shop", ["unsure", "surer"], before, after))
    assert [flip.text for flip in seen.flips] == ["surer", "unsure"]
    assert seen.count(gained=True, right=True) == 2
    assert seen.count(gained=False, right=True) == seen.count(gained=True, right=False) == 0
