"""What live rooms are known to ask about: two texts that bring the same meanings to mind are alike.

A cosine sees how near two texts are; this sees whether both are near the same known question, which
tells a paraphrase from a neighbour that shares its words. The meanings are made by scripts/train_embedding.py
of the training text, and belong to the shipped embedding.
"""

from collections.abc import Sequence
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
    """`centres`, a row a meaning, hold the first dimensions of vectors of unit length.

    Those are the dimensions that texts vary along most; the rest would double the time and tell nothing more.
    Any number of threads may share it.
    """

    def __init__(self, centres: Vectors) -> None:
        self._dimension = centres.shape[1]
        self._columns = np.ascontiguousarray(centres.T, dtype=np.float32)

    @classmethod
    def load(cls, path: Path = SHIPPED_MEANINGS) -> "Meanings":
        """Raises ModelUnavailable."""
        try:
            with np.load(path) as data:
                return cls(data["centres"])
        except (OSError, ValueError, KeyError) as error:
            raise ModelUnavailable(f"{path}: the meanings are broken: {error}") from None

    def roots_of(self, vectors: Vectors) -> Vectors:
        """The square roots of each text's shares of all meanings: a row of unit length a text."""
        cosines = vectors[:, : self._dimension] @ self._columns
        cosines -= cosines.max(axis=1, keepdims=True, initial=-1.0)
        # The root of a softmax is one at twice the temperature, but for its length.
        roots: Vectors = np.exp(cosines * np.float32(0.5 / TEMPERATURE))
        roots /= np.sqrt(np.einsum("ij,ij->i", roots, roots))[:, np.newaxis]
        return roots

    def remember(self, vectors: Vectors) -> Remembered:
        """What is kept of wordings."""
        roots = self.roots_of(vectors)
        kept = min(KEPT, roots.shape[1])
        places = np.argpartition(roots, -kept, axis=1)[:, -kept:]
        return Remembered(places, np.take_along_axis(roots, places, axis=1))


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
