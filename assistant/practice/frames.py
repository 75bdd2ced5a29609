"""What goes over a practice room's sockets as bytes: batches of commands and replies out, packets in.

Uses the codec's own packets, nothing hand-made (`malformed` makes the broken ones); bodies are compressed as
the client asked and as the platform does: batches and long bodies, while short single commands travel plain.
"""

from collections.abc import Iterator, Sequence

from assistant.platforms.bilibili import packets
from assistant.practice.shown import Shown

COMMANDS_PER_FRAME = 20
HEARTBEAT_BODY_BYTES = 64  # of a client's heartbeat, as much is echoed at most
_COMPRESSED_FROM_BYTES = 400


def batches(commands: Sequence[Shown]) -> Iterator[Sequence[Shown]]:
    """What travels in one frame each, in order."""
    for start in range(0, len(commands), COMMANDS_PER_FRAME):
        yield commands[start : start + COMMANDS_PER_FRAME]


def frame(commands: Sequence[Shown], *, protover: int, masked: bool) -> bytes:
    """One websocket frame with all commands, in order; protover 2 asks for zlib, 3 for brotli."""
    plain = [
        packets.encode(packets.OP_MESSAGE, command.to(masked=masked), packets.VERSION_JSON, 0)
        for command in commands
    ]
    if protover not in (2, 3) or (len(plain) == 1 and len(plain[0]) < _COMPRESSED_FROM_BYTES):
        return b"".join(plain)
    return packets.pack(plain, protover)


def auth_reply(code: int) -> bytes:
    return packets.encode(packets.OP_AUTH_REPLY, b'{"code":%d}' % code, packets.VERSION_RAW, 1)


def heartbeat_reply(echoed: bytes, *, popularity: int = 1) -> bytes:
    """The platform's oddity: the client's body follows the packet, whose length still says 20."""
    body = popularity.to_bytes(4, "big")
    reply = packets.encode(packets.OP_HEARTBEAT_REPLY, body, packets.VERSION_RAW, 0)
    return reply + echoed[:HEARTBEAT_BODY_BYTES]
