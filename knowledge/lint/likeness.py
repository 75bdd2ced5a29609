"""Finds entries that read the same: letter by letter, or near enough by embedding and by spelling.

Neighbours come from an index, never from comparing all with all. What being alike means for their editor is
for `pairs`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from knowledge.embedder import Embedder
from knowledge.entries import Entry
from knowledge.evidence import bare, without_address
from knowledge.index import FaissIndex
from knowledge.lexicon import shipped_lexicon
from knowledge.text import fold

NEAR_COSINE: Final = 0.88
"""In training rooms, two questions as near as that nearly always ask the same."""

SPELLED_COSINE: Final = 0.8
SPELLED_RATIO: Final = 0.9
"""Nearly the same letters, which a slip of the pen sets further apart than that."""

Step = Callable[[int], None]
"""Told how many texts more have been dealt with."""

_TELLING = 3.6  # rarity of a word: 吗, 的, 能 and 多少 have less, nouns and colours more
_NEIGHBOURS = 24  # of a wording, its entry's own among them
_MOST_ALIKE = 5  # to one wording: who mends these finds the next ones at the next lint
_BATCH_TEXTS = 512
_CODE = re.compile(r"[a-z]*\d+(?:\.\d+)?[a-z]*")
_NEGATION = re.compile(r"\b(?:not|no|without|never|non|cannot|\w+nt)\b|(?:不(?!$|呀|啊)|没(?!$)|无|别|未)")
_A_NOT_A = re.compile(r"(.)[不没]\1|有没有|是不是|能不能|要不要|会不会")
_WORD = re.compile(r"[a-z]+|[^\W_a-z]")
_CONTRASTS: Final = (  # who says one of them does not mean another
    frozenset("大中小特迷"),
    frozenset("男女童"),
    frozenset("前后"),
    frozenset("左右"),
    frozenset("上下"),
    frozenset("新旧"),
    frozenset("冷热"),
    frozenset("今明昨"),
    frozenset("红橙黄绿青蓝紫黑白灰粉棕"),
    frozenset("一二两三四五六七八九十"),
    frozenset({"men", "women", "mens", "womens", "kids", "adults", "boys", "girls"}),
    frozenset({"small", "medium", "large", "mini", "big"}),
    frozenset({"before", "after"}),
    frozenset({"new", "old"}),
    frozenset({"hot", "cold"}),
    frozenset({"today", "tomorrow", "tonight", "yesterday"}),
    frozenset(
        {"red", "orange", "yellow", "green", "blue", "purple", "black", "white", "grey", "pink", "brown"}
    ),
)

Difference = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Asking:
    """Wordings that are compared as one text: `written` by entry, as its editor has it."""

    text: str
    written: Mapping[str, str]  # by entry id


@dataclass(frozen=True, slots=True)
class Likeness:
    """Wordings of two entries that read nearly the same. `ratio` is that of their letters, 0 to 1."""

    ids: tuple[str, str]
    wordings: tuple[str, str]
    cosine: float
    ratio: float
    difference: Difference


def askings(entries: Iterable[Entry]) -> list[Asking]:
    """Each text once, in the order of the entries."""
    asked: dict[str, dict[str, str]] = {}
    for entry in entries:
        for wording in entry.wordings:
            if text := without_address(bare(fold(wording))):
                asked.setdefault(text, {}).setdefault(entry.id, wording)
    return [Asking(text, written) for text, written in asked.items()]


def near_pairs(asked: Sequence[Asking], embedder: Embedder, *, step: Step) -> list[Likeness]:
    """For any two entries the nearest wordings that read nearly the same, the nearest pair first.

    Texts that several entries share stand for the first of these; of a whole template some are found.
    `step` is told of every text twice.
    """
    best: dict[tuple[str, str], Likeness] = {}
    alike = Counter[int]()
    for here, place, cosine in _neighbours([asking.text for asking in asked], embedder, step):
        if alike[here] >= _MOST_ALIKE:
            continue
        likeness = _likeness(asked[min(here, place)], asked[max(here, place)], cosine)
        if likeness is None:
            continue
        alike[here] += 1
        if likeness.ids not in best or best[likeness.ids].cosine < likeness.cosine:
            best[likeness.ids] = likeness
    return sorted(best.values(), key=lambda likeness: (-likeness.cosine, likeness.ids))


def names_in(pairs: Iterable[Likeness], *, least: int = 3) -> Callable[[Likeness], bool]:
    """Whether nothing but names makes a pair differ, such as 手工 and 经典 of one question about each tea.

    A name is what tells entries apart again and again, of words that say something: editors mean it, however
    little the model thinks of it.
    """
    rarity = shipped_lexicon().rarity
    seen = Counter(side for pair in pairs for side in pair.difference)
    names = {
        side
        for side, count in seen.items()
        if count >= least and max(map(rarity, side), default=0.0) >= _TELLING
    }
    return lambda pair: any(pair.difference) and all(side in names for side in pair.difference if side)


def _neighbours(texts: Sequence[str], embedder: Embedder, step: Step) -> Iterator[tuple[int, int, float]]:
    """The places of a text and of another near it, the nearest first; each two meet once."""
    index = FaissIndex(embedder.dimension)
    vectors = []
    for start in range(0, len(texts), _BATCH_TEXTS):
        batch = texts[start : start + _BATCH_TEXTS]
        vectors.append(embedder.embed(batch))
        index.add(range(start, start + len(batch)), vectors[-1])
        step(len(batch))
    seen: set[tuple[int, int]] = set()
    for number, rows in enumerate(vectors):
        scores, places = index.search(rows, _NEIGHBOURS)
        for row, (row_scores, row_places) in enumerate(zip(scores.tolist(), places.tolist(), strict=True)):
            here = number * _BATCH_TEXTS + row
            for score, place in zip(row_scores, row_places, strict=True):
                pair = (min(here, place), max(here, place))
                if score < SPELLED_COSINE:
                    break
                if place not in (here, -1) and pair not in seen:
                    seen.add(pair)
                    yield here, place, score
        step(len(rows))


def _likeness(one: Asking, other: Asking, cosine: float) -> Likeness | None:
    ids = next(iter(one.written)), next(iter(other.written))
    if ids[0] in other.written or ids[1] in one.written:
        return None
    ratio = fuzz.ratio(one.text, other.text) / 100
    if cosine < NEAR_COSINE and ratio < SPELLED_RATIO:
        return None
    if tells_apart(one.text, other.text):
        return None
    wordings = one.written[ids[0]], other.written[ids[1]]
    return Likeness(ids, wordings, cosine, ratio, _difference(one.text, other.text))


def tells_apart(one: str, other: str) -> bool:
    """Whether folded texts, however alike, name other numbers, models or opposites, or one negates more."""
    if set(_CODE.findall(one)) != set(_CODE.findall(other)) or _negations(one) != _negations(other):
        return True
    only, only_other = _difference(one, other)
    return any(only & contrast and only_other & contrast for contrast in _CONTRASTS)


def _difference(one: str, other: str) -> Difference:
    """The words that one of them has more often: order says little, as speakers turn it around."""
    words, others = Counter(_WORD.findall(one)), Counter(_WORD.findall(other))
    return frozenset(words - others), frozenset(others - words)


def _negations(text: str) -> int:
    return len(_NEGATION.findall(_A_NOT_A.sub("", text)))
