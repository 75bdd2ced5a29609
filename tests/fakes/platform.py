"""A platform with a protocol of words, and HTTP that answers at once: for tests of the shells around codecs.

Each line of a frame is one event: `welcome`, `refuse -101`, `say 7 1800000000.5 what does it cost`, `masked`,
`odd NAME`, `bad REASON`, `pong`; `ask WORD` makes the session answer `told WORD`.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from assistant import events
from assistant.platforms.base import Admission, Request, Response, SendResult, SendState, Steps

T = TypeVar("T")
OF: Any = {"platform": "fake", "room": "1"}


def line(event_id: str, text: str = "hello", *, at: float = 0.0) -> events.Danmaku:
    return events.Danmaku(**OF, at=at, event_id=event_id, viewer=events.Viewer(id="v"), text=text)


def _said(words: str) -> events.Event:
    event_id, at, *text = words.split(" ", 2)
    return line(event_id, *text, at=float(at))


READERS: dict[str, Callable[[str], events.Event]] = {
    "welcome": lambda _: events.AuthAccepted(**OF),
    "refuse": lambda code: events.AuthRefused(**OF, code=int(code)),
    "pong": lambda _: events.HeartbeatAcknowledged(**OF, popularity=1),
    "say": _said,
    "masked": lambda _: events.ViewersMasked(**OF, notice="log in"),
    "odd": lambda name: events.UnknownCommand(**OF, command=name),
    "bad": lambda reason: events.Malformed(**OF, reason=reason),
}


class FakeSession:
    def __init__(self, token: str) -> None:
        self._token = token
        self._outgoing: list[bytes] = []

    def opening(self) -> bytes:
        return f"token {self._token}".encode()

    def receive(self, frame: bytes | str) -> Sequence[events.Event]:
        text = frame if isinstance(frame, str) else frame.decode()
        read = []
        for row in text.splitlines():
            word, _, rest = row.partition(" ")
            if word == "ask":
                self._outgoing.append(f"told {rest}".encode())
            elif word == "crash":
                raise ZeroDivisionError("a bug in the codec")
            else:
                read.append(READERS[word](rest))
        return read

    def outgoing(self) -> Sequence[bytes]:
        packets, self._outgoing = self._outgoing, []
        return packets

    def heartbeat(self) -> bytes:
        return b"beat"


class FakePlatform:
    """`outcomes` are what the next calls of `enter` end with; afterwards every call admits to `urls`.

    `history` is what `recent` tells.
    """

    name = "fake"
    heartbeat_seconds = 30.0
    silence_seconds = 75.0
    auth_seconds = 5.0
    answers_pings = False
    send_spacing_seconds = 1.0
    echoes_own_messages = True
    can_send = True

    def __init__(self, *urls: str, headers: dict[str, str] | None = None) -> None:
        self.urls = urls
        self.headers = headers or {"User-Agent": "Mozilla/5.0 (test)"}
        self.outcomes: list[Exception] = []
        self.history: list[events.Danmaku] = []
        self.entered = 0

    def admission(self) -> Admission:
        return Admission(
            room="1",
            owner="owner",
            urls=self.urls,
            headers=self.headers,
            own_viewer_id="me",
            token=f"secret-{self.entered}",
        )

    def enter(self, room: str, *, now: float) -> Steps[Admission]:
        yield Request("GET", "https://fake.invalid/enter")
        self.entered += 1
        if self.outcomes:
            raise self.outcomes.pop(0)
        return self.admission()

    def session(self, admission: Admission) -> FakeSession:
        return FakeSession(admission.token)

    def text_limit(self, room: str, *, now: float) -> Steps[int]:
        yield Request("GET", "https://fake.invalid/limit")
        return 20

    def text_length(self, text: str) -> int:
        return len(text)

    def send(self, admission: Admission, text: str, *, now: float, reply_to: str = "") -> Steps[SendResult]:
        yield Request("POST", "https://fake.invalid/send", form={"text": text})
        return SendResult(SendState.ACCEPTED)

    def recent(self, admission: Admission, *, now: float) -> Steps[Sequence[events.Danmaku]]:
        yield Request("GET", "https://fake.invalid/recent")
        return list(self.history)


class InstantHttp:
    """Answers every request with an empty 200; while `open` is clear, answers wait."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = asyncio.Event()
        self.open.set()

    async def run(self, steps: Steps[T]) -> T:
        try:
            request = next(steps)
            while True:
                self.asked.append(request.url.rsplit("/", 1)[-1])
                await self.open.wait()
                request = steps.send(Response(200, b""))
        except StopIteration as finished:
            return finished.value  # type: ignore[no-any-return]
        finally:
            steps.close()
