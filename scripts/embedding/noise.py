"""The slips of people who type fast: homophones, letters dropped, doubled, swapped or wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from random import Random

_LEAST_SEEN = 3
_HOMOPHONE_TEXTS = 0.6
_HOMOPHONE_CHARACTERS = 0.05
_SHORTEST_WORDS = 4
_LETTERS = "etaoinsrhldcum"


class Slips:
    """Makes a text's noisy copies. Only characters that the training text knows replace others."""

    def __init__(
        self, syllables: Mapping[str, str], texts: Iterable[str], *, letter_share: float, random: Random
    ) -> None:
        seen = Counter(character for text in texts for character in text)
        self._syllables = syllables
        self._random = random
        self._letter_share = letter_share
        self._alike: dict[str, list[str]] = defaultdict(list)
        for character, syllable in syllables.items():
            if seen[character] >= _LEAST_SEEN:
                self._alike[syllable].append(character)

    def __call__(self, text: str) -> str:
        if self._random.random() < _HOMOPHONE_TEXTS:
            text = "".join(map(self._sounding_alike, text))
        return self._with_wrong_letter(text) if self._random.random() < self._letter_share else text

    def _sounding_alike(self, character: str) -> str:
        alike = self._alike.get(self._syllables.get(character, ""))
        return (
            self._random.choice(alike)
            if alike and self._random.random() < _HOMOPHONE_CHARACTERS
            else character
        )

    def _with_wrong_letter(self, text: str) -> str:
        letters = [place for place, letter in enumerate(text) if letter.isascii() and letter.isalpha()]
        if len(letters) < _SHORTEST_WORDS:
            return text
        place = self._random.choice(letters)
        before, letter, after = text[:place], text[place], text[place + 1 :]
        slips = (
            after,
            after[:1] + letter + after[1:],
            self._random.choice(_LETTERS) + after,
            letter * 2 + after,
        )
        return before + self._random.choices(slips, weights=(35, 25, 20, 20))[0]
