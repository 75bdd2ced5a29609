"""Decides a file of messages without a room: the same judging and the same policy, one JSON object a line.

Nothing here remembers: each message is decided as if it were the first, so that cool-downs and clusters of a
running room do not hide what the knowledge base would say.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from assistant.actions import Action, Decision, Reason
from assistant.errors import AssistantError
from assistant.pipeline.decide import Bars, decide
from assistant.pipeline.injection import is_injection
from knowledge import KnowledgeBase
from knowledge.ranking import Judgement, Ranker
from knowledge.text import fold

BATCH_TEXTS = 256


class MessagesInvalid(AssistantError):
    """A file of messages cannot be read; the message names file, line and field."""


def read_texts(path: Path) -> list[str]:
    """The `text` of each line, in order. Raises MessagesInvalid."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise MessagesInvalid(f"{path}: is not UTF-8 text") from None
    except OSError as error:
        raise MessagesInvalid(f"{path}: {error.strerror or 'cannot be read'}") from None
    return [_text(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def decide_texts(
    texts: Sequence[str], *, base: KnowledgeBase, ranker: Ranker, bars: Bars
) -> Iterator[tuple[str, Judgement, Decision]]:
    """(text, judgement, decision) of each, in order, judged in batches."""
    for start in range(0, len(texts), BATCH_TEXTS):
        batch = texts[start : start + BATCH_TEXTS]
        for text, judgement in zip(batch, ranker.judge(batch, base), strict=True):
            yield text, judgement, _decision(text, judgement, bars)


def to_json(text: str, decision: Decision) -> bytes:
    """One line of output. `probability` is that `entry` truly answers the text, whatever the action."""
    fields = {
        "text": text,
        "action": str(decision.action),
        "entry": decision.entry_id,
        "probability": round(decision.probability, 6),
        "score": round(decision.score, 6),
        "reason": str(decision.reason),
        "desk": decision.desk,
        "candidates": [{"entry": entry, "score": round(score, 6)} for entry, score in decision.candidates],
    }
    try:
        return orjson.dumps(fields)
    except TypeError:  # a lone surrogate goes out escaped, as it came in
        return json.dumps(fields).encode()


def _decision(text: str, judgement: Judgement, bars: Bars) -> Decision:
    """As in a room, with the screen's word about texts; the nearest entry is named in any case."""
    folded = fold(text)
    decision = decide(judgement, bars, folded=folded)
    reason = Reason.EMPTY if not folded else Reason.INJECTION if is_injection(text, folded=folded) else None
    return decision if reason is None else replace(decision, action=Action.IGNORE, reason=reason)


def _text(path: Path, number: int, line: str) -> str:
    try:
        fields: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise MessagesInvalid(f"{path}:{number}: is not JSON") from None
    if not isinstance(fields, dict):
        raise MessagesInvalid(f"{path}:{number}: must be an object")
    text = fields.get("text")
    if not isinstance(text, str):
        raise MessagesInvalid(f"{path}:{number}: text: must be text")
    return text
