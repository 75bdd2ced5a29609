from dataclasses import replace
from itertools import count

from assistant.pipeline.broadcasts import BroadcastLog
from assistant.stores.rows import Broadcast


def log(last: Broadcast | None = None) -> BroadcastLog:
    ids = count(10)
    return BroadcastLog(platform="bilibili", room="7777", new_id=lambda: next(ids), last=last)


OPEN = Broadcast(1, "bilibili", "7777", "key", "", 100.0)


def test_arriving_opens_a_broadcast_and_going_live_names_it() -> None:
    rooms = log()
    assert rooms.arrive(now=5.0) == (Broadcast(10, "bilibili", "7777", "", "", 5.0),)
    assert rooms.arrive(now=6.0) == ()
    assert rooms.began("key", now=7.0) == (Broadcast(10, "bilibili", "7777", "key", "", 5.0),)
    assert rooms.began("key", now=8.0) == ()


def test_a_restart_goes_on_with_the_broadcast_that_is_still_open() -> None:
    rooms = log(OPEN)
    assert rooms.arrive(now=200.0) == ()
    assert rooms.current == OPEN


def test_an_ended_broadcast_is_not_taken_up_again() -> None:
    rooms = log(replace(OPEN, ended_at=150.0))
    (opened,) = rooms.arrive(now=200.0)
    assert opened.id == 10


def test_another_key_ends_the_broadcast_whose_end_was_missed() -> None:
    rooms = log(OPEN)
    ended, began = rooms.began("other", now=300.0)
    assert ended == replace(OPEN, ended_at=300.0)
    assert (began.key, began.started_at) == ("other", 300.0)


def test_the_end_is_written_once_and_what_comes_later_opens_the_next() -> None:
    rooms = log(OPEN)
    assert rooms.ended(now=300.0) == (replace(OPEN, ended_at=300.0),)
    assert rooms.ended(now=301.0) == ()
    assert len(rooms.arrive(now=302.0)) == 1


def test_the_title_is_kept_up_to_date() -> None:
    rooms = log(OPEN)
    assert rooms.titled("夏季上新") == (replace(OPEN, title="夏季上新"),)
    assert rooms.titled("夏季上新") == ()
