import pytest

from knowledge import Entry
from knowledge.evaluation.rooms import Message, Room
from scripts.evaluation.plain import PLAIN, Finder, Nearest, judge_plainly

DIFFLIB, RAPIDFUZZ, TFIDF = PLAIN
ROOM = Room(
    "soap",
    (
        Entry(id="smell", question="香皂是什么味道", variants=("什么香味的",), answer="桂花。"),
        Entry(id="bath", question="能洗脸吗", answer="能。"),
    ),
    (
        Message("什么香味", "reply", "smell", "terse"),
        Message("能洗脸不", "reply", "bath", "terse"),
        Message("主播唱首歌", "ignore", None, "chatter"),
    ),
)


@pytest.mark.parametrize("similarity", PLAIN)
def test_the_entry_of_the_most_similar_wording_is_first(similarity: object) -> None:
    finder = Finder(ROOM, similarity)  # type: ignore[arg-type]
    assert finder.find("什么香味")[0] == ("smell", "bath")
    assert finder.find("能不能洗脸")[0] == ("bath", "smell")


def test_difflib_replies_from_a_ratio_of_four_fifths() -> None:
    """2 * 4 / (4 + 5) of the first, 2 * 3 / (4 + 4) of the second."""
    (outcomes,) = judge_plainly([Finder(ROOM, DIFFLIB).nearest()], DIFFLIB, budget=0.1)
    assert [(one.action, one.probability) for one in outcomes] == [
        ("reply", pytest.approx(8 / 9)),
        ("ignore", pytest.approx(6 / 8)),
        ("ignore", 0.0),
    ]


def nearest(likeness: float, *, right: bool) -> Nearest:
    return Nearest(Message("", "reply", "a", "plain"), ("a" if right else "b",), likeness)


def test_no_room_is_judged_by_its_own_messages() -> None:
    one = [nearest(place / 20, right=place > 10) for place in range(20)]
    held_out = [nearest(place / 20, right=place > 15) for place in range(20)]
    relabelled = [nearest(place / 20, right=place < 5) for place in range(20)]
    judged = judge_plainly([one, held_out], TFIDF, budget=0.1)[1]
    judged_again = judge_plainly([one, relabelled], TFIDF, budget=0.1)[1]
    assert [(one.probability, one.action) for one in judged] == [
        (one.probability, one.action) for one in judged_again
    ]


def test_the_reply_bar_keeps_the_budget_on_the_other_rooms() -> None:
    """Nine right above five wrong, with one more wrong for prudence: 1 of 10 is within a tenth."""
    other = [nearest((90 - place) / 100, right=place < 9) for place in range(14)]
    room = [nearest(likeness, right=likeness > 0.8) for likeness in (0.83, 0.82, 0.815, 0.8)]
    judged = judge_plainly([other, room], RAPIDFUZZ, budget=0.1)[1]
    assert [one.action for one in judged] == ["reply", "reply", "escalate", "escalate"]
