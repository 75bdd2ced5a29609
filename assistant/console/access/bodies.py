"""How much of a request's body is taken: little from anybody, an upload's worth from who is let in."""

from typing import Final

from starlette.types import Message, Receive

STRANGERS_BYTES: Final = 16 * 1024  # a filled-in form
CALLERS_BYTES: Final = 64 * 1024 * 1024  # a FAQ in a spreadsheet


class TooMuch(Exception):
    """The body is longer than is taken."""


class Measured:
    """A request's `receive` that raises TooMuch when more than `most_bytes` have come."""

    def __init__(self, receive: Receive, *, most_bytes: int) -> None:
        self._receive = receive
        self._left = most_bytes

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise TooMuch
        return message
