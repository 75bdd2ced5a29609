"""What to do about a line that was judged: reply, escalate or ignore, with the reason. Pure.

The judgement's probability is calibrated; where the bars stand follows from the team's budget of wrong
replies, never from a cosine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.actions import Action, Decision, Reason
from assistant.pipeline.abuse import is_abusive, is_spam
from assistant.pipeline.injection import is_injection
from assistant.pipeline.personal import is_personal
from knowledge import Entry
from knowledge.ranking import Judgement, Ranker, reply_bar

_NEAR = 0.2  # below this probability the nearest entry is no candidate worth naming as the reason


@dataclass(frozen=True, slots=True)
class Bars:
    """`reply`: least probability to speak. `question`: least question-likeness to bother the host.

    `learned` are the higher ones of entries that misled, by id.
    """

    reply: float
    question: float
    learned: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, ranker: Ranker, *, wrong_reply_budget: float, precision: float | None = None) -> "Bars":
        """Where a team's budget puts them, and the precision that it asks for."""
        return cls(
            reply=ranker.team_bar(wrong_reply_budget, precision),
            question=ranker.question_threshold,
            learned=ranker.entry_thresholds,
        )

    def of_entry(self, entry: Entry) -> float:
        """The least probability at which this entry is a reply."""
        return reply_bar(entry, team=self.reply, learned=self.learned)


def decide(judgement: Judgement, bars: Bars, *, folded: str = "", is_paid: bool = False) -> Decision:
    """What to do about the text that was judged, `folded`.

    A paid line is answered or escalated, never ignored. What concerns the viewer's own order is for customer
    service, however like chatter it looks and however sure an answer is; who swears is never answered; an
    advertisement is ignored; all of it unless an entry asks just that.
    """
    action, reason = _act(judgement, bars, is_paid=is_paid)
    if not judgement.is_wording:
        action, reason = _by_words(folded, action, reason, is_paid=is_paid)
    matches = judgement.matches
    return Decision(
        action=action,
        reason=reason,
        entry_id=matches[0].entry.id if matches else None,
        probability=judgement.probability,
        score=matches[0].score if matches else 0.0,
        candidates=tuple((match.entry.id, match.score) for match in matches),
    )


def ignored(reason: Reason) -> Decision:
    """The decision about a line that needs no judgement."""
    return Decision(Action.IGNORE, reason)


def _by_words(folded: str, action: Action, reason: Reason, *, is_paid: bool) -> tuple[Action, Reason]:
    """What the words change, whatever was likely: nobody is answered in public for swearing at us."""
    if is_personal(folded):
        return Action.ESCALATE, Reason.PERSONAL
    if is_paid and is_injection(folded, folded=folded):  # who did not pay is not heard at all
        return Action.ESCALATE, Reason.INJECTION
    if is_spam(folded) and not is_paid:
        return Action.IGNORE, Reason.SPAM
    if is_abusive(folded):
        return (Action.IGNORE if action is Action.IGNORE else Action.ESCALATE), Reason.ABUSE
    return action, reason


def _act(judgement: Judgement, bars: Bars, *, is_paid: bool) -> tuple[Action, Reason]:
    # Chatter shares words with the base and can look sure: who asks nothing is not answered. A text that is
    # a wording letter by letter asks by the ranker's own word, whatever it looks like.
    if not is_paid and judgement.question_likeness < bars.question:
        return Action.IGNORE, Reason.CHATTER
    if judgement.matches and judgement.probability >= bars.of_entry(judgement.matches[0].entry):
        return Action.REPLY, Reason.SURE
    if is_paid:
        return Action.ESCALATE, Reason.PAID
    near = judgement.matches and judgement.probability >= _NEAR
    return Action.ESCALATE, Reason.UNSURE if near else Reason.NO_ENTRY
