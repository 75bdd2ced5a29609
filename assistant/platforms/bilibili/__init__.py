"""Bilibili over its web danmaku websocket, as a pure codec: bytes and responses in, events and requests out.

`BilibiliPlatform` is the whole of it. `packets` and `wbi` stand alone, for whoever needs only the framing or
the signature.
"""

from assistant.platforms.bilibili.account import USER_AGENT, Credentials, Endpoints
from assistant.platforms.bilibili.platform import BilibiliPlatform
from assistant.platforms.bilibili.session import BilibiliSession

__all__ = ["USER_AGENT", "BilibiliPlatform", "BilibiliSession", "Credentials", "Endpoints"]
