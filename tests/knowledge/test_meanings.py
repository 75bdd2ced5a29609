from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge import ModelUnavailable, open_embedder
from knowledge.meanings import Meanings, Remembered, in_shipped_space, shipped_meanings
from tests.fakes.embedders import CountingEmbedder

AXES = np.eye(3, dtype=np.float32)


def meanings_at(centres: NDArray[np.float32], *wordings: NDArray[np.float32]) -> Meanings:
    """A meaning a centre, each asked in one way, at the centre itself unless `wordings` say otherwise."""
    groups = wordings or [centre[np.newaxis] for centre in centres]
    rows = np.rint(np.concatenate(groups) * 127).astype(np.int8)
    return Meanings(centres, rows, np.array([len(group) for group in groups]), scale=127)


def likeness(text: str, *wordings: str) -> list[float]:
    embedder = open_embedder()
    meanings = shipped_meanings()
    (roots,) = meanings.roots_of(embedder.embed([text]))
    shared: list[float] = meanings.remember(embedder.embed(wordings)).likeness(roots).tolist()
    return shared


def test_a_paraphrase_without_a_shared_word_is_closer_than_a_neighbour_that_shares_them() -> None:
    same, other = likeness("啥时候能寄出来", "多久发货", "寄错了能退吗")
    assert same > 0.5 > other


def test_a_text_has_its_own_meaning_wholly() -> None:
    (whole,) = likeness("how long is the warranty", "how long is the warranty")
    assert whole == pytest.approx(1.0, abs=0.02)


def test_shares_follow_the_cosines() -> None:
    (roots,) = meanings_at(AXES).roots_of(np.array([[0.8, 0.6, 0.0]], dtype=np.float32))
    shares = roots**2
    assert shares.sum() == pytest.approx(1.0)
    assert shares[0] / shares[1] == pytest.approx(np.exp(0.2 / 0.04), rel=1e-4)


def test_the_nearest_wording_counts_as_much_as_the_centre() -> None:
    centres = np.array([[1.0, 0.0, 0.0], [0.8, 0.6, 0.0]], dtype=np.float32)
    ways = np.array([[0.6, 0.8, 0.0], [1.0, 0.0, 0.0]], dtype=np.float32)
    (roots,) = meanings_at(centres, centres[:1], ways).roots_of(AXES[:1])
    one, other = roots**2
    nearness_of_other = (0.8 + 1.0) / 2
    assert one / other == pytest.approx(np.exp((1.0 - nearness_of_other) / 0.04), rel=1e-3)


def test_no_text_gives_no_row() -> None:
    assert meanings_at(AXES).roots_of(np.zeros((0, 3), dtype=np.float32)).shape == (0, 3)


def test_joined_wordings_are_compared_as_they_were_apart() -> None:
    meanings = meanings_at(AXES)
    first, second = meanings.remember(AXES[:1]), meanings.remember(AXES[1:])
    (roots,) = meanings.roots_of(AXES[1:2])
    apart = [*first.likeness(roots), *second.likeness(roots)]
    assert Remembered.joined([first, second]).likeness(roots).tolist() == pytest.approx(apart)


def test_texts_of_another_embedder_are_placed_by_the_shipped_one() -> None:
    embedder = CountingEmbedder()
    vectors = in_shipped_space(["多久发货"], embedder.embed(["多久发货"]), embedder)
    np.testing.assert_array_equal(vectors, open_embedder().embed(["多久发货"]))


def test_a_broken_file_is_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "meanings.npz"
    broken.write_bytes(b"no archive")
    with pytest.raises(ModelUnavailable, match="the meanings are broken"):
        Meanings.load(broken)
