"""Every error the library raises on purpose: one line a user can act on.

KnowledgeError
├── EntriesInvalid        entries that cannot stand together or break a rule; carries a Problem for each
├── FormatUnknown         no importer reads files of this suffix
├── FileNotWritten        a file of entries cannot be written, or no longer is the one that was read
├── VersionUnknown        no such version was published
├── NothingToPublish      the draft, or the version gone back to, is what is published already
├── DraftMoved            others changed meanwhile what an editor looked at; carries what they changed
├── ModelUnavailable      an embedding model is not on this machine and cannot be fetched, or is broken
└── KnowledgeStoreError   the database of entries cannot be opened, read or written
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.entries import Problem
    from knowledge.versions import Change, Version


class KnowledgeError(Exception):
    """Base of all."""


class EntriesInvalid(KnowledgeError):
    """`problems` holds all that is wrong; the message is the first of them and how many follow."""

    def __init__(self, problems: "Sequence[Problem]") -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{problems[0]}{more}")
        self.problems = tuple(problems)


class FormatUnknown(KnowledgeError):
    pass


class FileNotWritten(KnowledgeError):
    pass


class VersionUnknown(KnowledgeError):
    pass


class NothingToPublish(KnowledgeError):
    pass


class DraftMoved(KnowledgeError):
    """`changes` holds what others changed, `versions` what they published; nothing was written."""

    def __init__(
        self, message: str, *, changes: "Sequence[Change]" = (), versions: "Sequence[Version]" = ()
    ) -> None:
        super().__init__(message)
        self.changes = tuple(changes)
        self.versions = tuple(versions)


class ModelUnavailable(KnowledgeError):
    pass


class KnowledgeStoreError(KnowledgeError):
    pass
