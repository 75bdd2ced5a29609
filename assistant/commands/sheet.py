"""Draws why a text was decided as it was: on one screen for an editor, or as JSON for a script."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from assistant.actions import Action, Decision
from assistant.advice import Hint, advise, concerns_entries
from assistant.deciding import to_json
from assistant.phrases import Language
from assistant.pipeline.decide import Bars
from assistant.printable import printable
from assistant.sentences import MOST_WORDING, Sentences, is_told, percent, reply_bar, strength
from knowledge.explaining import Explained, Explanation, Finding, Kind
from knowledge.ranking import Judgement
from knowledge.text import MAX_CHARACTERS

_MOST_TEXT = 200
_MOST_ANSWER = 300
_MOST_QUESTION = 60
_STYLES = {
    Action.REPLY: Style.parse("bold green"),
    Action.ESCALATE: Style.parse("bold yellow"),
    Action.IGNORE: Style.parse("bold"),
}
_FOR, _AGAINST, _LITTLE = Style.parse("green"), Style.parse("red"), Style.parse("dim")
_MARK_COLUMNS = 5
_OF_EVERY_ENTRY = frozenset({Kind.START, Kind.ASKS, Kind.HARDLY_ASKS, Kind.APART, Kind.FAINT, Kind.BEHIND})

Row = tuple[str, str, Style]
"""A mark or number, words, and how they look."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A text with all that was made of it. `entries`: how many the FAQ has."""

    text: str
    judgement: Judgement
    decision: Decision
    bars: Bars
    explanation: Explanation
    entries: int


def sheet(asked: Asked, language: Language) -> RenderableType:
    sentences = Sentences(language)
    decided = sentences.decision(asked.decision, asked.judgement, asked.bars)
    parts: list[RenderableType] = [
        Text(sentences.heading("text", text=printable(asked.text, _MOST_TEXT))),
        Text(decided, _STYLES[asked.decision.action]),
    ]
    if asked.explanation.candidates and concerns_entries(asked.decision):
        parts += _first(asked.explanation.candidates[0], sentences)
        parts += [*_headed(sentences.heading("nearest"), _nearest(asked.explanation, sentences))]
    hints = [sentences.hint(hint) for hint in _hints(asked)]
    if hints:
        parts += _headed(sentences.heading("advice"), _rows(("", hint, Style.null()) for hint in hints))
    return Group(*parts)


def sheet_json(asked: Asked, language: Language) -> bytes:
    """One object on one line: the fields of `decide`, and all that the sheet says.

    Of a text that is longer than what was read of it, the rest is cut.
    """
    sentences = Sentences(language)
    text = asked.text if len(asked.text) <= MAX_CHARACTERS else asked.text[: MAX_CHARACTERS - 1] + "…"
    fields = json.loads(to_json(text, asked.decision)) | {
        "sentence": sentences.decision(asked.decision, asked.judgement, asked.bars),
        "reply_bar": round(reply_bar(asked.judgement, asked.bars), 6),
        "question_likeness": round(asked.judgement.question_likeness, 6),
        "question_bar": round(asked.bars.question, 6),
        "nearest": [_candidate(one, sentences) for one in asked.explanation.candidates],
        "none_of_these": round(asked.explanation.none, 6),
        "advice": [{"kind": hint.advice, "sentence": sentences.hint(hint)} for hint in _hints(asked)],
    }
    return json.dumps(fields, ensure_ascii=True).encode()


def _hints(asked: Asked) -> list[Hint]:
    return advise(asked.decision, asked.explanation, entries=asked.entries)


def _first(first: Explained, sentences: Sentences) -> Iterator[RenderableType]:
    """The entry that would answer, and every finding about it."""
    entry = first.match.entry
    name, question = printable(entry.id, MOST_WORDING), printable(entry.question, _MOST_QUESTION)
    yield Text(sentences.heading("first", entry=name, question=question))
    yield Text(sentences.heading("answer", answer=printable(entry.answer, _MOST_ANSWER)))
    told = [finding for finding in first.findings if is_told(finding)]
    counted = [finding for finding in told if strength(finding.points)]
    sections = (
        ("for", [finding for finding in counted if finding.points > 0], _FOR),
        ("against", [finding for finding in counted if finding.points < 0], _AGAINST),
        ("little", [finding for finding in told if finding not in counted], _LITTLE),
    )
    for section, findings, style in sections:
        rows = [(_mark(finding), sentences.finding(finding), style) for finding in findings]
        if rows:
            yield from _headed(sentences.heading(section, entry=name), _rows(rows))


def _nearest(explanation: Explanation, sentences: Sentences) -> RenderableType:
    rows: list[Row] = []
    for place, one in enumerate(explanation.candidates):
        entry = one.match.entry
        name = f"{printable(entry.id, MOST_WORDING)}  {printable(entry.question, _MOST_QUESTION)}"
        rows.append((percent(one.probability), name, Style.null()))
        if place:
            rows += [("", f"{_mark(found)} {sentences.finding(found)}", _LITTLE) for found in _telling(one)]
    rows.append((percent(explanation.none), sentences.heading("none"), Style.null()))
    return _rows(rows)


def _telling(rival: Explained) -> list[Finding]:
    """What most speaks for and against an entry that is not the first, beyond what is true of all."""
    own = [finding for finding in rival.findings if finding.kind not in _OF_EVERY_ENTRY]
    found = (
        next((finding for finding in own if strength(finding.points) and finding.points * sign > 0), None)
        for sign in (1, -1)
    )
    return [finding for finding in found if finding is not None]


def _mark(finding: Finding) -> str:
    return ("+" if finding.points > 0 else "-") * strength(finding.points)


def _headed(heading: str, body: RenderableType) -> list[RenderableType]:
    return [Text(), Text(heading, "bold"), body]


def _rows(rows: Iterable[Row]) -> RenderableType:
    """What does not fit a line goes on below its own start."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=_MARK_COLUMNS, justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for mark, words, style in rows:
        table.add_row(Text(mark, style), Text(words, style))
    return table


def _candidate(one: Explained, sentences: Sentences) -> dict[str, Any]:
    return {
        "entry": one.match.entry.id,
        "question": one.match.entry.question,
        "wording": one.match.wording,
        "score": round(one.match.score, 6),
        "probability": round(one.probability, 6),
        "findings": [
            {
                "kind": finding.kind,
                "points": round(finding.points, 6),
                "facts": dict(finding.facts),
                "sentence": sentences.finding(finding),
            }
            for finding in one.findings
        ],
    }
