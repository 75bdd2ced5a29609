"""The ids of rows that have none: made out of the question, so that the same file always gives the same.

A question that is an entry's already takes that entry's id: who writes a sheet anew adds nothing twice.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from knowledge.entries import Entry
from knowledge.text import fold

if TYPE_CHECKING:
    from knowledge.importers.base import Reading

_READABLE_CHARACTERS: Final = 48
_NO_LETTER = re.compile(r"[^a-z0-9]+")


def fresh_id(question: str, taken: Collection[str]) -> str:
    """An id for the question that is not taken: in its words where they are plain letters.

    >>> fresh_id("When will it ship?", taken={"when-will-it-ship"})
    'when-will-it-ship-2'
    """
    id = _id_of(_asked(question))
    if id not in taken:
        return id
    number = 2
    while f"{id}-{number}" in taken:
        number += 1
    return f"{id}-{number}"


def _asked(question: str) -> str:
    """The question folded, with or without its mark."""
    return fold(question).rstrip("?")


def _id_of(folded: str) -> str:
    words = _NO_LETTER.sub("-", folded).strip("-")
    if folded.isascii() and 0 < len(words) <= _READABLE_CHARACTERS:
        return words
    return "q-" + hashlib.blake2b(folded.encode(), digest_size=5).hexdigest()


def with_fresh_ids(entries: Mapping[int, Entry], unnamed: Collection[int], *, taken: set[str]) -> list[Entry]:
    """The entries, by line, those on the unnamed ones with an id of their own. `taken` grows by these."""
    named = []
    for line, entry in entries.items():
        if line in unnamed:
            entry = entry.model_copy(update={"id": fresh_id(entry.question, taken)})
            taken.add(entry.id)
        named.append(entry)
    return named


def with_ids_of(reading: "Reading", existing: Iterable[Entry]) -> "Reading":
    """The reading with the ids of existing entries for rows without one that ask the same.

    The other rows without one get an id that no existing entry has.
    """
    rows = dict(zip(reading.lines, reading.entries, strict=True))
    taken = {entry.id for line, entry in rows.items() if line not in reading.unnamed}
    ids_by_question: dict[str, list[str]] = {}
    for entry in existing:
        if entry.id not in taken:
            ids_by_question.setdefault(_asked(entry.question), []).append(entry.id)
    taken |= {id for ids in ids_by_question.values() for id in ids}
    unnamed = set(reading.unnamed)
    for line in sorted(unnamed):
        if ids := ids_by_question.get(_asked(rows[line].question)):
            rows[line] = rows[line].model_copy(update={"id": ids.pop(0)})
            unnamed.remove(line)
    return replace(reading, entries=tuple(with_fresh_ids(rows, unnamed, taken=taken)))
