"""What words weigh and how characters sound: term rarities and Mandarin syllables, shipped as data.

Made from the training text by scripts/train_embedding.py.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain, pairwise
from math import fsum
from pathlib import Path
from sys import intern
from typing import Final

from knowledge.errors import ModelUnavailable

SHIPPED_LEXICON: Final = Path(__file__).parent / "model" / "lexicon.json"
LEXICON_VERSION: Final = 1

_WORD = re.compile(r"[a-z]+|[0-9]+|[^\W_]")
_HAN_RUN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff]+")
_LATIN_WORD = re.compile(r"[a-z]+")
_ABBREVIATION = re.compile(r"(?<![a-z])[a-z]{2,4}(?![a-z])")
_PAIR_SHARE = 0.7  # of its rarity: a pair repeats what its words say


def terms_of(folded: str) -> list[str]:
    """Words, numbers and Chinese characters, and pairs of neighbours."""
    words = _WORD.findall(folded)
    # Interned: entries share most of their terms, and keep them.
    return [intern(term) for term in chain(words, map(" ".join, pairwise(words)))]


def spellings_of(folded: str) -> frozenset[str]:
    """Runs of three letters of each Latin word, which survive a slip in another place."""
    return frozenset(
        padded[start : start + 3]
        for word in _LATIN_WORD.findall(folded)
        for padded in (f"^{word}$",)
        for start in range(len(padded) - 2)
    )


def abbreviations_in(folded: str) -> frozenset[str]:
    """Latin words that may be the initials of Chinese ones: yfx for 运费险."""
    return frozenset(_ABBREVIATION.findall(folded))


class Lexicon:
    """`rarities` are inverse document frequencies of frequent terms; all others are as rare as can be.

    `syllables` maps a character to its toneless Mandarin syllable.
    """

    def __init__(self, rarities: Mapping[str, float], syllables: Mapping[str, str], *, rarest: float) -> None:
        self._rarities = rarities
        self._syllables = syllables
        self.rarest = rarest

    @classmethod
    def load(cls, path: Path = SHIPPED_LEXICON) -> "Lexicon":
        """Raises ModelUnavailable."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if data["version"] != LEXICON_VERSION:
                raise ValueError(f"version {data['version']}, this program reads {LEXICON_VERSION}")
            rarities = {term: rarity for rarity, terms in data["rarities"] for term in terms}
            syllables = {
                c: syllable for syllable, characters in data["syllables"].items() for c in characters
            }
            return cls(rarities, syllables, rarest=float(data["rarest"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelUnavailable(f"{path}: the lexicon is broken: {error}") from None

    def rarity(self, term: str) -> float:
        """How much the term says."""
        rarity = self._rarities.get(term, self.rarest)
        return rarity * _PAIR_SHARE if " " in term else rarity

    def weight(self, terms: Iterable[str]) -> float:
        """How much the terms say together."""
        return fsum(map(self.rarity, terms))  # exact, so that the order of a set is nothing

    def sounds_of(self, folded: str) -> frozenset[str]:
        """Pairs of neighbouring Chinese characters as they sound: the same for 包邮 and 包油."""
        sounds = self._syllables
        return frozenset(
            intern(f"{first}'{second}")
            for run in _HAN_RUN.findall(folded)
            for first, second in pairwise(sounds.get(character, character) for character in run)
        )

    def initials_of(self, folded: str) -> str:
        """The initials of the Chinese characters, run by run: an abbreviation of neighbours is part of it."""
        sounds = self._syllables
        return " ".join(
            "".join(sounds.get(character, character)[0] for character in run)
            for run in _HAN_RUN.findall(folded)
        )


@cache
def shipped_lexicon() -> Lexicon:
    return Lexicon.load()
