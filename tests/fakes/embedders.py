"""Embedders that need no model: texts that share characters lie near each other."""

from collections.abc import Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge import Embedder

Vectors = NDArray[np.float32]


class HashEmbedder:
    """Counts the characters of a text, alone and in pairs, each in the place that its hash gives it."""

    name = "hash"

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for gram in (*text, *map("".join, pairwise(text))):
                vectors[row, crc32(gram.encode("utf-8", "surrogatepass")) % self.dimension] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


class CountingEmbedder:
    """Passes texts on and keeps what it was asked for."""

    def __init__(self, inner: Embedder | None = None) -> None:
        self._inner = inner or HashEmbedder()
        self.texts: list[str] = []

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return self._inner.embed(texts)
