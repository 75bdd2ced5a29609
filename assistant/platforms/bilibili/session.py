"""One danmaku websocket from open to close: auth, heartbeats and acknowledgements out, events in.

The body of a command is left to `commands`, the frame's bytes to `packets`.
"""

import json
import random
import string
from collections.abc import Callable, Sequence
from typing import Any

from assistant.events import AuthAccepted, AuthRefused, Event, HeartbeatAcknowledged, Malformed
from assistant.platforms.base import Admission
from assistant.platforms.bilibili import commands, fields, packets
from assistant.platforms.bilibili.danmaku import read_quickly
from assistant.platforms.bilibili.room import PLATFORM, Room

_HEARTBEAT_BODY = b"[object Object]"  # as the web page's client sends it
_SEQUENCE = 1
_POPULARITY_BYTES = 4
_REMEMBERED_MESSAGES = 1000
_MESSAGE_ID_CHARACTERS = 128
_QUEUE_ID_CHARACTERS = string.digits + string.ascii_lowercase
_RESENT_UNTIL_ACKNOWLEDGED = 1  # the p_msg_type of commands that come again until they are acknowledged


class BilibiliSession:
    """Announces that it acknowledges, as the web page does; so it does, and drops what is sent again."""

    def __init__(self, admission: Admission, *, queue_id: str = "") -> None:
        self._admission = admission
        self._queue_id = queue_id
        self._room = Room(admission.room, admission.owner)
        self._outgoing: list[bytes] = []
        self._received: dict[str, None] = {}
        self._accepted = False

    def opening(self) -> bytes:
        """The auth packet; it carries the token."""
        admission = self._admission
        return _packet(
            packets.OP_AUTH,
            {
                "uid": fields.whole(admission.own_viewer_id),
                "roomid": fields.whole(admission.room),
                "protover": packets.VERSION_BROTLI,
                "platform": "web",
                "type": 2,
                "buvid": admission.buvid,
                "key": admission.token,
                "support_ack": True,
                "queue_uuid": self._queue_id,
                "scene": "room",
            },
        )

    def heartbeat(self) -> bytes:
        return packets.encode(packets.OP_HEARTBEAT, _HEARTBEAT_BODY, packets.VERSION_RAW, _SEQUENCE)

    def outgoing(self) -> Sequence[bytes]:
        waiting, self._outgoing = self._outgoing, []
        return waiting

    def receive(self, frame: bytes | str) -> Sequence[Event]:
        if isinstance(frame, str):
            return [self._malformed("text frame")]
        events: list[Event] = []
        for item in packets.unpack(frame):
            events += self._read(item)
        return events

    def _read(self, packet: packets.Packet | packets.Flaw) -> Sequence[Event]:
        if isinstance(packet, packets.Flaw):
            return (self._malformed(packet.reason),)
        if packet.version > packets.VERSION_RAW:
            return (commands.unknown(f"version {packet.version}", self._room),)
        if packet.operation == packets.OP_MESSAGE:
            return self._read_message(packet.body)
        reader = _READERS.get(packet.operation)
        if reader is None:
            return (commands.unknown(f"operation {packet.operation}", self._room),)
        return reader(self, packet.body)

    def _read_message(self, body: bytes) -> Sequence[Event]:
        line = read_quickly(body, self._room)
        if line is not None:
            return (line,)
        try:
            command = fields.parse(body)
        except ValueError:
            return (self._malformed("command is not JSON"),)
        if type(command) is not dict:
            return (self._malformed("command is no object"),)
        if "p_is_ack" in command and self._is_resent(command):
            return ()
        return commands.read(command, self._room)

    def _is_resent(self, command: dict[str, Any]) -> bool:
        """Acknowledges the command; whether it was received before."""
        message_id, kind = command.get("msg_id"), fields.whole(command.get("p_msg_type"))
        if not command["p_is_ack"] or type(message_id) is not str:
            return False
        if not 0 < len(message_id) <= _MESSAGE_ID_CHARACTERS:
            return False
        answer = {"msg_id": message_id, "cmd": fields.text(command.get("cmd"), 128), "p_msg_type": kind}
        self._outgoing.append(_packet(packets.OP_ACKNOWLEDGE, answer))
        if kind != _RESENT_UNTIL_ACKNOWLEDGED:
            return False
        is_resent = message_id in self._received
        self._received[message_id] = None
        if len(self._received) > _REMEMBERED_MESSAGES:
            del self._received[next(iter(self._received))]
        return is_resent

    def _read_auth_reply(self, body: bytes) -> Sequence[Event]:
        try:
            code = fields.mapping(fields.parse(body)).get("code")
        except ValueError:
            code = None
        if type(code) is not int:
            return (self._malformed("auth reply without a code"),)
        if code != 0:
            return (AuthRefused(platform=PLATFORM, room=self._room.id, code=fields.whole(code, -1)),)
        if not self._accepted:
            self._accepted = True
            self._outgoing.append(self.heartbeat())
        return (AuthAccepted(platform=PLATFORM, room=self._room.id),)

    def _read_heartbeat_reply(self, body: bytes) -> Sequence[Event]:
        if len(body) < _POPULARITY_BYTES:
            return (self._malformed("heartbeat reply cut short"),)
        popularity = int.from_bytes(body[:_POPULARITY_BYTES], "big")
        return (HeartbeatAcknowledged(platform=PLATFORM, room=self._room.id, popularity=popularity),)

    def _malformed(self, reason: str) -> Malformed:
        return Malformed(platform=PLATFORM, room=self._room.id, reason=reason)


_READERS: dict[int, Callable[[BilibiliSession, bytes], Sequence[Event]]] = {
    packets.OP_AUTH_REPLY: BilibiliSession._read_auth_reply,
    packets.OP_HEARTBEAT_REPLY: BilibiliSession._read_heartbeat_reply,
}


def new_queue_id(source: random.Random) -> str:
    """Eight random characters that name one connection to the platform."""
    return "".join(source.choices(_QUEUE_ID_CHARACTERS, k=8))


def _packet(operation: int, content: dict[str, Any]) -> bytes:
    body = json.dumps(content, separators=(",", ":")).encode()
    return packets.encode(operation, body, packets.VERSION_RAW, _SEQUENCE)
