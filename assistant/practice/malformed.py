"""Frames that no server should send, by name: what a client must survive.

Each is made when it is asked for; the large ones are made once and kept.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import brotli

from assistant.platforms.bilibili import packets

BOMB_BYTES = 32 * 1024 * 1024  # four times what a careful client inflates
_PIECE = bytes(1024 * 1024)


def _message(body: bytes, version: int = packets.VERSION_JSON) -> bytes:
    return packets.encode(packets.OP_MESSAGE, body, version, 0)


def _with_length(length: int) -> bytes:
    """A message whose length field says `length`, whatever is there."""
    return length.to_bytes(4, "big") + _message(b'{"cmd":"LIVE"}')[4:]


def _nested() -> bytes:
    frame = _message(b'{"cmd":"LIVE"}')
    for _ in range(5):
        frame = packets.pack([frame], packets.VERSION_ZLIB)
    return frame


@lru_cache(maxsize=1)
def _zlib_bomb() -> bytes:
    deflater = zlib.compressobj(9)
    pieces = [deflater.compress(_PIECE) for _ in range(BOMB_BYTES // len(_PIECE))]
    return _message(b"".join([*pieces, deflater.flush()]), packets.VERSION_ZLIB)


@lru_cache(maxsize=1)
def _brotli_bomb() -> bytes:
    squeezer = brotli.Compressor(quality=5)
    pieces = [squeezer.process(_PIECE) for _ in range(BOMB_BYTES // len(_PIECE))]
    return _message(b"".join([*pieces, squeezer.finish()]), packets.VERSION_BROTLI)


def _wrong_types() -> bytes:
    commands = (
        {"cmd": "DANMU_MSG", "info": {"0": "an object"}},
        {"cmd": "DANMU_MSG", "info": [[0] * 16, 17, [], "medal", {}, 5]},
        {"cmd": "DANMU_MSG", "info": None},
        {"cmd": "SUPER_CHAT_MESSAGE", "data": ["a list"]},
        {"cmd": "SEND_GIFT", "data": {"num": "many", "uid": {}, "total_coin": None}},
        {"cmd": "INTERACT_WORD_V2", "data": {"pb": "not base64!"}},
        {"cmd": 5, "data": {}},
        ["not an object"],
    )
    return b"".join(_message(json.dumps(command).encode()) for command in commands)


MALFORMED: Mapping[str, Callable[[], bytes]] = MappingProxyType(
    {
        "zero-length": lambda: _with_length(0),
        "short-length": lambda: _with_length(9),
        "long-length": lambda: _with_length(2**31),
        "short-frame": lambda: _message(b"{}")[:9],
        "truncated": lambda: _message(b'{"cmd":"DANMU_MSG","info":[]}')[:-12],
        "garbage-zlib": lambda: _message(b"\x78\x9cnot a deflate stream", packets.VERSION_ZLIB),
        "garbage-brotli": lambda: _message(b"\xff\x06not a brotli stream", packets.VERSION_BROTLI),
        "zlib-bomb": _zlib_bomb,
        "brotli-bomb": _brotli_bomb,
        "nested": _nested,
        "bad-json": lambda: _message(b'{"cmd":"DANMU_MSG","info":[[0,1'),
        "bad-utf8": lambda: _message(b'{"cmd":"NOTICE_MSG","msg":"\xff\xfe"}'),
        "wrong-types": _wrong_types,
        "unknown-version": lambda: _message(b'{"cmd":"LIVE"}', 9),
        "unknown-operation": lambda: packets.encode(1234, b"{}", packets.VERSION_JSON, 0),
        "empty": lambda: b"",
    }
)
