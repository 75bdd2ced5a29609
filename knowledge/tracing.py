"""Finds in a text the words that evidence is about: shared, unknown, alike in sound or spelling, initials.

`evidence` counts, this names; only the few texts that somebody wants explained come here.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz, process

from knowledge.evidence import Profile
from knowledge.lexicon import Lexicon, abbreviations_in

Words = tuple[str, ...]

MOST_WORDS: Final = 4
LIGHT: Final = 4.0
LIGHT_LATIN: Final = 5.0
"""Words of less rarity (的, 吗, 什么; the, there) say too little to be named."""

_LIGHTEST = 2.45  # 的, 吗, 有, 是, 能
_HALF_A_WORD = 3.0
_LEAST_SPELLED = 78.0
_UNSEEN_PAIR = "- -"
_TOKEN = re.compile(r"[a-z]+|[0-9]+|[^\W_]")
_LATIN_WORD = re.compile(r"[a-z]{3,}")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_ONE_HAN = re.compile(f"[{_HAN}]")

Token = re.Match[str]


def words_common(text: str, entry: Profile, lexicon: Lexicon) -> Words:
    """Words of the folded text that some wording of the entry has too."""

    def follows(before: str, token: str) -> bool:
        return f"{before} {token}" in entry.terms

    runs = _runs(text, entry.terms.__contains__, follows)
    return _telling(text, runs, lexicon)


def words_of_answer(text: str, entry: Profile, lexicon: Lexicon) -> Words:
    """Words that no wording has, but the answer."""

    def follows(before: str, token: str) -> bool:
        return f"{before} {token}" in entry.answer_terms

    runs = _runs(text, entry.answer_terms.__contains__, follows)
    return _telling(text, runs, lexicon, widened=True)


def words_unknown(text: str, entry: Profile, lexicon: Lexicon) -> Words:
    """Words that are nowhere in the entry, the rare ones, and stand for none that is."""
    pairs = (
        *spelled_alike(text, entry),
        *heard_alike(text, entry, lexicon),
        *abbreviated(text, entry, lexicon),
    )
    meant = {token for pair in pairs for token in _TOKEN.findall(pair.split("=")[0])}
    known = entry.terms | entry.answer_terms | meant
    runs = _runs(text, lambda token: token not in known and not token.isdigit(), lambda *_: True)
    return _telling(text, runs, lexicon, widened=True)


def spelled_alike(text: str, entry: Profile) -> Words:
    """Pairs `typed=written` of Latin words that differ by a slip."""
    written = sorted(set(_LATIN_WORD.findall(_whole(entry))))
    pairs = []
    for typed in dict.fromkeys(_LATIN_WORD.findall(text)):
        found = process.extractOne(typed, written, scorer=fuzz.ratio, score_cutoff=_LEAST_SPELLED)
        if found and found[0] != typed:
            pairs.append(f"{typed}={found[0]}")
    return tuple(pairs[:MOST_WORDS])


def heard_alike(text: str, entry: Profile, lexicon: Lexicon) -> Words:
    """Pairs `typed=written` of two Chinese characters that sound the same and are written otherwise."""
    written = {pair: None for run in _HAN_RUN.findall(_whole(entry)) for pair in _pairs(run)}
    by_sound = {lexicon.sounds_of(pair): pair for pair in reversed(written)}
    pairs = []
    last_end = 0
    for run in _HAN_RUN.finditer(text):
        for start, typed in enumerate(_pairs(run[0]), run.start()):
            heard = by_sound.get(lexicon.sounds_of(typed))
            if heard and typed not in written and start >= last_end:
                pairs.append(f"{typed}={heard}")
                last_end = start + 2
    return tuple(pairs[:MOST_WORDS])


def numbered(codes: Iterable[str], texts: Iterable[str]) -> Words:
    """Numbers and models as they are written in the texts: 2号 for 2, X9 for x9."""
    written = " ".join(texts)
    shown = []
    for code in sorted(codes):
        unit = f"[{_HAN}]?" if code[-1].isdigit() and code[0].isdigit() else ""
        pattern = rf"(?<![a-z0-9.]){re.escape(code)}(?![a-z0-9]){unit}"
        found = re.search(pattern, written, re.IGNORECASE | re.ASCII)
        shown.append(found[0] if found else code)
    return tuple(shown[:MOST_WORDS])


def abbreviated(text: str, entry: Profile, lexicon: Lexicon) -> Words:
    """Pairs `typed=written` of initials and the Chinese words they may stand for."""
    runs = _HAN_RUN.findall(_whole(entry))
    pairs = []
    for typed in sorted(abbreviations_in(text)):
        places = ((run, lexicon.initials_of(run).find(typed)) for run in runs)
        written = next((run[place : place + len(typed)] for run, place in places if place >= 0), None)
        if written:
            pairs.append(f"{typed}={written}")
    return tuple(pairs[:MOST_WORDS])


def _whole(entry: Profile) -> str:
    return " ".join((*entry.wordings, entry.answer))


def _pairs(run: str) -> Iterator[str]:
    return map("".join, pairwise(run))


def _runs(
    text: str, belongs: Callable[[str], bool], follows: Callable[[str, str], bool]
) -> Iterator[tuple[Token, ...]]:
    """Neighbouring tokens that belong, as long as each follows the one before."""
    run: list[Token] = []
    for token in _TOKEN.finditer(text):
        if not run and _is_unit(token, text):
            continue
        if run and not (belongs(token[0]) and follows(run[-1][0], token[0])):
            yield tuple(run)
            run = []
        if belongs(token[0]):
            run.append(token)
    if run:
        yield tuple(run)


def _is_unit(token: Token, text: str) -> bool:
    """号 in 2号 goes with its number, which is told apart."""
    before = text[token.start() - 1 : token.start()]
    return before.isdigit() and _ONE_HAN.fullmatch(token[0]) is not None


def _telling(
    text: str, runs: Iterator[tuple[Token, ...]], lexicon: Lexicon, *, widened: bool = False
) -> Words:
    """The runs that say most, in their order, as they stand in the text."""
    weighed = []
    for run in runs:
        run = _without_light_ends(run, lexicon)
        if any(_tells(token, lexicon) for token in run):
            rarest = max(lexicon.rarity(token[0]) for token in run)
            weighed.append((rarest, run[0].start(), run[-1].end()))
    most = sorted(sorted(weighed, key=lambda one: -one[0])[:MOST_WORDS], key=lambda one: one[1])
    spans = (_widened(text, start, end, lexicon) if widened else (start, end) for _, start, end in most)
    return tuple(dict.fromkeys(text[start:end] for start, end in spans))


def _without_light_ends(run: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """`the battery` is battery, 有电池 is 电池; but a character that is only frequent may be half a word."""
    kept = [place for place, token in enumerate(run) if _may_end(token, lexicon)]
    return run[kept[0] : kept[-1] + 1] if kept else ()


def _may_end(token: Token, lexicon: Lexicon) -> bool:
    is_half = _ONE_HAN.fullmatch(token[0]) and lexicon.rarity(token[0]) > _LIGHTEST
    return bool(is_half) or _tells(token, lexicon)


def _tells(token: Token, lexicon: Lexicon) -> bool:
    return lexicon.rarity(token[0]) >= (LIGHT_LATIN if token[0].isascii() else LIGHT)


def _widened(text: str, start: int, end: int, lexicon: Lexicon) -> tuple[int, int]:
    """One Chinese character is seldom a word: with the neighbour that it is oftener seen with, if that says
    anything."""
    if end - start > 1 or not _ONE_HAN.fullmatch(text[start:end]):
        return start, end
    spans = [(start - 1, end)] * (start > 0) + [(start, end + 1)] * (end < len(text))
    rarities = {span: lexicon.rarity(" ".join(text[slice(*span)])) for span in spans}
    seen = [
        span
        for span, rarity in rarities.items()
        if rarity < lexicon.rarity(_UNSEEN_PAIR) and _least(text[slice(*span)], lexicon) >= _HALF_A_WORD
    ]
    return min(seen, key=rarities.__getitem__, default=(start, end))


def _least(characters: str, lexicon: Lexicon) -> float:
    return min(map(lexicon.rarity, characters))
