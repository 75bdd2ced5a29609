"""What leaves next, what is too old and what is too much: tables of values."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.outbox.queue import Answer, Place, Queue, answers_of
from tests.fakes.rows import a_reply

HERE, THERE = "21987615", "1017"


def an_answer(id: int, *, parts: int = 1, first_part: int = 1, **changes: Any) -> Answer:
    numbers = range(first_part, parts + 1)
    fields = {"answer_id": id, "parts": parts, "created_at": 1000.0 + id} | changes
    return Answer.of([a_reply(id * 10 + part, part=part, **fields) for part in numbers])


def a_queue(*answers: Answer, most_waiting: int = 500) -> Queue:
    queue = Queue(most_waiting=most_waiting)
    for answer in answers:
        assert queue.add(answer) == []
    return queue


def next_id(
    queue: Queue, *, now: float = 0.0, is_open: Callable[[Place], bool] = lambda place: True
) -> int | None:
    answer = queue.next("bilibili", now=now, is_open=is_open)
    return None if answer is None else answer.first.answer_id


def limited(answer: Answer, *, until: float) -> Answer:
    answer.not_before = until
    return answer


def in_flight(answer: Answer) -> Answer:
    answer.in_flight = True
    return answer


@pytest.mark.parametrize(
    ("answers", "chosen"),
    [
        ([], None),
        ([an_answer(2), an_answer(1)], 1),
        ([an_answer(1), an_answer(2, priority=100)], 2),
        ([an_answer(1, priority=100), an_answer(2, priority=100)], 1),
        ([an_answer(1, created_at=5.0), an_answer(2, created_at=5.0)], 1),
        ([an_answer(1, priority=100), an_answer(2, parts=2, first_part=2)], 2),
        ([in_flight(an_answer(1)), an_answer(2)], 2),
        ([limited(an_answer(1), until=5.0), an_answer(2)], 2),
        ([limited(an_answer(1), until=0.0), an_answer(2)], 1),
        ([limited(an_answer(1, parts=2, first_part=2), until=5.0), an_answer(2)], None),
        ([in_flight(an_answer(1, parts=2, first_part=2)), an_answer(2)], None),
        ([limited(an_answer(1, parts=2, first_part=2), until=5.0), an_answer(2, room=THERE)], 2),
        ([an_answer(1, platform="douyin"), an_answer(2)], 2),
    ],
    ids=[
        "nothing waits",
        "the older first",
        "the paid first",
        "of paid ones the older",
        "at the same moment by id",
        "a begun answer is finished first",
        "one in flight is not sent again",
        "a limited one waits",
        "a limited one goes when it is time",
        "nothing comes between the parts of a begun answer",
        "not even while its part is in flight",
        "but another room goes on",
        "each platform has its own turn",
    ],
)
def test_next(answers: list[Answer], chosen: int | None) -> None:
    assert next_id(a_queue(*answers)) == chosen


def test_where_more_is_asked_than_said_late_answers_let_fresh_ones_pass() -> None:
    queue = a_queue(*(an_answer(id, created_at=1000.0 + id) for id in range(5)))
    order = []
    while (answer := queue.next("bilibili", now=0.0, is_open=lambda _: True, late_before=1003.0)) is not None:
        order.append(answer.first.answer_id)
        queue.discard(answer)
    assert order == [3, 4, 0, 1, 2]


def test_the_bigger_crowd_goes_first_and_a_paying_viewer_before_it() -> None:
    queue = a_queue(an_answer(1), an_answer(2), an_answer(3))
    queue.joined(2, priority=0)
    assert next_id(queue) == 2
    queue.joined(3, priority=100)
    assert next_id(queue) == 3
    queue.joined(99, priority=0)  # it has left already
    assert len(queue) == 3


def test_closed_room_is_passed_over() -> None:
    queue = a_queue(an_answer(1), an_answer(2, room=THERE))
    assert next_id(queue, is_open=lambda place: place == ("bilibili", THERE)) == 2


def test_expired_answers_are_those_whose_time_is_over() -> None:
    now = 1100.0
    old, young = an_answer(1, expires_at=now), an_answer(2, expires_at=now + 0.1)
    flying = in_flight(an_answer(3, expires_at=now - 50))
    queue = a_queue(old, young, flying)
    assert queue.expired(now) == [old]
    assert queue.next_expiry() == now
    queue.discard(old)
    assert queue.next_expiry() == now + 0.1


def test_same_answer_is_queued_once() -> None:
    queue = a_queue(an_answer(1))
    assert queue.add(an_answer(1)) == []
    assert len(queue) == 1


def test_full_room_refuses_whole_answers_of_the_least_importance() -> None:
    queue = a_queue(an_answer(1), an_answer(2, parts=2), an_answer(3, priority=100), most_waiting=4)
    refused = queue.add(an_answer(4, priority=100))
    assert [answer.first.answer_id for answer in refused] == [2]
    assert [answer.first.answer_id for answer in queue] == [1, 3, 4]


def test_full_room_never_refuses_what_is_begun_or_in_flight() -> None:
    queue = a_queue(an_answer(1, parts=3, first_part=2), in_flight(an_answer(2)), most_waiting=3)
    newcomer = an_answer(3, priority=100)
    assert queue.add(newcomer) == [newcomer]


def test_parts_are_grouped_and_put_in_order() -> None:
    replies = [
        a_reply(12, answer_id=11, part=2, parts=2),
        a_reply(21, answer_id=21),
        a_reply(11, answer_id=11, part=1, parts=2),
    ]
    assert [[part.id for part in answer.waiting] for answer in answers_of(replies)] == [[11, 12], [21]]


def test_part_in_flight_is_not_taken_back() -> None:
    answer = in_flight(an_answer(1, parts=3))
    assert [part.part for part in answer.take_unsent()] == [2, 3]
    assert [part.part for part in answer.waiting] == [1]


@given(
    st.lists(st.tuples(st.sampled_from([HERE, THERE]), st.integers(0, 2), st.integers(1, 3)), max_size=30),
    st.integers(3, 20),
)
def test_no_room_holds_more_than_its_share_and_nothing_vanishes(
    arrivals: list[tuple[str, int, int]], most_waiting: int
) -> None:
    queue, refused = Queue(most_waiting=most_waiting), list[Answer]()
    answers = [
        an_answer(id, parts=parts, room=room, priority=priority)
        for id, (room, priority, parts) in enumerate(arrivals)
    ]
    for answer in answers:
        refused += queue.add(answer)
    kept = list(queue)
    for room in (HERE, THERE):
        assert sum(len(answer.waiting) for answer in kept if answer.first.room == room) <= most_waiting
    assert sorted(map(id, kept + refused)) == sorted(map(id, answers))
