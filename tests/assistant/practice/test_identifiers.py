"""Ids are the same in every run of a seed, whatever else happens in between."""

from assistant.practice.identifiers import Identifiers


def test_a_seed_repeats_itself() -> None:
    first, second = Identifiers(5), Identifiers(5)
    assert [first.danmaku_id() for _ in range(9)] == [second.danmaku_id() for _ in range(9)]
    assert Identifiers(5).token() != Identifiers(6).token()


def test_who_comes_and_what_is_sent_changes_no_viewers_id() -> None:
    quiet, busy = Identifiers(5), Identifiers(5)
    busy.token(), busy.buvid3(), busy.sent_id(), busy.message_id()
    assert quiet.danmaku_id() == busy.danmaku_id()


def test_without_a_seed_no_run_is_like_another() -> None:
    assert Identifiers(None).danmaku_id() != Identifiers(None).danmaku_id()


def test_a_viewer_has_a_last_super_chat() -> None:
    ids = Identifiers(None)
    ids.super_chat_id(7)
    last = ids.super_chat_id(7)
    ids.super_chat_id(8)
    assert ids.last_super_chat_id(7) == last
    assert ids.last_super_chat_id(9) == 0
