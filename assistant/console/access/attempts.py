"""How often a password may be tried: after some free failures each next one waits twice as long.

Counted for a name at an address, for an address, and for a name wherever it is tried from. The last is kept
short, so that nobody can lock a colleague out for long.
"""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

MOST_KEPT = 10_000
FORGOTTEN_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Limit:
    free: int
    first_seconds: float
    most_seconds: float

    def wait(self, failures: int) -> float:
        beyond = failures - self.free
        return min(self.first_seconds * 2.0 ** min(beyond, 30), self.most_seconds) if beyond >= 0 else 0.0


NAME_AT_ADDRESS: Final = Limit(free=3, first_seconds=1.0, most_seconds=300.0)
ADDRESS: Final = Limit(free=20, first_seconds=1.0, most_seconds=900.0)
NAME: Final = Limit(free=30, first_seconds=1.0, most_seconds=60.0)
_Key = tuple[Limit, str, str]


class Attempts:
    """Failures by key, the oldest forgotten first. `now` is monotonic, in seconds."""

    def __init__(self) -> None:
        self._failures: OrderedDict[_Key, tuple[int, float]] = OrderedDict()

    def wait(self, name: str, address: str, *, now: float) -> float:
        """Seconds until it may be tried again; 0 for now."""
        return max(self._wait(key, now) for key in _keys(name, address))

    def failed(self, name: str, address: str, *, now: float) -> None:
        for key in _keys(name, address):
            count, last = self._failures.pop(key, (0, now))
            self._failures[key] = (1 if now - last > FORGOTTEN_SECONDS else count + 1, now)
        while len(self._failures) > MOST_KEPT:
            self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """The person is in: their own slips are forgotten, those of others at the address are not."""
        self._failures.pop((NAME_AT_ADDRESS, name, network(address)), None)

    def _wait(self, key: _Key, now: float) -> float:
        limit, (count, last) = key[0], self._failures.get(key, (0, now))
        return max(0.0, last + limit.wait(count) - now) if count else 0.0


def network(address: str) -> str:
    """What one household has: an IPv4 address, 64 bits of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _keys(name: str, address: str) -> tuple[_Key, ...]:
    address = network(address)
    return (NAME_AT_ADDRESS, name, address), (ADDRESS, "", address), (NAME, name, "")
