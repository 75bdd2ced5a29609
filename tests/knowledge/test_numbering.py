"""What editors call a suggestion by stays true, and what they dismissed stays away."""

from pathlib import Path

import pytest

from knowledge.numbering import SuggestionNumbers, SuggestionUnknown
from knowledge.suggestions import Suggestion


def a_suggestion(question: str, *samples: str, askers: int = 1) -> Suggestion:
    return Suggestion("new entry", question, samples, askers, 1, (), 0.0, None, ())


INVOICE, COLOUR, DISHES = map(a_suggestion, ("能开发票吗", "有粉色吗", "能放洗碗机吗"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


def test_a_number_stays_whatever_comes_before_it_later(path: Path) -> None:
    with SuggestionNumbers(path) as numbers:
        assert numbers.number([INVOICE, COLOUR]) == {1: INVOICE, 2: COLOUR}
    with SuggestionNumbers(path) as numbers:
        assert list(numbers.number([DISHES, COLOUR, INVOICE])) == [3, 2, 1]
        assert list(numbers.number([COLOUR])) == [2]


def test_it_is_the_same_suggestion_when_more_viewers_put_it_otherwise(path: Path) -> None:
    grown = a_suggestion("发票能开吗", "能开发票吗？？", askers=9)
    with SuggestionNumbers(path) as numbers:
        numbers.number([COLOUR, INVOICE])
        assert numbers.number([grown]) == {2: grown}
        assert list(numbers.number([a_suggestion("发票能开吗")])) == [2]


def test_two_parts_of_one_are_called_apart(path: Path) -> None:
    with SuggestionNumbers(path) as numbers:
        numbers.number([a_suggestion("能开发票吗", "能开专票吗")])
        assert list(numbers.number([a_suggestion("能开专票吗"), INVOICE])) == [1, 2]


def test_what_was_dismissed_does_not_come_back_in_other_words(path: Path) -> None:
    with SuggestionNumbers(path) as numbers:
        numbers.number([INVOICE, COLOUR])
        numbers.dismiss([1], author="李")
        assert list(numbers.number([INVOICE, COLOUR])) == [2]
        assert numbers.number([a_suggestion("发票能开吗", "能开发票吗")]) == {}


def test_who_dismisses_what_is_not_there_dismisses_nothing(path: Path) -> None:
    with SuggestionNumbers(path) as numbers:
        numbers.number([INVOICE])
        with pytest.raises(SuggestionUnknown, match="no suggestion 7, 8"):
            numbers.dismiss([1, 7, 8], author="李")
        assert list(numbers.number([INVOICE])) == [1]
