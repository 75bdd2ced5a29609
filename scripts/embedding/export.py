"""Writes an embedding as a sentence-transformers directory: StaticEmbedding at its root, then Normalize."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

# The names that every version of sentence-transformers with a StaticEmbedding knows.
_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
    {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
]


def write_model(out: Path, tokenizer: Tokenizer, vectors: Tensor) -> None:
    (out / "1_Normalize").mkdir(parents=True, exist_ok=True)
    save_file({"embedding.weight": vectors.contiguous()}, str(out / "model.safetensors"))
    (out / "model.safetensors").chmod(0o644)
    tokenizer.save(str(out / "tokenizer.json"))
    _write(out / "modules.json", _MODULES)
    _write(out / "1_Normalize" / "config.json", {})
    libraries = {
        "sentence_transformers": "sentence-transformers",
        "transformers": "transformers",
        "pytorch": "torch",
    }
    settings = {
        "model_type": "SentenceTransformer",
        "__version__": {name: version(package) for name, package in libraries.items()},
        "prompts": {"query": "", "document": ""},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }
    _write(out / "config_sentence_transformers.json", settings)


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
