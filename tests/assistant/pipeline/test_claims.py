"""A question is one person's for a while, and nobody's again when they forget about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.pipeline.claims import LEASE_SECONDS, AlreadyClaimed, Claims

QUESTION, NOW = 7, 1000.0


def test_who_comes_second_is_told_who_has_it() -> None:
    claims = Claims()
    claims.claim(QUESTION, "Lin", now=NOW)
    with pytest.raises(AlreadyClaimed, match="Lin is answering") as refused:
        claims.claim(QUESTION, "Wu", now=NOW + 1)
    assert refused.value.who == "Lin"


def test_claimed_again_it_is_held_longer() -> None:
    claims = Claims()
    claims.claim(QUESTION, "Lin", now=NOW)
    claims.claim(QUESTION, "Lin", now=NOW + 60)
    held = claims.of(QUESTION, now=NOW + LEASE_SECONDS + 30)
    assert held is not None
    assert held.until == NOW + 60 + LEASE_SECONDS


def test_a_forgotten_claim_lapses() -> None:
    claims = Claims()
    claims.claim(QUESTION, "Lin", now=NOW)
    assert claims.of(QUESTION, now=NOW + LEASE_SECONDS) is None
    assert claims.claim(QUESTION, "Wu", now=NOW + LEASE_SECONDS).who == "Wu"


def test_only_who_has_it_gives_it_back() -> None:
    claims = Claims()
    claims.claim(QUESTION, "Lin", now=NOW)
    assert not claims.release(QUESTION, "Wu")
    assert claims.of(QUESTION, now=NOW) is not None
    assert claims.release(QUESTION, "Lin")
    assert claims.of(QUESTION, now=NOW) is None


Steps = st.lists(st.tuples(st.sampled_from(["Lin", "Wu"]), st.booleans(), st.floats(0, 200)), max_size=30)


@given(Steps)
def test_a_question_is_never_two_peoples(steps: list[tuple[str, bool, float]]) -> None:
    claims, now, holder, until = Claims(), NOW, "", 0.0
    for who, claims_it, seconds in steps:
        now += seconds
        is_free = holder in ("", who) or now >= until
        if not claims_it:
            claims.release(QUESTION, who)
            holder = "" if holder == who else holder
        elif is_free:
            claims.claim(QUESTION, who, now=now)
            holder, until = who, now + LEASE_SECONDS
        else:
            with pytest.raises(AlreadyClaimed):
                claims.claim(QUESTION, who, now=now)
