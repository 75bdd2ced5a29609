"""What happened in a room, as frozen values: the one vocabulary every platform's codec speaks.

A codec makes these from bytes and never touches a clock; `at` is the platform's own time in seconds since
1970 (0.0 where the platform names none). Each event knows its kind by its class; `encode` and `decode` turn
events into JSON lines and back, tagged with the class name.
"""

from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True, gc=False, omit_defaults=True):
    """Base of all events. `room` is the platform's real room id as text."""

    platform: str
    room: str
    at: float = 0.0


class Viewer(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Who did it. `id` is empty when the platform masks viewers; `key` is then the best weak identity."""

    id: str = ""
    name: str = ""
    weak_id: str = ""
    is_host: bool = False
    is_admin: bool = False
    guard_level: int = 0

    @property
    def masked(self) -> bool:
        return not self.id

    @property
    def key(self) -> str:
        """An identity for counting askers: the id, else the weak id with the shown name."""
        return self.id or f"?{self.weak_id}:{self.name}"


class Danmaku(Event, frozen=True, kw_only=True, gc=False):
    """A line of chat. `event_id` is unique in the room, empty when the platform gave none."""

    event_id: str
    viewer: Viewer
    text: str
    is_emoticon: bool = False
    is_lottery: bool = False
    is_mirror: bool = False
    is_repeat_tap: bool = False
    reply_to: str = ""
    reply_to_name: str = ""


class SuperChat(Event, frozen=True, kw_only=True, gc=False):
    """A paid line of chat, shown for `seconds`; `price_fen` in 1/100 CNY."""

    event_id: str
    viewer: Viewer
    text: str
    price_fen: int
    seconds: int = 0


class SuperChatDeleted(Event, frozen=True, kw_only=True, gc=False):
    event_ids: tuple[str, ...]


class Gift(Event, frozen=True, kw_only=True, gc=False):
    """A gift; `total_fen` is what was paid for all of them in 1/100 CNY, 0 for free ones."""

    event_id: str
    viewer: Viewer
    name: str
    count: int
    total_fen: int = 0


class Membership(Event, frozen=True, kw_only=True, gc=False):
    """A paid membership (a guard on Bilibili: 1 governor, 2 admiral, 3 captain)."""

    event_id: str
    viewer: Viewer
    level: int
    count: int
    total_fen: int = 0


class Entered(Event, frozen=True, kw_only=True, gc=False):
    viewer: Viewer


class Followed(Event, frozen=True, kw_only=True, gc=False):
    viewer: Viewer


class Shared(Event, frozen=True, kw_only=True, gc=False):
    viewer: Viewer


class Liked(Event, frozen=True, kw_only=True, gc=False):
    viewer: Viewer


class LikesTotal(Event, frozen=True, kw_only=True, gc=False):
    count: int


class ViewersOnline(Event, frozen=True, kw_only=True, gc=False):
    """Viewers in the room now, as the platform states it (capped near 9999 on Bilibili)."""

    count: int


class Watched(Event, frozen=True, kw_only=True, gc=False):
    """Everyone who watched so far, cumulative."""

    count: int


class BroadcastStarted(Event, frozen=True, kw_only=True, gc=False):
    """The stream is on. Platforms say it more than once: `broadcast_id` tells one broadcast from the next."""

    broadcast_id: str = ""


class BroadcastEnded(Event, frozen=True, kw_only=True, gc=False):
    is_replay_loop: bool = False


class RoomChanged(Event, frozen=True, kw_only=True, gc=False):
    title: str


class ViewersMasked(Event, frozen=True, kw_only=True, gc=False):
    """The connection is anonymous: names are masked and some messages never arrive."""

    notice: str


class Recalled(Event, frozen=True, kw_only=True, gc=False):
    """Lines taken back. Exactly one of: one line (`event_id`), a viewer's (`viewer_id`), or everything."""

    event_id: str = ""
    viewer_id: str = ""
    everything: bool = False


class ViewerMuted(Event, frozen=True, kw_only=True, gc=False):
    viewer: Viewer


class RoomSilenced(Event, frozen=True, kw_only=True, gc=False):
    """The room's chat is closed to some or all. `seconds` is -1 for no end, 0 where the platform names the
    moment of the end instead: `until`, in seconds since 1970 (else 0.0).
    """

    level: str
    seconds: int
    until: float = 0.0


class RoomUnsilenced(Event, frozen=True, kw_only=True, gc=False):
    pass


class ModerationAlert(Event, frozen=True, kw_only=True, gc=False):
    """The platform warned the broadcast, or cut it off."""

    message: str
    is_cut_off: bool


class AdminsChanged(Event, frozen=True, kw_only=True, gc=False):
    viewer_id: str = ""
    revoked: bool = False


class CrowdSaid(Event, frozen=True, kw_only=True, gc=False):
    """The platform folded many equal lines into one notice."""

    text: str
    count: int


class AuthAccepted(Event, frozen=True, kw_only=True, gc=False):
    pass


class AuthRefused(Event, frozen=True, kw_only=True, gc=False):
    code: int


class HeartbeatAcknowledged(Event, frozen=True, kw_only=True, gc=False):
    popularity: int


class UnknownCommand(Event, frozen=True, kw_only=True, gc=False):
    """A command this codec does not read; harmless. Counted by name."""

    command: str


class Malformed(Event, frozen=True, kw_only=True, gc=False):
    """A packet that could not be read; `reason` never quotes its content."""

    reason: str


AnyEvent = (
    Danmaku | SuperChat | SuperChatDeleted | Gift | Membership | Entered | Followed | Shared | Liked
    | LikesTotal | ViewersOnline | Watched | BroadcastStarted | BroadcastEnded | RoomChanged | ViewersMasked
    | Recalled | ViewerMuted | RoomSilenced | RoomUnsilenced | ModerationAlert | AdminsChanged | CrowdSaid
    | AuthAccepted | AuthRefused | HeartbeatAcknowledged | UnknownCommand | Malformed
)  # fmt: skip

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyEvent)


def encode(event: Event) -> bytes:
    """One JSON object, no newline inside."""
    return _encoder.encode(event)


def decode(line: bytes | str) -> AnyEvent:
    """The event of one JSON object. Raises msgspec.DecodeError naming the field that is wrong."""
    event: AnyEvent = _decoder.decode(line)
    return event
