"""`password`: lets somebody into the console, or in again, without signing in to it."""

import asyncio
from pathlib import Path

from assistant.clock import RealClock
from assistant.console.access.people import NotAllowed, People
from assistant.console.access.roles import PEOPLE, Role
from assistant.errors import SettingsError

_BY = "assistant password"


async def give_password(database: Path, *, name: str, role: str | None) -> str:
    """A one-time password, in a line; with a `role`, for somebody new. Their sessions end.

    A console that is running lets them in at once. Raises StoreError, NotAllowed.
    """
    if role is not None and role not in PEOPLE:
        raise SettingsError(f"role {role!r}: one of {', '.join(PEOPLE)}")
    if not await asyncio.to_thread(database.exists):
        raise SettingsError(f"{database}: no such file; the first start of the console makes it")
    people = People(database, clock=RealClock(), audit=_audit)
    await people.open()
    try:
        password = await _given(people, name=name, role=role)
    finally:
        await people.aclose()
    return f"{name}'s one-time password is {password}; they choose their own when they sign in"


async def _given(people: People, *, name: str, role: str | None) -> str:
    if role is not None:
        return await people.add_person(name, Role(role), by=_BY)
    if name not in {person.name for person in people.people}:
        raise NotAllowed(f"there is no {name}; with --role they are added")
    return await people.reset_password(name, by=_BY)


async def _audit(who: str, what: str, detail: str) -> None:
    """The trail is in the journal, which a running assistant writes alone; who may write to its file may
    write anything.
    """
