"""Who takes part in a practice room, and how the platform hides them from anonymous connections.

A viewer's uid follows from the name, so that the same name is the same person in every run.
"""

import zlib
from dataclasses import dataclass, replace

FIRST_VIEWER_UID = 1_000_000


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in the room. `user_hash` is the CRC32 of the uid's text and survives masking."""

    uid: int
    name: str
    user_hash: int
    is_host: bool = False
    is_admin: bool = False
    guard_level: int = 0

    @classmethod
    def of(cls, uid: int, name: str, *, is_host: bool = False, guard_level: int = 0) -> "Person":
        return cls(
            uid=uid,
            name=name,
            user_hash=zlib.crc32(str(uid).encode()),
            is_host=is_host,
            is_admin=is_host,
            guard_level=guard_level,
        )

    @classmethod
    def viewer(cls, name: str, *, guard_level: int = 0) -> "Person":
        uid = FIRST_VIEWER_UID + zlib.crc32(name.encode(errors="surrogatepass"))
        return cls.of(uid, name, guard_level=guard_level)

    def masked(self) -> "Person":
        """The same person as an anonymous connection sees them: uid 0, `观***`."""
        return replace(self, uid=0, name=f"{self.name[:1]}***")


NOBODY = Person.of(0, "")
