"""What the journal says across broadcasts: what was asked in vain, what people answered, how entries fared.

It is read beside the running assistant; what follows from it is for `knowledge.suggestions`, `knowledge.lint`
and `knowledge.evaluation.replay`.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Final

from assistant.actions import Action, Reason, ReceiptState
from assistant.pipeline.abuse import is_abusive, is_spam
from assistant.pipeline.injection import is_injection
from assistant.pipeline.personal import is_personal
from assistant.pipeline.wording import whole
from assistant.stores.base import Store
from assistant.stores.rows import Broadcast, Message, Reply
from assistant.stores.sqlite import SqliteStore
from knowledge.evaluation import replay
from knowledge.lint import Usage
from knowledge.reviews import Review, ReviewLog
from knowledge.suggestions import Asked
from knowledge.text import fold

_ASKED: Final = frozenset({Reason.UNSURE, Reason.NO_ENTRY, Reason.LAPSED})
_PERHAPS_ASKED: Final = frozenset({Reason.PAID, Reason.OVERLOADED, Reason.STALE, Reason.FAILED})
"""Lines that nobody judged, or that are handed over whatever they say."""

_IN_VAIN: Final = _ASKED | _PERHAPS_ASKED

_MOST_BROADCASTS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a reply said, and the entry that it is of; None: somebody's own words."""

    entry_id: str | None
    text: str


@dataclass(frozen=True)
class AskedLately:
    """Some broadcasts and what people said of them, as the journal had it when it was read."""

    broadcasts: Sequence[Broadcast]
    messages: Sequence[Message]
    replies: Sequence[Reply]
    reviews: Mapping[int, Review] = field(default_factory=dict)  # by message

    @cached_property
    def unanswered(self) -> Sequence[Asked]:
        """A line each, as `suggest` takes them: what went to the host, what nobody looked at, and what people
        say was answered wrongly. Insults, orders to us, advertisements and viewers' own matters are left out.
        """
        return tuple(self._asked(message) for message in self._fit() if self._is_in_vain(message))

    @cached_property
    def questions(self) -> Sequence[replay.Asked]:
        """Every text that was a question, with the viewers who asked it, one counted once a broadcast."""
        askers: defaultdict[str, set[tuple[int, str]]] = defaultdict(set)
        said: dict[str, str] = {}
        for message in self._fit():
            if self._is_question(message):
                askers[message.text].add((message.broadcast_id, message.viewer_key))
                said[message.text] = self._said(message) or said.get(message.text, "")
        return tuple(replay.Asked(text, len(who), said[text]) for text, who in askers.items())

    @cached_property
    def usage(self) -> Usage:
        """To how many lines each entry was the reply, and to how many people say it was the wrong one."""
        replied = [message for message in self.messages if message.decision.action is Action.REPLY]
        matched = Counter(message.decision.entry_id for message in replied if message.decision.entry_id)
        matched.update(answer.entry_id for _, answer in self._by_people() if answer.entry_id)
        wrong = Counter(
            message.decision.entry_id
            for message in replied
            if message.decision.entry_id and self._is_wrong(message)
        )
        return Usage(len(self.broadcasts), dict(matched), dict(wrong))

    def _is_in_vain(self, message: Message) -> bool:
        review = self.reviews.get(message.id)
        if review is None:
            return message.decision.reason in _IN_VAIN
        if review.expect == "reply":
            return message.decision.action is not Action.REPLY or self._is_wrong(message)
        return review.expect == "escalate"

    def _is_question(self, message: Message) -> bool:
        review = self.reviews.get(message.id)
        return message.decision.is_question if review is None else review.expect != "ignore"

    def _is_wrong(self, message: Message) -> bool:
        review = self.reviews.get(message.id)
        if review is None:
            return False
        return (review.expect, review.entry) != ("reply", message.decision.entry_id)

    def _said(self, message: Message) -> str:
        """The entry by which people answered, or say that it should be."""
        review, answer = self.reviews.get(message.id), self._answer_of_people(message)
        if review is not None:
            return review.entry or ""
        return (answer and answer.entry_id) or ""

    def _asked(self, message: Message) -> Asked:
        answer = self._answer_of_people(message)
        return Asked(
            message.text,
            message.viewer_key,
            message.broadcast_id,
            answer=answer.text if answer is not None and answer.entry_id is None else "",
            entry_id=self._said(message) or None,
            asks=message.decision.reason in _ASKED or message.id in self.reviews,
        )

    def _fit(self) -> Iterator[Message]:
        """The messages that may be shown to an editor as somebody's question."""
        known: dict[str, bool] = {}
        for message in self.messages:
            if message.decision.reason in _IN_VAIN or self._is_question(message):
                if message.text not in known:
                    known[message.text] = _is_fit(message.text)
                if known[message.text]:
                    yield message

    def _by_people(self) -> Iterator[tuple[Message, _Answer]]:
        for message in self.messages:
            answer = self._answer_of_people(message)
            if answer is not None:
                yield message, answer

    def _answer_of_people(self, message: Message) -> _Answer | None:
        """What was handed over and then answered in the room, was answered by a person."""
        if message.decision.action is not Action.ESCALATE or message.answered_by is None:
            return None
        return self._answers.get(message.answered_by)

    @cached_property
    def _answers(self) -> Mapping[int, _Answer]:
        """By answer id; one that the platform refused is none to learn from."""
        parts = sorted(self.replies, key=lambda reply: (reply.answer_id, reply.part))
        answers = {}
        for answer_id, group in groupby(parts, key=lambda reply: reply.answer_id):
            listed = list(group)
            if all(reply.state is not ReceiptState.BLOCKED for reply in listed):
                answers[answer_id] = _Answer(listed[0].entry_id, whole(reply.text for reply in listed))
        return answers


def _is_fit(text: str) -> bool:
    folded = fold(text)
    if not folded or is_personal(folded) or is_abusive(folded) or is_spam(folded):
        return False
    return not is_injection(text, folded=folded)


async def asked_lately(
    store: Store, *, reviews: Iterable[Review] = (), broadcasts: int = 20, room: str = ""
) -> AskedLately:
    """Of the newest broadcasts, those of one room (`bilibili:7777`) or of all."""
    known = await store.broadcasts(limit=_MOST_BROADCASTS)
    newest = [one for one in known if room in ("", f"{one.platform}:{one.room}")][:broadcasts]
    messages = [message for one in newest for message in await store.messages(one.id)]
    replies = [reply for one in newest for reply in await store.replies(one.id)]
    return AskedLately(newest, messages, replies, {review.message_id: review for review in reviews})


async def read_asked(database: Path, *, broadcasts: int = 20, room: str = "") -> AskedLately:
    """From the database's file, while the assistant may write to it. Raises StoreError, KnowledgeError."""
    store = SqliteStore(database, read_only=True)
    await store.open()
    try:
        reviews = await asyncio.to_thread(_reviews, database)
        return await asked_lately(store, reviews=reviews, broadcasts=broadcasts, room=room)
    finally:
        await store.aclose()


def _reviews(database: Path) -> list[Review]:
    with ReviewLog(database) as log:
        return log.all()
