"""What an editor can do about a decision: a few hints, by what was seen. Pure; the words are in `phrases`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assistant.actions import Action, Decision, Reason
from knowledge.explaining import Explained, Explanation, Kind

_PLAUSIBLE = 0.2  # of the first entry: below, it is probably another matter
_RIVALS_ODDS = 0.4  # of the second entry's probability over the first's: above, they are easily confused
_RIVALS_LEAST = 0.1


class Advice(StrEnum):
    """The names of its facts stand beside it."""

    IMPORT = "import"
    ADD_WORDING = "add_wording"  # entry
    LOWER_THRESHOLD = "lower_threshold"  # entry
    LOWER_BAR = "lower_bar"  # entry
    RIGHT_ENTRY = "right_entry"
    TELL_APART = "tell_apart"  # entry, other
    SPLIT_WORDING = "split_wording"  # entry, other
    OTHER_NUMBER = "other_number"  # entry, asked
    NEW_ENTRY = "new_entry"
    IS_QUESTION = "is_question"
    IS_GENERAL = "is_general"


@dataclass(frozen=True, slots=True)
class Hint:
    advice: Advice
    facts: Mapping[str, str | float | tuple[str, ...]] = field(default_factory=dict)


_BESIDE_ENTRIES: Mapping[Reason, tuple[Advice, ...]] = {
    Reason.CHATTER: (Advice.IS_QUESTION,),
    Reason.PERSONAL: (Advice.IS_GENERAL,),
    Reason.ABUSE: (),
}
"""What can be done where something else than the entries decided."""


def advise(decision: Decision, explanation: Explanation, *, entries: int) -> list[Hint]:
    """The most useful first; none where nothing is to be done. `entries`: how many the FAQ has."""
    if entries == 0:
        return [Hint(Advice.IMPORT)]
    if not explanation.candidates or not concerns_entries(decision):
        return []
    first, *others = explanation.candidates
    if shared := list(_shared_wordings(first)):
        return shared
    if decision.action is Action.REPLY:
        return [] if _found(first, Kind.EXACT) else [Hint(Advice.RIGHT_ENTRY)]
    if decision.reason in _BESIDE_ENTRIES:
        return [Hint(advice) for advice in _BESIDE_ENTRIES[decision.reason]]
    return [*_about_first(first), *_about_rival(first, others)]


def concerns_entries(decision: Decision) -> bool:
    """What is ignored for another reason than that it asks nothing would be, whatever the entries say."""
    return decision.action is not Action.IGNORE or decision.reason is Reason.CHATTER


def _shared_wordings(first: Explained) -> Iterator[Hint]:
    for finding in first.findings:
        if finding.kind is Kind.SHARED_WORDING:
            facts = {"entry": first.match.entry.id, "other": finding.facts["entry"]}
            yield Hint(Advice.SPLIT_WORDING, facts)


def _about_first(first: Explained) -> Iterator[Hint]:
    entry = first.match.entry.id
    if _found(first, Kind.EXACT):  # a wording already: only the bar holds it back
        by_editor = first.match.entry.threshold is not None
        yield Hint(Advice.LOWER_THRESHOLD if by_editor else Advice.LOWER_BAR, {"entry": entry})
        return
    differing = [finding for finding in first.findings if finding.kind is Kind.NUMBERS_DIFFER]
    if differing:
        yield Hint(Advice.OTHER_NUMBER, {"entry": entry, "asked": differing[0].facts["asked"]})
    elif first.probability >= _PLAUSIBLE:
        yield Hint(Advice.ADD_WORDING, {"entry": entry})
    else:
        yield Hint(Advice.NEW_ENTRY)


def _about_rival(first: Explained, others: list[Explained]) -> Iterator[Hint]:
    is_close = others and others[0].probability >= max(_RIVALS_LEAST, _RIVALS_ODDS * first.probability)
    if is_close and first.probability >= _PLAUSIBLE:
        yield Hint(Advice.TELL_APART, {"entry": first.match.entry.id, "other": others[0].match.entry.id})


def _found(explained: Explained, kind: Kind) -> bool:
    return any(finding.kind is kind for finding in explained.findings)
