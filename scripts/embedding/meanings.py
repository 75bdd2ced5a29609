"""Writes the centres of what the corpus asks, for `knowledge.meanings`."""

from pathlib import Path

import numpy as np

from embedding.texts import Group, TrainingText
from knowledge.embedder import StaticEmbedder
from knowledge.evidence import bare

DIMENSION = 128


def write_meanings(text: TrainingText, model: Path) -> None:
    """Writes meanings.npz beside the embedding in `model`: a centre for each group of one meaning."""
    embedder = StaticEmbedder(model, name="trained")
    groups: list[Group] = [group for groups in text.domains.values() for group in groups]
    groups += [miss.same for miss in text.near_misses]
    sums = np.stack([embedder.embed([bare(wording) for wording in group]).sum(axis=0) for group in groups])
    centres = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    np.savez(model / "meanings.npz", centres=centres[:, :DIMENSION].astype(np.float16))
