"""`ask` explains the decision about one text, `decide` decides a file of messages."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rich.console import Console, RenderableType
from rich.progress import Progress

from assistant.commands.sheet import Asked, sheet, sheet_json
from assistant.deciding import decide_texts, read_texts, to_json
from assistant.errors import AssistantError
from assistant.phrases import Language
from assistant.pipeline.decide import Bars
from assistant.settings import PolicySettings
from knowledge import KnowledgeBase
from knowledge.explaining import explain
from knowledge.ranking import Ranker, open_ranker


def ask(
    text: str, base: KnowledgeBase, *, policy: PolicySettings, language: Language, as_json: bool = False
) -> RenderableType | bytes:
    """One text: what would be decided, why, in an editor's words, and what the editor can do about it."""
    ranker, bars = _judging(policy)
    ((_, judgement, decision),) = decide_texts([text], base=base, ranker=ranker, bars=bars)
    explanation = explain(text, judgement, base=base, ranker=ranker)
    asked = Asked(text, judgement, decision, bars, explanation, entries=len(base.entries))
    return sheet_json(asked, language) if as_json else sheet(asked, language)


def decide_file(
    messages: Path, base: KnowledgeBase, *, policy: PolicySettings, out: Path | None, stdout: BinaryIO
) -> None:
    """One JSON object a line, in order. A file is written whole or not at all."""
    texts = read_texts(messages)
    if out is None:
        _write(texts, base, policy, stdout)
        return
    try:
        with written_whole(out) as file:
            _write(texts, base, policy, file)
    except OSError as error:
        raise AssistantError(f"{out}: {error.strerror or 'cannot be written'}") from None


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` once the block is done, with the permissions of what was there.

    Where a link leads, that is replaced; a device or pipe is written to. Raises OSError.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a folder")
    if path.parts[1:2] == ("dev",) or (path.exists() and not path.is_file()):
        with path.open("ab") as file:
            yield file
        return
    path = path.resolve()
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        if path.exists():
            shutil.copymode(path, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _judging(policy: PolicySettings) -> tuple[Ranker, Bars]:
    """By the calibration, budget and precision of the settings, as in a room."""
    ranker = open_ranker(policy.calibration)
    bars = Bars.of(ranker, wrong_reply_budget=policy.wrong_reply_budget, precision=policy.precision)
    return ranker, bars


def _write(texts: list[str], base: KnowledgeBase, policy: PolicySettings, file: BinaryIO) -> None:
    ranker, bars = _judging(policy)
    with Progress(console=Console(stderr=True), transient=True, disable=len(texts) < 1000) as progress:
        task = progress.add_task("deciding", total=len(texts))
        for text, _, decision in decide_texts(texts, base=base, ranker=ranker, bars=bars):
            file.write(to_json(text, decision) + b"\n")
            progress.advance(task)
