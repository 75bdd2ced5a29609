"""What an entry may hold, how its mistakes are worded, and how changes are counted."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from knowledge import Changes, EntriesInvalid, Entry, Problem
from knowledge.entries import by_id
from knowledge.problems import problems_of

FIELDS = ", ".join(Entry.model_fields)
SOUND = {"id": "ship-time", "question": "什么时候发货？", "answer": "48小时内发出"}


def entry(**changes: object) -> Entry:
    return Entry.model_validate(SOUND | changes)


def messages(**fields: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Entry.model_validate(fields)
    return [str(problem) for problem in problems_of(caught.value, "faq.jsonl", 3)]


def test_wordings_are_the_question_and_then_its_variants() -> None:
    assert entry(variants=["多久能发", "几天发"]).wordings == ("什么时候发货？", "多久能发", "几天发")


def test_a_wording_given_twice_is_kept_once() -> None:
    assert entry(variants=["几天发", " 什么时候发货？", "几天发 "]).variants == ("几天发",)


def test_space_around_texts_is_dropped() -> None:
    assert entry(answer="\n 48小时 \n", category=" 物流 ") == entry(answer="48小时", category="物流")


def test_an_answer_may_have_several_lines() -> None:
    assert entry(answer="先下单\n再备注").answer == "先下单\n再备注"


def test_an_entry_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        entry().answer = "现在不发货"


def test_content_hash_tells_contents_apart_and_not_ids() -> None:
    assert entry().content_hash == entry(id="other").content_hash == entry().content_hash
    others = [
        entry(question="发什么快递"),
        entry(answer="明天"),
        entry(category="物流"),
        entry(variants=["几天发"]),
        entry(threshold=0.9),
        entry(threshold=0),
    ]
    assert len({item.content_hash for item in [entry(), *others]}) == 7


def test_an_entry_without_threshold_has_the_hash_that_databases_hold_already() -> None:
    assert entry().content_hash == "b8a8946c0ab11db1a3e67d1d8f820ece"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": ""}, "id: is empty"),
        ({"id": 7}, "id: must be a text in quotes"),
        ({"id": "ship time"}, "id: has a space or an invisible character"),
        ({"id": "ship\u200btime"}, "id: has a space or an invisible character"),
        ({"id": "x" * 101}, "id: is longer than 100 characters"),
        ({"question": " \t"}, "question: is empty"),
        ({"question": "问" * 501}, "question: is longer than 500 characters"),
        ({"question": "几天\x00发"}, "question: has the control character U+0000"),
        ({"answer": None}, "answer: must be a text in quotes"),
        ({"answer": "答" * 2001}, "answer: is longer than 2,000 characters"),
        ({"answer": "\x1b[2J"}, "answer: has the control character U+001B"),
        ({"answer": "好\ud83d"}, "answer: has half a character in it (a lone surrogate)"),
        ({"variants": "几天发"}, "variants: must be a list of texts"),
        ({"variants": ["几天发", ""]}, "variants.2: is empty"),
        ({"variants": ["几天发", 3]}, "variants.2: must be a text in quotes"),
        ({"category": ["物流"]}, "category: must be a text in quotes"),
        ({"threshold": "0.9"}, "threshold: must be a number, without quotes"),
        ({"threshold": True}, "threshold: must be a number, without quotes"),
        ({"threshold": 1.01}, "threshold: must be from 0 to 1"),
        ({"valid_until": "tomorrow"}, "valid_until: is no date and time, as in 2026-11-11 20:00"),
        ({"valid_from": 20261111}, "valid_from: is no date and time, as in 2026-11-11 20:00"),
        ({"valid_from": "2026-11-12", "valid_until": "2026-11-11"}, "valid_until: is not after valid_from"),
        ({"enabled": "no"}, "enabled: must be true or false"),
        ({"rooms": ["a b"]}, "rooms.1: has a space or an invisible character"),
        ({"threshold": -1}, "threshold: must be from 0 to 1"),
        ({"threshold": float("nan")}, "threshold: must be from 0 to 1"),
        ({"anwser": "明天"}, "anwser: no such field; did you mean answer?"),
        ({"Variant": []}, "Variant: no such field; did you mean variants?"),
        ({"价格": 3}, f"价格: no such field; the fields are {FIELDS}"),
        ({"\x1b[2J": 3}, f"\ufffd[2J: no such field; the fields are {FIELDS}"),
    ],
)
def test_a_mistake_is_worded_with_its_place(changes: dict[str, object], message: str) -> None:
    assert messages(**(SOUND | changes)) == [f"faq.jsonl:3: {message}"]


def test_all_mistakes_of_an_entry_are_named_at_once() -> None:
    assert messages(question="", answr="明天") == [
        "faq.jsonl:3: id: is missing",
        "faq.jsonl:3: question: is empty",
        "faq.jsonl:3: answer: is missing",
        "faq.jsonl:3: answr: no such field; did you mean answer?",
    ]


def test_a_problem_without_line_and_field_is_about_the_file() -> None:
    assert str(Problem("faq.jsonl", None, "", "holds no entries")) == "faq.jsonl: holds no entries"


def test_two_entries_of_one_id_are_both_named() -> None:
    entries = [entry(), entry(id="refund"), entry(answer="明天")]
    with pytest.raises(EntriesInvalid) as caught:
        by_id(entries)
    assert str(caught.value) == "entry 3: id: 'ship-time' is already the id of entry 1"
    assert len(caught.value.problems) == 1


def test_the_first_of_many_problems_is_told_with_their_number() -> None:
    with pytest.raises(EntriesInvalid, match=r"^entry 2: id: .* \(and 2 more\)$"):
        by_id([entry()] * 4)


def test_changes_count_what_became_of_the_given() -> None:
    before = {"same": 1, "other": 2, "gone": 3}
    counted = Changes.counted(before, {"same": 1, "other": 9, "new": 4}, removed=1)
    assert counted == Changes(added=1, changed=1, unchanged=1, removed=1)


def test_an_entry_with_nothing_beyond_the_first_fields_has_the_hash_of_then() -> None:
    unset = {"short_answer": "", "other_answers": [], "rooms": [], "enabled": True, "note": ""}
    assert entry(**unset, valid_from=None, valid_until=None).content_hash == entry().content_hash


LOCAL_EIGHT = datetime(2026, 11, 11, 20).timestamp()


@pytest.mark.parametrize(
    ("scope", "seconds_after_eight", "room", "holds"),
    [
        ({}, 0, "bilibili:7", True),
        ({"enabled": False}, 0, "", False),
        ({"rooms": ["bilibili:7"]}, 0, "bilibili:7", True),
        ({"rooms": ["bilibili:7"]}, 0, "bilibili:8", False),
        ({"rooms": ["bilibili:7"]}, 0, "", True),
        ({"valid_until": "2026-11-11 20:00"}, -1, "", True),
        ({"valid_until": "2026-11-11 20:00"}, 0, "", False),
        ({"valid_until": "2026/11/11"}, 3600, "", True),
        ({"valid_until": "2026-11-11"}, 4 * 3600, "", False),
        ({"valid_from": "2026-11-11 20:00"}, -1, "", False),
        ({"valid_from": "2026-11-11 20:00"}, 0, "", True),
        ({"valid_from": "2026-11-11"}, 0, "", True),
    ],
)
def test_an_entry_holds_in_its_time_and_rooms(
    scope: dict[str, object], seconds_after_eight: int, room: str, holds: bool
) -> None:
    assert entry(**scope).holds(at=LOCAL_EIGHT + seconds_after_eight, room=room) is holds


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026/11/9", datetime(2026, 11, 9)),
        ("2026.1.9 8:05", datetime(2026, 1, 9, 8, 5)),
        ("2026年11月9日 20:00", datetime(2026, 11, 9, 20)),
        ("2026-11-09T20:00:30", datetime(2026, 11, 9, 20, 0, 30)),
        ("2026-11-09  20:00:00+08:00", datetime(2026, 11, 9, 20, tzinfo=timezone(timedelta(hours=8)))),
    ],
)
def test_a_time_is_read_as_people_type_it(typed: str, moment: datetime) -> None:
    assert entry(valid_from=typed).valid_from == moment


def test_a_time_with_offset_is_that_moment_everywhere() -> None:
    until = entry(valid_until="2026-11-11T20:00:00+08:00")
    moment = datetime(2026, 11, 11, 12, tzinfo=UTC).timestamp()
    assert until.holds(at=moment - 1)
    assert not until.holds(at=moment)


def test_an_entry_may_hold_from_the_first_day_of_the_calendar_to_its_last() -> None:
    ever = Entry(id="a", question="问", answer="答", valid_from="0001-01-01", valid_until="9999-12-31")
    assert ever.holds(at=0.0)
    assert ever.begins < 0.0 < ever.ends
