from collections.abc import Mapping

import pytest

from assistant.actions import Action, Decision, Reason
from assistant.advice import Advice, advise
from knowledge import Entry, Match
from knowledge.explaining import Explained, Explanation, Finding, Kind

UNSURE = Decision(Action.ESCALATE, Reason.UNSURE, "first", 0.5)
SURE = Decision(Action.REPLY, Reason.SURE, "first", 0.95)


def near(
    id: str,
    probability: float,
    findings: Mapping[Kind, Mapping[str, str | tuple[str, ...]]],
    threshold: float | None = None,
) -> Explained:
    entry = Entry(id=id, question="问", answer="答", threshold=threshold)
    told = tuple(Finding(kind, 1.0, facts) for kind, facts in findings.items())
    return Explained(Match(entry, 0.5, "问", "问"), probability, told)


def advice(decision: Decision, *candidates: Explained, entries: int = 9) -> list[Advice]:
    explanation = Explanation(candidates, 1.0 - sum(one.probability for one in candidates))
    return [hint.advice for hint in advise(decision, explanation, entries=entries)]


def test_an_empty_faq_is_the_first_thing_to_fill() -> None:
    assert advice(Decision(Action.IGNORE, Reason.EMPTY), entries=0) == [Advice.IMPORT]


def test_a_plausible_entry_may_take_the_wording() -> None:
    assert advice(UNSURE, near("first", 0.5, {}), near("second", 0.05, {})) == [Advice.ADD_WORDING]


def test_two_entries_that_are_nearly_as_likely_are_to_be_told_apart() -> None:
    candidates = near("first", 0.5, {}), near("second", 0.3, {})
    explanation = Explanation(candidates, 0.2)
    hints = advise(UNSURE, explanation, entries=2)
    assert [hint.advice for hint in hints] == [Advice.ADD_WORDING, Advice.TELL_APART]
    assert hints[1].facts == {"entry": "first", "other": "second"}


def test_where_nothing_is_likely_a_new_entry_is_due_and_nothing_is_told_apart() -> None:
    decision = Decision(Action.ESCALATE, Reason.NO_ENTRY, "first", 0.12)
    assert advice(decision, near("first", 0.12, {}), near("second", 0.11, {})) == [Advice.NEW_ENTRY]


def test_another_number_is_either_named_or_gets_its_own_entry() -> None:
    first = near("first", 0.04, {Kind.NUMBERS_DIFFER: {"asked": ("X9",), "known": ("X8",)}})
    decision = Decision(Action.ESCALATE, Reason.NO_ENTRY, "first", 0.04)
    (hint,) = advise(decision, Explanation((first,), 0.96), entries=1)
    assert (hint.advice, hint.facts) == (Advice.OTHER_NUMBER, {"entry": "first", "asked": ("X9",)})


def test_a_reply_may_be_corrected_but_a_wording_letter_by_letter_is_settled() -> None:
    assert advice(SURE, near("first", 0.95, {Kind.NEAREST: {}})) == [Advice.RIGHT_ENTRY]
    assert advice(SURE, near("first", 0.99, {Kind.EXACT: {"wording": "问"}})) == []


def test_what_is_a_wording_already_is_never_to_be_added() -> None:
    exact = {Kind.EXACT: {"wording": "问"}}
    assert advice(UNSURE, near("first", 0.99, exact, threshold=1.0)) == [Advice.LOWER_THRESHOLD]
    assert advice(UNSURE, near("first", 0.99, exact)) == [Advice.LOWER_BAR]


def test_a_wording_of_two_entries_is_to_be_left_to_one() -> None:
    first = near("first", 0.49, {Kind.EXACT: {"wording": "问"}, Kind.SHARED_WORDING: {"entry": "second"}})
    assert advice(UNSURE, first, near("second", 0.49, {})) == [Advice.SPLIT_WORDING]


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (Decision(Action.IGNORE, Reason.CHATTER), [Advice.IS_QUESTION]),
        (Decision(Action.ESCALATE, Reason.PERSONAL), [Advice.IS_GENERAL]),
        (Decision(Action.ESCALATE, Reason.ABUSE), []),
        (Decision(Action.IGNORE, Reason.INJECTION), []),
        (Decision(Action.IGNORE, Reason.EMPTY), []),
    ],
)
def test_what_was_not_decided_by_the_entries_is_no_reason_to_change_them(
    decision: Decision, expected: list[Advice]
) -> None:
    assert advice(decision, near("first", 0.3, {}), near("second", 0.3, {})) == expected
