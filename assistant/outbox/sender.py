"""What the outbox needs of a room to speak in it; how a line reaches the platform is the room's business."""

from typing import Protocol

from assistant.platforms.base import SendResult


class Sender(Protocol):
    """One room's voice. `send` never raises for what the platform answers, nor for an answer that never came.

    `reply_to` is a viewer's id, or empty. Lengths are counted as the platform counts them; `text_limit` may
    come from memory unless `fresh`, and raises RoomError when the platform cannot be asked.
    """

    @property
    def can_send(self) -> bool:
        """Whether there are credentials at all; without them nothing ever leaves."""
        ...

    @property
    def spacing_seconds(self) -> float:
        """The least time between two lines of the account, as the platform wants it."""
        ...

    @property
    def echoes(self) -> bool:
        """Whether the room's connection brings our own lines back."""
        ...

    def ready(self) -> bool:
        """Whether the room is connected and admitted now. Until then its replies wait."""
        ...

    def heard_at(self) -> float:
        """When the room's connection last brought anything, in monotonic seconds."""
        ...

    async def send(self, text: str, reply_to: str) -> SendResult: ...

    async def text_limit(self, *, fresh: bool = False) -> int: ...

    def text_length(self, text: str) -> int: ...
