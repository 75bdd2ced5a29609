"""Writes the centres of what the corpus asks, for `knowledge.meanings`."""

from pathlib import Path

import numpy as np

from embedding.texts import Group, TrainingText
from knowledge.embedder import StaticEmbedder
from knowledge.evidence import bare

DIMENSION = 128
_LARGEST_BYTE = 127


def write_meanings(text: TrainingText, model: Path) -> None:
    """Writes meanings.npz beside the embedding in `model`: each group of one meaning, centre and wordings."""
    embedder = StaticEmbedder(model, name="trained")
    groups: list[Group] = [group for groups in text.domains.values() for group in groups]
    groups += [miss.same for miss in text.near_misses]
    vectors = [embedder.embed([bare(wording) for wording in group]) for group in groups]
    sums = np.stack([wordings.sum(axis=0) for wordings in vectors])
    centres = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    wordings = np.concatenate(vectors)[:, :DIMENSION]
    scale = _LARGEST_BYTE / np.abs(wordings).max()
    np.savez(
        model / "meanings.npz",
        centres=centres[:, :DIMENSION].astype(np.float16),
        wordings=np.rint(wordings * scale).astype(np.int8),
        counts=np.array([len(group) for group in groups], dtype=np.int32),
        scale=scale,
    )
