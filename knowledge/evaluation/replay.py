"""What an edit of the entries would do to questions once asked: answers gained, lost and changed. Pure.

Where the questions come from, and how many lost answers are too many, is for the caller.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from knowledge.base import KnowledgeBase
from knowledge.embedder import Embedder
from knowledge.entries import Entry
from knowledge.evaluation.calibrate import DEFAULT_BUDGET
from knowledge.evaluation.rooms import decide
from knowledge.progress import Progress, Steps
from knowledge.ranking import Judgement, Ranker

IsReply = Callable[[str, Judgement], bool]
"""Whether the text, so judged, is answered with the first of the judgement's entries."""

_BATCH_TEXTS: Final = 256


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as viewers typed it, and how many did. `said`: the id of the entry that people say answers
    it, empty where nobody said."""

    text: str
    times: int = 1
    said: str = ""


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that would be answered otherwise.

    `before` and `after` are ids of entries, None for no reply, with the answers that viewers would read;
    `probability` is that of the reply after, of the lost one where none is left. `said` is as in Asked.
    """

    text: str
    times: int
    before: str | None
    after: str | None
    before_answer: str
    after_answer: str
    probability: float
    said: str = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """Each kind of flip, what most viewers asked first. `questions` are the distinct texts that were judged,
    `answered_before` and `answered_after` those of them that get a reply."""

    questions: int
    gained: tuple[Flip, ...] = ()
    lost: tuple[Flip, ...] = ()
    changed: tuple[Flip, ...] = ()
    answered_before: int = 0
    answered_after: int = 0


@dataclass(frozen=True, slots=True)
class _Reply:
    entry: Entry
    probability: float


def replay(
    questions: Iterable[Asked],
    before: Iterable[Entry],
    after: Iterable[Entry],
    *,
    embedder: Embedder,
    ranker: Ranker,
    budget: float = DEFAULT_BUDGET,
    is_reply: IsReply | None = None,
    at: float | None = None,
    room: str = "",
    progress: Progress | None = None,
) -> Replay:
    """The questions put to both sets of entries, by one policy.

    The policy is `is_reply`, or the plainest one for a budget of wrong replies. Of either set those entries
    count that hold `at` that time (seconds since 1970) in that room; without a time, those enabled. Raises
    EntriesInvalid when a set has an id twice.
    """
    asked = _together(questions)
    texts = [question.text for question in asked]
    policy = is_reply or _plainest(ranker, budget)
    steps = Steps(2 * len(texts), progress)
    base = KnowledgeBase(embedder, _holding(before, at, room))
    earlier = list(_replies(texts, base, ranker=ranker, is_reply=policy, steps=steps))
    base.build(_holding(after, at, room))  # only what changed is embedded anew
    later = list(_replies(texts, base, ranker=ranker, is_reply=policy, steps=steps))
    flips = list(filter(None, map(_flip, asked, earlier, later)))
    return Replay(
        questions=len(asked),
        gained=_by_times(flip for flip in flips if flip.before is None),
        lost=_by_times(flip for flip in flips if flip.after is None),
        changed=_by_times(flip for flip in flips if flip.before is not None and flip.after is not None),
        answered_before=sum(reply is not None for reply in earlier),
        answered_after=sum(reply is not None for reply in later),
    )


def _together(questions: Iterable[Asked]) -> list[Asked]:
    """Each text once, with all who asked it; the last that people said of it stands."""
    asked: dict[str, Asked] = {}
    for question in questions:
        known = asked.get(question.text, Asked(question.text, 0))
        times = known.times + question.times
        asked[question.text] = Asked(question.text, times, question.said or known.said)
    return list(asked.values())


def _plainest(ranker: Ranker, budget: float) -> IsReply:
    return lambda _, judgement: decide(judgement, ranker, budget) == "reply"


def _holding(entries: Iterable[Entry], at: float | None, room: str) -> list[Entry]:
    if at is None:
        return [entry for entry in entries if entry.enabled]
    return [entry for entry in entries if entry.holds(at=at, room=room)]


def _replies(
    texts: Sequence[str], base: KnowledgeBase, *, ranker: Ranker, is_reply: IsReply, steps: Steps
) -> Iterator[_Reply | None]:
    for start in range(0, len(texts), _BATCH_TEXTS):
        batch = texts[start : start + _BATCH_TEXTS]
        for text, judgement in zip(batch, ranker.judge(batch, base), strict=True):
            is_answered = bool(judgement.matches) and is_reply(text, judgement)
            yield _Reply(judgement.matches[0].entry, judgement.probability) if is_answered else None
        steps.done(len(batch))


def _flip(asked: Asked, before: _Reply | None, after: _Reply | None) -> Flip | None:
    """None where viewers would read the same, whatever the entry is called."""
    kept = after or before
    if kept is None:
        return None
    said = _said(before, after) if before and after else _answers(before, after)
    if said is None:
        return None
    return Flip(
        text=asked.text,
        times=asked.times,
        before=before.entry.id if before else None,
        after=after.entry.id if after else None,
        before_answer=said[0],
        after_answer=said[1],
        probability=kept.probability,
        said=asked.said,
    )


def _said(before: _Reply, after: _Reply) -> tuple[str, str] | None:
    """The first of its answers that is another, as it was and as it would be."""
    old, new = before.entry, after.entry
    if old.answer != new.answer:
        return old.answer, new.answer
    if old.short_answer != new.short_answer:
        return old.short_answer, new.short_answer
    if old.other_answers != new.other_answers:
        return "\n".join(old.other_answers), "\n".join(new.other_answers)
    return None


def _answers(before: _Reply | None, after: _Reply | None) -> tuple[str, str]:
    return before.entry.answer if before else "", after.entry.answer if after else ""


def _by_times(flips: Iterable[Flip]) -> tuple[Flip, ...]:
    return tuple(sorted(flips, key=lambda flip: -flip.times))
