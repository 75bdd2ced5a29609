"""What viewers asked in the last broadcasts, for people to look at: a row a question, with who waited for it.

Lines that were handed over together, or typed in the same words, are one question.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.actions import Action
from assistant.asked import AskedLately, read_asked
from assistant.errors import StoreError
from assistant.learning import DECIDED_BY_WORDS
from assistant.stores.rows import Message
from editing.replaying import has_journal
from knowledge.entries import Entry
from knowledge.evidence import bare
from knowledge.reviews import Review
from knowledge.text import fold


@dataclass(slots=True, eq=False)
class Question:
    """`messages` in the order heard, the newest broadcast first."""

    messages: list[Message] = field(default_factory=list)

    @property
    def askers(self) -> int:
        """A viewer of a broadcast counts once."""
        return len({(message.broadcast_id, message.viewer_key) for message in self.messages})

    @property
    def wordings(self) -> dict[str, list[Message]]:
        """The lines by what they say, what most typed first; each as it was typed first."""
        alike: defaultdict[str, list[Message]] = defaultdict(list)
        for message in self.messages:
            alike[same_words(message.text)].append(message)
        ordered = sorted(alike.values(), key=len, reverse=True)
        return {messages[0].text: messages for messages in ordered}

    @property
    def latest(self) -> Message:
        """What most typed, as it was decided last."""
        return next(iter(self.wordings.values()))[0]

    def as_json(self) -> dict[str, Any]:
        latest = self.latest
        return {
            "message": latest.id,
            "question": latest.text,
            "askers": self.askers,
            "broadcasts": len({message.broadcast_id for message in self.messages}),
            "escalations": sorted({one.escalation_id for one in self.messages if one.escalation_id}),
            "action": str(latest.decision.action),
            "reason": str(latest.decision.reason),
            "desk": latest.decision.desk,
            "entry": latest.decision.entry_id,
            "probability": round(latest.decision.probability, 6),
            "wordings": [
                {"text": text, "messages": [message.id for message in messages]}
                for text, messages in self.wordings.items()
            ],
        }


def lately(database: Path, *, broadcasts: int, room: str = "") -> AskedLately:
    """Nothing where the assistant never ran. Raises StoreError, KnowledgeError."""
    if not has_journal(database):
        return AskedLately((), (), ())
    return asyncio.run(read_asked(database, broadcasts=broadcasts, room=room))


def in_vain(found: AskedLately, entries: Iterable[Entry] = ()) -> list[Question]:
    """What nobody answered, or people answered for the assistant; what most viewers asked first.

    What is a wording of one of the `entries` by now is settled.
    """
    settled = {same_words(wording) for entry in entries for wording in entry.wordings}
    texts = {asked.text for asked in found.unanswered if same_words(asked.text) not in settled}
    vain = (message for message in found.messages if message.text in texts)
    return _questions(
        one for one in vain if one.decision.action is not Action.REPLY or one.id in found.reviews
    )


def replied(found: AskedLately) -> list[Question]:
    """What the assistant answered itself, as long as nobody said whether that was right."""
    answered = [message for message in found.messages if _is_replied(message)]
    return _questions(message for message in answered if message.id not in found.reviews)


def _is_replied(message: Message) -> bool:
    return message.decision.action is Action.REPLY


def same_words(text: str) -> str:
    return bare(fold(text))


def _questions(messages: Iterable[Message]) -> list[Question]:
    found: dict[tuple[str, str | int], Question] = {}
    for message in messages:
        signs: list[tuple[str, str | int]] = [("words", same_words(message.text))]
        signs += [("escalation", message.escalation_id)] if message.escalation_id else []
        known = [found[sign] for sign in signs if sign in found]
        question = known[0] if known else Question()
        question.messages.append(message)
        found |= dict.fromkeys(signs, question)
    return sorted(dict.fromkeys(found.values()), key=lambda question: -question.askers)


def labels(found: AskedLately, ids: Sequence[int], review: Callable[[Message], Review]) -> list[Review]:
    """Of these messages, and of whatever else was typed in their words that nobody reviewed yet.

    Raises StoreError for a message that is none of these broadcasts'.
    """
    known = {message.id: message for message in found.messages}
    if missing := [str(id) for id in ids if id not in known]:
        raise StoreError(
            f"no message {', '.join(missing)} in the last broadcasts; --broadcasts looks further"
        )
    words = {same_words(known[id].text) for id in ids}
    return [review(message) for message in _alike(found, words, set(ids))]


def _alike(found: AskedLately, words: set[str], ids: set[int]) -> Iterator[Message]:
    for message in found.messages:
        is_meant = message.id in ids
        is_free = message.id not in found.reviews and message.decision.reason in DECIDED_BY_WORDS
        if is_meant or (is_free and same_words(message.text) in words):
            yield message
