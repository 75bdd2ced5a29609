"""Who we are and where the platform is: credentials that never show themselves, and addresses."""

from dataclasses import dataclass
from typing import ClassVar

_LIVE_URL = "https://api.live.bilibili.com"

# The token belongs to the User-Agent that fetched it: HTTP and websocket must name the same one.
USER_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """The cookies of one account; all empty is an anonymous visitor, who sees masked names and cannot send.

    A `buvid3` of one's own is optional: without one the platform hands one out.
    """

    sessdata: str = ""
    bili_jct: str = ""
    buvid3: str = ""

    def __repr__(self) -> str:
        return f"Credentials({'logged in' if self.sessdata else 'anonymous'})"

    @property
    def can_send(self) -> bool:
        return bool(self.sessdata and self.bili_jct)

    def conceal(self, text: str) -> str:
        """`text` without any of the secrets in it."""
        for secret in filter(None, (self.sessdata, self.bili_jct, self.buvid3)):
            text = text.replace(secret, "…")
        return text


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The platform's addresses; others lead to a practice room. `websocket_scheme` is `wss` or `ws`."""

    live_url: str = _LIVE_URL
    api_url: str = "https://api.bilibili.com"
    www_url: str = "https://www.bilibili.com"
    websocket_scheme: str = "wss"

    _PORTS: ClassVar[dict[str, tuple[str, int]]] = {"wss": ("wss_port", 2245), "ws": ("ws_port", 2244)}

    def __post_init__(self) -> None:
        if self.websocket_scheme not in self._PORTS:
            raise ValueError("websocket_scheme must be wss or ws")

    @property
    def port_field(self) -> tuple[str, int]:
        """The name of the right port in a host's entry, and the usual one for hosts that do not say."""
        return self._PORTS[self.websocket_scheme]

    @property
    def fallback_hosts(self) -> tuple[str, ...]:
        """Hosts to try when the platform names none; a practice room must never lead to the real platform."""
        return ("broadcastlv.chat.bilibili.com",) if self.live_url == _LIVE_URL else ()
