"""The pace of a rehearsal."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.practice.acts import Act
from assistant.practice.timetable import PAUSE_SECONDS, timetable

SCRIPT = (
    Act(at=0.0, kind="live"),
    Act(at=1.0, viewer="a", text="1"),
    Act(at=1.5, kind="gift", viewer="b", gift="花"),
    Act(at=4.0, viewer="c", text="2"),
)


def test_a_script_has_its_own_pace() -> None:
    assert list(timetable(SCRIPT)) == [(act.at, act) for act in SCRIPT]


def test_a_looping_script_starts_over_after_a_pause() -> None:
    second_round = list(islice(timetable(SCRIPT, loop=True), 8))[4:]
    assert [act for _, act in second_round] == list(SCRIPT)
    assert [at for at, _ in second_round] == [4.0 + PAUSE_SECONDS + act.at for act in SCRIPT]


@given(rate=st.floats(0.1, 5000), count=st.integers(1, 200), seed=st.integers(0, 99))
def test_a_rate_is_never_more_than_one_message_off(rate: float, count: int, seed: int) -> None:
    timed = islice(timetable(SCRIPT, rate=rate, loop=True, seed=seed), 2 * count)
    times = [at for at, act in timed if act.is_chat]
    for place, at in enumerate(times):
        assert place <= at * rate + 1e-6 <= place + 1 + 1e-6


def test_what_is_no_chat_keeps_its_place_at_a_rate() -> None:
    assert [act for _, act in timetable(SCRIPT, rate=100, seed=1)] == list(SCRIPT)
    times = [at for at, _ in timetable(SCRIPT, rate=100, seed=1)]
    assert times == sorted(times)


def test_the_same_seed_has_the_same_pace() -> None:
    def pace(seed: int) -> list[float]:
        return [at for at, _ in islice(timetable(SCRIPT, rate=9, loop=True, seed=seed), 50)]

    assert pace(4) == pace(4)
    assert pace(4) != pace(5)


def test_without_chat_a_rate_changes_nothing() -> None:
    silent = [act for act in SCRIPT if not act.is_chat]
    assert list(timetable(silent, rate=1000)) == [(act.at, act) for act in silent]


@pytest.mark.parametrize("loop", [False, True])
def test_nothing_to_play_ends_at_once(loop: bool) -> None:
    assert list(timetable((), loop=loop)) == []
