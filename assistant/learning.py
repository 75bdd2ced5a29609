"""What people teach while the assistant runs, put into the database where editors and calibration find it."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, get_args

from assistant.actions import Reason
from assistant.errors import AssistantError
from assistant.pipeline.by_hand import OwnWords
from assistant.pipeline.wording import one_line
from assistant.stores.rows import Message
from knowledge import Entry
from knowledge.evaluation.metrics import Expectation
from knowledge.pending import PendingEntries, Source
from knowledge.reviews import Review, ReviewLog

DECIDED_BY_WORDS: Final = frozenset(
    {
        Reason.SURE,
        Reason.UNSURE,
        Reason.NO_ENTRY,
        Reason.PAID,
        Reason.PERSONAL,
        Reason.CHATTER,
        Reason.INJECTION,
        Reason.ABUSE,
        Reason.SPAM,
        Reason.ANSWER_TOO_LONG,
        Reason.PLACEHOLDER_MISSING,
        Reason.LAPSED,
        Reason.HELD,
        Reason.OFF,
        Reason.PAUSED,
    }
)
"""Our own lines, the host's or a lottery's teach a calibration nothing."""


class CannotCorrect(AssistantError):
    """A decision cannot be corrected so; the message says why. Nothing was taken."""


class Learning:
    """Each call opens the database for itself in a thread: the rooms do not wait for the disk.

    Both raise KnowledgeError.
    """

    def __init__(self, database: Path, *, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, words: OwnWords, *, author: str, source: Source) -> int:
        """The words wait for an editor; the id under which they do."""
        return await asyncio.to_thread(self._keep, words, author, source)

    async def label(self, review: Review) -> Review | None:
        """The review counts from now on. The one that it overrules, if it asks for something else."""
        return await asyncio.to_thread(self._label, review)

    def _keep(self, words: OwnWords, author: str, source: Source) -> int:
        with PendingEntries(self._database, clock=self._clock) as pending:
            return pending.add(
                words.question, words.answer, author=author, source=source, variants=words.other_wordings
            )

    def _label(self, review: Review) -> Review | None:
        with ReviewLog(self._database, clock=self._clock) as log:
            return next(iter(log.add([review])), None)


def review_of(
    message: Message, *, expect: str, entry_id: str | None, reviewer: str, entries: Mapping[str, Entry]
) -> Review:
    """What a person says should have been done about the message. Raises CannotCorrect."""
    wrong = _wrong(message, expect, entry_id, reviewer, entries)
    if wrong:
        raise CannotCorrect(f"message {message.id}: {wrong}")
    (expected,) = (one for one in get_args(Expectation) if one == expect)
    return Review(message.id, message.broadcast_id, message.text, expected, entry_id, named(reviewer))


def named(author: str) -> str:
    """A person's name as one harmless line."""
    return one_line(author)[:100]


def _wrong(
    message: Message, expect: str, entry_id: str | None, reviewer: str, entries: Mapping[str, Entry]
) -> str:
    if message.decision.reason not in DECIDED_BY_WORDS:
        return f"was not decided by its words ({message.decision.reason})"
    if not named(reviewer):
        return "who says so? A reviewer must be named"
    if expect not in get_args(Expectation):
        return "it should be replied to, escalated or ignored: reply, escalate or ignore"
    if expect != "reply":
        return "" if entry_id is None else "only what is to be replied to has an entry"
    return "" if entry_id in entries else f"there is no entry {entry_id!r}"
