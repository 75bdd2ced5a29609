"""The async face of a team's documents: read once in a thread, searched in threads after that.

Until they are read, and where they cannot be, they say nothing; nobody waits for them.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog

from assistant.notices import Alert, Watcher
from assistant.stores.rows import Excerpt
from knowledge import Embedder, Problem
from knowledge.documents import Documents, read_documents

MOST_PASSAGES = 3  # with one question: what a host can look at

_log = structlog.get_logger(__name__)


class Library:
    """`paths` are files and folders."""

    def __init__(self, paths: Sequence[Path], *, embedder: Embedder, watch: Watcher) -> None:
        self._paths = paths
        self._embedder = embedder
        self._watch = watch
        self._documents: Documents | None = None

    async def load(self) -> None:
        """Read them all; those that cannot be read are named in alerts and left out."""
        documents, problems = await asyncio.to_thread(self._read)
        self._documents = documents
        _log.info("documents read", passages=len(documents.passages), problems=len(problems))
        for problem in problems:
            self._watch(Alert("", f"a document is left out: {problem}"))

    async def find(self, texts: Sequence[str]) -> list[tuple[Excerpt, ...]]:
        """For each question the passages that may answer it, best first; never raises for any text."""
        documents = self._documents
        if documents is None or not texts:
            return [() for _ in texts]
        return await asyncio.to_thread(lambda: [_excerpts(documents, text) for text in texts])

    def _read(self) -> tuple[Documents, list[Problem]]:
        passages, problems = read_documents(self._paths)
        return Documents(passages, self._embedder), problems


def _excerpts(documents: Documents, text: str) -> tuple[Excerpt, ...]:
    return tuple(
        Excerpt(found.passage.text, found.passage.place, round(found.score, 4))
        for found in documents.search(text, MOST_PASSAGES)
    )
