from pathlib import Path

import numpy as np
import pytest

from knowledge import ModelUnavailable, open_embedder
from knowledge.meanings import Meanings, Remembered, in_shipped_space, shipped_meanings
from tests.fakes.embedders import CountingEmbedder

AXES = np.eye(3, dtype=np.float32)


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
    (roots,) = Meanings(AXES).roots_of(np.array([[0.8, 0.6, 0.0]], dtype=np.float32))
    shares = roots**2
    assert shares.sum() == pytest.approx(1.0)
    assert shares[0] / shares[1] == pytest.approx(np.exp(0.2 / 0.04), rel=1e-4)


def test_no_text_gives_no_row() -> None:
    assert Meanings(AXES).roots_of(np.zeros((0, 3), dtype=np.float32)).shape == (0, 3)


def test_joined_wordings_are_compared_as_they_were_apart() -> None:
    meanings = Meanings(AXES)
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
