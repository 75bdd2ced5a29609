"""What the assistant tells whoever watches it: the transcript now, the console later.

Notices are made after the journal holds what they tell. A watcher is a plain function; it must not block.
"""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.speaking import Speaking
from assistant.stores.rows import Escalation, Message, Receipt, Reply


@dataclass(frozen=True, slots=True)
class MessageDecided:
    """`joined` says that an answer already on its way serves this viewer too; `askers` are the viewers who
    ask the same, this one among them."""

    room: str
    message: Message
    joined: bool = False
    askers: int = 1


@dataclass(frozen=True, slots=True)
class ReplyMoved:
    room: str
    reply: Reply
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class QuestionEscalated:
    """A new escalation, or one more asker of an open one (`escalation.askers` counts them);
    `escalation.desk` says who is to take it."""

    room: str
    escalation: Escalation


@dataclass(frozen=True, slots=True)
class QuestionDrafted:
    """`escalation.draft` is an answer that people may send: it was checked against `escalation.passages`."""

    room: str
    escalation: Escalation


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """Somebody answered an escalation, with an entry or (None) in their own words; the reply goes its way
    like any other."""

    room: str
    escalation: Escalation
    entry_id: str | None


@dataclass(frozen=True, slots=True)
class QuestionClaimed:
    """Somebody is at an escalation until then (Unix time); None: nobody any more."""

    room: str
    escalation_id: int
    who: str | None
    until: float | None


@dataclass(frozen=True, slots=True)
class QuestionChanged:
    """An open escalation was put behind the others, or passed to another desk."""

    room: str
    escalation: Escalation


@dataclass(frozen=True, slots=True)
class QuestionClosed:
    """An escalation is done with, and nothing was said in the room for it; its state says how."""

    room: str
    escalation: Escalation


@dataclass(frozen=True, slots=True)
class SpeakingMoved:
    """Somebody changed whether the assistant answers by itself."""

    speaking: Speaking
    by: str


@dataclass(frozen=True, slots=True)
class RoomMoved:
    """The connection's state in one word, and why."""

    room: str
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person must know now: a moderator's warning, a stopped account, a failing disk."""

    room: str
    text: str


Notice = (
    MessageDecided
    | ReplyMoved
    | QuestionEscalated
    | QuestionDrafted
    | QuestionAnswered
    | QuestionClaimed
    | QuestionChanged
    | QuestionClosed
    | SpeakingMoved
    | RoomMoved
    | Alert
)
Watcher = Callable[[Notice], None]


def both(first: Watcher, second: Watcher) -> Watcher:
    """Tells each notice to one after the other."""

    def watch(notice: Notice) -> None:
        first(notice)
        second(notice)

    return watch
