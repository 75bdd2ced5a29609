"""What editors do beside the running assistant: the draft, its publication, and answers that wait for them.

Every call opens the database for itself in a thread, so that no room waits for the disk; several editors may
be at it at once. What the draft would do to viewers is for `checks`.
"""

import asyncio
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from assistant.audit import Audit
from assistant.checks import Checks
from assistant.learning import named
from knowledge import Changes, Entry, Problem
from knowledge.database import DatabaseFile
from knowledge.errors import EntriesInvalid
from knowledge.importers import Language, Reading, read_file, with_ids_of, write_entries
from knowledge.pending import Pending, PendingEntries
from knowledge.problems import problems_of
from knowledge.revisions import Change, Draft, Revisions, Version
from knowledge.text import fold

File = TypeVar("File", bound=DatabaseFile)
Result = TypeVar("Result")


class Editing:
    """`faq` is the file that the assistant answers from instead of the database, None for none: what is
    published then changes nothing in the rooms.

    Commands name who gives them, `by`, and are audited. All raise KnowledgeError: DraftMoved where others
    were faster than an `expect`ed revision, EntriesInvalid for what can be no entry.
    """

    def __init__(
        self, database: Path, *, checks: Checks, audit: Audit, clock: Callable[[], float], faq: Path | None
    ) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self.checks = checks
        self.faq = faq

    async def draft(self) -> Draft:
        """The entries as they would be published now, with what that changes and the draft's revision."""
        return await self._with(Revisions, Revisions.draft)

    async def search(self, text: str = "", *, category: str = "", limit: int = 100) -> list[Entry]:
        """The draft's entries in which each of the words is, in order; without words all of them."""
        words = [word for word in map(fold, text.split()) if word]
        found = (
            entry
            for entry in (await self.draft()).entries
            if category in ("", entry.category) and _has(entry, words)
        )
        return list(found)[:limit]

    async def edit(
        self, entries: Iterable[Entry], by: str, *, removed: Collection[str] = (), expect: int | None = None
    ) -> Changes:
        """Put entries into the draft, over those of the same ids, and take out those removed."""
        given = list(entries)
        changes = await self._with(
            Revisions,
            lambda file: file.edit(given, author=named(by), removed=removed, expect=expect),
        )
        ids = [*(entry.id for entry in given), *(f"-{id}" for id in removed)]
        await self._audit.record(by, "edit entries", ", ".join(ids))
        return changes

    async def discard(self, by: str, ids: Collection[str] | None = None) -> int:
        """Take back the draft's edits of these entries, or all; how many there were."""
        count = await self._with(Revisions, lambda file: file.discard(ids, author=named(by)))
        await self._audit.record(by, "discard edits", "all" if ids is None else ", ".join(ids))
        return count

    async def publish(self, by: str, *, note: str = "", expect: int | None = None) -> Version:
        """The draft is what viewers are answered with, within a second."""
        version = await self._with(
            Revisions, lambda file: file.publish(author=named(by), note=note, expect=expect)
        )
        await self._audit.record(by, "publish", f"version {version.number}")
        return version

    async def roll_back(self, number: int, by: str, *, note: str = "") -> Version:
        """Publish the entries as they were in this version (0: before the first), as a new one."""
        version = await self._with(
            Revisions, lambda file: file.roll_back(number, author=named(by), note=note)
        )
        await self._audit.record(by, "roll back", f"to version {number}, as version {version.number}")
        return version

    async def history(self, limit: int = 50) -> list[Version]:
        """Newest first."""
        return await self._with(Revisions, lambda file: file.history(limit))

    async def changes_of(self, number: int) -> tuple[Change, ...]:
        """What a version changed. Raises VersionUnknown."""
        return await self._with(Revisions, lambda file: file.changes_of(number))

    async def pending(self) -> list[Pending]:
        """Answers that people gave in rooms, and nobody decided about, oldest first."""
        return await self._with(PendingEntries, PendingEntries.open)

    async def approve(self, ids: Sequence[int], by: str, *, category: str = "") -> Changes:
        """Each becomes an entry of the draft. Raises CannotDecide."""
        changes = await self._with(
            PendingEntries, lambda file: file.approve(*ids, author=named(by), category=category)
        )
        await self._audit.record(by, "approve answers", _listed(ids))
        return changes

    async def merge(self, ids: Sequence[int], into: str, by: str, *, take_answer: bool = False) -> Changes:
        """Their wordings become variants of the draft's entry `into`. Raises CannotDecide."""
        changes = await self._with(
            PendingEntries,
            lambda file: file.merge(*ids, into=into, author=named(by), take_answer=take_answer),
        )
        await self._audit.record(by, "merge answers", f"{_listed(ids)} into {into}")
        return changes

    async def reject(self, ids: Sequence[int], by: str) -> int:
        """No editor is asked about them again; how many. Raises CannotDecide."""
        count = await self._with(PendingEntries, lambda file: file.reject(*ids, author=named(by)))
        await self._audit.record(by, "reject answers", _listed(ids))
        return count

    async def read(self, name: str, data: bytes) -> tuple[list[Entry], list[Problem]]:
        """The entries of a file that somebody sends, with ids, and everything that is wrong in it; nothing is
        changed. Its name says of which kind it is. Raises FormatUnknown."""
        known = (await self.draft()).entries
        reading = await asyncio.to_thread(_read, name, data)
        taken = with_ids_of(reading, known)
        return list(taken.entries), list(reading.problems)

    async def written(self, suffix: str, *, language: Language = "en") -> bytes:
        """The draft's entries as a file of this kind (`.xlsx`, `.csv`, `.md`, `.jsonl`, `.yaml`), which
        `read` reads. Raises FormatUnknown."""
        entries = (await self.draft()).entries
        return await asyncio.to_thread(_written, suffix, entries, language)

    async def _with(self, kind: type[File], use: Callable[[File], Result]) -> Result:
        def opened() -> Result:
            with kind(self._database, clock=self._clock) as file:
                return use(file)

        return await asyncio.to_thread(opened)


def entry_of(fields: Mapping[str, Any]) -> Entry:
    """What somebody filled in. Raises EntriesInvalid with a problem a field."""
    try:
        return Entry.model_validate(dict(fields))
    except ValidationError as error:
        raise EntriesInvalid(problems_of(error, "the entry")) from None


def _has(entry: Entry, words: Sequence[str]) -> bool:
    texts = (entry.id, entry.category, *entry.wordings, entry.answer, entry.short_answer, entry.note)
    folded = [fold(text) for text in texts]
    return all(any(word in text for text in folded) for word in words)


def _listed(ids: Sequence[int]) -> str:
    return ", ".join(map(str, ids))


def _read(name: str, data: bytes) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"entries{Path(name).suffix.lower()[:10]}")
        path.write_bytes(data)
        return read_file(path)


def _written(suffix: str, entries: Iterable[Entry], language: Language) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"entries{suffix}")
        write_entries(path, entries, language=language)
        return path.read_bytes()
