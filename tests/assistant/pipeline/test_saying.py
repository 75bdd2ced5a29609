"""How an entry is said in a room: filled, fitting, short where lines are short, in other words each time."""

from typing import Any

import pytest

from assistant.actions import Reason
from assistant.pipeline.place import Place
from assistant.pipeline.saying import Sayings, missing_values
from knowledge import Entry

PLACE = Place("bilibili", "7777", limit=20)
LONG = "七天内可退，吊牌要在。运费自理，退款三天到账，节假日顺延。"  # two lines of 20


def sayings(**values: str) -> Sayings:
    return Sayings(values=values, most_parts=4)


def entry(answer: str, **fields: Any) -> Entry:
    return Entry(id="refund", question="怎么退货", answer=answer, **fields)


def said(one: Sayings, entry: Entry, *, broadcast_id: int = 1, now: float = 100.0) -> Any:
    lines = one.lines(entry, PLACE, broadcast_id=broadcast_id, now=now)
    one.said(entry.id, broadcast_id=broadcast_id)
    return lines


def test_placeholders_are_filled() -> None:
    assert said(sayings(price="199元"), entry("今天{price}，{{手慢无}}")) == ("今天199元，{{手慢无}}",)


def test_an_answer_with_an_open_placeholder_is_not_said() -> None:
    assert said(sayings(), entry("今天{price}")) is Reason.PLACEHOLDER_MISSING
    assert said(sayings(price=""), entry("今天{price}")) is Reason.PLACEHOLDER_MISSING


def test_another_wording_that_is_whole_is_said_in_place_of_one_with_an_open_placeholder() -> None:
    assert said(sayings(), entry("今天{price}", other_answers=("看小黄车",))) == ("看小黄车",)


def test_a_value_may_make_the_answer_too_long() -> None:
    assert said(sayings(link="很长" * 50), entry("链接{link}")) is Reason.ANSWER_TOO_LONG


@pytest.mark.parametrize(
    ("answer", "short", "lines"),
    [
        ("七天内可退", "可退", ("七天内可退",)),  # one line: there is nothing to gain
        (LONG, "七天可退，运费自理", ("七天可退，运费自理",)),
        ("长" * 100, "七天可退", ("七天可退",)),
        (LONG, "短" * 30, ("七天内可退，吊牌要在。", "运费自理，退款三天到账，节假日顺延。")),
        (LONG, "今天{price}", ("七天内可退，吊牌要在。", "运费自理，退款三天到账，节假日顺延。")),
        ("今天{price}", "看小黄车", ("看小黄车",)),
    ],
)
def test_the_short_answer_is_said_where_it_takes_fewer_lines(
    answer: str, short: str, lines: tuple[str, ...]
) -> None:
    assert said(sayings(), entry(answer, short_answer=short)) == lines


def test_an_answer_said_again_in_the_broadcast_takes_turns_with_its_other_wordings() -> None:
    one, rotating = sayings(), entry("甲", other_answers=("乙", "丙"))
    assert [said(one, rotating)[0] for _ in range(4)] == ["甲", "乙", "丙", "甲"]
    assert said(one, rotating, broadcast_id=2) == ("甲",)


def test_a_wording_longer_than_the_short_answer_has_no_turn() -> None:
    one, rotating = sayings(), entry(LONG, short_answer="甲", other_answers=(LONG + "。", "乙"))
    assert [said(one, rotating)[0] for _ in range(3)] == ["甲", "乙", "甲"]


def test_turns_go_on_after_a_restart() -> None:
    one = sayings()
    one.restore({"refund": 1}, broadcast_id=1)
    assert said(one, entry("甲", other_answers=("乙",))) == ("乙",)


@pytest.mark.parametrize(
    "fields",
    [
        {"valid_until": "1970-01-01T00:01:40+00:00"},
        {"valid_from": "1970-01-01T00:01:41+00:00"},
        {"rooms": ("bilibili:1",)},
        {"enabled": False},
    ],
)
def test_what_does_not_hold_here_and_now_is_never_said(fields: dict[str, Any]) -> None:
    assert said(sayings(), entry("甲", **fields), now=100.0) is Reason.LAPSED


def test_values_that_nobody_set_are_named_with_the_entries_of_the_room_that_need_them() -> None:
    entries = [
        Entry(id="a", question="甲", answer="{price} {link}"),
        Entry(id="b", question="乙", answer="好", other_answers=("{price}",), valid_from="2999-01-01"),
        Entry(id="c", question="丙", answer="{code}", rooms=("bilibili:1",)),
        Entry(id="d", question="丁", answer="{code}", enabled=False),
    ]
    missing = missing_values(entries, {"link": "https://a.cn"}, room="bilibili:7777")
    assert missing == {"price": ["a", "b"]}
