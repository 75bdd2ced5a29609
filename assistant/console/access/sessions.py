"""Who is signed in: sessions by their cookies, kept in memory and on disk, until they end or time out.

Looking one up touches no disk. What ends is told to whatever was opened in it, by an event.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from assistant.clock import Clock
from assistant.console.access.access_file import AccessThread, Person, Session
from assistant.console.access.keys import new_token, token_hash

SAVED_SECONDS = 60.0  # how exactly the file knows when a session was last used


@dataclass(frozen=True, slots=True)
class TimeOuts:
    """How long a session holds without being used, and at all."""

    idle_seconds: float = 12 * 3600.0
    session_seconds: float = 7 * 86_400.0


class Endings:
    """Events by the key of a session or token, set when it ends."""

    def __init__(self) -> None:
        self._events: dict[str, asyncio.Event] = {}

    def of(self, key: str) -> asyncio.Event:
        return self._events.setdefault(key, asyncio.Event())

    def tell(self, key: str) -> None:
        event = self._events.pop(key, None)
        if event is not None:
            event.set()


class Sessions:
    """`person_of` knows whom there is by now: sessions of nobody, or of who was put out, do not hold."""

    def __init__(
        self,
        thread: AccessThread,
        *,
        person_of: Callable[[str], Person | None],
        time_outs: TimeOuts,
        clock: Clock,
        endings: Endings,
    ) -> None:
        self._thread = thread
        self._person_of = person_of
        self._time_outs = time_outs
        self._clock = clock
        self._endings = endings
        self._sessions: dict[str, Session] = {}
        self._saved_at: dict[str, float] = {}

    async def begin(self, name: str, *, address: str) -> str:
        """The cookie."""
        cookie, now = new_token(), self._clock.now()
        session = Session(token_hash(cookie), name, address, began_at=now, seen_at=now)
        await self._thread.save(session)
        self._sessions[session.hash] = session
        return cookie

    def using(self, cookie: str) -> Session | None:
        """The session of that cookie, if it holds: it is used by that."""
        session = self._sessions.get(token_hash(cookie))
        if session is None or not self._is_good(session):
            return None
        self.touch(session.hash)
        return session

    def touch(self, key: str) -> None:
        """Somebody did something in it."""
        session = self._sessions.get(key)
        if session is not None and self._is_good(session):
            self._sessions[key] = replace(session, seen_at=self._clock.now())

    def holds(self, key: str) -> bool:
        session = self._sessions.get(key)
        return session is not None and self._is_good(session)

    def keys_of(self, name: str) -> list[str]:
        return [key for key, session in self._sessions.items() if session.name == name]

    async def end(self, keys: Iterable[str]) -> None:
        """In memory at once, whatever becomes of the file."""
        ended = list(keys)
        for key in ended:
            self._forget(key)
        if ended:
            await self._thread.remove(Session, ended)

    async def end_what_expired(self) -> None:
        await self.end([key for key, session in self._sessions.items() if not self._is_good(session)])

    def take_over(self, kept: Iterable[Session]) -> None:
        """What the file holds by now, but for when they were last used, which is known better here."""
        found = {session.hash: session for session in kept}
        for key in self._sessions.keys() - found.keys():
            self._forget(key)
        for key, session in found.items():
            known = self._sessions.get(key, session)
            self._sessions[key] = replace(session, seen_at=max(session.seen_at, known.seen_at))

    async def save_uses(self) -> None:
        """Those used well after what the file knows."""
        used = [
            session
            for key, session in self._sessions.items()
            if session.seen_at - self._saved_at.get(key, session.began_at) >= SAVED_SECONDS
        ]
        if used:
            await self._thread.touch(used)
            self._saved_at |= {session.hash: session.seen_at for session in used}

    def _forget(self, key: str) -> None:
        self._sessions.pop(key, None)
        self._saved_at.pop(key, None)
        self._endings.tell(key)

    def _is_good(self, session: Session) -> bool:
        person, now = self._person_of(session.name), self._clock.now()
        return (
            person is not None
            and person.is_enabled
            and now - session.seen_at < self._time_outs.idle_seconds
            and now - session.began_at < self._time_outs.session_seconds
        )
