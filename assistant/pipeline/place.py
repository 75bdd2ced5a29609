"""Where something is said, and what a line of ours there may be. Pure: the room's voice is asked by whoever
needs to know how things stand now.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from assistant.pipeline import wording
from assistant.settings import RoomAddress


class Voice(Protocol):
    """What the room lets us say: the account's line length now, and whether we speak at all."""

    @property
    def speaks(self) -> bool: ...

    @property
    def known_text_limit(self) -> int: ...

    def text_length(self, text: str) -> int: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line was said and what an answer there may be: `limit` by `measure`, `speaks` at all."""

    platform: str
    room: str
    limit: int
    measure: Callable[[str], int] = len
    speaks: bool = True

    @classmethod
    def of(cls, address: RoomAddress, voice: Voice) -> "Place":
        """As it is now."""
        return cls(
            platform=address.platform,
            room=address.id,
            limit=voice.known_text_limit,
            measure=voice.text_length,
            speaks=voice.speaks,
        )

    @property
    def address(self) -> str:
        """As entries and settings name the room."""
        return f"{self.platform}:{self.room}"

    def lines(self, text: str, *, most: int) -> tuple[str, ...]:
        """The text as at most so many lines; () when it cannot be done."""
        return wording.lines(text, limit=self.limit, most=most, measure=self.measure)
