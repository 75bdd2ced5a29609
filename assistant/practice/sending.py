"""The platform's rules for a danmaku that someone sends: pure, with the time as an argument.

The table of `judge` is the order in which the platform answers. Two rules are this project's own guesses at
numbers the platform does not publish: how many lines in how many seconds make 10031, and for how long the
same text counts as a repeat.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SendingRules:
    """`text_limit` counts UTF-16 units, as the platform's clients do."""

    text_limit: int = 40
    spacing_seconds: float = 1.0
    burst: int = 4
    burst_seconds: float = 5.0
    repeat_seconds: float = 30.0
    platform_words: tuple[str, ...] = ("加微信", "刷单", "包赚")
    room_words: tuple[str, ...] = ("竞品",)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request to send, as far as the rules care. `missing` names the form fields that are not there."""

    text: str
    room: str
    logged_in: bool = True
    csrf_matches: bool = True
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SentLine:
    """A line that was accepted. `shown` is False when the platform swallowed it."""

    text: str
    at: float
    id_str: str = ""
    uid: int = 0
    reply_mid: int = 0
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the platform answers: only code 0 with an empty message means accepted."""

    code: int = 0
    message: str = ""

    @property
    def accepted(self) -> bool:
        return self.code == 0 and not self.message


ACCEPTED = Verdict()
NOT_LOGGED_IN = Verdict(-101, "账号未登录")
BAD_CSRF = Verdict(-111, "csrf 校验失败")
BAD_REQUEST = Verdict(-400, "请求错误")
NO_SUCH_ROOM = Verdict(1, "直播间不存在")
TOO_LONG = Verdict(1003212, "超出限制长度")
TOO_OFTEN = Verdict(10031, "您发送弹幕的频率过快")
TOO_FAST = Verdict(0, "msg in 1s")
REPEATED = Verdict(0, "msg repeat")
PLATFORM_WORD = Verdict(0, "f")
ROOM_WORD = Verdict(0, "k")


@dataclass(frozen=True, slots=True)
class _Case:
    attempt: Attempt
    rules: SendingRules
    room_id: str
    now: float
    accepted: Sequence[SentLine] = field(default_factory=tuple)


def judge(
    attempt: Attempt, *, rules: SendingRules, room_id: int, accepted: Sequence[SentLine], now: float
) -> Verdict:
    """What becomes of an attempt, given the account's `accepted` lines so far, oldest first."""
    case = _Case(attempt=attempt, rules=rules, room_id=str(room_id), now=now, accepted=accepted)
    return next((verdict for breaks, verdict in _RULES if breaks(case)), ACCEPTED)


def text_units(text: str) -> int:
    """UTF-16 units: an emoji counts two."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def _within(case: _Case, seconds: float) -> list[SentLine]:
    return [line for line in case.accepted if case.now - line.at < seconds]


def _repeats(case: _Case) -> bool:
    return any(line.text == case.attempt.text for line in _within(case, case.rules.repeat_seconds))


def _has_word(words: Sequence[str], text: str) -> bool:
    folded = text.casefold()
    return any(word.casefold() in folded for word in words)


_RULES: tuple[tuple[Callable[[_Case], bool], Verdict], ...] = (
    (lambda case: not case.attempt.logged_in, NOT_LOGGED_IN),
    (lambda case: not case.attempt.csrf_matches, BAD_CSRF),
    (lambda case: bool(case.attempt.missing), BAD_REQUEST),
    (lambda case: not case.attempt.text.strip(), BAD_REQUEST),
    (lambda case: case.attempt.room != case.room_id, NO_SUCH_ROOM),
    (lambda case: text_units(case.attempt.text) > case.rules.text_limit, TOO_LONG),
    (lambda case: bool(_within(case, case.rules.spacing_seconds)), TOO_FAST),
    (lambda case: len(_within(case, case.rules.burst_seconds)) >= case.rules.burst, TOO_OFTEN),
    (_repeats, REPEATED),
    (lambda case: _has_word(case.rules.platform_words, case.attempt.text), PLATFORM_WORD),
    (lambda case: _has_word(case.rules.room_words, case.attempt.text), ROOM_WORD),
)
