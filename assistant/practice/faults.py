"""Everything that can go wrong in a practice room, by name, and which of it goes wrong now.

A fault is written `name` or `name=number`; FAULTS says what each does and what its number means. This module
only keeps the switches: the endpoints, the audience and the desk look at them.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assistant.errors import AssistantError
from assistant.practice.malformed import MALFORMED

_MALFORMED_PREFIX = "malformed-"


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
        "drop": Fault("cuts every connection some time after its auth", "seconds", 5),
        "accept-then-drop": Fault("accepts the auth, then cuts the connection at once"),
        "silence": Fault("goes silent after the auth, keeping the connection open", "seconds of talk", 0),
        "duplicate": Fault("sends every frame twice"),
        "malformed": Fault("follows every message with a broken frame, one kind after the other"),
        **{
            _MALFORMED_PREFIX + kind: Fault(f"follows every message with a broken frame: {kind}")
            for kind in MALFORMED
        },
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
        "offline": Fault("cuts every connection there is, and new ones before they say anything"),
    }
)


class Faults:
    """The faults that are switched on, each with its number."""

    def __init__(self, specs: Iterable[str] = ()) -> None:
        self._numbers: dict[str, float] = {}
        for spec in specs:
            self.switch_on(spec)

    def __contains__(self, name: str) -> bool:
        return name in self._numbers

    def number(self, name: str) -> float:
        """Infinity for a fault that is off: a number of seconds that never pass."""
        return self._numbers.get(name, math.inf)

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

    def malformations(self) -> tuple[str, ...]:
        """The kinds of broken frames that are asked for, in the order of their table."""
        return tuple(kind for kind in MALFORMED if "malformed" in self or _MALFORMED_PREFIX + kind in self)


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
    return number if 0 < number < math.inf else None
