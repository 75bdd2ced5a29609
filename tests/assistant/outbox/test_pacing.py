"""An account rests after each line, and longer when told to."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.outbox.pacing import JITTER_SHARE, Pace

SECONDS = st.floats(0, 1000)


def test_first_line_may_leave_at_once() -> None:
    assert Pace(random=lambda: 1.0).wait_seconds(0.0) <= 0


@given(SECONDS, st.floats(0.1, 60), st.floats(0, 1))
def test_rest_is_the_spacing_and_some_jitter(now: float, spacing: float, chance: float) -> None:
    pace = Pace(random=lambda: chance)
    pace.sent(now, spacing_seconds=spacing)
    rest = pace.wait_seconds(now)
    assert spacing * 0.999 <= rest <= spacing * (1 + JITTER_SHARE) * 1.001


@given(SECONDS, SECONDS, SECONDS)
def test_hold_only_lengthens_the_rest(now: float, first: float, second: float) -> None:
    pace = Pace(random=lambda: 0.0)
    pace.hold(now, first)
    pace.hold(now, second)
    assert abs(pace.wait_seconds(now) - max(first, second)) < 1e-6
