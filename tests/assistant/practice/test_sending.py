"""What the platform says to a danmaku that someone sends, by the numbers."""

import pytest

from assistant.practice import sending
from assistant.practice.sending import ACCEPTED, Attempt, SendingRules, SentLine, Verdict, judge, text_units

NOW = 1_800_000_000.0
RULES = SendingRules(text_limit=10, platform_words=("加微信",), room_words=("Rival",))


def verdict(attempt: Attempt, *accepted: SentLine) -> Verdict:
    return judge(attempt, rules=RULES, room_id=7777, accepted=accepted, now=NOW)


def attempt(text: str = "包邮的", room: str = "7777", **flaws: bool | tuple[str, ...]) -> Attempt:
    return Attempt(text=text, room=room, **flaws)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        (attempt(), ACCEPTED),
        (attempt("九个字再加一个字啊哈"), ACCEPTED),
        (attempt(logged_in=False), sending.NOT_LOGGED_IN),
        (attempt(csrf_matches=False), sending.BAD_CSRF),
        (attempt(missing=("rnd",)), sending.BAD_REQUEST),
        (attempt(" \n"), sending.BAD_REQUEST),
        (attempt(room="77"), sending.NO_SUCH_ROOM),
        (attempt("十一个字十一个字十一个"), sending.TOO_LONG),
        (attempt("12345678🚚"), ACCEPTED),
        (attempt("123456789🚚"), sending.TOO_LONG),
        (attempt("都来加微信"), sending.PLATFORM_WORD),
        (attempt("buy RIVAL"), sending.ROOM_WORD),
    ],
)
def test_one_danmaku_by_itself(tried: Attempt, expected: Verdict) -> None:
    assert verdict(tried) == expected


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ((0.5,), sending.TOO_FAST),
        ((1.0,), ACCEPTED),
        ((4.9, 3.8, 2.7, 1.6), sending.TOO_OFTEN),
        ((5.0, 3.8, 2.7, 1.6), ACCEPTED),
    ],
)
def test_several_danmaku_in_a_row(ages: tuple[float, ...], expected: Verdict) -> None:
    assert verdict(attempt(), *(SentLine(text=f"{age}", at=NOW - age) for age in ages)) == expected


@pytest.mark.parametrize(("age", "expected"), [(29.9, sending.REPEATED), (30.0, ACCEPTED)])
def test_the_same_danmaku_again(age: float, expected: Verdict) -> None:
    assert verdict(attempt(), SentLine(text="包邮的", at=NOW - age)) == expected


def test_soft_refusals_arrive_as_code_zero() -> None:
    soft = (sending.TOO_FAST, sending.REPEATED, sending.PLATFORM_WORD, sending.ROOM_WORD)
    assert {refusal.code for refusal in soft} == {0}
    assert not any(refusal.accepted for refusal in soft)


def test_an_emoji_counts_two_units() -> None:
    assert text_units("🚚a") == 3
