"""What a team's documents say to a question: the passages nearest to it by their words and by their meaning.

How a file becomes sections is for `readers`, how these are cut for `passages`. No passage is an approved
answer: it is shown to a person, or a draft is made of it.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.embedder import Embedder
from knowledge.entries import Problem
from knowledge.lexicon import shipped_lexicon, terms_of
from knowledge.passages import Passage, passages_of, sentences_of
from knowledge.readers import SUFFIXES, DocumentLimits, DocumentUnreadable, read_sections
from knowledge.text import fold

MOST_DOCUMENTS: Final = 500
MOST_PASSAGES: Final = 10_000  # some 2,000 pages; so many are searched in 15 ms

RELEVANT: Final = 0.15
"""Nine in ten passages that answer a question score above it, nine in ten questions about other things stay
below. For the questions of the tests the mean of words and meaning has the right passage first in 82 %, and
among three in 90 %; words alone in 72 %, the meaning of whole passages in 78 %.
"""

_SATURATION = 1.2  # of BM25: how soon a word said again adds nothing
_LENGTH_WEIGHT = 0.75  # of BM25: how much a long passage is held against it

Scores = NDArray[np.float32]


class Found(NamedTuple):
    """`score` is 0..1."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class _Words:
    """The passages' words, for BM25."""

    places: Mapping[str, Sequence[int]]  # of the passages that have the term
    weights: Mapping[str, NDArray[np.float32]]  # saturated, a number for each of these
    rarities: Mapping[str, float]
    unseen: float  # what a term weighs that no passage has

    @classmethod
    def of(cls, texts: Sequence[str]) -> "_Words":
        counts = [Counter(terms_of(text)) for text in texts]
        mean = max(sum(sum(count.values()) for count in counts) / max(len(texts), 1), 1.0)
        places: dict[str, list[int]] = {}
        weights: dict[str, list[float]] = {}
        for place, count in enumerate(counts):
            length = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * sum(count.values()) / mean
            for term, often in count.items():
                places.setdefault(term, []).append(place)
                weights.setdefault(term, []).append(
                    often * (_SATURATION + 1) / (often + _SATURATION * length)
                )
        rarities = {term: _rarity(len(found), len(texts)) for term, found in places.items()}
        arrays = {term: np.array(weight, dtype=np.float32) for term, weight in weights.items()}
        return cls(places, arrays, rarities, _rarity(0, len(texts)))

    def scores(self, folded: str, count: int) -> Scores:
        """BM25 as a share of what the question's words weigh together."""
        scores = np.zeros(count, dtype=np.float32)
        total, lexicon = 0.0, shipped_lexicon()
        for term in set(terms_of(folded)):
            weight = self.rarities.get(term, self.unseen) * lexicon.rarity(term)
            total += weight
            if term in self.places:
                scores[self.places[term]] += weight * self.weights[term]
        return np.minimum(scores / total, 1.0) if total else scores


class Documents:
    """Passages to search. Never changes: any number of threads may search."""

    def __init__(self, passages: Iterable[Passage], embedder: Embedder) -> None:
        self.passages = tuple(passages)
        self._embedder = embedder
        heads = [fold(passage.heading) for passage in self.passages]
        sentences = [
            [folded for sentence in sentences_of(passage.text) if (folded := fold(sentence))] or [""]
            for passage in self.passages
        ]
        self._words = _Words.of(
            [" ".join((head, *said)) for head, said in zip(heads, sentences, strict=True)]
        )
        # A sentence is as long as what the embedding knows; its heading says what it is about.
        under = [head.rpartition("›")[2].strip() for head in heads]
        texts = [
            fold(f"{head} {sentence}")
            for head, said in zip(under, sentences, strict=True)
            for sentence in said
        ]
        self._vectors = embedder.embed(texts)
        self._starts = np.cumsum([0, *(len(said) for said in sentences[:-1])])

    def search(self, text: str, limit: int = 3) -> list[Found]:
        """The passages most likely to hold an answer, best first; none that is hardly about the question."""
        folded = fold(text)
        if not folded or not self.passages:
            return []
        (vector,) = self._embedder.embed([folded])
        meaning = np.maximum.reduceat(self._vectors @ vector, self._starts)
        scores = (self._words.scores(folded, len(self.passages)) + np.maximum(meaning, 0.0)) / 2
        best = np.argsort(-scores, kind="stable")[:limit].tolist()
        return [
            Found(self.passages[place], float(scores[place])) for place in best if scores[place] >= RELEVANT
        ]


def read_documents(
    paths: Sequence[Path], *, limits: DocumentLimits | None = None
) -> tuple[list[Passage], list[Problem]]:
    """The passages of these files, and of the files in these folders. A document that cannot be read is
    left out and named as a problem; so is what goes beyond MOST_DOCUMENTS or MOST_PASSAGES.
    """
    passages: list[Passage] = []
    problems: list[Problem] = []
    for number, file in enumerate(_files(paths, problems)):
        if number >= MOST_DOCUMENTS:
            problems.append(
                Problem(str(file), None, "", f"is one of over {MOST_DOCUMENTS}: it and the rest stay unread")
            )
            break
        try:
            _refuse_outsider(file, paths)
            read = list(passages_of(read_sections(file, limits), source=file.name))
        except DocumentUnreadable as error:
            problems.append(Problem(str(file), None, "", str(error)))
            continue
        if len(passages) + len(read) > MOST_PASSAGES:
            problems.append(
                Problem(
                    str(file),
                    None,
                    "",
                    f"goes beyond {MOST_PASSAGES:,} passages: it and the rest stay unread",
                )
            )
            break
        if not read:
            problems.append(Problem(str(file), None, "", "holds no text"))
        passages += read
    return passages, problems


def _files(paths: Sequence[Path], problems: list[Problem]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from _in_folder(path)
        elif path.exists():
            yield path
        else:
            problems.append(Problem(str(path), None, "", "no such file or folder"))


def _refuse_outsider(file: Path, paths: Sequence[Path]) -> None:
    """A link in a folder may lead to a file that nobody meant to show. Raises DocumentUnreadable."""
    if file.is_symlink() and file not in paths:
        real = file.resolve()
        if not any(real.is_relative_to(path.resolve()) for path in paths):
            raise DocumentUnreadable("is a link to a file outside of the documents")


def _in_folder(folder: Path) -> Iterator[Path]:
    """Its documents by name, those of its folders among them; hidden ones and other kinds are passed over."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith((".", "~$")) and Path(name).suffix.lower() in SUFFIXES:
                yield Path(place, name)


def _rarity(passages: int, of: int) -> float:
    """Inverse document frequency, as BM25 has it."""
    return log(1 + (of - passages + 0.5) / (passages + 0.5))
