"""How likely a text asks something at all: a logistic model over hashed runs of characters and words.

What it is asked about, and whether an entry answers it, is for `ranking`. The weights are data, fitted by
scripts/train_embedding.py.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import ModelUnavailable
from knowledge.text import fold

SHIPPED_WEIGHTS: Final = Path(__file__).parent / "model" / "questions.npz"
BUCKETS: Final = 1 << 14

_MAX_TOKENS = 200
_LONGEST_RUN = 3
# A Chinese character, a Latin word, or any other sign; every number is the same to this model.
_TOKEN = re.compile(r"[a-z']+|[0-9]+|[^\sa-z0-9]")
# A mention of another viewer: what follows is between the two of them.
_VIEWER = re.compile(r"(?:^|\s)[@＠](?!主播|up|客服|老师|老板|host|streamer|mod|admin)\S", re.IGNORECASE)


class QuestionModel:
    """A linear model; `weights` has BUCKETS values."""

    def __init__(self, weights: NDArray[np.float32], bias: float) -> None:
        self._weights = weights
        self._bias = bias

    @classmethod
    def load(cls, path: Path = SHIPPED_WEIGHTS) -> "QuestionModel":
        """Raises ModelUnavailable."""
        try:
            with np.load(path) as data:
                weights, bias = data["weights"].astype(np.float32), float(data["bias"])
        except (OSError, KeyError, ValueError) as error:
            raise ModelUnavailable(f"{path}: the question model is broken: {error}") from None
        if weights.shape != (BUCKETS,):
            raise ModelUnavailable(f"{path}: the question model is broken: {weights.shape} weights")
        return cls(weights, bias)

    def likeness(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """For each text as it was typed, the probability (0 to 1) that it asks something."""
        return self.likeness_of_folded(texts, [fold(text) for text in texts])

    def likeness_of_folded(self, texts: Sequence[str], folded: Sequence[str]) -> NDArray[np.float64]:
        """As `likeness`, for who has folded the texts already. A text that folds to nothing asks nothing."""
        return np.array([self._likeness(*pair) for pair in zip(texts, folded, strict=True)], dtype=np.float64)

    def _likeness(self, text: str, folded: str) -> float:
        if not folded:
            return 0.0
        buckets = question_features(text, folded)
        evidence = float(self._weights[buckets].sum()) / len(buckets) ** 0.5
        return float(1.0 / (1.0 + np.exp(-self._bias - evidence)))


def question_features(text: str, folded: str) -> list[int]:
    """The buckets of a text's features, each once; a feature weighs 1 / sqrt(their number)."""
    names = set(_runs(["^", *_TOKEN.findall(folded)[:_MAX_TOKENS], "$"]))
    if _VIEWER.search(text):
        names.add("@")
    # A set of numbers has the same order in every process, a set of texts has not.
    return sorted({crc32(name.encode("utf-8", "ignore")) % BUCKETS for name in names})


def _runs(tokens: Sequence[str]) -> Iterator[str]:
    tokens = ["#" if token.isdigit() else token for token in tokens]
    for length in range(1, _LONGEST_RUN + 1):
        for start in range(len(tokens) - length + 1):
            yield "\x01".join(tokens[start : start + length])


@cache
def shipped_question_model() -> QuestionModel:
    return QuestionModel.load()
