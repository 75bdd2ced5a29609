"""Rules about entries beside each other: several that read the same, and whether they answer the same."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from rapidfuzz import fuzz

from knowledge.embedder import Embedder
from knowledge.entries import Entry
from knowledge.lint.findings import Finding, Rule, found
from knowledge.lint.likeness import Asking, Likeness, Step, names_in, near_pairs, tells_apart
from knowledge.problems import shown
from knowledge.text import fold

_SAME_ANSWER_PERCENT = 90.0
_MOST_PAIRED = 10  # entries of one wording whose pairs are told apart from near ones


def beside_each_other(
    asked: Sequence[Asking], entries: Mapping[str, Entry], embedder: Embedder, *, now: float, step: Step
) -> Iterator[Finding]:
    """What is asked letter by letter alike first, then the near ones, the nearest first.

    Entries that never hold in the same room at the same time may read as they like.
    """
    told: set[tuple[str, ...]] = set()
    for asking in asked:
        for group in _meeting([entries[id] for id in asking.written], now):
            ids = tuple(entry.id for entry in group)
            if len(group) > 1 and ids not in told:
                told.update([ids, *combinations(ids[:_MOST_PAIRED], 2)])
                yield _asked_alike(group, asking)
    pairs = near_pairs(asked, embedder, step=step)
    differs_by_name = names_in(pairs)
    for pair in pairs:
        one, other = entries[pair.ids[0]], entries[pair.ids[1]]
        if pair.ids in told or pair.ids[::-1] in told or not _meet(one, other, now):
            continue
        same = _answer_alike(one.answer, other.answer)
        if same or not differs_by_name(pair):
            yield _read_alike(pair, one, other, same=same)


def _asked_alike(group: Sequence[Entry], asking: Asking) -> Finding:
    first = group[0]
    same = all(_answer_alike(first.answer, other.answer) for other in group[1:])
    wording = shown(asking.written[first.id])
    which = f"{len(group):,} entries with {'much the same answer' if same else 'different answers'}"
    return found(
        Rule.DUPLICATE if same else Rule.CONTRADICTION,
        *(entry.id for entry in group),
        severity="error",
        message=f"{which} are asked “{wording}”; nothing tells which is meant",
        wording=wording,
        entries=len(group),
    )


def _read_alike(pair: Likeness, one: Entry, other: Entry, *, same: bool) -> Finding:
    wordings = [shown(wording) for wording in pair.wordings]
    answers = "and answer nearly the same" if same else "and have different answers"
    return found(
        Rule.DUPLICATE if same else Rule.CONTRADICTION,
        *pair.ids,
        message=f"“{wordings[0]}” and “{wordings[1]}” read nearly the same {answers}",
        wording=wordings[0],
        other_wording=wordings[1],
        answer=shown(one.answer),
        other_answer=shown(other.answer),
        cosine=round(pair.cosine, 3),
        ratio=round(pair.ratio, 3),
    )


def _answer_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    folded, other_folded = fold(one), fold(other)
    is_near = fuzz.ratio(folded, other_folded, score_cutoff=_SAME_ANSWER_PERCENT) > 0
    return is_near and not tells_apart(folded, other_folded)


def _meeting(entries: Sequence[Entry], now: float) -> Iterator[list[Entry]]:
    """Groups around a first entry, of those that hold somewhere when it does."""
    left = list(entries)
    while len(left) > 1:
        first, *others = left
        group, left = [first], []
        for other in others:
            (group if _meet(first, other, now) else left).append(other)
        yield group


def _meet(one: Entry, other: Entry, now: float) -> bool:
    if one.rooms and other.rooms and set(one.rooms).isdisjoint(other.rooms):
        return False
    return max(now, one.begins, other.begins) < min(one.ends, other.ends)
