"""Who there is: people and tokens, what they are let in by, and what an administrator changes about them.

Looking up who asks touches no disk; what changes something is written first. What another program changed in
the file is taken over when somebody signs in, and by `look_again`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Container
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

import structlog

from assistant.clock import Clock
from assistant.console.access.access_file import AccessThread, Person, Token
from assistant.console.access.attempts import Attempts
from assistant.console.access.keys import Passwords, new_token, one_time_password, token_hash
from assistant.console.access.roles import PEOPLE, Caller, Role
from assistant.console.access.sessions import Endings, Sessions, TimeOuts
from assistant.errors import AssistantError, StoreError

FIRST_NAME: Final = "admin"
LEAST_PASSWORD_CHARACTERS: Final = 8
MOST_PASSWORD_CHARACTERS: Final = 1_000
MOST_NAME_CHARACTERS: Final = 40
LOOK_SECONDS: Final = 10.0

_log = structlog.get_logger(__name__)

Audit = Callable[[str, str, str], Awaitable[None]]
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
        super().__init__(f"too many attempts: wait {seconds:.0f} s", key="wait")
        self.seconds = seconds


class People:
    """`open` before use, `aclose` after; belongs to one event loop. All raise StoreError for the file."""

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock,
        audit: Audit,
        time_outs: TimeOuts | None = None,
        passwords: Passwords | None = None,
    ) -> None:
        self._thread = AccessThread(path, clock=clock.now)
        self._clock = clock
        self._audit = audit
        self._passwords = passwords or Passwords()
        self._attempts = Attempts()
        self._endings = Endings()
        self._people: dict[str, Person] = {}
        self._tokens: dict[str, Token] = {}
        self._sessions = Sessions(
            self._thread,
            person_of=self._people.get,
            time_outs=time_outs or TimeOuts(),
            clock=clock,
            endings=self._endings,
        )

    async def open(self) -> None:
        self._hashing = ThreadPoolExecutor(1, thread_name_prefix="console-passwords")
        await self._thread.open()
        await self._load()

    async def aclose(self) -> None:
        await self._thread.aclose()
        self._hashing.shutdown()

    # Who asks

    def by_session(self, cookie: str) -> Caller | None:
        """Whose session it is, when it holds; asking keeps it from idling."""
        session = self._sessions.using(cookie)
        if session is None:
            return None
        person = self._people[session.name]
        return Caller(person.name, person.role, session.hash, "session", person.must_change_password)

    def by_token(self, token: str) -> Caller | None:
        kept = self._tokens.get(token_hash(token))
        return None if kept is None else Caller(kept.name, kept.role, kept.hash, "token")

    def holds(self, caller: Caller) -> bool:
        """Whether it may go on; asking does not keep a session from idling."""
        return caller.key in self._tokens if caller.kind == "token" else self._sessions.holds(caller.key)

    def touch(self, caller: Caller) -> None:
        """The person did something on an open page."""
        self._sessions.touch(caller.key)

    def ended(self, caller: Caller) -> asyncio.Event:
        """Is set when the caller's session or token ends."""
        if not self.holds(caller):
            over = asyncio.Event()
            over.set()
            return over
        return self._endings.of(caller.key)

    # In and out

    async def sign_in(self, name: str, password: str, *, address: str) -> str:
        """The cookie of a new session. Raises NotAllowed, TooManyAttempts."""
        person = await self._proved(name, password, address=address, refusal="sign-in refused")
        cookie = await self._sessions.begin(person.name, address=address)
        await self._audit(person.name, "signed in", address)
        return cookie

    async def sign_out(self, caller: Caller) -> None:
        await self._sessions.end([caller.key])
        await self._audit(caller.name, "signed out", "")

    async def change_password(self, caller: Caller, old: str, new: str, *, address: str) -> None:
        """One's own; other sessions of the person end. Raises NotAllowed, TooManyAttempts."""
        _check_password(new, name=caller.name)
        try:
            person = await self._proved(caller.name, old, address=address, refusal="password change refused")
        except TooManyAttempts:
            raise
        except NotAllowed:
            raise NotAllowed("the password until now is another", key="old wrong") from None
        if old == new:
            raise NotAllowed("the new password is the old one", key="too short")
        await self._save_person(person, password=new, must_change=False)
        await self._sessions.end(key for key in self._sessions.keys_of(person.name) if key != caller.key)
        await self._audit(person.name, "changed the password", "")

    async def _proved(self, name: str, password: str, *, address: str, refusal: str) -> Person:
        now = self._clock.monotonic()
        wait = self._attempts.wait(name, address, now=now)
        if wait > 0:
            raise TooManyAttempts(wait)
        self._attempts.failed(name, address, now=now)  # until shown otherwise: many at once are many
        await self._load()
        person = self._people.get(name)
        if not await self._fits(person, password) or person is None:
            await self._audit("" if person is None else name, refusal, address)
            raise NotAllowed("wrong name or password")
        self._attempts.succeeded(name, address)
        return person

    # Administration

    @property
    def people(self) -> list[Person]:
        """By name."""
        return sorted(self._people.values(), key=lambda person: person.name)

    @property
    def tokens(self) -> list[Token]:
        """Oldest first."""
        return sorted(self._tokens.values(), key=lambda token: (token.made_at, token.name))

    async def first_password(self, *, once: bool = True) -> str | None:
        """A new password for the first person, while nobody has changed theirs: to be shown on a terminal.

        `once`: it must be changed when it is used.
        """
        first = self._people.get(FIRST_NAME)
        if self._people and (first is None or not first.must_change_password):
            return None
        password = one_time_password()
        person = first or Person(FIRST_NAME, Role.ADMIN, "", once, True, self._clock.now())
        await self._save_person(person, password=password, must_change=once)
        return password

    async def add_person(self, name: str, role: Role, *, by: str) -> str:
        """Returns a one-time password. Raises NotAllowed."""
        name = _checked_name(name, taken=self._people)
        _check_role(role)
        password = one_time_password()
        person = Person(name, role, "", True, True, self._clock.now())
        await self._save_person(person, password=password, must_change=True)
        await self._audit(by, "added a person", f"{name} as {role}")
        return password

    async def reset_password(self, name: str, *, by: str) -> str:
        """Returns a one-time password; the person's sessions end. Raises NotAllowed."""
        person, password = self._known(name), one_time_password()
        await self._save_person(person, password=password, must_change=True)
        await self._sessions.end(self._sessions.keys_of(name))
        await self._audit(by, "reset a password", name)
        return password

    async def change_person(
        self, name: str, *, by: str, role: Role | None = None, is_enabled: bool | None = None
    ) -> None:
        """Their sessions end: what is open was opened as somebody else. Raises NotAllowed, also for what
        would leave nobody to administer."""
        person = self._known(name)
        new_role = person.role if role is None else role
        _check_role(new_role)
        is_in = person.is_enabled if is_enabled is None else is_enabled
        changed = replace(person, role=new_role, is_enabled=is_in)
        others = [one for one in self._people.values() if one.name != name]
        if not any(_administers(one) for one in (*others, changed)):
            raise NotAllowed("somebody must be left to administer")
        await self._thread.save(changed)
        self._people[name] = changed
        await self._sessions.end(self._sessions.keys_of(name))
        await self._audit(by, "changed a person", f"{name}: {new_role if is_in else 'out'}")

    async def add_token(self, name: str, role: Role, *, by: str) -> str:
        """Returns the token, which cannot be had again. Raises NotAllowed."""
        name = _checked_name(name, taken={token.name for token in self._tokens.values()})
        token = new_token()
        kept = Token(token_hash(token), name, role, made_by=by, made_at=self._clock.now())
        await self._thread.save(kept)
        self._tokens[kept.hash] = kept
        await self._audit(by, "made a token", f"{name} as {role}")
        return token

    async def remove_token(self, name: str, *, by: str) -> None:
        """Raises NotAllowed."""
        keys = [key for key, token in self._tokens.items() if token.name == name]
        if not keys:
            raise NotAllowed(f"there is no token {name}")
        for key in keys:
            del self._tokens[key]
            self._endings.tell(key)
        await self._thread.remove(Token, keys)
        await self._audit(by, "removed a token", name)

    async def probe(self) -> None:
        """Raises StoreError when the database cannot be written to."""
        await self._thread.probe()

    # What passes

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            try:
                await self.look_again()
            except StoreError as error:
                _log.error("the console's people and sessions cannot be looked at", detail=str(error))

    async def look_again(self) -> None:
        """End what expired, take over what other programs changed, and let the file know who is about."""
        await self._sessions.save_uses()
        await self._load()
        await self._sessions.end_what_expired()

    async def _load(self) -> None:
        people, sessions, tokens = await self._thread.read_all()
        self._people.clear()
        self._people.update((person.name, person) for person in people)
        gone = self._tokens.keys() - {token.hash for token in tokens}
        self._tokens = {token.hash: token for token in tokens}
        for key in gone:
            self._endings.tell(key)
        self._sessions.take_over(sessions)

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

    async def _save_person(self, person: Person, *, password: str, must_change: bool) -> None:
        loop = asyncio.get_running_loop()
        kept = await loop.run_in_executor(self._hashing, self._passwords.hash, password)
        saved = replace(person, password=kept, must_change_password=must_change)
        await self._thread.save(saved)
        self._people[person.name] = saved


def _administers(person: Person) -> bool:
    return person.is_enabled and person.role is Role.ADMIN


def _check_role(role: Role) -> None:
    if role not in PEOPLE:
        raise NotAllowed(f"a person is one of {', '.join(PEOPLE)}")


def _checked_name(name: str, *, taken: Container[str]) -> str:
    name = name.strip()
    if not 1 <= len(name) <= MOST_NAME_CHARACTERS or not name.isprintable():
        raise NotAllowed(f"a name has 1 to {MOST_NAME_CHARACTERS} characters")
    if name in taken:
        raise NotAllowed(f"{name} is there already")
    return name


def _check_password(password: str, *, name: str) -> None:
    if not LEAST_PASSWORD_CHARACTERS <= len(password) <= MOST_PASSWORD_CHARACTERS:
        raise NotAllowed(f"a password has at least {LEAST_PASSWORD_CHARACTERS} characters", key="too short")
    if password.casefold() == name.casefold():
        raise NotAllowed("a password is not the name", key="too short")
