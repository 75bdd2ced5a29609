"""What the assistant decides about a message, and what becomes of a reply: the vocabulary beside events."""

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    REPLY = "reply"
    ESCALATE = "escalate"
    IGNORE = "ignore"


class Desk(StrEnum):
    """Who takes a question that was handed over: the host on camera, or customer service in private."""

    HOST = "host"
    SERVICE = "service"


class Reason(StrEnum):
    """Why, in words that an agent reads in the transcript and a report groups by."""

    SURE = "sure of the answer"
    UNSURE = "not sure enough to answer"
    NO_ENTRY = "no entry answers this"
    PAID = "a paid question nobody may miss"
    PERSONAL = "about the viewer's own order, for customer service"
    CHATTER = "not a question"
    EMPTY = "nothing to read"
    OWN = "our own message"
    HOST = "said by the host"
    REPEATED_EVENT = "heard already"
    REPEATED_LINE = "the same viewer said it just now"
    EMOTICON = "an emoticon"
    LOTTERY = "a lottery entry"
    MIRROR = "from another room"
    TAPPED = "tapped +1 on another line"
    TO_ANOTHER = "said to another viewer"
    INJECTION = "an attempt to give us orders"
    ABUSE = "insults or swears"
    SPAM = "advertises something else"
    STALE = "too old to answer by now"
    OVERLOADED = "dropped under flood"
    FAILED = "could not be judged, the log says why"
    WITHDRAWN = "taken back, by its writer or a moderator"
    ANSWER_TOO_LONG = "the answer does not fit the room's lines"
    PLACEHOLDER_MISSING = "the answer has a placeholder that nobody set for the broadcast"
    LAPSED = "the answer held until just now"
    HELD = "somebody is answering it"
    OFF = "automatic replies are off"
    PAUSED = "automatic replies are paused"


class ReceiptState(StrEnum):
    """The life of one danmaku we send.

    queued -> sending -> sent -> seen is the good way. `limited` goes back to queued while it is fresh.
    `blocked`, `too_long`, `lost`, `expired` and `unknown` end it; what ends badly goes to the host.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    SEEN = "seen"
    LIMITED = "limited"
    BLOCKED = "blocked"
    TOO_LONG = "too_long"
    LOST = "lost"
    EXPIRED = "expired"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether the outbox owes it nothing more (a sent one may still be seen, or found lost)."""
        return self not in _OPEN_STATES


_OPEN_STATES = frozenset({ReceiptState.QUEUED, ReceiptState.SENDING, ReceiptState.LIMITED})


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about one message. `probability` is that of `entry_id` truly answering it, whatever the
    action; `score` the cosine of the best candidate; `candidates` up to three (entry id, score), best first.
    """

    action: Action
    reason: Reason
    entry_id: str | None = None
    probability: float = 0.0
    score: float = 0.0
    candidates: tuple[tuple[str, float], ...] = ()

    @property
    def desk(self) -> Desk | None:
        """Where it is handed over, None when it is not."""
        if self.action is not Action.ESCALATE:
            return None
        return Desk.SERVICE if self.reason is Reason.PERSONAL else Desk.HOST

    @property
    def is_question(self) -> bool:
        return self.action is not Action.IGNORE
