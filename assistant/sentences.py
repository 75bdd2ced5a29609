"""Says in an editor's language what was decided about a text, what was found, and what can be done. Pure.

All that viewers and editors wrote is made harmless on the way; the tables of words are in `phrases`.
"""

from collections.abc import Mapping

from assistant.actions import Decision
from assistant.advice import Hint
from assistant.phrases import PHRASES, Language, Phrases, step
from assistant.pipeline.decide import Bars
from assistant.printable import printable
from knowledge.explaining import Finding, Kind
from knowledge.ranking import Judgement

MOST_WORDING = 40
_MOST_WORD = 24

Facts = Mapping[str, str | float | tuple[str, ...]]


class Sentences:
    def __init__(self, language: Language) -> None:
        self._phrases: Phrases = PHRASES[language]

    def heading(self, name: str, **facts: str) -> str:
        """`facts` are printable already."""
        return self._phrases.headings[name].format_map(facts)

    def decision(self, decision: Decision, judgement: Judgement, bars: Bars) -> str:
        """What would be done, and how sure that is, in one sentence."""
        said = self._phrases.decisions
        template = said.get((decision.action, decision.reason)) or said[decision.action, None]
        reason = self._phrases.reasons.get(decision.reason, str(decision.reason))
        probability, bar = told_apart(decision.probability, reply_bar(judgement, bars))
        likeness, question_bar = told_apart(judgement.question_likeness, bars.question)
        facts = {
            "entry": printable(decision.entry_id or "-", MOST_WORDING),
            "probability": probability,
            "bar": bar,
            "likeness": likeness,
            "question_bar": question_bar,
            "reason": reason,
        }
        return template.format_map(facts)

    def finding(self, finding: Finding) -> str:
        facts = self._said(finding.facts)
        if isinstance(lead := facts.get("lead"), float):
            facts["lead"] = step(self._phrases.lead, lead)
        if isinstance(likeness := facts.get("likeness"), float):
            facts["likeness"] = percent(likeness)
        facts["nearness"] = step(self._phrases.nearness, finding.points)
        return self._template(finding).format_map(facts)

    def hint(self, hint: Hint) -> str:
        return self._phrases.advice[hint.advice].format_map(self._said(hint.facts))

    def _template(self, finding: Finding) -> str:
        """The variant for what was found, else the plain words; else what nobody has words for."""
        side = "for" if finding.points >= 0 else "against"
        variants = [f"{finding.kind}.{side}", finding.kind]
        if finding.facts.get("words") == ():
            variants.insert(0, f"{finding.kind}.none")
        said = self._phrases.findings
        return next(said[name] for name in variants if name in said)

    def _said(self, facts: Facts) -> dict[str, str | float]:
        return {name: self._shown(value) for name, value in facts.items()}

    def _shown(self, value: str | float | tuple[str, ...]) -> str | float:
        if isinstance(value, float | int):
            return value
        if isinstance(value, str):
            return printable(value, MOST_WORDING)
        return self._phrases.comma.join(printable(word.replace("=", " = "), _MOST_WORD) for word in value)


def reply_bar(judgement: Judgement, bars: Bars) -> float:
    """How sure a reply with the nearest entry has to be."""
    return bars.of_entry(judgement.matches[0].entry) if judgement.matches else bars.reply


def percent(share: float) -> str:
    """Nothing that is in doubt is said to be 0 % or 100 %."""
    if 0.0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1.0 else f"{share:.0%}"


def told_apart(share: float, bar: float) -> tuple[str, str]:
    """Both in percent, with as many digits as show that they differ: not 99% sure where 99% is needed."""
    rough = percent(share), percent(bar)
    if share == bar or rough[0] != rough[1]:
        return rough
    for digits in range(1, _MOST_DIGITS + 1):
        first, second = (round(one, digits + 2) for one in (share, bar))
        if first != second and 0.0 < first < 1.0 and 0.0 < second < 1.0:
            return f"{share:.{digits}%}", f"{bar:.{digits}%}"
    return rough


_MOST_DIGITS = 6  # as many as a probability is written with


def strength(points: float) -> int:
    """0 to 3, by how many points of log odds something adds or takes."""
    return sum(abs(points) >= least for least in _STRENGTHS)


_STRENGTHS = (0.2, 0.6, 1.5)
"""1.5 points make 50 % to 82 %, 0.6 to 65 %, 0.2 to 55 %."""


def is_told(finding: Finding) -> bool:
    """Whether it is worth a line: what weighs nothing must at least name something."""
    return strength(finding.points) > 0 or (finding.kind not in _SILENT and bool(finding.facts))


_SILENT = frozenset({Kind.ASKS, Kind.HARDLY_ASKS, Kind.AHEAD, Kind.BEHIND})
