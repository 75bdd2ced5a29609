"""What a lint says and what it is told: findings, the limits of the rooms, what broadcasts showed.

Which rules there are, how bad breaking each is and how it is mended stands in the tables here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

Severity = Literal["error", "warning"]

_DAY_SECONDS = 86_400.0


class Rule(StrEnum):
    """In the order in which an editor reads the findings."""

    CONTRADICTION = "contradiction"
    DUPLICATE = "duplicate"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    TOO_LONG = "too_long"
    BANNED_WORD = "banned_word"
    WRONG_ANSWERS = "wrong_answers"
    NO_NUMBER = "no_number"
    EXPIRED = "expired"
    ENDS_SOON = "ends_soon"
    NOT_BEGUN = "not_begun"
    DISABLED = "disabled"
    NEVER_MATCHED = "never_matched"
    NO_VARIANTS = "no_variants"


REMEDIES: Final[Mapping[Rule, str]] = {
    Rule.CONTRADICTION: "Keep one answer, or word the questions so that they differ, or give each its own "
    "rooms or times.",
    Rule.DUPLICATE: "Keep one entry and make the other's wordings its variants.",
    Rule.UNKNOWN_PLACEHOLDER: "Correct the name, or give it a value in the broadcast's settings.",
    Rule.TOO_LONG: "Shorten it, or give a short_answer that fits.",
    Rule.BANNED_WORD: "Say it without the word: the platform may swallow the reply or mute the account.",
    Rule.WRONG_ANSWERS: "Look at what was asked: narrow its wordings, add the missing entry, or raise its "
    "threshold.",
    Rule.NO_NUMBER: "Name the amount, the number or the time, or ask the question otherwise.",
    Rule.EXPIRED: "Remove it, or move valid_until.",
    Rule.ENDS_SOON: "If it stays true, move valid_until; else have the next answer ready.",
    Rule.NOT_BEGUN: "Nothing to do if that is meant; else correct valid_from.",
    Rule.DISABLED: "Enable it, or remove it when it is not coming back.",
    Rule.NEVER_MATCHED: "Word it as viewers ask, or remove it.",
    Rule.NO_VARIANTS: "Add one or two ways in which viewers ask it.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that an editor should look at. What is quoted from entries is safe to print.

    `ids` are the entries it is about; none where it only counts what is not listed. `evidence` is what was
    measured, by name.
    """

    rule: str
    severity: Severity
    ids: tuple[str, ...]
    message: str
    remedy: str
    evidence: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LintLimits:
    """What is allowed.

    A reply is at most `most_parts` lines of `line_characters`; `fits` tells it more exactly, where the caller
    knows how answers are split. `placeholders` are the names that answers may use, with their values; None
    where they are not known: then no name is wrong. An entry is called unused from `unused_broadcasts` on. Of
    one rule at most `most_per_rule` findings are listed, the rest is counted.
    """

    line_characters: int = 20
    most_parts: int = 4
    banned: frozenset[str] = frozenset()
    soon_seconds: float = 3 * _DAY_SECONDS
    placeholders: Mapping[str, str] | None = None
    fits: Callable[[str], bool] | None = None
    unused_broadcasts: int = 5
    most_per_rule: int = 100

    @property
    def characters(self) -> int:
        """More than these are no reply, however well they are split."""
        return self.line_characters * self.most_parts


@dataclass(frozen=True, slots=True)
class Usage:
    """What the last `broadcasts` showed, by entry id: how often each was a reply, and how often people said
    that it was the wrong one."""

    broadcasts: int
    matched: Mapping[str, int] = field(default_factory=dict)
    wrong: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that a rule may look at besides entries; `now` in seconds since 1970."""

    limits: LintLimits
    now: float
    used: Usage | None = None


def found(
    rule: Rule, *ids: str, message: str, severity: Severity = "warning", **evidence: str | float
) -> Finding:
    return Finding(rule.value, severity, ids, message, REMEDIES[rule], evidence)
