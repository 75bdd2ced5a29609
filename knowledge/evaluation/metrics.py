"""The measures of a judged room: pure functions, the same wherever a figure is shown.

A room is a sequence of Outcome, one a message, in any order; its clusters one of Grouped, one a message too.
Shares of nothing are 0.0.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final, Literal

Expectation = Literal["reply", "escalate", "ignore"]
Action = Literal["reply", "escalate", "ignore"]

CALIBRATION_BINS: Final = 10

_by_probability = attrgetter("probability")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was expected of a message, and what was judged.

    `entry` is the id of the entry that answers it, None where none does. `ranked` are ids of distinct
    entries, best first; `probability` is that of the first, `action` what the policy did.
    """

    expect: Expectation
    entry: str | None
    ranked: tuple[str, ...]
    probability: float
    action: Action
    kind: str = ""

    @property
    def right(self) -> bool:
        """The first entry truly answers the message."""
        return self.entry is not None and self.ranked[:1] == (self.entry,)


@dataclass(frozen=True, slots=True)
class Grouped:
    """Which cluster a message was put in, None for none; `entry` is the id of the entry that answers it, None
    where none does (a question beyond the base, or chatter)."""

    entry: str | None
    cluster: Hashable | None


def hit_at(outcomes: Iterable[Outcome], count: int) -> float:
    """Of the messages to be replied to, the share whose entry is among the first `count`."""
    asked = [outcome for outcome in outcomes if outcome.expect == "reply"]
    return _share(sum(outcome.entry in outcome.ranked[:count] for outcome in asked), len(asked))


def coverage_at_precision(outcomes: Sequence[Outcome], precision: float) -> float:
    """The largest share of the messages to be replied to that is answered rightly, whatever the cut.

    A cut answers all messages (chatter too) of at least some probability; it counts when at least `precision`
    of what it answers is right. Messages of equal probability are answered together.
    """
    asked = sum(outcome.expect == "reply" for outcome in outcomes)
    best = right = answered = 0
    ordered = sorted(outcomes, key=_by_probability, reverse=True)
    for _, tied in groupby(ordered, key=_by_probability):
        for outcome in tied:
            answered += 1
            right += outcome.right
        if right >= precision * answered:
            best = max(best, right)
    return _share(best, asked)


def false_voice(outcomes: Iterable[Outcome]) -> float:
    """Of the messages to be ignored, the share that got a reply."""
    noise = [outcome for outcome in outcomes if outcome.expect == "ignore"]
    return _share(sum(outcome.action == "reply" for outcome in noise), len(noise))


def missed(outcomes: Iterable[Outcome]) -> float:
    """Of the messages that ask something, the share that was ignored."""
    asked = [outcome for outcome in outcomes if outcome.expect != "ignore"]
    return _share(sum(outcome.action == "ignore" for outcome in asked), len(asked))


def wrong_replies(outcomes: Iterable[Outcome]) -> float:
    """Of the replies, the share that is wrong."""
    replies = [outcome for outcome in outcomes if outcome.action == "reply"]
    return _share(sum(not outcome.right for outcome in replies), len(replies))


def replied_rightly(outcomes: Iterable[Outcome]) -> float:
    """Of the messages to be replied to, the share that got the right reply."""
    asked = [outcome for outcome in outcomes if outcome.expect == "reply"]
    return _share(sum(outcome.action == "reply" and outcome.right for outcome in asked), len(asked))


def expected_calibration_error(outcomes: Iterable[Outcome], bins: int = CALIBRATION_BINS) -> float:
    """The mean distance of probability and share of right entries, over bins of equal count (within one)."""
    ordered = sorted(outcomes, key=_by_probability)
    total = len(ordered)
    error = 0.0
    for number in range(bins):
        held = ordered[number * total // bins : (number + 1) * total // bins]
        error += abs(sum(outcome.probability - outcome.right for outcome in held))
    return _share(error, total)


def pair_precision(grouped: Iterable[Grouped]) -> float:
    """Of the pairs of messages that share a cluster, the share that ask for the same entry.

    Two messages without an entry may ask the same or not, which no label tells: such pairs are left out. One
    with an entry beside one without is wrong.
    """
    shared: defaultdict[Hashable, Counter[str | None]] = defaultdict(Counter)
    for one in grouped:
        if one.cluster is not None:
            shared[one.cluster][one.entry] += 1
    together = right = 0
    for entries in shared.values():
        together += _pairs(entries.total()) - _pairs(entries.pop(None, 0))
        right += sum(map(_pairs, entries.values()))
    return _share(right, together)


def pair_recall(grouped: Iterable[Grouped]) -> float:
    """Of the pairs of messages that ask for the same entry, the share found in one cluster.

    A message in no cluster (ignored, say) is apart from all others.
    """
    labelled = [one for one in grouped if one.entry is not None]
    same = Counter(one.entry for one in labelled)
    found = Counter((one.entry, one.cluster) for one in labelled if one.cluster is not None)
    return _share(sum(map(_pairs, found.values())), sum(map(_pairs, same.values())))


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
