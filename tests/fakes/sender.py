"""A room that answers every line as its script says."""

import asyncio
from collections import deque
from dataclasses import dataclass

from assistant.clock import Clock
from assistant.errors import RoomUnreachable
from assistant.platforms.base import SendResult, SendState


@dataclass(frozen=True, slots=True)
class SentLine:
    text: str
    reply_to: str
    at: float


class ScriptedSender:
    """Answers with `script` in turn, then accepts, naming lines `<name>-1`, `<name>-2`, ….

    An exception in the script is raised. While `held`, a line that was sent gets no answer until `release`.
    `limits` are what `text_limit` says in turn when asked afresh; None means that it cannot be asked.
    """

    def __init__(
        self,
        clock: Clock,
        *script: SendResult | Exception,
        name: str = "event",
        echoes: bool = True,
        can_send: bool = True,
        spacing_seconds: float = 0.0,
        limit: int = 40,
        limits: tuple[int | None, ...] = (),
    ) -> None:
        self.script = deque(script)
        self.echoes = echoes
        self.can_send = can_send
        self.spacing_seconds = spacing_seconds
        self.is_ready = True
        self.silent_since: float | None = None
        self.lines: list[SentLine] = []
        self._clock = clock
        self._name = name
        self._limit: int | None = limit
        self._limits = deque(limits)
        self._free = asyncio.Event()
        self._free.set()

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    def hold(self) -> None:
        self._free.clear()

    def release(self) -> None:
        self._free.set()

    def heard_at(self) -> float:
        """The room is lively, unless the test says since when it is silent."""
        return self._clock.monotonic() if self.silent_since is None else self.silent_since

    def ready(self) -> bool:
        return self.is_ready

    async def send(self, text: str, reply_to: str) -> SendResult:
        self.lines.append(SentLine(text, reply_to, self._clock.monotonic()))
        number = len(self.lines)
        result = self.script.popleft() if self.script else None
        await self._free.wait()
        if isinstance(result, Exception):
            raise result
        return result or SendResult(SendState.ACCEPTED, event_id=f"{self._name}-{number}")

    async def text_limit(self, *, fresh: bool = False) -> int:
        if fresh and self._limits:
            self._limit = self._limits.popleft()
        if self._limit is None:
            raise RoomUnreachable("the platform does not answer")
        return self._limit

    def text_length(self, text: str) -> int:
        return len(text)
