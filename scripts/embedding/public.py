"""The public training sets, which are not in the repository: what each is for, and where it comes from.

README.md beside this file says how a folder of them is made. A set that is missing is trained without.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from unicodedata import combining, normalize

from knowledge.text import fold

from .rows import read_rows

Group = list[str]
"""Wordings of one meaning, folded."""

INTENT_SETS = ("clinc150", "banking77", "hwu64", "crosswoz_templates")
PAIR_SETS = {
    "tatoeba_paraphrase_zh": ("a", "b"),
    "tatoeba_paraphrase_en": ("a", "b"),
    "cow_synonyms": ("a", "b"),
    "tatoeba_zh_en": ("zh", "en"),
    "msdocs_zh_en_headings": ("zh", "en"),
    "bagisto_i18n": ("zh", "en"),
}
HOMOPHONE_SET = "pinyin_homophones"

_TATOEBA = "https://www.manythings.org/anki (cmn-eng)"
ADDRESSES = {
    "clinc150": "https://github.com/clinc/oos-eval",
    "banking77": "https://github.com/PolyAI-LDN/task-specific-datasets",
    "hwu64": "https://github.com/xliuhw/NLU-Evaluation-Data",
    "crosswoz_templates": "https://github.com/thu-coai/CrossWOZ",
    "tatoeba_paraphrase_zh": _TATOEBA,
    "tatoeba_paraphrase_en": _TATOEBA,
    "cow_synonyms": "https://github.com/omwn/omw-data",
    "tatoeba_zh_en": _TATOEBA,
    "msdocs_zh_en_headings": "https://github.com/MicrosoftDocs/Dynamics-365-Operations.zh-cn",
    "bagisto_i18n": "https://github.com/bagisto/bagisto",
    "pinyin_homophones": "https://github.com/mozillazg/pinyin-data",
}


def missing_sets(directory: Path | None) -> list[str]:
    """The names of those that are not in the folder."""
    return [name for name in ADDRESSES if directory is None or not _file(directory, name).is_file()]


def read_intents(directory: Path | None) -> dict[str, list[Group]]:
    return {name: _intents(path) for name, path in _present(directory, INTENT_SETS)}


def read_pairs(directory: Path | None) -> dict[str, list[tuple[str, str]]]:
    return {name: _pairs(path, *PAIR_SETS[name]) for name, path in _present(directory, PAIR_SETS)}


def read_homophones(directory: Path | None) -> dict[str, str]:
    """The toneless syllable of each character."""
    syllables: dict[str, str] = {}
    for _, path in _present(directory, [HOMOPHONE_SET]):
        for row in read_rows(path, "pinyin", "chars"):
            plain = _without_tone(row["pinyin"])
            for character in row["chars"]:
                syllables.setdefault(character, plain)
    return syllables


def _file(directory: Path, name: str) -> Path:
    return directory / name / "train.jsonl"


def _present(directory: Path | None, names: Iterable[str]) -> Iterator[tuple[str, Path]]:
    for name in names:
        if directory is not None and _file(directory, name).is_file():
            yield name, _file(directory, name)


def _intents(path: Path) -> list[Group]:
    intents: dict[str, list[str]] = defaultdict(list)
    for row in read_rows(path, "text", "intent"):
        intents[row["intent"]].append(row["text"])
    return [group for texts in intents.values() if len(group := folded_group(texts)) > 1]


def _pairs(path: Path, left: str, right: str) -> list[tuple[str, str]]:
    folded = ((fold(row[left]), fold(row[right])) for row in read_rows(path, left, right))
    return [(one, other) for one, other in folded if one and other and one != other]


def _without_tone(pinyin: str) -> str:
    return "".join(c for c in normalize("NFD", pinyin) if c == "\u0308" or not combining(c))


def folded_group(texts: Iterable[str]) -> Group:
    """Each wording once, without those that fold to nothing."""
    return [folded for folded in dict.fromkeys(map(fold, texts)) if folded]
