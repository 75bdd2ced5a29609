"""The platform's HTTP answers: one shape, `{code, message, data}`, and the many ways of not getting it.

Wordings name what was asked for, never an address, a query or a cookie.
"""

from typing import Any, NamedTuple

from assistant import limits
from assistant.errors import RoomUnreachable
from assistant.platforms.base import Response
from assistant.platforms.bilibili import fields

RISK_CONTROL_SECONDS = 300.0
RISK_CONTROL_CODES = frozenset({-352, -403, -412})
NOT_LOGGED_IN = -101
_RISK_CONTROL_STATUSES = frozenset({403, 412, 429})
_MESSAGE_CHARACTERS = 200


class Answer(NamedTuple):
    """`code` 0 is yes. `data` is an empty object where there is none."""

    code: int
    message: str
    data: dict[str, Any]


def is_risk_control(status: int) -> bool:
    return status in _RISK_CONTROL_STATUSES


def parse(body: bytes) -> Answer | None:
    """None for anything but the platform's own shape."""
    if len(body) > limits.RESPONSE_BYTES:
        return None
    try:
        found = fields.mapping(fields.parse(body))
    except ValueError:
        return None
    code = found.get("code")
    if type(code) is not int:
        return None
    message = found.get("message") or found.get("msg") or ""
    shown = message[:_MESSAGE_CHARACTERS] if type(message) is str else "(no text)"
    return Answer(fields.whole(code, -1), shown, fields.mapping(found.get("data")))


def read(response: Response, *, asked_for: str) -> Answer:
    """The answer, whatever its code. Raises RoomUnreachable where there is none."""
    if response.status == 0:
        why = f" ({response.failure})" if response.failure.isidentifier() else ""
        raise RoomUnreachable(f"{asked_for}: no answer from the platform{why}")
    if is_risk_control(response.status):
        raise RoomUnreachable(
            f"{asked_for}: the platform turns this address away for now (status {response.status}); wait",
            retry_after_seconds=RISK_CONTROL_SECONDS,
        )
    if response.status != 200:
        raise RoomUnreachable(f"{asked_for}: the platform answers with status {response.status}")
    answer = parse(response.body)
    if answer is None:
        raise RoomUnreachable(f"{asked_for}: the answer cannot be read (is it a web page?)")
    return answer
