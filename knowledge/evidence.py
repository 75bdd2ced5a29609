"""What speaks for and against a candidate beyond its cosine: words shared, numbers that differ, its lead.

Each feature is a plain number that an editor can be shown. What they weigh together is for `ranking`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz

from knowledge.entries import Entry, Match
from knowledge.text import fold

CANDIDATE_FEATURES: Final = (
    "cosine",  # of the text and the nearest wording
    "lead",  # of that cosine over the best other entry's
    "answer_cosine",  # of the text and the answer
    "ratio",  # 0..1, edit similarity with the most similar wording
    "partial_ratio",  # 0..1, of the shorter within the longer
    "shared",  # 0..1, of the text's terms, those in some wording
    "covered",  # 0..1, of the nearest wording's terms, those in the text
    "in_answer",  # 0..1, of the text's terms, those in the answer
    "number_conflict",  # 1 when both name numbers or models and share none
    "number_unknown",  # 1 when the text names a number or model that is nowhere in the entry
    "negation_differs",  # 1 when just one of text and wording says not, without, un-
)
MESSAGE_FEATURES: Final = ("bias", "asks", "length", "latin")

_MAX_WORDINGS = 6
_LEAD_LIMIT = 0.3
_WORD = re.compile(r"[a-z]+|[0-9]+|[^\W_]")
_CODE = re.compile(r"[a-z]*\d+(?:\.\d+)?[a-z]*")
_NEGATION = re.compile(r"\b(?:not|no|without|never|non|\w+nt|cannot)\b|不(?!$|\?|呀|啊)|没(?!$|\?)|无|别|未")
_A_NOT_A = re.compile(r"(.)[不没]\1|有没有|是不是|能不能|要不要|会不会")
_LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class Profile:
    """An entry as it is compared, made once."""

    entry: Entry
    wordings: tuple[str, ...]
    terms: tuple[frozenset[str], ...]  # of each wording
    all_terms: frozenset[str]
    answer: str
    answer_terms: frozenset[str]
    codes: frozenset[str]
    answer_codes: frozenset[str]

    @classmethod
    def of(cls, entry: Entry) -> "Profile":
        wordings = tuple(bare(fold(wording)) for wording in entry.wordings[:_MAX_WORDINGS])
        answer = fold(entry.answer)
        terms = tuple(frozenset(terms_of(wording)) for wording in wordings)
        return cls(
            entry=entry,
            wordings=wordings,
            terms=terms,
            all_terms=frozenset().union(*terms),
            answer=answer,
            answer_terms=frozenset(terms_of(answer)),
            codes=frozenset(code for wording in wordings for code in _CODE.findall(wording)),
            answer_codes=frozenset(_CODE.findall(answer)),
        )


def bare(folded: str) -> str:
    """Without question marks: editors type them, viewers do not."""
    return folded.replace("?", "")


def terms_of(folded: str) -> list[str]:
    """Words or Chinese characters, and pairs of neighbours."""
    words = _WORD.findall(folded)
    return words + [first + second for first, second in pairwise(words)]


def message_features(folded: str, asks: float) -> list[float]:
    """In the order of MESSAGE_FEATURES; `asks` is the log odds that the text asks something."""
    latin = len(_LATIN.findall(folded)) / max(len(folded), 1)
    words = len(_WORD.findall(folded))
    return [1.0, asks, min(words, 30) ** 0.5, latin]


def candidate_features(
    folded: str, matches: Sequence[Match], profiles: Sequence[Profile], answer_cosines: Sequence[float]
) -> list[list[float]]:
    """A row a match, in the order of CANDIDATE_FEATURES."""
    text = bare(folded)
    terms = frozenset(terms_of(text))
    codes = frozenset(_CODE.findall(text))
    negated = _is_negated(text)
    rows = []
    for place, (match, profile, answer_cosine) in enumerate(
        zip(matches, profiles, answer_cosines, strict=True)
    ):
        rival = matches[0 if place else 1].score if len(matches) > 1 else 0.0
        lead = max(-_LEAD_LIMIT, min(_LEAD_LIMIT, match.score - rival))
        nearest = frozenset(terms_of(bare(match.folded)))
        rows.append(
            [
                match.score,
                lead,
                answer_cosine,
                max(fuzz.ratio(text, wording) for wording in profile.wordings) / 100,
                max(fuzz.partial_ratio(text, wording) for wording in profile.wordings) / 100,
                _share(terms & profile.all_terms, terms),
                _share(terms & nearest, nearest),
                _share(terms & profile.answer_terms, terms),
                float(bool(codes and profile.codes and not codes & profile.codes)),
                float(bool(codes - profile.codes - profile.answer_codes)),
                float(negated != _is_negated(bare(match.folded))),
            ]
        )
    return rows


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part) / len(whole) if whole else 0.0


def _is_negated(text: str) -> bool:
    return _NEGATION.search(_A_NOT_A.sub("", text)) is not None
