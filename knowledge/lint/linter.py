"""Reads a whole FAQ as an experienced editor would, and lists what viewers would stumble over.

The rules stand in `answers`, `life` and `pairs`; here they are gone through, ordered, and kept to a length
that somebody reads.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from knowledge.embedder import Embedder
from knowledge.entries import Entry, by_id
from knowledge.lint.answers import banned_word, no_number, no_variants, too_long, unknown_placeholder
from knowledge.lint.findings import Circumstances, Finding, LintLimits, Rule, Usage
from knowledge.lint.life import never_matched, validity, wrong_answers
from knowledge.lint.likeness import askings
from knowledge.lint.pairs import beside_each_other
from knowledge.progress import Progress, Steps

_RULES_OF_ONE: Final[Sequence[Callable[[Entry, Circumstances], Iterator[Finding]]]] = (
    too_long,
    banned_word,
    unknown_placeholder,
    no_number,
    no_variants,
    validity,
    never_matched,
    wrong_answers,
)
_ENTRIES_PER_STEP = 500


def lint(
    entries: Iterable[Entry],
    embedder: Embedder,
    *,
    now: float,
    limits: LintLimits | None = None,
    used: Usage | None = None,
    progress: Progress | None = None,
) -> list[Finding]:
    """What an editor should look at, rule by rule, errors before warnings, nothing changed.

    Entries that are off or over are only said to be so. Raises EntriesInvalid when two entries have
    the same id.
    """
    known = by_id(entries)
    at = Circumstances(limits or LintLimits(), now, used)
    alive = [entry for entry in known.values() if _may_hold(entry, now)]
    asked = askings(alive)
    steps = Steps(len(known) + 2 * len(asked), progress)
    findings = [*_of_each(list(known.values()), at, steps)]
    findings += beside_each_other(asked, known, embedder, now=now, step=steps.done)
    return _listed(findings, at.limits.most_per_rule)


def _may_hold(entry: Entry, now: float) -> bool:
    return entry.enabled and now < entry.ends


def _of_each(entries: Sequence[Entry], at: Circumstances, steps: Steps) -> Iterator[Finding]:
    for start in range(0, len(entries), _ENTRIES_PER_STEP):
        batch = entries[start : start + _ENTRIES_PER_STEP]
        for entry in batch:
            rules = _RULES_OF_ONE if _may_hold(entry, at.now) else (validity,)
            for rule in rules:
                yield from rule(entry, at)
        steps.done(len(batch))


def _listed(findings: Iterable[Finding], most: int) -> list[Finding]:
    """In the order of the rules; of each so many, and how many more there are."""
    by_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule].append(finding)
    listed = []
    for rule in Rule:
        ordered = sorted(by_rule[rule.value], key=lambda finding: finding.severity != "error")
        listed += ordered[:most]
        if left := ordered[most:]:
            listed.append(_more(left))
    return listed


def _more(left: Sequence[Finding]) -> Finding:
    first = left[0]  # an error, if any is
    message = f"{len(left):,} more of this kind are not listed"
    remedy = "Mend those listed, then lint again."
    return Finding(first.rule, first.severity, (), message, remedy, {"more": len(left)})
