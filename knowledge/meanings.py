"""What live rooms are known to ask about: two texts that bring the same meanings to mind are alike.

A cosine sees how near two texts are; this sees whether both are near the same known question, which
tells a paraphrase from a neighbour that shares its words. How near a text is to a question is the mean of two
cosines: with the centre of all its wordings, and with the nearest of them. The meanings are made by
scripts/train_embedding.py of the training text, and belong to the shipped embedding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge.embedder import SHIPPED_MODEL, Embedder, open_embedder
from knowledge.errors import ModelUnavailable

SHIPPED_MEANINGS: Final = SHIPPED_MODEL / "meanings.npz"

TEMPERATURE: Final = 0.04
"""Of the softmax over the cosines with the meanings: how soon the nearest takes all."""

LOOKED_INTO: Final = 64
"""Meanings whose wordings are looked at one by one: those whose centres are nearest. No other counts."""

_FAR = 0.3  # below the highest cosine: a share of a thousandth at most

KEPT: Final = 32
"""Of a wording, the meanings that are remembered; the share of all others is next to nothing."""

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Remembered:
    """The strongest meanings of wordings, a row each: their `places` and the roots of their `shares`."""

    places: NDArray[np.intp]
    roots: Vectors

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, rows: slice) -> "Remembered":
        return Remembered(self.places[rows], self.roots[rows])

    def likeness(self, roots: Vectors) -> Vectors:
        """Of each wording and a text, given by the roots of its shares: Bhattacharyya's coefficient, 0..1."""
        shared: Vectors = np.einsum("ij,ij->i", roots.take(self.places), self.roots)
        return shared

    @staticmethod
    def joined(parts: Sequence["Remembered"]) -> "Remembered":
        return Remembered(
            np.concatenate([part.places for part in parts]), np.concatenate([part.roots for part in parts])
        )


class Meanings:
    """`centres`, a row a meaning, and its `wordings`, `counts` of them a meaning in the same order.

    All hold the first dimensions of vectors of unit length: those that texts vary along most; the rest would
    double the time and tell nothing more. Wordings are bytes, `scale` of which make one.
    Any number of threads may share it.
    """

    def __init__(
        self, centres: Vectors, wordings: NDArray[np.int8], counts: NDArray[np.integer], *, scale: float
    ) -> None:
        if len(centres) != len(counts) or len(wordings) != counts.sum() or counts.min(initial=1) < 1:
            raise ValueError("not as many wordings as are counted")
        self._dimension = centres.shape[1]
        self._columns = np.ascontiguousarray(centres.T, dtype=np.float32)
        self._wordings = wordings
        self._counts = counts.astype(np.intp)
        self._starts = np.cumsum(self._counts) - self._counts
        self._scale = np.float32(scale)

    @classmethod
    def load(cls, path: Path = SHIPPED_MEANINGS) -> "Meanings":
        """Raises ModelUnavailable."""
        try:
            with np.load(path) as data:
                return cls(data["centres"], data["wordings"], data["counts"], scale=float(data["scale"]))
        except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
            raise ModelUnavailable(f"{path}: the meanings are broken: {error}") from None

    def roots_of(self, vectors: Vectors) -> Vectors:
        """The square roots of each text's shares of all meanings: a row of unit length a text."""
        roots = np.zeros((len(vectors), len(self._counts)), dtype=np.float32)
        for row, (places, shares) in zip(roots, self._nearest(vectors), strict=True):
            row[places] = shares
        return roots

    def remember(self, vectors: Vectors) -> Remembered:
        """What is kept of wordings."""
        kept = min(KEPT, len(self._counts))
        remembered = Remembered(
            places=np.zeros((len(vectors), kept), dtype=np.intp),  # where fewer count, with roots of 0
            roots=np.zeros((len(vectors), kept), dtype=np.float32),
        )
        for row, (places, roots) in enumerate(self._nearest(vectors)):
            strongest = _highest(roots, kept)
            remembered.places[row, : len(strongest)] = places[strongest]
            remembered.roots[row, : len(strongest)] = roots[strongest]
        return remembered

    def _nearest(self, vectors: Vectors) -> Iterator[tuple[NDArray[np.intp], Vectors]]:
        """For each text the meanings that count, in no order, and the roots of its shares of them."""
        texts = np.ascontiguousarray(vectors[:, : self._dimension])
        for text, row in zip(texts, texts @ self._columns, strict=True):
            near = np.flatnonzero(row > row.max() - _FAR)  # what is farther has no share that counts
            places = near[_highest(row[near], LOOKED_INTO)]
            nearness = (row[places] + self._nearest_wordings(text, places)) * np.float32(0.5)
            # The root of a softmax is one at twice the temperature, but for its length.
            roots = np.exp((nearness - nearness.max()) * np.float32(0.5 / TEMPERATURE))
            yield places, roots / np.sqrt(roots @ roots)

    def _nearest_wordings(self, text: Vectors, places: NDArray[np.intp]) -> Vectors:
        """The cosine with the nearest wording of each of these meanings."""
        counts = self._counts[places]
        ends = np.cumsum(counts)
        rows = np.arange(ends[-1]) + np.repeat(self._starts[places] - ends + counts, counts)
        cosines = self._wordings[rows].astype(np.float32) @ text / self._scale
        nearest: Vectors = np.maximum.reduceat(cosines, ends - counts)
        return nearest


def _highest(values: Vectors, count: int) -> NDArray[np.intp]:
    """The places of as many, in no order; all where there are no more."""
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(values, -count)[-count:]


def in_shipped_space(texts: Sequence[str], vectors: Vectors, embedder: Embedder) -> Vectors:
    """Vectors that can be held against the meanings: the `embedder`'s own, or those of the shipped one."""
    shipped = _shipped_embedder()
    return vectors if embedder.name == shipped.name else shipped.embed(texts)


@cache
def shipped_meanings() -> Meanings:
    return Meanings.load()


@cache
def _shipped_embedder() -> Embedder:
    return open_embedder()
