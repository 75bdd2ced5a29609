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
from knowledge.evidence import bare
from knowledge.importers.naming import fresh_id
from knowledge.problems import problems_of
from knowledge.revisions import Revisions
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
            self._database.table("pending").insert(row)
            return int(self._database.execute("SELECT last_insert_rowid()").fetchone()[0])

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
        with worded(self._path), transaction(self._database):
            waiting, revisions = self._waiting(ids), Revisions.within(self)
            drafted = revisions.draft().entries
            _refuse_asked_already(waiting, drafted)
            entries: dict[int, Entry] = {}
            taken = {entry.id for entry in drafted}
            for one in waiting:
                entries[one.id] = one.entry(fresh_id(one.question, taken), category=category)
                taken.add(entries[one.id].id)
            changes = revisions.edit(entries.values(), author=author)
            self._decide("approved", {id: entry.id for id, entry in entries.items()}, author)
        return changes

    def merge(self, *ids: int, into: str, author: str, take_answer: bool = False) -> Changes:
        """Their wordings become variants of the draft's entry `into`; with `take_answer`, the answer of the
        last of them its answer. Raises CannotDecide, EntriesInvalid."""
        with worded(self._path), transaction(self._database):
            waiting, revisions = self._waiting(ids), Revisions.within(self)
            entry = next((one for one in revisions.draft().entries if one.id == into), None)
            if entry is None:
                raise CannotDecide(f"the draft has no entry {into!r}")
            entry = with_wordings(entry, [wording for one in waiting for wording in one.wordings])
            if take_answer and waiting:
                entry = _validated(entry.model_dump() | {"answer": waiting[-1].answer})
            changes = revisions.edit([entry], author=author)
            self._decide("merged", dict.fromkeys([one.id for one in waiting], into), author)
        return changes

    def reject(self, *ids: int, author: str) -> int:
        """They are kept, but no editor is asked about them again. How many. Raises CannotDecide."""
        with worded(self._path), transaction(self._database):
            waiting = self._waiting(ids)
            self._decide("rejected", dict.fromkeys([one.id for one in waiting]), author)
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
        self._database.conn.executemany(_DECIDE, rows)

    def _read(self, query: str) -> list[Pending]:
        with worded(self._path):
            return [
                Pending(**row | {"variants": tuple(json.loads(row["variants"]))})
                for row in self._database.query(query)
            ]


def with_wordings(entry: Entry, wordings: Iterable[str]) -> Entry:
    """The entry asked in these ways too; what reads like one of its own adds nothing."""
    known = {_read(wording) for wording in entry.wordings}
    fresh: dict[str, str] = {}
    for wording in wordings:
        read = _read(wording)
        if read and read not in known:
            fresh.setdefault(read, wording)
    return _validated(entry.model_dump() | {"variants": (*entry.variants, *fresh.values())})


def _read(wording: str) -> str:
    """As the ranker compares it: of two that it reads the same, one says all."""
    return bare(fold(wording))


def _checked(question: str, answer: str, variants: Iterable[str]) -> Entry:
    entry = _validated({"id": "pending", "question": question, "answer": answer})
    return with_wordings(entry, variants)


def _validated(content: Mapping[str, Any]) -> Entry:
    try:
        return Entry.model_validate(content)
    except ValidationError as error:
        raise EntriesInvalid(problems_of(error, f"entry {content['id']}")) from None


def _refuse_asked_already(waiting: Sequence[Pending], drafted: Iterable[Entry]) -> None:
    """An entry beside one that is asked letter by letter the same would make both a guess."""
    asked = {_read(wording): f"entry {entry.id}" for entry in drafted for wording in entry.wordings}
    for one in waiting:
        other = asked.setdefault(_read(one.question), f"answer {one.id}")
        if other != f"answer {one.id}":
            raise CannotDecide(f"answer {one.id} is to what {other} is asked: merge it, or reject it")
