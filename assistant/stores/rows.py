"""The rows of the journal, as frozen values. Times are Unix seconds; ids come from `Store.new_id`."""

from dataclasses import dataclass
from enum import StrEnum

from assistant.actions import Action, Decision, Desk, ReceiptState


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One session of one room, from going live (or from our arrival) to its end. `key` is the platform's
    own id of the broadcast, empty where it has none."""

    id: int
    platform: str
    room: str
    key: str
    title: str
    started_at: float
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A line heard and what was decided about it. `entry_score` in the decision is a cosine.

    `answered_by` is the reply that serves it (its own, or the one that it joined); `escalation_id` likewise.
    """

    id: int
    broadcast_id: int
    event_id: str
    heard_at: float
    decided_at: float
    viewer_key: str
    viewer_name: str
    text: str
    is_paid: bool
    decision: Decision
    answered_by: int | None = None
    escalation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One danmaku of ours. A long answer is several, `part` of `parts` (from 1), in order, sharing
    `answer_id` (the id of their first part). Answers of higher `priority` leave first.
    """

    id: int
    answer_id: int
    broadcast_id: int
    platform: str
    room: str
    message_id: int | None
    entry_id: str | None
    text: str
    part: int
    parts: int
    priority: int
    reply_to: str
    created_at: float
    expires_at: float
    state: ReceiptState = ReceiptState.QUEUED
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A change of a reply's state; written, it also moves `Reply.state` (and `event_id` if it has one)."""

    reply_id: int
    at: float
    state: ReceiptState
    reason: str = ""
    event_id: str = ""


class EscalationState(StrEnum):
    """`answered` in the room, `on air` by the host's voice, `in private` by customer service; `dismissed`:
    nobody will answer it."""

    OPEN = "open"
    ANSWERED = "answered"
    ON_AIR = "on air"
    IN_PRIVATE = "in private"
    DISMISSED = "dismissed"
    NOT_A_QUESTION = "not a question"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What one of the team's documents says to a question. `source` names the document and the place in it;
    `score` (0..1) is how much it seems to be about the question."""

    text: str
    source: str
    score: float


@dataclass(frozen=True, slots=True)
class Draft:
    """What a language model made of an escalation's excerpts, after it was checked.

    `citations` are places in `Escalation.passages`, from 0. `confidence` (0..1) is never above what those
    excerpts support. A draft that was refused has no text; `refusal` says why, for people. `cost` is in the
    team's money.
    """

    text: str
    citations: tuple[int, ...] = ()
    confidence: float = 0.0
    refusal: str = ""
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Escalation:
    """A question handed to people: equal questions within a window share one, and `askers` counts them.

    `desk` says to whom; `candidates` are up to three (entry id, score), best first, of what could be sent;
    `passages` up to three, best first, of what documents say to it, and `draft` an answer made of them.
    `put_off_at` is when somebody put it behind the others, 0.0 for never.
    """

    id: int
    broadcast_id: int
    message_id: int
    text: str
    entry_id: str | None
    reason: str
    askers: int
    is_paid: bool
    opened_at: float
    updated_at: float
    state: EscalationState = EscalationState.OPEN
    desk: Desk = Desk.HOST
    candidates: tuple[tuple[str, float], ...] = ()
    passages: tuple[Excerpt, ...] = ()
    draft: Draft | None = None
    put_off_at: float = 0.0


class FigureKind(StrEnum):
    """Gauges hold the value at that moment; counters add up."""

    VIEWERS_ONLINE = "viewers_online"  # gauge
    WATCHED = "watched"  # gauge
    LIKES_TOTAL = "likes_total"  # gauge
    LIKES = "likes"
    GIFTS = "gifts"
    GIFT_FEN = "gift_fen"
    ENTERED = "entered"
    FOLLOWED = "followed"
    SHARED = "shared"
    MEMBERSHIPS = "memberships"
    SUPER_CHATS = "super_chats"


@dataclass(frozen=True, slots=True)
class Figure:
    broadcast_id: int
    at: float
    kind: FigureKind
    value: float


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """What a person commanded: `who` as they are called, `what` in a word or two, `detail` for people."""

    at: float
    who: str
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class MessageCount:
    """So many viewers' lines of one room were decided alike. Counted from rows, never written.

    `state` is that of the escalations that they are in, None for lines in none.
    """

    platform: str
    room: str
    action: Action
    is_answered: bool
    state: EscalationState | None
    messages: int


Row = Broadcast | Message | Reply | Receipt | Escalation | Figure | AuditRecord
