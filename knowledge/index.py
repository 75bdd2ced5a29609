"""Finds the nearest of many unit vectors by cosine, with FAISS; what a vector stands for is for the caller.

Up to a limit the search is exact; above it a graph is walked (HNSW), which finds nearly always the same in a
fraction of the time and takes long to build.
"""

import os
from collections.abc import Sequence
from typing import Final, cast

import faiss
import numpy as np
from numpy.typing import NDArray

FLAT_LIMIT: Final = 100_000
"""Vectors up to which every one is compared: some 4 ms for a search among as many of 256 dimensions."""

# With 120,000 vectors in groups of three: the three nearest found 997 to 1,000 times in 1,000, in 1 ms.
_NEIGHBOURS = 32
_BUILD_EFFORT = 80
_SEARCH_EFFORT = 128

_MANY_VECTORS = 1_000  # from here on several threads build the graph faster than one

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]


class FaissIndex:
    """Vectors under ids of the caller's, which are never given twice, not even after their removal.

    Searches may run in several threads at once, changes only alone: to change an index that is being
    searched, change a `copy` of it.
    """

    def __init__(self, dimension: int, *, flat_limit: int = FLAT_LIMIT) -> None:
        self._dimension = dimension
        self._flat_limit = flat_limit
        self._index = _new_flat(dimension)
        self._masked = np.empty(0, dtype=np.int64)  # in the graph still, and not to be found

    def __len__(self) -> int:
        return int(self._index.ntotal) - len(self._masked)

    @property
    def is_exact(self) -> bool:
        return isinstance(self._inner(), faiss.IndexFlat)

    def copy(self) -> "FaissIndex":
        copied = FaissIndex(self._dimension, flat_limit=self._flat_limit)
        copied._index = cast(faiss.IndexIDMap, faiss.clone_index(self._index))
        copied._masked = self._masked
        return copied

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """`vectors` has a row of unit length for each of the ids."""
        if self.is_exact and len(self) + len(ids) > self._flat_limit:
            self._rebuild(_new_graph(self._dimension))
        _add(self._index, np.array(ids, dtype=np.int64), vectors)

    def remove(self, ids: Sequence[int]) -> None:
        """Ids that are not in it are passed over."""
        gone = np.array(ids, dtype=np.int64)
        if self.is_exact:
            self._index.remove_ids(faiss.IDSelectorBatch(gone))
            return
        # FAISS cannot take a vector out of the graph: it is masked until that pays no longer.
        self._masked = np.union1d(self._masked, np.intersect1d(gone, self._ids()))
        if len(self._masked) > len(self):
            is_small = len(self) <= self._flat_limit
            self._rebuild(_new_flat(self._dimension) if is_small else _new_graph(self._dimension))

    def search(self, vectors: Vectors, count: int) -> tuple[Vectors, Ids]:
        """The nearest `count` for each row of `vectors`, best first: their cosines and their ids.

        Both have as many columns as the index can fill; the graph may leave places at the end of a row
        empty, with id -1.
        """
        count = min(count, len(self))
        shape = (len(vectors), count)
        if 0 in shape:  # which FAISS refuses
            return np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.int64)
        faiss.omp_set_num_threads(1)  # of this thread; waking others takes longer than they save
        scores, ids = self._index.search(vectors, count, params=self._parameters())
        return np.clip(scores, -1.0, 1.0, out=scores), ids

    def _parameters(self) -> faiss.SearchParameters | None:
        """Made for each search: FAISS changes them while it runs."""
        if not len(self._masked):
            return None
        parameters = faiss.SearchParameters()
        parameters.sel = faiss.IDSelectorNot(faiss.IDSelectorBatch(self._masked))
        return parameters

    def _rebuild(self, index: faiss.IndexIDMap) -> None:
        """Move into `index`, which is empty, what is there and not masked."""
        ids = self._ids()
        kept = ~np.isin(ids, self._masked)
        _add(index, ids[kept], self._inner().reconstruct_n(0, len(ids))[kept])
        self._index, self._masked = index, np.empty(0, dtype=np.int64)

    def _ids(self) -> Ids:
        """By position, the masked included."""
        return faiss.vector_to_array(self._index.id_map)

    def _inner(self) -> faiss.Index:
        return faiss.downcast_index(self._index.index)


def _new_flat(dimension: int) -> faiss.IndexIDMap:
    return faiss.IndexIDMap(faiss.IndexFlatIP(dimension))


def _new_graph(dimension: int) -> faiss.IndexIDMap:
    graph = faiss.IndexHNSWFlat(dimension, _NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction = _BUILD_EFFORT
    graph.hnsw.efSearch = _SEARCH_EFFORT
    return faiss.IndexIDMap(graph)


def _add(index: faiss.IndexIDMap, ids: Ids, vectors: Vectors) -> None:
    if not len(ids):
        return
    faiss.omp_set_num_threads(os.cpu_count() or 1 if len(ids) >= _MANY_VECTORS else 1)
    index.add_with_ids(vectors, ids)
