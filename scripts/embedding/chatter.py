"""Fits the question model: a logistic regression over hashed runs of characters and words."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression

from knowledge.questions import BUCKETS, question_features
from knowledge.text import fold

from .texts import read_asking

_INVERSE_RIDGE = 10.0
_CHATTER_SHARE = 1 / 3
"""The share of chatter the model is fitted for: the corpus has twelve questions to a line of it."""


def fit_question_model(corpus: Path, out: Path) -> None:
    """Writes questions.npz into `out`."""
    asking, chatter = read_asking(corpus)
    asks = np.array([True] * len(asking) + [False] * len(chatter))
    odds = _CHATTER_SHARE / (1 - _CHATTER_SHARE)
    weights = np.where(asks, 1.0, odds * len(asking) / len(chatter))
    model = LogisticRegression(C=_INVERSE_RIDGE, max_iter=500)
    model.fit(_matrix([*asking, *chatter]), asks, sample_weight=weights)
    np.savez_compressed(
        out / "questions.npz",
        weights=model.coef_[0].astype(np.float16),
        bias=np.float32(model.intercept_[0]),
    )


def _matrix(texts: Sequence[str]) -> sparse.csr_matrix:
    features = [question_features(text, folded) if (folded := fold(text)) else [] for text in texts]
    counts = np.array([len(row) for row in features])
    values = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts)
    columns = np.array([bucket for row in features for bucket in row])
    starts = np.concatenate([[0], np.cumsum(counts)])
    return sparse.csr_matrix((values, columns, starts), shape=(len(texts), BUCKETS))
