"""Guessing is slow, and nobody's slips lock a colleague out for long."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.console.access.attempts import MOST_KEPT, Attempts, network

HERE, THERE = "192.0.2.7", "198.51.100.9"


def guess(
    attempts: Attempts, times: int, *, name: str = "mia", address: str = HERE, now: float = 0.0
) -> None:
    for _ in range(times):
        attempts.failed(name, address, now=now)


def test_a_few_slips_cost_nothing_and_each_more_twice_the_wait() -> None:
    attempts = Attempts()
    waits = []
    for _ in range(7):
        waits.append(attempts.wait("mia", HERE, now=0.0))
        attempts.failed("mia", HERE, now=0.0)
    assert waits == [0, 0, 0, 1, 2, 4, 8]


def test_waiting_it_out_lets_one_try_again() -> None:
    attempts = Attempts()
    guess(attempts, 5)
    assert attempts.wait("mia", HERE, now=3.5) == 0.5
    assert attempts.wait("mia", HERE, now=4.0) == 0


def test_who_gets_in_is_forgiven_but_not_the_others_at_the_address() -> None:
    attempts = Attempts()
    guess(attempts, 4)
    attempts.succeeded("mia", HERE)
    assert attempts.wait("mia", HERE, now=0.0) == 0
    for number in range(20):
        guess(attempts, 1, name=f"name {number}")
    assert attempts.wait("somebody", HERE, now=0.0) > 0
    assert attempts.wait("somebody", THERE, now=0.0) == 0


def test_guessing_at_a_name_from_everywhere_delays_its_owner_by_a_minute_at_most() -> None:
    attempts = Attempts()
    for number in range(500):
        guess(attempts, 1, address=f"10.0.{number // 250}.{number % 250}")
    assert 0 < attempts.wait("mia", THERE, now=0.0) <= 60


def test_an_ipv6_network_counts_as_one_address() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff:2") != network("2001:db8:0:1::1")
    assert network("::ffff:10.0.0.1") != ""
    assert network("fe80::1%eth0") == network("fe80::2")
    assert network("not an address") == "not an address"


def test_what_is_remembered_is_bounded_and_forgotten() -> None:
    attempts = Attempts()
    for number in range(MOST_KEPT):
        guess(attempts, 1, name=f"name {number}")
    assert len(attempts._failures) <= MOST_KEPT
    guess(attempts, 10, name="mia", address=THERE)
    guess(attempts, 1, name="mia", address=THERE, now=4000.0)
    assert attempts.wait("mia", THERE, now=4000.0) == 0


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from((HERE, THERE)), st.floats(0, 50)), max_size=80)
)
def test_no_wait_is_longer_than_a_quarter_of_an_hour(tries: list[tuple[str, str, float]]) -> None:
    attempts, now = Attempts(), 0.0
    for name, address, passed in tries:
        now += passed
        assert 0 <= attempts.wait(name, address, now=now) <= 900
        attempts.failed(name, address, now=now)
