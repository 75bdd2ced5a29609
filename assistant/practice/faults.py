"""Everything that can go wrong in a practice room, by name, and which of it goes wrong now.

A fault is written `name` or `name=number`; FAULTS says what each does and what its number means. This module
only keeps the switches: the server, the sockets and the sending rules look at them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assistant.errors import AssistantError


class UnknownFault(AssistantError):
    """No fault of that name, or a number it cannot use."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`number` is the default of the fault's number, whose meaning is `unit`; no unit, no number."""

    does: str
    unit: str = ""
    number: float = 0.0


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "drop": Fault("cuts every connection, again and again", "seconds between cuts", 5),
        "accept-then-drop": Fault("accepts the auth, then cuts the connection at once"),
        "silence": Fault("keeps connections open and sends nothing, not even heartbeat replies"),
        "duplicate": Fault("sends every frame twice"),
        "malformed": Fault("follows every message with a broken frame, one kind after the other"),
        "refuse-auth": Fault("answers auths with code -101 and closes", "how many", 1),
        "refuse-auth-forever": Fault("answers every auth with code -101 and closes"),
        "close-before-auth": Fault("closes instead of answering auths", "how many", 1),
        "risk-control": Fault("answers getDanmuInfo with code -352"),
        "dead-host": Fault("puts a host that refuses connections first into the host list"),
        "swallow": Fault("accepts what is sent and shows it to nobody"),
        "slow": Fault("shows what is sent at once and answers late", "seconds", 30),
        "block-words": Fault("takes everything that is sent for a forbidden word (code 0, message f)"),
        "rate-limit": Fault("answers everything that is sent with code 10031"),
        "logged-out": Fault("no longer knows the login: nav and msg/send answer -101"),
        "http-500": Fault("answers every HTTP request with status 500"),
        "offline": Fault("refuses new connections and cuts the ones there are"),
    }
)


class Faults:
    """The faults that are switched on, each with its number."""

    def __init__(self) -> None:
        self._numbers: dict[str, float] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._numbers

    def number(self, name: str) -> float:
        return self._numbers[name]

    def switch_on(self, spec: str) -> str:
        """Switch on `name` or `name=number`; its name. Raises UnknownFault."""
        name, number = parse_fault(spec)
        self._numbers[name] = number
        return name

    def switch_off(self, name: str) -> None:
        """Nothing happens when it is off already. Raises UnknownFault for a name that does not exist."""
        self._numbers.pop(parse_fault(name)[0], None)

    def spend(self, name: str) -> bool:
        """Whether a counted fault strikes this time; it switches itself off after its last."""
        if name not in self:
            return False
        self._numbers[name] -= 1
        if self._numbers[name] < 1:
            del self._numbers[name]
        return True


def parse_fault(spec: str) -> tuple[str, float]:
    """(name, number) of `name` or `name=number`. Raises UnknownFault, wording what is possible."""
    name, equals, text = spec.partition("=")
    fault = FAULTS.get(name)
    if fault is None:
        raise UnknownFault(f"no fault {name!r}; there are {', '.join(FAULTS)}")
    if not equals:
        return name, fault.number
    if not fault.unit:
        raise UnknownFault(f"fault {name!r} takes no number")
    number = _positive(text)
    if number is None:
        raise UnknownFault(f"fault {spec!r}: the number ({fault.unit}) must be positive")
    return name, number


def _positive(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None
