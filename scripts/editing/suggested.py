"""Suggestions by number, and the entries that they become: in the draft, or as rows of a sheet to fill in."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from assistant.settings import Settings
from editing.waiting import lately
from knowledge.base import KnowledgeBase
from knowledge.embedder import open_embedder
from knowledge.entries import MAX_NOTE_CHARACTERS, Changes, Entry
from knowledge.errors import EntriesInvalid
from knowledge.importers.naming import fresh_id
from knowledge.numbering import SuggestionNumbers, SuggestionUnknown
from knowledge.pending import CannotDecide, with_wordings
from knowledge.problems import problems_of
from knowledge.ranking import open_ranker
from knowledge.revisions import Draft, Revisions
from knowledge.suggestions import Suggestion, suggest

_MOST: Final = 200  # that are known by number, however few are shown

Numbered = Mapping[int, Suggestion]


def numbered(
    database: Path, draft: Draft, settings: Settings, *, broadcasts: int, room: str
) -> dict[int, Suggestion]:
    """What the draft's entries still do not answer, what most viewers asked first, without dismissed ones."""
    found = lately(database, broadcasts=broadcasts, room=room)
    now = time.time()
    base = KnowledgeBase(
        open_embedder(settings.knowledge.model),
        [entry for entry in draft.entries if entry.enabled and now < entry.ends],
    )
    suggestions = suggest(
        found.unanswered,
        base,
        open_ranker(settings.policy.calibration),
        wrong_reply_budget=settings.policy.wrong_reply_budget,
        most=_MOST,
    )
    with SuggestionNumbers(database) as numbers:
        return numbers.number(suggestions)


def chosen(suggestions: Numbered, numbers: Sequence[int]) -> dict[int, Suggestion]:
    """In the order named. Raises SuggestionUnknown."""
    if missing := [str(number) for number in numbers if number not in suggestions]:
        raise SuggestionUnknown(f"there is no suggestion {', '.join(missing)}")
    return {number: suggestions[number] for number in numbers}


@dataclass(frozen=True, slots=True)
class Accepting:
    """How suggestions become entries: with this answer a new one; `into`: wordings of this entry."""

    draft: Draft
    answer: str = ""
    category: str = ""
    into: str = ""

    def entries(self, accepted: Numbered) -> dict[str, Entry]:
        """Of the draft as it will be, by id. Raises CannotDecide, EntriesInvalid."""
        if self.answer and len(accepted) > 1:
            raise CannotDecide("--answer is that of one new entry: accept one suggestion with it")
        known = {entry.id: entry for entry in self.draft.entries}
        made: dict[str, Entry] = {}
        for number, suggestion in accepted.items():
            entry = self._entry(number, suggestion, {**known, **made})
            made[entry.id] = entry
        return made

    def _entry(self, number: int, suggestion: Suggestion, known: Mapping[str, Entry]) -> Entry:
        id = self.into or ("" if self.answer else suggestion.entry_id)
        if id:
            if id not in known:
                raise CannotDecide(f"the draft has no entry {id!r}")
            return with_wordings(known[id], suggestion.wordings)
        answer = self.answer or next(iter(suggestion.answers), "")
        if not answer:
            raise CannotDecide(
                f"suggestion {number} is a new entry: give its --answer, or name the entry that answers it "
                "with --into"
            )
        return _new_entry(suggestion, answer, self.category, known)

    def into_draft(self, revisions: Revisions, accepted: Numbered, *, author: str) -> Changes:
        """All or none. Raises CannotDecide, EntriesInvalid, and DraftMoved when others edited one of them."""
        entries = self.entries(accepted).values()
        return revisions.edit(entries, author=author, expect=self.draft.revision)


def sheet_rows(suggestions: Numbered, draft: Draft) -> list[Entry]:
    """Rows to be filled in: a new entry without id and, unless people gave one, without an answer; an entry
    that is there with its new wordings."""
    known = {entry.id: entry for entry in draft.entries}
    rows: dict[str, Entry] = {}
    for number, suggestion in suggestions.items():
        id = suggestion.entry_id
        if id in known:
            rows[id] = with_wordings(rows.get(id, known[id]), suggestion.wordings)
        else:
            rows[f"{number} of the new"] = _unfinished(suggestion)
    return list(rows.values())


def evidence(suggestion: Suggestion) -> str:
    """Who asked, what is near and what people said to it, in a line."""
    times = "once" if suggestion.askers == 1 else f"by {suggestion.askers:,} viewers"
    parts = [
        f"asked {times} in {suggestion.broadcasts:,} broadcast{'s' if suggestion.broadcasts > 1 else ''}"
    ]
    if suggestion.nearest:
        id, score = suggestion.nearest[0]
        parts.append(f"nearest entry {id} ({score:.2f})")
    parts += [f"people answered: {answer}" for answer in suggestion.answers]
    return "; ".join(parts)


def suggestion_json(number: int, suggestion: Suggestion) -> dict[str, Any]:
    return {
        "number": number,
        "kind": suggestion.kind,
        "question": suggestion.question,
        "samples": suggestion.samples,
        "askers": suggestion.askers,
        "broadcasts": suggestion.broadcasts,
        "nearest": [{"entry": id, "score": round(score, 6)} for id, score in suggestion.nearest],
        "probability": round(suggestion.probability, 6),
        "entry": suggestion.entry_id,
        "answers": suggestion.answers,
    }


def _new_entry(suggestion: Suggestion, answer: str, category: str, known: Mapping[str, Entry]) -> Entry:
    fields = {
        "id": fresh_id(suggestion.question, known),
        "question": suggestion.question,
        "answer": answer,
        "category": category,
    }
    try:
        entry = Entry.model_validate(fields)
    except ValidationError as error:
        raise EntriesInvalid(problems_of(error, f"entry {fields['id']}")) from None
    return with_wordings(entry, suggestion.samples)


def _unfinished(suggestion: Suggestion) -> Entry:
    """Not an entry yet: an importer refuses it, naming its row, until it has an answer."""
    return Entry.model_construct(
        id="",
        question=suggestion.question,
        variants=suggestion.samples,
        answer=next(iter(suggestion.answers), ""),
        note=evidence(suggestion)[:MAX_NOTE_CHARACTERS],
    )
