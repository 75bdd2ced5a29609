import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.backoff import Backoff

ALMOST_ONE = 1 - 2**-53


def at_most(**settings: float) -> Backoff:
    return Backoff(random=lambda: 1.0, **settings)


def test_delays_double_up_to_the_ceiling() -> None:
    backoff = at_most(first_seconds=1, ceiling_seconds=10)
    assert [backoff.next() for _ in range(6)] == [1, 2, 4, 8, 10, 10]


def test_reset_starts_over() -> None:
    backoff = at_most()
    backoff.next()
    backoff.next()
    backoff.reset()
    assert backoff.next() == 1


def test_jitter_spreads_over_the_whole_step() -> None:
    backoff = Backoff(first_seconds=8, random=iter([0.0, 0.25, 0.5]).__next__)
    assert [backoff.next() for _ in range(3)] == [0, 4, 16]


def test_a_wished_delay_is_kept_and_still_jittered() -> None:
    assert Backoff(random=lambda: 0.0).next(least_seconds=300) == 300
    assert Backoff(random=lambda: 0.5).next(least_seconds=300) == 300.5


@given(
    st.lists(st.floats(0, ALMOST_ONE), min_size=1, max_size=200),
    st.floats(0.001, 10),
    st.floats(0, 1000),
)
def test_a_delay_is_never_beyond_the_ceiling(draws: list[float], first: float, rise: float) -> None:
    backoff = Backoff(first_seconds=first, ceiling_seconds=first + rise, random=iter(draws).__next__)
    assert all(0 <= backoff.next() <= first + rise for _ in draws)


@pytest.mark.parametrize(("first", "ceiling"), [(0, 60), (-1, 60), (61, 60)])
def test_senseless_settings_are_refused(first: float, ceiling: float) -> None:
    with pytest.raises(ValueError, match="first_seconds"):
        Backoff(first_seconds=first, ceiling_seconds=ceiling)
