"""Nearest vectors under the caller's ids: exact while they are few, by the graph when they are many."""

from threading import Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge.index import FaissIndex

DIMENSION = 32


def unit_vectors(number: int, *, seed: int = 0) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).standard_normal((number, DIMENSION), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def index_of(number: int, *, flat_limit: int, first_id: int = 1_000) -> FaissIndex:
    index = FaissIndex(DIMENSION, flat_limit=flat_limit)
    index.add(range(first_id, first_id + number), unit_vectors(number))
    return index


@pytest.fixture(params=[10_000, 10], ids=["flat", "graph"])
def flat_limit(request: pytest.FixtureRequest) -> int:
    limit: int = request.param
    return limit


def test_vectors_are_found_under_their_ids_best_first(flat_limit: int) -> None:
    vectors = unit_vectors(300)
    scores, ids = index_of(300, flat_limit=flat_limit).search(vectors[:20], 5)
    assert ids[:, 0].tolist() == list(range(1_000, 1_020))
    assert scores[:, 0] == pytest.approx(1.0)
    assert (np.diff(scores, axis=1) <= 0).all()
    cosines = vectors[:20] @ vectors.T
    assert scores == pytest.approx(np.take_along_axis(cosines, ids - 1_000, axis=1), abs=1e-6)


def test_no_score_leaves_the_range_of_a_cosine(flat_limit: int) -> None:
    scores, _ = index_of(300, flat_limit=flat_limit).search(unit_vectors(300), 300)
    assert scores.max() <= 1.0
    assert scores.min() >= -1.0


def test_removed_vectors_are_not_found_and_leave_room_for_others(flat_limit: int) -> None:
    index = index_of(300, flat_limit=flat_limit)
    index.remove(range(1_000, 1_010))
    index.remove([1_000, 77])
    scores, ids = index.search(unit_vectors(300)[:10], 20)
    assert len(index) == 290
    assert ids.min() >= 1_010
    assert np.isfinite(scores).all()


def test_everything_may_be_removed_and_other_vectors_added(flat_limit: int) -> None:
    index = index_of(50, flat_limit=flat_limit)
    index.remove(range(1_000, 1_050))
    assert len(index) == 0
    assert index.search(unit_vectors(2), 3)[1].shape == (2, 0)
    index.add([7], unit_vectors(1))
    assert index.search(unit_vectors(1), 3)[1].tolist() == [[7]]


def test_columns_are_as_many_as_there_are_vectors(flat_limit: int) -> None:
    index = index_of(30, flat_limit=flat_limit)
    scores, ids = index.search(unit_vectors(2), 100)
    assert scores.shape == ids.shape == (2, 30)
    assert sorted(ids[0].tolist()) == list(range(1_000, 1_030))
    assert FaissIndex(DIMENSION).search(unit_vectors(2), 3)[0].shape == (2, 0)
    assert index.search(unit_vectors(0), 3)[0].shape == (0, 3)


def test_a_copy_changes_apart_from_its_original(flat_limit: int) -> None:
    index = index_of(100, flat_limit=flat_limit)
    copied = index.copy()
    copied.remove(range(1_000, 1_080))
    copied.add([5], unit_vectors(1, seed=5))
    assert (len(index), len(copied)) == (100, 21)
    assert index.search(unit_vectors(100), 1)[1].ravel().tolist() == list(range(1_000, 1_100))
    assert copied.search(unit_vectors(1, seed=5), 1)[1].item() == 5


def test_the_graph_takes_over_above_the_limit() -> None:
    index = index_of(200, flat_limit=200)
    assert index.is_exact
    index.add([5], unit_vectors(1, seed=5))
    assert not index.is_exact
    assert len(index) == 201
    assert index.search(unit_vectors(200), 1)[1].ravel().tolist() == list(range(1_000, 1_200))


def test_a_graph_that_is_half_masked_is_built_anew() -> None:
    index = index_of(300, flat_limit=100)
    index.remove(range(1_000, 1_150))
    assert not index.is_exact
    index.remove(range(1_150, 1_201))
    assert index.is_exact
    assert index.search(unit_vectors(300)[201:], 1)[1].ravel().tolist() == list(range(1_201, 1_300))


def test_the_graph_finds_nearly_all_that_is_nearest() -> None:
    vectors, questions = unit_vectors(3_000), unit_vectors(50, seed=9)
    _, ids = index_of(3_000, flat_limit=100, first_id=0).search(questions, 3)
    nearest = np.argsort(-(questions @ vectors.T), axis=1)[:, :3]
    found = sum(len(set(row) & set(truth)) for row, truth in zip(ids.tolist(), nearest.tolist(), strict=True))
    assert found >= 0.95 * nearest.size


def test_threads_may_search_at_once(flat_limit: int) -> None:
    index = index_of(300, flat_limit=flat_limit)
    index.remove([1_299])
    wrong: list[int] = []

    def search() -> None:
        for row, vector in enumerate(unit_vectors(200)):
            if index.search(vector[np.newaxis], 2)[1][0, 0] != 1_000 + row:
                wrong.append(row)

    threads = [Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


STEPS = st.lists(st.tuples(st.booleans(), st.lists(st.integers(0, 59), max_size=20, unique=True)), max_size=8)


@settings(deadline=None)
@given(steps=STEPS, flat_limit=st.sampled_from([15, 1_000]))
def test_any_series_of_changes_leaves_what_it_should(
    steps: list[tuple[bool, list[int]]], flat_limit: int
) -> None:
    """Ids are given once: each addition takes new ones for the vectors that it brings back."""
    vectors = unit_vectors(60)
    index = FaissIndex(DIMENSION, flat_limit=flat_limit)
    ids_by_row: dict[int, int] = {}
    next_id = 100
    for is_addition, rows in steps:
        if is_addition:
            new = {row: next_id + place for place, row in enumerate(set(rows) - ids_by_row.keys())}
            index.add(list(new.values()), vectors[list(new)])
            ids_by_row |= new
            next_id += 100
        else:
            index.remove([ids_by_row.pop(row) for row in rows if row in ids_by_row])
    assert len(index) == len(ids_by_row)
    _, found = index.search(vectors, 1)
    if ids_by_row:
        assert {row: found[row, 0] for row in ids_by_row} == ids_by_row
