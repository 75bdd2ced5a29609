"""Texts to vectors: the shipped model by numpy alone, any other sentence-transformers model by torch.

The shipped model is a bag of token vectors, which needs no network of layers to run: tokens, a sum, the unit
length. Texts arrive folded; folding them is for the caller.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from knowledge.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MAX_CHARACTERS: Final = 1_000
"""What is behind them in a text is not looked at: no question is that long."""

SHIPPED_MODEL: Final = Path(__file__).parent / "model"

Vectors = NDArray[np.float32]

_BATCH_TEXTS = 256  # tokenized at once: tokens take far more memory than their text
_SMALLEST_NORM = 1e-12  # as torch has it: what is shorter stays zero
_MODEL_FILES = ("modules.json", "config.json")  # of any model one or the other
_PROBE_SECONDS = 5.0
_QUERY = re.compile(r"(?<=[^\s?])\?[^\s'\"]+=[^\s'\"]+")  # of an address: it may be signed
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[\w.-]+)?", re.ASCII)


class Embedder(Protocol):
    """Places texts so that those of one meaning lie near each other.

    `embed` returns float32 of shape (texts, dimension), the rows in the order of the texts and of unit
    length, or zero when the model knows nothing of a text. Any string is taken, of any length, and only its
    first MAX_CHARACTERS are looked at; equal texts have equal vectors. It may be called from several threads.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...


def open_embedder(model: str | Path = "") -> Embedder:
    """The shipped model, or another one by its directory or its name on the model hub.

    The shipped one never loads torch. Others are opened by sentence-transformers: from the directory, else
    from what is cached of the hub, else from the hub. Raises ModelUnavailable.
    """
    if not str(model):
        return StaticEmbedder(SHIPPED_MODEL, name="shipped")
    return SentenceTransformerEmbedder(_opened(model), name=str(model))


class StaticEmbedder:
    """A sentence-transformers model of just StaticEmbedding and Normalize, run by numpy.

    Same vectors as SentenceTransformer gives for it, computed in float32 also when the weights are kept in
    float16.
    """

    def __init__(self, directory: Path, *, name: str) -> None:
        self.name = name
        self._tokenizer, self._weights = _load_static(directory)
        self.dimension = int(self._weights.shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH_TEXTS):
            self._sum_tokens(texts[start : start + _BATCH_TEXTS], vectors[start:])
        # The mean of the tokens has the direction of their sum.
        norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        vectors /= np.maximum(norms, _SMALLEST_NORM)[:, np.newaxis]
        return vectors

    def _sum_tokens(self, texts: Sequence[str], sums: Vectors) -> None:
        encodings = self._tokenizer.encode_batch_fast(list(_readable(texts)), add_special_tokens=False)
        for row, encoding in enumerate(encodings):
            if tokens := encoding.ids:
                np.add.reduce(self._weights.take(tokens, axis=0), axis=0, out=sums[row])


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, on the device that torch finds."""

    def __init__(self, model: "SentenceTransformer", *, name: str) -> None:
        self.name = name
        self._model = model
        self.dimension = int(self.embed(["?"]).shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(
            list(_readable(texts)), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)


def _readable(texts: Sequence[str]) -> Iterator[str]:
    """As tokenizers take them: cut, and without the half characters that are no text to them."""
    for text in texts:
        text = text[:MAX_CHARACTERS]
        if not text.isascii():
            text = text.encode("utf-8", "ignore").decode("utf-8")
        yield text


def _load_static(directory: Path) -> tuple[Tokenizer, Vectors]:
    try:
        tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        weights = load_file(directory / "model.safetensors")["embedding.weight"]
    except Exception as error:  # tokenizers raises nothing more precise
        raise ModelUnavailable(f"{directory}: the embedding model is broken: {_first_line(error)}") from None
    if tokenizer.get_vocab_size() > len(weights):
        raise ModelUnavailable(f"{directory}: the embedding model is broken: more tokens than vectors")
    tokenizer.no_padding()
    return tokenizer, np.ascontiguousarray(weights, dtype=np.float32)


def _opened(model: str | Path) -> "SentenceTransformer":
    directory = Path(model).expanduser()
    try:
        if directory.is_dir():
            return _load(str(directory))
        if isinstance(model, Path) or not _HUB_NAME.fullmatch(model):
            raise ModelUnavailable(f"{model}: no such directory")
        return _from_hub(model)
    except ModelUnavailable:
        raise
    except Exception as error:  # a stranger's model may fail in any way, and the user can only be told
        raise ModelUnavailable(f"{model}: cannot be opened as a model: {_first_line(error)}") from error


def _from_hub(name: str) -> "SentenceTransformer":
    from huggingface_hub import try_to_load_from_cache

    if any(isinstance(try_to_load_from_cache(name, file), str) for file in _MODEL_FILES):
        try:
            return _load(name, local_files_only=True)
        except OSError:
            pass  # a file is missing in the cache
    _ask_hub(name)
    return _load(name)


def _ask_hub(name: str) -> None:
    """One quick question first: opening a model goes on trying for a minute when there is no network."""
    from huggingface_hub import HfApi

    try:
        HfApi().model_info(name, timeout=_PROBE_SECONDS)
    except Exception as error:  # whatever HTTP library is below it has its own
        reason = f"it is not on this machine, and the model hub does not give it: {_first_line(error)}"
        raise ModelUnavailable(f"{name}: {reason}") from None


def _load(model: str, *, local_files_only: bool = False) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer  # takes seconds: only who needs torch waits for it

    return SentenceTransformer(model, local_files_only=local_files_only)


def _first_line(error: Exception) -> str:
    lines = _QUERY.sub("", str(error)).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__
