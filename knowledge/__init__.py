"""The FAQ base as a library: entries, their embedding, and the search for those nearest to a text.

Importing the package loads neither torch nor faiss: what needs numpy and faiss is loaded when first named.
"""

from typing import TYPE_CHECKING

from knowledge.entries import Changes, Entry, Match, Problem
from knowledge.errors import (
    EntriesInvalid,
    FileNotWritten,
    FormatUnknown,
    KnowledgeError,
    KnowledgeStoreError,
    ModelUnavailable,
)

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase
    from knowledge.embedder import Embedder, open_embedder

__all__ = [
    "Changes",
    "Embedder",
    "EntriesInvalid",
    "Entry",
    "FileNotWritten",
    "FormatUnknown",
    "KnowledgeBase",
    "KnowledgeError",
    "KnowledgeStoreError",
    "Match",
    "ModelUnavailable",
    "Problem",
    "open_embedder",
]

_LOADED_WHEN_NAMED = {
    "Embedder": "knowledge.embedder",
    "KnowledgeBase": "knowledge.base",
    "open_embedder": "knowledge.embedder",
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _LOADED_WHEN_NAMED:
        raise AttributeError(f"module 'knowledge' has no attribute {name!r}")
    return getattr(import_module(_LOADED_WHEN_NAMED[name]), name)
