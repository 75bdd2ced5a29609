"""No reply of a model becomes a draft unchecked, and none is believed more than its passages say."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.drafting.checks import House, checked
from assistant.stores.rows import Draft, Excerpt

PASSAGES = (
    Excerpt("主机保修两年，电池和充电座一年，边刷为耗材不在保修范围。", "说明书.md › 保修", 0.6),
    Excerpt("The replay can be watched for 365 days.", "course.html › Replays", 0.3),
)
HOUSE = House(fits=lambda text: 0 < len(text) <= 60, banned_words=("最便宜", "Guarantee"))
GOOD = {"answer": "主机保修两年，电池一年。", "citations": [1], "confidence": 0.9}


def draft(reply: object) -> Draft:
    return checked(reply if isinstance(reply, str) else json.dumps(reply), PASSAGES, HOUSE)


def test_a_grounded_reply_is_a_draft_with_its_citations() -> None:
    made = draft(GOOD)
    assert (made.text, made.citations, made.refusal) == ("主机保修两年，电池一年。", (0,), "")
    assert 0.5 < made.confidence <= 0.9


@pytest.mark.parametrize(
    "around",
    [
        "```json\n{}\n```",
        "Sure! {}",
        "<think>The {{user}} asks about 5 years</think>{}",
        "{}\n\nAnything else?",
    ],
)
def test_what_models_write_around_the_object_does_no_harm(around: str) -> None:
    assert draft(around.replace("{}", json.dumps(GOOD)).replace("{{", "{").replace("}}", "}")).text


@pytest.mark.parametrize(
    "reply", [{"unknown": True}, GOOD | {"answer": "unknown"}, GOOD | {"answer": "不知道"}]
)
def test_a_model_that_does_not_know_makes_no_draft(reply: dict[str, Any]) -> None:
    assert draft(reply) == Draft("", refusal="the model found no answer in the passages")


@pytest.mark.parametrize(
    "reply", ["", "no object", "{", "[1]", '"x"', "{" * 5_000, "[" * 5_000 + "{}", "x" * 10**6]
)
def test_garbage_makes_no_draft(reply: str) -> None:
    assert draft(reply).text == ""


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"answer": 3}, "form"),
        ({"answer": None}, "form"),
        ({"citations": []}, "cites no passage"),
        ({"citations": "1"}, "cites no passage"),
        ({"citations": [3]}, "that there is not"),
        ({"citations": [0]}, "that there is not"),
        ({"citations": [True]}, "that there is not"),
        ({"citations": ["1"]}, "that there is not"),
        ({"answer": "主机保修两年，" * 20}, "does not fit"),
        ({"answer": "主机保修两年，全网最便宜"}, "banned word"),
        ({"answer": "主机保修两年，ＧＵＡＲＡＮＴＥＥ"}, "banned word"),
        ({"answer": "主机保修三年"}, "states what no cited passage does: 3 year"),
        ({"answer": "主机保修两年", "citations": [2]}, "states what no cited passage does"),
        ({"answer": "今天心情特别好大家快来"}, "says little"),
        ({"answer": "电池保修一年，你这个傻逼"}, "no host would say"),
    ],
)
def test_a_reply_that_breaks_a_rule_is_refused_with_the_rule(change: dict[str, Any], named: str) -> None:
    made = draft(GOOD | change)
    assert made.text == ""
    assert named in made.refusal


@pytest.mark.parametrize("stated", [None, "high", True, float("nan"), -1])
def test_a_confidence_that_is_none_is_not_believed(stated: object) -> None:
    assert draft(GOOD | {"confidence": stated}).confidence == 0.0


def test_confidence_is_never_above_what_the_passages_support() -> None:
    loose = draft(GOOD | {"answer": "放心，家用机器的主机保修两年哦亲", "confidence": 1.0})
    assert 0.3 <= loose.confidence < draft(GOOD | {"confidence": 1.0}).confidence


def test_a_translation_may_be_shown_and_is_trusted_little() -> None:
    made = draft({"answer": "回放可以看365天", "citations": [2], "confidence": 1.0})
    assert made.text
    assert made.confidence < 0.5


def test_a_draft_is_one_harmless_line() -> None:
    assert draft(GOOD | {"answer": "主机保修两年，\n\x1b[2J电池一年"}).text == "主机保修两年， [2J电池一年"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["answer", "citations", "confidence", "unknown"]), inner)
        ),
    )
)
def test_any_json_is_judged(reply: object) -> None:
    made = draft(reply)
    assert bool(made.text) != bool(made.refusal)


@pytest.mark.parametrize(
    ("answer", "source", "is_refused"),
    [
        ("盖碗可以用洗洁精洗", "盖碗不能用洗洁精洗。", True),
        ("盖碗不能用洗洁精洗", "盖碗不能用洗洁精洗。", False),
        ("You can put the pot into the dishwasher", "Do not put the pot into the dishwasher.", True),
        ("电池一年，边刷不保修", "电池一年，边刷不在保修范围。", False),
    ],
)
def test_the_opposite_of_a_passage_is_refused(answer: str, source: str, is_refused: bool) -> None:
    reply = json.dumps({"answer": answer, "citations": [1], "confidence": 0.9})
    made = checked(reply, [Excerpt(source, "a.md", 0.5)], HOUSE)
    assert (made.refusal == "the draft says the opposite of a passage") is is_refused
