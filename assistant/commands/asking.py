"""`ask` shows how one text is understood, `decide` decides a file of messages."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rich.console import Console, Group, RenderableType
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from assistant.actions import Decision
from assistant.deciding import decide_texts, read_texts, to_json
from assistant.errors import AssistantError
from assistant.pipeline.decide import Bars
from assistant.printable import printable
from knowledge import KnowledgeBase
from knowledge.ranking import Judgement, Ranker


def ask(text: str, base: KnowledgeBase, *, wrong_reply_budget: float) -> RenderableType:
    """One text: what would be decided, the nearest entries, and the evidence in an editor's words."""
    ranker = Ranker()
    bars = Bars.of(ranker, wrong_reply_budget=wrong_reply_budget)
    ((_, judgement, decision),) = decide_texts([text], base=base, ranker=ranker, bars=bars)
    return Group(_verdict(text, judgement, decision, bars), _nearest(judgement), _evidence(judgement))


def decide_file(
    messages: Path, base: KnowledgeBase, *, wrong_reply_budget: float, out: Path | None, stdout: BinaryIO
) -> None:
    """One JSON object a line, in order. A file is written whole or not at all."""
    texts = read_texts(messages)
    if out is None:
        _write(texts, base, wrong_reply_budget, stdout)
        return
    try:
        with written_whole(out) as file:
            _write(texts, base, wrong_reply_budget, file)
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


def _write(texts: list[str], base: KnowledgeBase, wrong_reply_budget: float, file: BinaryIO) -> None:
    ranker = Ranker()
    bars = Bars.of(ranker, wrong_reply_budget=wrong_reply_budget)
    with Progress(console=Console(stderr=True), transient=True, disable=len(texts) < 1000) as progress:
        task = progress.add_task("deciding", total=len(texts))
        for text, _, decision in decide_texts(texts, base=base, ranker=ranker, bars=bars):
            file.write(to_json(text, decision) + b"\n")
            progress.advance(task)


def _verdict(text: str, judgement: Judgement, decision: Decision, bars: Bars) -> RenderableType:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    entry = decision.entry_id or "-"
    rows = (
        ("text", printable(text)),
        ("decision", f"{decision.action}: {decision.reason}"),
        ("nearest entry", f"{entry}, answers this with probability {decision.probability:.1%}"),
        ("to reply", f"the probability must reach {bars.reply:.1%}"),
        ("asks something", f"{judgement.question_likeness:.1%} (below {bars.question:.1%} it is chatter)"),
        ("answer", printable(judgement.matches[0].entry.answer, 500) if judgement.matches else "-"),
    )
    for name, value in rows:
        table.add_row(name, Text(printable(value, 600)))
    return table


def _nearest(judgement: Judgement) -> RenderableType:
    table = Table(title="Nearest entries", title_justify="left")
    for heading in ("entry", "cosine", "nearest wording"):
        table.add_column(heading, justify="right" if heading == "cosine" else "left", overflow="fold")
    for match in judgement.matches:
        table.add_row(Text(printable(match.entry.id)), f"{match.score:.3f}", Text(printable(match.wording)))
    return table


def _evidence(judgement: Judgement) -> RenderableType:
    table = Table(title="Evidence for the first", title_justify="left")
    table.add_column("evidence")
    table.add_column("value", justify="right")
    for name, value in judgement.evidence.items():
        table.add_row(name, f"{value:.3f}")
    return table
