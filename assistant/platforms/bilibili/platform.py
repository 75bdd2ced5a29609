"""Bilibili as a `Platform`: one account, any number of rooms. The work is done by the modules beside it."""

import random
from collections.abc import Sequence

from assistant.events import Danmaku
from assistant.platforms.base import Admission, SendResult, Steps
from assistant.platforms.bilibili import history, sending
from assistant.platforms.bilibili.account import Credentials, Endpoints
from assistant.platforms.bilibili.admission import Entrance
from assistant.platforms.bilibili.room import PLATFORM
from assistant.platforms.bilibili.session import BilibiliSession, new_queue_id


class BilibiliPlatform:
    """The web danmaku protocol. Anonymous without credentials: names are masked, and nothing can be sent.

    The times: heartbeats are due every 30 s and their replies come at once, so that 45 s without any frame
    is a dead connection; the server waits 5 s for the auth and then answers or closes.
    """

    name = PLATFORM
    heartbeat_seconds = 30.0
    silence_seconds = 45.0
    auth_seconds = 10.0
    answers_pings = False
    send_spacing_seconds = 2.0
    echoes_own_messages = True

    def __init__(
        self,
        credentials: Credentials | None = None,
        endpoints: Endpoints | None = None,
        *,
        source: random.Random | None = None,
    ) -> None:
        """`source` makes the random name of each connection."""
        self._credentials = credentials or Credentials()
        self._endpoints = endpoints or Endpoints()
        self._random = source or random.Random()  # noqa: S311 - a name, not a secret
        self._entrance = Entrance(self._credentials, self._endpoints)

    def __repr__(self) -> str:
        return f"BilibiliPlatform({self._credentials!r})"

    @property
    def can_send(self) -> bool:
        return self._credentials.can_send

    def enter(self, room: str, *, now: float) -> Steps[Admission]:
        return self._entrance.enter(room, now=now)

    def session(self, admission: Admission) -> BilibiliSession:
        return BilibiliSession(admission, queue_id=new_queue_id(self._random))

    def text_limit(self, room: str, *, now: float) -> Steps[int]:
        return sending.text_limit(room, endpoints=self._endpoints, cookies=self._entrance.cookies())

    def text_length(self, text: str) -> int:
        """UTF-16 units, as the platform's own clients count: an emoji is two."""
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def send(self, admission: Admission, text: str, *, now: float, reply_to: str = "") -> Steps[SendResult]:
        return sending.send(
            admission,
            text,
            credentials=self._credentials,
            endpoints=self._endpoints,
            now=now,
            reply_to=reply_to,
        )

    def recent(self, admission: Admission, *, now: float) -> Steps[Sequence[Danmaku]]:
        return history.recent(admission, endpoints=self._endpoints, cookies=self._entrance.cookies())
