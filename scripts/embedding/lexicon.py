"""Makes lexicon.json: how rare each term is in the corpus, and the syllable of each character."""

import json
from collections import Counter, defaultdict
from math import log
from pathlib import Path

from knowledge.lexicon import LEXICON_VERSION, terms_of

from .texts import TrainingText

_LEAST_TEXTS = 4
_NEAR_SOUNDS = (("zh", "z"), ("ch", "c"), ("sh", "s"))


def write_lexicon(text: TrainingText, out: Path) -> None:
    counts: Counter[str] = Counter()
    texts = [wording for groups in text.domains.values() for group in groups for wording in group]
    for wording in texts:
        counts.update(set(terms_of(wording)))
    by_rarity: dict[float, list[str]] = defaultdict(list)
    for term, count in sorted(counts.items()):
        if count >= _LEAST_TEXTS:
            by_rarity[_rarity(count, len(texts))].append(term)
    lexicon = {
        "version": LEXICON_VERSION,
        "rarest": _rarity(1, len(texts)),
        "rarities": sorted(by_rarity.items()),
        "syllables": _syllables(text.homophones),
    }
    (out / "lexicon.json").write_text(json.dumps(lexicon, ensure_ascii=False) + "\n", encoding="utf-8")


def _rarity(count: int, texts: int) -> float:
    return round(log((texts + 1) / (count + 1)), 1)


def _syllables(homophones: dict[str, str]) -> dict[str, str]:
    """Characters by syllable; those that many speakers do not tell apart (zh and z, ng and n) are one."""
    characters: dict[str, list[str]] = defaultdict(list)
    for character, syllable in homophones.items():
        for sound, near in _NEAR_SOUNDS:
            if syllable.startswith(sound):
                syllable = near + syllable.removeprefix(sound)
        if syllable.endswith("ng"):
            syllable = syllable[:-1]
        characters[syllable].append(character)
    return {syllable: "".join(sorted(held)) for syllable, held in sorted(characters.items())}
