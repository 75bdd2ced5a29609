"""Reads the training text: groups of wordings of one meaning, pairs, near misses, chatter. All folded.

What is done with it is for `training` and `chatter`.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.text import fold

Group = list[str]
"""Wordings of one meaning."""

_INTENT_SETS = ("clinc150", "banking77", "hwu64", "crosswoz_templates")
_PAIR_SETS = {
    "tatoeba_paraphrase_zh": ("a", "b"),
    "tatoeba_paraphrase_en": ("a", "b"),
    "cow_synonyms": ("a", "b"),
    "tatoeba_zh_en": ("zh", "en"),
    "msdocs_zh_en_headings": ("zh", "en"),
    "bagisto_i18n": ("zh", "en"),
}


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Wordings of one question, and questions that share its words and ask something else."""

    lang: str
    same: Group
    near: list[str]


@dataclass(frozen=True, slots=True)
class TrainingText:
    """`domains` are groups by corpus file: only texts of one file are known to differ in meaning."""

    domains: dict[str, list[Group]]
    near_misses: list[NearMiss]
    intents: dict[str, list[Group]]
    pairs: dict[str, list[tuple[str, str]]]
    homophones: dict[str, str]  # the toneless syllable of each character

    def texts(self) -> Iterator[str]:
        for groups in (*self.domains.values(), *self.intents.values()):
            for group in groups:
                yield from group
        for miss in self.near_misses:
            yield from (*miss.same, *miss.near)
        for pairs in self.pairs.values():
            for pair in pairs:
                yield from pair


def read_training_text(directory: Path) -> TrainingText:
    """`directory` holds corpus/ and training/, as knowledge/model/README.md describes them."""
    corpus, training = directory / "corpus", directory / "training"
    return TrainingText(
        domains={path.stem: [_group(row["texts"]) for row in _rows(path)] for path in _domain_files(corpus)},
        near_misses=[
            NearMiss(row["lang"], _group([row["question"], *row["same"]]), _group(row["near"]))
            for path in sorted(corpus.glob("contrast_*.jsonl"))
            for row in _rows(path)
        ],
        intents={name: _intents(training / name) for name in _INTENT_SETS},
        pairs={name: _pairs(training / name, *fields) for name, fields in _PAIR_SETS.items()},
        homophones=_syllables(training / "pinyin_homophones"),
    )


def read_asking(directory: Path) -> tuple[list[str], list[str]]:
    """Texts as typed that ask something, and that ask nothing."""
    corpus = directory / "corpus"
    asking = [text for path in _domain_files(corpus) for row in _rows(path) for text in row["texts"]]
    for path in sorted(corpus.glob("contrast_*.jsonl")):
        for row in _rows(path):
            asking += [row["question"], *row["same"], *row["near"]]
    return asking, [row["text"] for row in _rows(corpus / "chatter.jsonl")]


def _domain_files(corpus: Path) -> list[Path]:
    return [p for p in sorted(corpus.glob("*.jsonl")) if not p.stem.startswith(("contrast", "chatter"))]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _group(texts: Iterable[str]) -> Group:
    return [folded for folded in dict.fromkeys(map(fold, texts)) if folded]


def _intents(directory: Path) -> list[Group]:
    intents: dict[str, list[str]] = defaultdict(list)
    for row in _rows(directory / "train.jsonl"):
        intents[row["intent"]].append(row["text"])
    return [group for texts in intents.values() if len(group := _group(texts)) > 1]


def _pairs(directory: Path, left: str, right: str) -> list[tuple[str, str]]:
    folded = ((fold(row[left]), fold(row[right])) for row in _rows(directory / "train.jsonl"))
    return [(one, other) for one, other in folded if one and other and one != other]


def _syllables(directory: Path) -> dict[str, str]:
    from unicodedata import combining, normalize

    syllables: dict[str, str] = {}
    for row in _rows(directory / "train.jsonl"):
        plain = "".join(c for c in normalize("NFD", row["pinyin"]) if c == "\u0308" or not combining(c))
        for character in row["chars"]:
            syllables.setdefault(character, plain)
    return syllables
