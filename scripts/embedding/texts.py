"""Reads the training text: the project's own corpus beside this file, and the public sets. All folded.

What is done with it is for `training` and `chatter`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .public import Group, folded_group, read_homophones, read_intents, read_pairs
from .rows import TrainingTextInvalid, read_rows

CORPUS = Path(__file__).parent / "corpus"

UNRELATED_LINES = 40
"""In each language, to a room of some 300 messages: eighty calibrated no better."""

_LIKE_QUESTIONS = {
    "rhetorical",
    "host-personal",
    "viewer-to-viewer",
    "statement",
    "complain",
    "order-report",
}


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Wordings of one question, and questions that share its words and ask something else."""

    lang: str
    same: Group
    near: list[str]


@dataclass(frozen=True, slots=True)
class TrainingText:
    """`domains` are groups by corpus file: only texts of one file are known to differ in meaning.

    `intents` and `pairs` are by public set, without those that are missing.
    """

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


def read_training_text(corpus: Path = CORPUS, public: Path | None = None) -> TrainingText:
    """`public` holds the public sets as README.md describes them. Raises TrainingTextInvalid."""
    return TrainingText(
        domains={
            path.stem: [folded_group(row["texts"]) for row in read_rows(path, "texts")]
            for path in _domain_files(corpus)
        },
        near_misses=[
            NearMiss(row["lang"], folded_group([row["question"], *row["same"]]), folded_group(row["near"]))
            for path in _contrast_files(corpus)
            for row in read_rows(path, "lang", "question", "same", "near")
        ],
        intents=read_intents(public),
        pairs=read_pairs(public),
        homophones=read_homophones(public),
    )


def read_asking(corpus: Path = CORPUS) -> tuple[list[str], list[str]]:
    """Texts as typed that ask something, and that ask nothing. Raises TrainingTextInvalid."""
    asking = [
        text for path in _domain_files(corpus) for row in read_rows(path, "texts") for text in row["texts"]
    ]
    for path in _contrast_files(corpus):
        for row in read_rows(path, "question", "same", "near"):
            asking += [row["question"], *row["same"], *row["near"]]
    return asking, [row["text"] for row in read_rows(corpus / "chatter.jsonl", "text")]


def _domain_files(corpus: Path) -> list[Path]:
    files = [p for p in sorted(corpus.glob("*.jsonl")) if not p.stem.startswith(("contrast", "chatter"))]
    if not files:
        raise TrainingTextInvalid(f"{corpus}: holds no corpus")
    return files


def _contrast_files(corpus: Path) -> list[Path]:
    return sorted(corpus.glob("contrast_*.jsonl"))


def unrelated_lines(corpus: Path = CORPUS, *, seed: int = 1) -> list[str]:
    """Lines of chatter as typed that look like questions, as many in each language: no entry answers them."""
    random = Random(seed)  # noqa: S311 - it draws lines, not secrets
    rows = [
        row
        for row in read_rows(corpus / "chatter.jsonl", "text", "lang", "type")
        if row["type"] in _LIKE_QUESTIONS
    ]
    by_language = {lang: [row["text"] for row in rows if row["lang"] == lang] for lang in ("zh", "en")}
    return [text for texts in by_language.values() for text in random.sample(texts, UNRELATED_LINES)]
