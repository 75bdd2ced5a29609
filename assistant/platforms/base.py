"""What a platform must offer: the specification every codec is tested against.

A codec is pure: no socket, no clock, no await. What needs HTTP is a generator of `Request`s that receives
`Response`s (`Steps`); what needs a websocket is a `Session` fed with frames. The shells in `assistant.rooms`
and the outbox drive them.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

from assistant.events import Danmaku, Event

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. Its parameters, form, headers and cookies may carry credentials: none is in the repr.

    `params` go into the query as they are; `form` makes a form-urlencoded POST body.
    """

    method: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: float = 10.0

    def __repr__(self) -> str:
        return f"Request({self.method} {self.url.split('?')[0]})"


# What a `Response.failure` names when the request surely never left: sending again cannot send twice.
NOTHING_SENT = frozenset({"ConnectError", "ConnectTimeout"})


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """Its answer. `status` 0 means that no answer came: `body` then is empty and `failure` names why in one
    word, which is safe to show.
    """

    status: int
    body: bytes
    cookies: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""

    def __repr__(self) -> str:
        return f"Response({self.status}, {len(self.body)} bytes)"


Steps = Generator[Request, Response, T_co]


@dataclass(frozen=True, slots=True, repr=False)
class Admission:
    """What `enter` won: where to connect and what to say first. Holds a token: never log it."""

    room: str
    owner: str
    urls: tuple[str, ...]
    headers: Mapping[str, str]
    own_viewer_id: str
    token: str
    is_live: bool | None = None
    buvid: str = ""
    room_title: str = ""

    def __repr__(self) -> str:
        return f"Admission(room={self.room!r}, hosts={len(self.urls)})"


class SendState(StrEnum):
    """What the platform said of one danmaku that was sent."""

    ACCEPTED = "accepted"  # expect the echo with `event_id`
    LIMITED = "limited"  # too fast, or the same text again: retry later, with changed text when `repeat`
    BLOCKED = "blocked"  # a word filter: never retry the same text
    TOO_LONG = "too_long"  # read the limit again and split
    REFUSED = "refused"  # account or login trouble: stop sending, alert
    FAILED = "failed"  # the platform said no for another reason: give up on this one
    UNKNOWN = "unknown"  # no answer: it may or may not have been sent


@dataclass(frozen=True, slots=True)
class SendResult:
    """`reason` is safe to show. `repeat` says that the text must change before a retry."""

    state: SendState
    event_id: str = ""
    reason: str = ""
    repeat: bool = False
    retry_after_seconds: float = 0.0


class Session(Protocol):
    """One websocket's worth of protocol state, alive from open to close.

    `opening()` is sent once connected. `receive(frame)` returns the frame's events in order and never raises
    on remote data: what cannot be read is a `Malformed` event. After each `receive`, `outgoing()` hands over
    what must now be sent (and forgets it). `heartbeat()` is due every `Platform.heartbeat_seconds`.
    """

    def opening(self) -> bytes: ...

    def receive(self, frame: bytes | str) -> Sequence[Event]: ...

    def outgoing(self) -> Sequence[bytes]: ...

    def heartbeat(self) -> bytes: ...


class Platform(Protocol):
    """A platform's codec.

    `heartbeat_seconds`: between heartbeats. `silence_seconds`: no frame for so long is a dead connection.
    `auth_seconds`: how long the answer to `Session.opening` may take. `answers_pings`: whether the server
    answers websocket pings. `send_spacing_seconds`: least time between two danmaku of ours.

    `enter` raises RoomRefused (never retry), RoomUnreachable (retry later; wording says 'log in' or 'wait'
    where that helps). `send` never raises for what the platform answers. `now` is Unix time in seconds.
    """

    name: str
    heartbeat_seconds: float
    silence_seconds: float
    auth_seconds: float
    answers_pings: bool
    send_spacing_seconds: float
    echoes_own_messages: bool

    def enter(self, room: str, *, now: float) -> Steps[Admission]:
        """Find the real room, who we are, the hosts and a fresh token."""
        ...

    def session(self, admission: Admission) -> Session: ...

    def text_limit(self, room: str, *, now: float) -> Steps[int]:
        """How many units `text_length` may count in one danmaku of this account in this room."""
        ...

    def text_length(self, text: str) -> int:
        """The length as the platform counts it."""
        ...

    def send(self, admission: Admission, text: str, *, now: float, reply_to: str = "") -> Steps[SendResult]:
        """Send one danmaku; `reply_to` is a viewer's id, or empty."""
        ...

    def recent(self, admission: Admission, *, now: float) -> Steps[Sequence[Danmaku]]:
        """The room's last lines, oldest first, to fill the gap that a reconnect left; none when unreadable.

        Many of them were heard before. One without an `event_id` cannot be told from those.
        """
        ...

    @property
    def can_send(self) -> bool:
        """Whether credentials for sending are there."""
        ...
