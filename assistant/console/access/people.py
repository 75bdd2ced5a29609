"""Who there is, and who is signed in: the people, their sessions and the tokens, kept in memory and on disk.

Looking up who asks touches no disk. What changes something is written first, in a thread of its own; what
another program changed there is taken over by `look_again`, which also ends what has expired.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from assistant.clock import Clock
from assistant.console.access.access_file import AccessFile, Person, Session, Token
from assistant.console.access.attempts import Attempts
from assistant.console.access.keys import Passwords, new_token, one_time_password, token_hash
from assistant.console.access.roles import PEOPLE, Caller, Role
from assistant.errors import AssistantError

FIRST_NAME = "admin"
LEAST_PASSWORD_CHARACTERS = 8
MOST_PASSWORD_CHARACTERS = 1_000
LOOK_SECONDS = 10.0
TOUCH_SECONDS = 60.0  # how exactly the file knows when a session was last used

Result = TypeVar("Result")
Args = ParamSpec("Args")
Audit = Callable[[str, str, str], None]
"""Takes who, what and the detail: a line of the audit trail."""


class NotAllowed(AssistantError):
    """A person asked for something that the console refuses; the message is for them.

    `key` is that of the words for it in `words.FRAME`, where a form says it in the person's language.
    """

    def __init__(self, message: str, *, key: str = "wrong") -> None:
        super().__init__(message)
        self.key = key


class TooManyAttempts(NotAllowed):
    def __init__(self, seconds: float) -> None:
        super().__init__(f"too many attempts: wait {seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class TimeOuts:
    """How long a session holds without being used, and at all."""

    idle_seconds: float = 12 * 3600.0
    session_seconds: float = 7 * 86_400.0


class People:
    """`open` before use, `aclose` after; belongs to one event loop. Raises StoreError for the file."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        audit: Audit,
        time_outs: TimeOuts | None = None,
        passwords: Passwords | None = None,
    ) -> None:
        self._path = path
        self._clock = clock
        self._audit = audit
        self._time_outs = time_outs or TimeOuts()
        self._passwords = passwords or Passwords()
        self._attempts = Attempts()
        self._people: dict[str, Person] = {}
        self._sessions: dict[str, Session] = {}
        self._tokens: dict[str, Token] = {}
        self._saved_at: dict[str, float] = {}
        self._ended: dict[str, asyncio.Event] = {}

    async def open(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="console-access")
        self._hashing = ThreadPoolExecutor(1, thread_name_prefix="console-passwords")
        self._file = await self._in_thread(partial(AccessFile, self._path, clock=self._clock.now))
        await self._load()

    async def aclose(self) -> None:
        await self._in_thread(self._file.close)
        self._thread.shutdown()
        self._hashing.shutdown()

    # Who asks

    def by_session(self, cookie: str) -> Caller | None:
        """Whose session it is, when it holds; using it keeps it from idling."""
        key = token_hash(cookie)
        session = self._sessions.get(key)
        if session is None or not self._holds(session):
            return None
        self._sessions[key] = replace(session, seen_at=self._clock.now())
        person = self._people[session.name]
        return Caller(person.name, person.role, key, "session", person.must_change_password)

    def by_token(self, token: str) -> Caller | None:
        key = token_hash(token)
        kept = self._tokens.get(key)
        return None if kept is None else Caller(kept.name, kept.role, key, "token")

    def holds(self, caller: Caller) -> bool:
        """Whether it may go on: asking does not keep a session from idling."""
        if caller.kind == "token":
            return caller.key in self._tokens
        session = self._sessions.get(caller.key)
        return session is not None and self._holds(session)

    def touch(self, caller: Caller) -> None:
        """The person did something."""
        session = self._sessions.get(caller.key)
        if session is not None and self._holds(session):
            self._sessions[caller.key] = replace(session, seen_at=self._clock.now())

    def ended(self, caller: Caller) -> asyncio.Event:
        """Is set when the caller's session or token ends."""
        event = self._ended.setdefault(caller.key, asyncio.Event())
        if not self.holds(caller):
            event.set()
        return event

    # In and out

    async def sign_in(self, name: str, password: str, *, address: str) -> str:
        """The cookie of a new session. Raises NotAllowed, TooManyAttempts."""
        now = self._clock.monotonic()
        wait = self._attempts.wait(name, address, now=now)
        if wait > 0:
            raise TooManyAttempts(wait)
        person = self._people.get(name)
        self._attempts.failed(name, address, now=now)  # until shown otherwise: many at once are many
        if not await self._fits(person, password):
            self._audit(name if person else "", "sign-in refused", address)
            raise NotAllowed("wrong name or password")
        self._attempts.succeeded(name, address)
        cookie, at = new_token(), self._clock.now()
        session = Session(token_hash(cookie), name, address, began_at=at, seen_at=at)
        await self._in_thread(self._file.save, session)
        self._sessions[session.hash] = session
        self._audit(name, "signed in", address)
        return cookie

    async def sign_out(self, caller: Caller) -> None:
        await self._end([caller.key])
        self._audit(caller.name, "signed out", "")

    async def change_password(self, caller: Caller, old: str, new: str) -> None:
        """One's own; other sessions of the person end. Raises NotAllowed."""
        person = self._people.get(caller.name)
        if caller.kind != "session" or person is None or not await self._fits(person, old):
            raise NotAllowed("the password until now is another", key="old wrong")
        await self._set_password(person, new, must_change=False)
        await self._end([key for key in self._sessions_of(person.name) if key != caller.key])
        self._audit(person.name, "changed the password", "")

    # Administration

    @property
    def people(self) -> list[Person]:
        return sorted(self._people.values(), key=lambda person: person.name)

    @property
    def tokens(self) -> list[Token]:
        return sorted(self._tokens.values(), key=lambda token: (token.made_at, token.name))

    async def first_password(self, *, once: bool = True) -> str | None:
        """A new password for the first person, while nobody has changed theirs: to be shown on a terminal.

        `once`: it must be changed when it is used.
        """
        first = self._people.get(FIRST_NAME)
        if self._people and (first is None or not first.must_change_password):
            return None
        password = one_time_password()
        await self._save_person(FIRST_NAME, Role.ADMIN, password, must_change=once)
        return password

    async def add_person(self, name: str, role: Role, *, by: str) -> str:
        """Returns a one-time password. Raises NotAllowed."""
        name = name.strip()
        if not 1 <= len(name) <= 40 or not name.isprintable():
            raise NotAllowed("a name has 1 to 40 characters")
        if role not in PEOPLE:
            raise NotAllowed(f"a person is {', '.join(PEOPLE)}")
        if name in self._people:
            raise NotAllowed(f"{name} is there already")
        password = one_time_password()
        await self._save_person(name, role, password, must_change=True)
        self._audit(by, "added a person", f"{name} as {role}")
        return password

    async def reset_password(self, name: str, *, by: str) -> str:
        """Returns a one-time password; the person's sessions end. Raises NotAllowed."""
        person = self._known(name)
        password = one_time_password()
        await self._set_password(person, password, must_change=True)
        await self._end(self._sessions_of(name))
        self._audit(by, "reset a password", name)
        return password

    async def change_person(
        self, name: str, *, by: str, role: Role | None = None, is_enabled: bool | None = None
    ) -> None:
        """Raises NotAllowed, also for what would leave nobody to administer."""
        person = self._known(name)
        changed = replace(
            person,
            role=person.role if role is None else role,
            is_enabled=person.is_enabled if is_enabled is None else is_enabled,
        )
        if changed.role not in PEOPLE:
            raise NotAllowed(f"a person is {', '.join(PEOPLE)}")
        others = [one for one in self._people.values() if one.name != name]
        if not any(_administers(one) for one in (*others, changed)):
            raise NotAllowed("somebody must be left to administer")
        await self._in_thread(self._file.save, changed)
        self._people[name] = changed
        await self._end(self._sessions_of(name))  # what is open was opened as somebody else
        self._audit(
            by, "changed a person", f"{name}: {changed.role}, {'in' if changed.is_enabled else 'out'}"
        )

    async def add_token(self, name: str, role: Role, *, by: str) -> str:
        """Returns the token, which cannot be had again. Raises NotAllowed."""
        name = name.strip()
        if not 1 <= len(name) <= 40 or not name.isprintable():
            raise NotAllowed("a name has 1 to 40 characters")
        if any(token.name == name for token in self._tokens.values()):
            raise NotAllowed(f"{name} is there already")
        token = new_token()
        kept = Token(token_hash(token), name, role, made_by=by, made_at=self._clock.now())
        await self._in_thread(self._file.save, kept)
        self._tokens[kept.hash] = kept
        self._audit(by, "made a token", f"{name} as {role}")
        return token

    async def remove_token(self, name: str, *, by: str) -> None:
        """Raises NotAllowed."""
        keys = [key for key, token in self._tokens.items() if token.name == name]
        if not keys:
            raise NotAllowed(f"there is no token {name}")
        await self._in_thread(self._file.remove, Token, keys)
        for key in keys:
            del self._tokens[key]
            self._tell_ended(key)
        self._audit(by, "removed a token", name)

    async def probe(self) -> None:
        """Raises StoreError when the database cannot be written to."""
        await self._in_thread(self._file.probe)

    # What passes

    async def run(self) -> None:
        """Ends what expired and takes over what other programs changed, until cancelled."""
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            await self.look_again()

    async def look_again(self) -> None:
        await self._save_touched()
        await self._load()
        await self._end([key for key, session in self._sessions.items() if not self._holds(session)])

    async def _load(self) -> None:
        people, sessions, tokens = await self._in_thread(self._read)
        seen = {key: session.seen_at for key, session in self._sessions.items()}
        kept = {session.hash for session in sessions} | {token.hash for token in tokens}
        gone = (self._sessions.keys() | self._tokens.keys()) - kept
        self._people = {person.name: person for person in people}
        self._sessions = {
            one.hash: replace(one, seen_at=max(one.seen_at, seen.get(one.hash, 0.0))) for one in sessions
        }
        self._tokens = {token.hash: token for token in tokens}
        for key in gone:
            self._tell_ended(key)

    def _read(self) -> tuple[list[Person], list[Session], list[Token]]:
        return self._file.read(Person), self._file.read(Session), self._file.read(Token)

    async def _save_touched(self) -> None:
        due = [
            session
            for key, session in self._sessions.items()
            if session.seen_at - self._saved_at.get(key, session.began_at) >= TOUCH_SECONDS
        ]
        if due:
            await self._in_thread(self._file.touch, due)
            self._saved_at |= {session.hash: session.seen_at for session in due}

    def _holds(self, session: Session) -> bool:
        person, now = self._people.get(session.name), self._clock.now()
        return (
            person is not None
            and person.is_enabled
            and now - session.seen_at < self._time_outs.idle_seconds
            and now - session.began_at < self._time_outs.session_seconds
        )

    async def _end(self, keys: list[str]) -> None:
        if not keys:
            return
        await self._in_thread(self._file.remove, Session, keys)
        for key in keys:
            self._sessions.pop(key, None)
            self._saved_at.pop(key, None)
            self._tell_ended(key)

    def _tell_ended(self, key: str) -> None:
        event = self._ended.pop(key, None)
        if event is not None:
            event.set()

    def _sessions_of(self, name: str) -> list[str]:
        return [key for key, session in self._sessions.items() if session.name == name]

    def _known(self, name: str) -> Person:
        person = self._people.get(name)
        if person is None:
            raise NotAllowed(f"there is no {name}")
        return person

    async def _fits(self, person: Person | None, password: str) -> bool:
        if len(password) > MOST_PASSWORD_CHARACTERS:
            return False
        kept = person.password if person is not None and person.is_enabled else None
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._hashing, self._passwords.fits, password, kept)

    async def _set_password(self, person: Person, password: str, *, must_change: bool) -> None:
        _check_password(password, person.name)
        await self._save_person(
            person.name, person.role, password, must_change=must_change, is_enabled=person.is_enabled
        )

    async def _save_person(
        self, name: str, role: Role, password: str, *, must_change: bool, is_enabled: bool = True
    ) -> None:
        loop = asyncio.get_running_loop()
        kept = await loop.run_in_executor(self._hashing, self._passwords.hash, password)
        known = self._people.get(name)
        made_at = self._clock.now() if known is None else known.made_at
        person = Person(name, role, kept, must_change, is_enabled, made_at)
        await self._in_thread(self._file.save, person)
        self._people[name] = person

    async def _in_thread(
        self, call: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(call, *args, **kwargs))


def _administers(person: Person) -> bool:
    return person.is_enabled and person.role is Role.ADMIN


def _check_password(password: str, name: str) -> None:
    if not LEAST_PASSWORD_CHARACTERS <= len(password) <= MOST_PASSWORD_CHARACTERS:
        raise NotAllowed(f"a password has at least {LEAST_PASSWORD_CHARACTERS} characters", key="too short")
    if password.casefold() == name.casefold():
        raise NotAllowed("a password is not the name", key="too short")
