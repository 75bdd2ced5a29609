"""What an editor is told: which value is wrong, and how to mend it, safe to print in a terminal."""

import pytest
from pydantic import ValidationError

from knowledge import Entry, Problem
from knowledge.problems import problems_of, shown

SOUND = {"id": "a", "question": "q", "answer": "a"}


def told(**wrong: object) -> Problem:
    with pytest.raises(ValidationError) as raised:
        Entry.model_validate(SOUND | wrong)
    (problem,) = problems_of(raised.value, "faq.jsonl", 3)
    return problem


@pytest.mark.parametrize(
    ("wrong", "value", "remedy"),
    [
        ({"id": "a b"}, "a b", "take it out, or write - in its place"),
        ({"answer": "x" * 2001}, "x" * 40 + "…", "shorten it to 2,000"),
        ({"answer": 48}, "48", "put it in quotation marks"),
        ({"answer": ["甲", "乙"]}, '["甲", "乙"]', "put it in quotation marks"),
        ({"threshold": 90}, "90", "write it like 0.9"),
        ({"valid_until": "tomorrow"}, "tomorrow", "write it like 2026-11-11 20:00"),
        ({"anser": "x"}, "anser", "name it answer, or delete it"),
        ({"价格": 3}, "价格", "delete it, or name it as one of the fields"),
        ({"enabled": "yes"}, "yes", "write true or false"),
        ({"answer": "\x1b[2J"}, "\ufffd[2J", "type the text anew: it came with a copy from elsewhere"),
        ({"variants": ["a", "x" * 501]}, "x" * 40 + "…", "shorten it to 500"),
    ],
)
def test_a_problem_has_the_value_and_a_remedy(wrong: dict[str, object], value: str, remedy: str) -> None:
    problem = told(**wrong)
    assert (problem.value, problem.remedy) == (value, remedy)
    assert str(problem).startswith("faq.jsonl:3: ")


def test_what_is_missing_has_no_value() -> None:
    with pytest.raises(ValidationError) as raised:
        Entry.model_validate({"id": "a", "question": "q"})
    assert problems_of(raised.value, "x", 1) == [Problem("x", 1, "answer", "is missing", "", "write it")]


def test_a_rule_about_two_fields_names_the_one_to_mend() -> None:
    problem = told(valid_from="2026-11-11", valid_until="2026-11-10")
    assert (problem.field, problem.message) == ("valid_until", "is not after valid_from")
    assert problem.remedy == "correct one of the two"


@pytest.mark.parametrize("text", ["\x1b]0;x\x07", "a\nb", "\u202eabc", "x" * 1000])
def test_what_is_shown_obeys_no_terminal(text: str) -> None:
    assert shown(text).isprintable()
    assert len(shown(text)) <= 41
