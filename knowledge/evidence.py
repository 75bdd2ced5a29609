"""What speaks for and against a candidate beyond its cosine: shared words, sounds, spelling, numbers.

Each feature is a plain number that an editor can be shown. What they weigh together is for `ranking`.
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from math import fsum, log
from typing import Final

from rapidfuzz import fuzz

from knowledge.entries import Entry, Match
from knowledge.lexicon import Lexicon, abbreviations_in, spellings_of, terms_of
from knowledge.text import fold

CANDIDATE_FEATURES: Final = (
    "cosine",  # of the text and the nearest wording
    "meaning",  # 0..1: of the known meanings that the text brings to mind, what a wording does too
    "answer_cosine",  # of the text and the answer
    "shared",  # 0..1: of what the text's words say, what is in some wording too
    "in_answer",  # 0..1: what is not in a wording but in the answer
    "beyond",  # 0..1: how much of the text is in no part of the entry although the nearest wording is in it
    "spelled",  # 0..1: of the text's runs of Latin letters, those in the entry
    "sounds",  # 0..1: of the text's Chinese as it sounds, what is in the entry
    "initials",  # 1 when a Latin word is the initials of Chinese ones in the entry
    "ratio",  # 0..1: edit similarity with the most similar wording
    "swapped",  # 0..1: the nearest wording, but for a word that is other entries': 红茶 where this has 绿茶
    "number_conflict",  # 1 when both name numbers or models and share none
    "number_unknown",  # 1 when the text names a number or model that is nowhere in the entry
    "negation_differs",  # 1 when just one of text and nearest wording negates
)
MESSAGE_FEATURES: Final = (
    "asks",  # log odds that the text asks something
    "length",  # square root of its words
    "latin",  # 0..1: share of Latin letters
    "entries",  # logarithm of the base's entries, up to 64: a small base answers little of what is asked
)

AGAINST: Final = frozenset(("beyond", "swapped", "number_conflict", "number_unknown", "negation_differs"))
FOR: Final = frozenset(CANDIDATE_FEATURES) - AGAINST
"""What must never count the other way, whatever a few rooms seem to say."""

_MOST_RATIOS = 8  # wordings an editor lists first; a bound for an entry with hundreds
_CODE = re.compile(r"[a-z]*\d+(?:\.\d+)?[a-z]*")
_NEGATION = re.compile(r"\b(?:not|no|without|never|non|\w+nt|cannot)\b|不(?!$|\?|呀|啊)|没(?!$|\?)|无|别|未")
_A_NOT_A = re.compile(r"(.)[不没]\1|有没有|是不是|能不能|要不要|会不会")
_COURTESY = re.compile(
    r"^(?:(?:请问|想问|麻烦问|问)(?:一下|下)|请问|想问|你好|您好|(?:hi|hello|hey|excuse me)(?![a-z]))+"
    r"\s*(?=\S)"
)
_ADDRESS = re.compile(
    r"^(?:主播|老板|客服|老师|亲|宝子|姐妹们?)+(?=.)|(?:主播|老板|客服|老师|亲|宝子)+$"
    r"|^(?:host|bro|guys|sir) | (?:host|bro|guys|sir)$"
)
_LATIN = re.compile(r"[a-z]")
_WORD = re.compile(r"[a-z]+|[0-9]+|[^\W_]")
_SHORTEST_FORM = 3
_STEM_LETTERS = 4  # of words with the same beginning, as fold and folding
_LEAST_LIKENESS = 80.0  # percent, of a Latin word and the same with a slip
_LONGEST = 30
_MOST_ENTRIES = 64


@dataclass(frozen=True, slots=True)
class Profile:
    """An entry as it is compared, made once."""

    entry: Entry
    folded: tuple[str, ...]  # the wordings
    wordings: tuple[str, ...]  # the same, without question marks
    terms: frozenset[str]
    words: frozenset[str]  # of wordings and answer
    nearest_words: dict[str, tuple[frozenset[str], float]]  # by folded wording, with their weight
    nearest_terms: dict[str, tuple[frozenset[str], float, bool]]  # by folded wording: terms, weight, negated
    codes: frozenset[str]
    answer: str
    answer_terms: frozenset[str]  # those that no wording has
    answer_codes: frozenset[str]
    spellings: frozenset[str]
    sounds: frozenset[str]
    initials: str

    @classmethod
    def of(cls, entry: Entry, lexicon: Lexicon) -> "Profile":
        folded = tuple(map(fold, entry.wordings))
        answer = fold(entry.answer)
        wordings = tuple(map(bare, folded))
        whole = " ".join((*wordings, answer))
        nearest = {
            wording: (own := frozenset(terms_of(said)), lexicon.weight(own), is_negated(said))
            for wording, said in zip(folded, wordings, strict=True)
        }
        terms = frozenset[str]().union(*(own for own, _, _ in nearest.values()))
        words = {wording: words_of(said) for wording, said in zip(folded, wordings, strict=True)}
        return cls(
            entry=entry,
            folded=folded,
            wordings=wordings,
            terms=terms,
            words=words_of(answer).union(*words.values()),
            nearest_words={wording: (own, lexicon.weight(own)) for wording, own in words.items()},
            nearest_terms=nearest,
            codes=frozenset(code for wording in wordings for code in _CODE.findall(wording)),
            answer=answer,
            answer_terms=frozenset(terms_of(answer)) - terms,
            answer_codes=frozenset(_CODE.findall(answer)),
            spellings=spellings_of(whole),
            sounds=lexicon.sounds_of(whole),
            initials=lexicon.initials_of(whole),
        )


def bare(folded: str) -> str:
    """Without question marks, which editors type and viewers do not, and without what is said before asking.

    A text of nothing else stays as it is.
    """
    return _COURTESY.sub("", folded.replace("?", ""))


def without_address(text: str) -> str:
    """A bare text without whom it speaks to: 主播 says nothing unless an entry is about the host."""
    return _ADDRESS.sub("", text) or text


def message_features(folded: str, asks: float, entries: int) -> list[float]:
    """In the order of MESSAGE_FEATURES."""
    latin = len(_LATIN.findall(folded)) / max(len(folded), 1)
    words = len(_WORD.findall(folded))
    return [asks, min(words, _LONGEST) ** 0.5, latin, log(min(max(entries, 1), _MOST_ENTRIES))]


def candidate_features(
    folded: str,
    candidates: Sequence[tuple[Match, Profile, float, float]],
    lexicon: Lexicon,
    *,
    vocabulary: Set[str],
) -> list[list[float]]:
    """CANDIDATE_FEATURES in order, a row for each match, profile of its entry, cosine with its answer, and
    likeness of meaning. `vocabulary`: the words of all wordings and answers of the base."""
    text = bare(folded)
    terms = frozenset(terms_of(text))
    rarity = {term: lexicon.rarity(term) for term in terms}.__getitem__
    said = frozenset(terms_of(without_address(text)))
    weight = lexicon.weight(said) or 1.0
    words = frozenset(filter(_is_word, said))
    words_weight = lexicon.weight(words) or 1.0
    others = sorted(((rarity(word), word) for word in words & vocabulary), reverse=True)
    codes = frozenset(_CODE.findall(text))
    negated = is_negated(text)
    spellings, sounds = spellings_of(text), lexicon.sounds_of(text)
    abbreviations = abbreviations_in(text)
    rows = []
    for match, profile, answer_cosine, meaning in candidates:
        nearest, nearest_weight, nearest_negated = profile.nearest_terms[match.folded]
        nearest_words, nearest_words_weight = profile.nearest_words[match.folded]
        common = fsum(map(rarity, words & nearest_words))
        agreement = common / words_weight * common / (nearest_words_weight or 1.0)
        shared = min(1.0, fsum(map(rarity, terms & profile.terms)) / weight)
        in_answer = fsum(map(rarity, terms & profile.answer_terms)) / weight
        covered = fsum(map(rarity, terms & nearest)) / (nearest_weight or 1.0)
        rows.append(
            [
                match.score,
                meaning,
                answer_cosine,
                shared,
                in_answer,
                covered * max(0.0, 1.0 - shared - in_answer),
                _share(spellings & profile.spellings, spellings),
                _share(sounds & profile.sounds, sounds),
                float(any(short in profile.initials for short in abbreviations)),
                max(fuzz.ratio(text, wording) for wording in profile.wordings[:_MOST_RATIOS]) / 100,
                _swapped(others, agreement, profile, rarest=lexicon.rarest),
                float(bool(codes and profile.codes and codes.isdisjoint(profile.codes))),
                float(bool(codes - profile.codes - profile.answer_codes)),
                float(negated != nearest_negated),
            ]
        )
    return rows


def words_of(folded: str) -> frozenset[str]:
    """Words and numbers; of Chinese, pairs of neighbouring characters."""
    return frozenset(filter(_is_word, terms_of(folded)))


def _is_word(term: str) -> bool:
    first, _, second = term.partition(" ")
    if first.isascii():
        return not second
    return bool(second) and not second.isascii()


def _swapped(
    words: Sequence[tuple[float, str]], agreement: float, profile: Profile, *, rarest: float
) -> float:
    """How rare the rarest of other entries' `words` is that this entry has not, as far as texts agree else.

    `words` are the text's, each with its rarity, the rarest first.
    """
    if not agreement:
        return 0.0
    for rarity, word in words:
        if word not in profile.words and not _is_slip(word, profile):
            return agreement * rarity / rarest
    return 0.0


def _is_slip(word: str, profile: Profile) -> bool:
    """Whether it is a Latin word of the entry in another form."""
    if not word.isascii() or len(word) < _SHORTEST_FORM:
        return False
    return any(
        own[:_STEM_LETTERS] == word[:_STEM_LETTERS] or fuzz.ratio(own, word) >= _LEAST_LIKENESS
        for own in profile.words
        if own.isascii() and len(own) >= _SHORTEST_FORM
    )


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part) / len(whole) if whole else 0.0


def is_negated(text: str) -> bool:
    """Whether a folded text says that something is not so; 能不能 and 有没有 only ask."""
    return _NEGATION.search(_A_NOT_A.sub("", text)) is not None
