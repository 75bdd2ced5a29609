"""Answers that people gave in the room, waiting for an editor: to become entries, or wordings of one, or not.

What is decided goes into the draft like any other edit; nothing is published here.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from pydantic import ValidationError

from knowledge.database import DatabaseFile, transaction, worded
from knowledge.entries import Changes, Entry
from knowledge.errors import EntriesInvalid, KnowledgeError
from knowledge.problems import problems_of
from knowledge.text import fold

Source = Literal["host", "agent", "draft"]
"""Who answered: the host, an agent of the team, or a machine's draft that a person let pass."""

State = Literal["open", "approved", "merged", "rejected"]

_OPEN = "SELECT * FROM pending WHERE state = 'open' ORDER BY id"
_ALL = "SELECT * FROM pending ORDER BY id"
_ALIKE = "SELECT id FROM pending WHERE state = 'open' AND question = ? AND answer = ?"
_DECIDE = """
    UPDATE pending SET state = ?, decided_by = ?, decided_at = ?, entry_id = ? WHERE id = ? AND state = 'open'
"""
MOST_VARIANTS: Final = 50  # of one pending entry; more add nothing that the first do not say


class CannotDecide(KnowledgeError):
    """What an editor asked for cannot be done; the message says why. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A question and a person's answer. `entry_id`: what it became, or became part of, once decided."""

    id: int
    question: str
    answer: str
    variants: tuple[str, ...]
    author: str
    source: Source
    made_at: float
    state: State = "open"
    decided_by: str = ""
    decided_at: float | None = None
    entry_id: str | None = None

    @property
    def wordings(self) -> tuple[str, ...]:
        return (self.question, *self.variants)

    def entry(self, id: str, *, category: str = "") -> Entry:
        """The entry that it would be."""
        return Entry(
            id=id, question=self.question, answer=self.answer, category=category, variants=self.variants
        )


class PendingEntries(DatabaseFile):
    """Those of a file. What concerns several is done for all of them or for none."""

    def add(
        self, question: str, answer: str, *, author: str, source: Source, variants: Iterable[str] = ()
    ) -> int:
        """Its id; that of an open one, when the same was answered in the same words already.

        Raises EntriesInvalid for what could be no entry.
        """
        if source not in get_args(Source):
            raise ValueError(f"{source!r} is no source")
        entry = _checked(question, answer, variants)
        row = {
            "question": entry.question,
            "answer": entry.answer,
            "variants": json.dumps(entry.variants[:MOST_VARIANTS], ensure_ascii=False),
            "author": author,
            "source": source,
            "made_at": self._clock(),
            "state": "open",
        }
        with worded(self._path), transaction(self._database):
            alike = self._database.execute(_ALIKE, [entry.question, entry.answer]).fetchone()
            if alike:
                return int(alike[0])
            return int(self._database.table("pending").insert(row).last_pk)

    def open(self) -> list[Pending]:
        """Those that nobody has decided, oldest first."""
        return self._read(_OPEN)

    def all(self) -> list[Pending]:
        """The decided ones too, oldest first."""
        return self._read(_ALL)

    def approve(self, *ids: int, author: str, category: str = "") -> Changes:
        """Each becomes an entry of the draft.

        Raises CannotDecide: one is not open, or an entry is asked so already, or another of these is.
        """
        waiting = self._waiting(ids)
        from knowledge.revisions import Revisions

        with Revisions(self._path, clock=self._clock) as revisions:
            drafted = {entry.id: entry for entry in revisions.draft().entries}
            entries = {one.id: one.entry(_id_for(one, drafted), category=category) for one in waiting}
            _refuse_asked_already(waiting, entries, drafted)
            changes = revisions.edit(entries.values(), author=author)
        self._decide("approved", {id: entry.id for id, entry in entries.items()}, author)
        return changes

    def merge(self, *ids: int, into: str, author: str, take_answer: bool = False) -> Changes:
        """Their wordings become variants of the draft's entry `into`; with `take_answer`, the answer of the
        last of them its answer. Raises CannotDecide."""
        waiting = self._waiting(ids)
        from knowledge.revisions import Revisions

        with Revisions(self._path, clock=self._clock) as revisions:
            entry = next((one for one in revisions.draft().entries if one.id == into), None)
            if entry is None:
                raise CannotDecide(f"the draft has no entry {into!r}")
            entry = with_wordings(entry, [wording for one in waiting for wording in one.wordings])
            if take_answer and waiting:
                entry = _validated(entry.model_dump() | {"answer": waiting[-1].answer})
            changes = revisions.edit([entry], author=author)
        self._decide("merged", {one.id: into for one in waiting}, author)
        return changes

    def reject(self, *ids: int, author: str) -> int:
        """They are kept, but no editor is asked about them again. How many. Raises CannotDecide."""
        waiting = self._waiting(ids)
        self._decide("rejected", {one.id: None for one in waiting}, author)
        return len(waiting)

    def _waiting(self, ids: Collection[int]) -> list[Pending]:
        """In the order given, each once."""
        known = {one.id: one for one in self.open()}
        missing = [id for id in ids if id not in known]
        if missing:
            raise CannotDecide(f"no open answer {', '.join(map(str, missing))}")
        return [known[id] for id in dict.fromkeys(ids)]

    def _decide(self, state: State, entry_ids: Mapping[int, str | None], author: str) -> None:
        now = self._clock()
        rows = [(state, author, now, entry_id, id) for id, entry_id in entry_ids.items()]
        with worded(self._path), transaction(self._database):
            self._database.conn.executemany(_DECIDE, rows)

    def _read(self, query: str) -> list[Pending]:
        with worded(self._path):
            return [
                Pending(**row | {"variants": tuple(json.loads(row["variants"]))})
                for row in self._database.query(query)
            ]


def with_wordings(entry: Entry, wordings: Iterable[str]) -> Entry:
    """The entry asked in these ways too; what reads like one of its own adds nothing."""
    known = {fold(wording) for wording in entry.wordings}
    fresh: dict[str, str] = {}
    for wording in wordings:
        folded = fold(wording)
        if folded and folded not in known:
            fresh.setdefault(folded, wording)
    return _validated(entry.model_dump() | {"variants": (*entry.variants, *fresh.values())})


def _checked(question: str, answer: str, variants: Iterable[str]) -> Entry:
    content = {"id": "pending", "question": question, "answer": answer, "variants": tuple(variants)}
    return _validated(content)


def _validated(content: Mapping[str, Any]) -> Entry:
    try:
        return Entry.model_validate(content)
    except ValidationError as error:
        raise EntriesInvalid(problems_of(error, f"entry {content['id']}")) from None


def _id_for(pending: Pending, drafted: Mapping[str, Entry]) -> str:
    """The same whenever it is asked for, so that an approval that was cut off can be given again."""
    id = f"asked-{pending.id}"
    while id in drafted and drafted[id].question != pending.question:
        id += "-2"
    return id


def _refuse_asked_already(
    waiting: Sequence[Pending], entries: Mapping[int, Entry], drafted: Mapping[str, Entry]
) -> None:
    """An entry beside one that is asked letter by letter the same would make both a guess."""
    asked = {fold(wording): f"entry {entry.id}" for entry in drafted.values() for wording in entry.wordings}
    for one in waiting:
        folded = fold(one.question)
        other = asked.setdefault(folded, f"answer {one.id}")
        if other not in (f"answer {one.id}", f"entry {entries[one.id].id}"):
            raise CannotDecide(f"answer {one.id} is to what {other} is asked: merge it, or reject it")
