"""The questions of all rooms before people, and everything that people may do with one.

Each command is written into the audit once it is done; the rooms' own boards decide whether it can be.
"""

from collections.abc import Sequence

from assistant.actions import Desk
from assistant.audit import Audit
from assistant.learning import CannotCorrect, Learning, named, review_of
from assistant.notices import Alert, Watcher
from assistant.pipeline.board import CLOSINGS, Candidate, Closed, Closing, OpenQuestion, urgency
from assistant.pipeline.by_hand import OwnWords
from assistant.pipeline.claims import LEASE_SECONDS, AlreadyClaimed, CannotAnswer
from assistant.room import Room
from knowledge.errors import KnowledgeError
from knowledge.pending import Source
from knowledge.text import fold

__all__ = [
    "CLOSINGS",
    "LEASE_SECONDS",
    "AlreadyClaimed",
    "Board",
    "Candidate",
    "CannotAnswer",
    "Closing",
    "OpenQuestion",
]

_MOST_LABELLED = 10  # wordings of one question that was none


class Board:
    """Commands raise CannotAnswer (AlreadyClaimed where somebody else is at it) and StoreError; `by` and
    `who` name a person."""

    def __init__(self, rooms: Sequence[Room], *, learning: Learning, audit: Audit, watch: Watcher) -> None:
        self._rooms = rooms
        self._learning = learning
        self._audit = audit
        self._watch = watch

    async def questions(
        self, desk: Desk | None = None, room: str | None = None, *, limit: int = 100
    ) -> list[OpenQuestion]:
        """Of one desk or all, in one room or all: those put off last, the others paid first, then by askers
        and age."""
        rooms = [one for one in self._rooms if room in (None, str(one.address))]
        questions = [question for one in rooms for question in one.flow.board.questions(desk, limit)]
        return sorted(questions, key=lambda question: urgency(question.escalation))[:limit]

    def waiting(self, desk: Desk | None = None, room: str | None = None) -> int:
        """How many questions wait."""
        rooms = [one for one in self._rooms if room in (None, str(one.address))]
        return sum(len(one.flow.board.waiting(desk)) for one in rooms)

    async def claim(self, room: str, escalation_id: int, who: str) -> float:
        """Nobody else may answer it, and the assistant is quiet about it, until then (Unix time); claimed
        again by the same person, for longer."""
        return self._room(room).flow.board.claim(escalation_id, _person(who)).until

    async def release(self, room: str, escalation_id: int, who: str) -> None:
        """Nothing where it is not theirs."""
        self._room(room).flow.board.release(escalation_id, _person(who))

    async def answer(self, room: str, escalation_id: int, entry_id: str, by: str) -> None:
        """Say a candidate in its room, for all who asked."""
        who = _person(by)
        await self._room(room).flow.by_hand.answer(escalation_id, entry_id, by=who)
        await self._audit.record(who, "answer", f"{room} question {escalation_id} with {entry_id}")

    async def answer_in_words(
        self, room: str, escalation_id: int, text: str, by: str, *, source: Source = "host"
    ) -> None:
        """Say a person's own words in the question's room, for all who asked.

        They wait for an editor as a pending entry.
        """
        there, who = self._room(room), _person(by)

        async def keep(words: OwnWords) -> None:
            try:
                await self._learning.keep(words, author=who, source=source)
            except KnowledgeError as error:  # viewers wait; the journal has the words with the reply
                self._watch(Alert(room, f"an answer could not be kept for the editors: {error}"))

        await there.flow.by_hand.answer_in_words(escalation_id, text, keep=keep, by=who)
        await self._audit.record(who, "answer in own words", f"{room} question {escalation_id}")

    async def close(
        self, room: str, escalation_id: int, as_: Closing, by: str, *, say: str | None = None
    ) -> str:
        """It is done with. What was no question teaches the calibration so.

        `say`, for what was answered on air: the id of a candidate to say in the room besides. Where it cannot
        be said, the question is closed all the same, and why is returned; "" otherwise.
        """
        there, who = self._room(room), _person(by)
        if as_ not in CLOSINGS:
            raise CannotAnswer(f"a question is closed as one of: {', '.join(CLOSINGS)}")
        closed = await there.flow.board.close(escalation_id, as_, by=who, say=say)
        if as_ == "not a question":
            await self._label(room, closed, reviewer=who)
        said = f", said {say}" if say and not closed.unsaid else ""
        await self._audit.record(who, f"close: {as_}", f"{room} question {escalation_id}{said}")
        return closed.unsaid

    async def later(self, room: str, escalation_id: int, by: str) -> None:
        """It comes after all others that wait."""
        who = _person(by)
        await self._room(room).flow.board.later(escalation_id, by=who)
        await self._audit.record(who, "later", f"{room} question {escalation_id}")

    async def pass_to_service(self, room: str, escalation_id: int, by: str) -> None:
        """From the host's desk to customer service."""
        who = _person(by)
        await self._room(room).flow.board.pass_to_service(escalation_id, by=who)
        await self._audit.record(who, "pass to service", f"{room} question {escalation_id}")

    async def _label(self, room: str, closed: Closed, *, reviewer: str) -> None:
        """Each of its wordings once, as far as they were judged by their words."""
        wordings = {fold(message.text): message for message in reversed(closed.messages)}
        try:
            for message in list(wordings.values())[-_MOST_LABELLED:]:
                review = review_of(message, expect="ignore", entry_id=None, reviewer=reviewer, entries={})
                await self._learning.label(review)
        except CannotCorrect:
            return  # it was not its words that made it one
        except KnowledgeError as error:
            self._watch(Alert(room, f"what was no question could not be kept: {error}"))

    def _room(self, address: str) -> Room:
        for room in self._rooms:
            if str(room.address) == address:
                return room
        raise CannotAnswer(f"{address} is not one of our rooms")


def _person(name: str) -> str:
    if not (person := named(name)):
        raise CannotAnswer("who is it? A person must be named")
    return person
