"""People, sessions and tokens: who holds what, for how long, and what the file knows of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assistant.console.access.access_file import AccessFile
from assistant.console.access.people import FIRST_NAME, NotAllowed, People, TooManyAttempts
from assistant.console.access.roles import Operation, Role
from assistant.errors import StoreError
from tests.fakes.clock import ManualClock
from tests.fakes.console_served import AuditTrail, people_in

HOUR = 3600.0
DAY = 24 * HOUR
HERE = "192.0.2.7"


@asynccontextmanager
async def opened(
    folder: Path, *, clock: ManualClock | None = None, audit: AuditTrail | None = None
) -> AsyncIterator[People]:
    people = people_in(folder, clock=clock, audit=audit)
    await people.open()
    try:
        yield people
    finally:
        await people.aclose()


async def joined(people: People, name: str = "mia", role: Role = Role.AGENT) -> str:
    """Their password, chosen by themselves."""
    first = await people.add_person(name, role, by="admin")
    caller = people.by_session(await people.sign_in(name, first, address=HERE))
    assert caller is not None
    await people.change_password(caller, first, f"chosen by {name}", address=HERE)
    await people.sign_out(caller)
    return f"chosen by {name}"


def is_kept_in(folder: Path, secret: str) -> bool:
    return any(secret.encode() in path.read_bytes() for path in folder.iterdir())


async def test_the_first_person_gets_a_new_password_until_they_choose_their_own(tmp_path: Path) -> None:
    async with opened(tmp_path) as people:
        lost = await people.first_password()
    async with opened(tmp_path) as people:
        password = await people.first_password()
        assert lost
        assert password
        assert password != lost
        with pytest.raises(NotAllowed):
            await people.sign_in(FIRST_NAME, lost, address=HERE)
        caller = people.by_session(await people.sign_in(FIRST_NAME, password, address=HERE))
        assert caller is not None
        assert caller.must_change_password
        await people.change_password(caller, password, "one of my own", address=HERE)
    async with opened(tmp_path) as people:
        assert await people.first_password() is None
        assert people.by_session(await people.sign_in(FIRST_NAME, "one of my own", address=HERE))


async def test_a_rehearsals_first_password_holds(tmp_path: Path) -> None:
    async with opened(tmp_path) as people:
        password = await people.first_password(once=False)
        caller = people.by_session(await people.sign_in(FIRST_NAME, password or "", address=HERE))
        assert caller is not None
        assert (caller.role, caller.must_change_password) == (Role.ADMIN, False)


async def test_a_session_idles_out_but_not_while_it_is_used(tmp_path: Path) -> None:
    clock = ManualClock()
    async with opened(tmp_path, clock=clock) as people:
        cookie = await people.sign_in("mia", await joined(people), address=HERE)
        for _ in range(5):
            await clock.advance(11 * HOUR)
            assert people.by_session(cookie) is not None
        await clock.advance(12 * HOUR)
        assert people.by_session(cookie) is None


async def test_a_session_ends_after_a_week_however_it_is_used(tmp_path: Path) -> None:
    clock = ManualClock()
    async with opened(tmp_path, clock=clock) as people:
        cookie = await people.sign_in("mia", await joined(people), address=HERE)
        hours = 0
        while people.by_session(cookie) is not None:
            await clock.advance(HOUR)
            hours += 1
        assert hours == 7 * 24


async def test_a_session_outlives_a_restart_with_its_time_outs(tmp_path: Path) -> None:
    clock = ManualClock()
    async with opened(tmp_path, clock=clock) as people:
        cookie = await people.sign_in("mia", await joined(people), address=HERE)
        await clock.advance(10 * HOUR)
        assert people.by_session(cookie) is not None
        await people.look_again()
    await clock.advance(10 * HOUR)
    async with opened(tmp_path, clock=clock) as people:
        assert people.by_session(cookie) is not None
        await clock.advance(13 * HOUR)
        await people.look_again()
    async with opened(tmp_path, clock=clock) as people:
        assert people.by_session(cookie) is None


async def test_signing_out_ends_the_session_on_the_server(tmp_path: Path) -> None:
    async with opened(tmp_path) as people:
        cookie = await people.sign_in("mia", await joined(people), address=HERE)
        caller = people.by_session(cookie)
        assert caller is not None
        ended = people.ended(caller)
        await people.sign_out(caller)
        assert ended.is_set()
        assert people.ended(caller).is_set()
        assert people.by_session(cookie) is None
    async with opened(tmp_path) as people:
        assert people.by_session(cookie) is None


async def test_a_new_password_ends_the_other_sessions_and_needs_the_old_one(tmp_path: Path) -> None:
    async with opened(tmp_path) as people:
        password = await joined(people)
        here, elsewhere = [await people.sign_in("mia", password, address=HERE) for _ in range(2)]
        caller = people.by_session(here)
        assert caller is not None
        with pytest.raises(NotAllowed, match="another"):
            await people.change_password(caller, "a guess", "something new", address=HERE)
        for wish in ("short", "MIA", password):
            with pytest.raises(NotAllowed):
                await people.change_password(caller, password, wish, address=HERE)
        await people.change_password(caller, password, "something new", address=HERE)
        assert people.by_session(here) is not None
        assert people.by_session(elsewhere) is None


async def test_an_open_session_is_no_way_to_guess_the_password(tmp_path: Path) -> None:
    async with opened(tmp_path) as people:
        caller = people.by_session(await people.sign_in("mia", await joined(people), address=HERE))
        assert caller is not None
        for _ in range(3):
            with pytest.raises(NotAllowed, match="another"):
                await people.change_password(caller, "a guess", "something new", address=HERE)
        with pytest.raises(TooManyAttempts):
            await people.change_password(caller, "a guess", "something new", address=HERE)


async def test_guessing_is_slowed_down_and_the_right_password_waits_too(tmp_path: Path) -> None:
    clock = ManualClock()
    async with opened(tmp_path, clock=clock) as people:
        password = await joined(people)
        for _ in range(4):
            await clock.advance(0)
            with pytest.raises(NotAllowed):
                await people.sign_in("mia", "a guess", address=HERE)
        with pytest.raises(TooManyAttempts) as refused:
            await people.sign_in("mia", password, address=HERE)
        await clock.advance(refused.value.seconds)
        assert await people.sign_in("mia", password, address=HERE)


@pytest.mark.parametrize("password", ["", "x" * 1_001, "\udcff", "nul\0", "密码" * 20])
async def test_no_password_breaks_the_sign_in(tmp_path: Path, password: str) -> None:
    async with opened(tmp_path) as people:
        await joined(people)
        for name in ("mia", "nobody", "", "\udcff", "x" * 100_000):
            with pytest.raises(NotAllowed):
                await people.sign_in(name, password, address=HERE)


async def test_who_is_put_out_is_out_at_once_and_can_come_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as people:
        await joined(people, "admin", Role.ADMIN)
        password = await joined(people)
        cookie = await people.sign_in("mia", password, address=HERE)
        await people.change_person("mia", is_enabled=False, by="admin")
        assert people.by_session(cookie) is None
        with pytest.raises(NotAllowed):
            await people.sign_in("mia", password, address=HERE)
        await people.change_person("mia", is_enabled=True, role=Role.EDITOR, by="admin")
        assert people.by_session(cookie) is None
        caller = people.by_session(await people.sign_in("mia", password, address=HERE))
        assert caller is not None
        assert caller.may(Operation.PUBLISH)
        assert not caller.may(Operation.ADMINISTER)


async def test_somebody_is_always_left_to_administer(tmp_path: Path) -> None:
    async with opened(tmp_path) as people:
        await people.first_password()
        for change in ({"is_enabled": False}, {"role": Role.EDITOR}):
            with pytest.raises(NotAllowed, match="left to administer"):
                await people.change_person(FIRST_NAME, by=FIRST_NAME, **change)  # type: ignore[arg-type]
        with pytest.raises(NotAllowed, match="one of host"):
            await people.change_person(FIRST_NAME, by=FIRST_NAME, role=Role.OVERLAY)
        await people.add_person("mia", Role.ADMIN, by=FIRST_NAME)
        await people.change_person(FIRST_NAME, by="mia", is_enabled=False)


async def test_people_have_names_of_their_own(tmp_path: Path) -> None:
    async with opened(tmp_path) as people:
        await people.add_person(" 小雨 ", Role.HOST, by="admin")
        for name in ("小雨", "", " ", "x" * 41, "two\nlines", "\u202eadmin"):
            with pytest.raises(NotAllowed):
                await people.add_person(name, Role.HOST, by="admin")
        with pytest.raises(NotAllowed):
            await people.add_person("camera", Role.OVERLAY, by="admin")
        with pytest.raises(NotAllowed, match="no camera"):
            await people.reset_password("camera", by="admin")
        assert [person.name for person in people.people] == ["小雨"]


async def test_a_token_is_shown_once_and_ends_when_it_is_removed(tmp_path: Path) -> None:
    async with opened(tmp_path) as people:
        token = await people.add_token("shop", Role.AGENT, by="admin")
        caller = people.by_token(token)
        assert caller is not None
        assert (caller.name, caller.role, caller.kind) == ("shop", Role.AGENT, "token")
        ended = people.ended(caller)
        with pytest.raises(NotAllowed, match="there already"):
            await people.add_token("shop", Role.HOST, by="admin")
        await people.remove_token("shop", by="admin")
        assert ended.is_set()
        assert people.by_token(token) is None
        assert not people.holds(caller)
        with pytest.raises(NotAllowed, match="no token"):
            await people.remove_token("shop", by="admin")


async def test_what_another_program_changed_holds_here_too(tmp_path: Path) -> None:
    async with opened(tmp_path) as people, opened(tmp_path) as elsewhere:
        password = await joined(people)
        cookie = await people.sign_in("mia", password, address=HERE)
        token = await people.add_token("shop", Role.AGENT, by="admin")
        await elsewhere.look_again()
        reset = await elsewhere.reset_password("mia", by="a shell")
        await elsewhere.remove_token("shop", by="a shell")
        assert people.by_session(cookie) is not None
        await people.look_again()
        assert people.by_session(cookie) is None
        assert people.by_token(token) is None
        again = await elsewhere.reset_password("mia", by="a shell")
        assert people.by_session(await people.sign_in("mia", again, address=HERE)) is not None
        with pytest.raises(NotAllowed):
            await people.sign_in("mia", reset, address=HERE)


async def test_the_file_holds_no_secret_as_it_is(tmp_path: Path) -> None:
    async with opened(tmp_path) as people:
        password = await joined(people)
        cookie = await people.sign_in("mia", password, address=HERE)
        token = await people.add_token("shop", Role.AGENT, by="admin")
        (mia,) = people.people
    assert mia.password.startswith("$argon2id$")
    for secret in (password, cookie, token):
        assert not is_kept_in(tmp_path, secret)


async def test_the_trail_says_who_did_what_and_no_secret(tmp_path: Path) -> None:
    audit = AuditTrail()
    async with opened(tmp_path, audit=audit) as people:
        first = await people.first_password()
        password = await joined(people)
        cookie = await people.sign_in("mia", password, address=HERE)
        with pytest.raises(NotAllowed):
            await people.sign_in("mia", "a wrong one", address=HERE)
        with pytest.raises(NotAllowed):
            await people.sign_in("typed-in-the-wrong-field", "x", address=HERE)
        token = await people.add_token("shop", Role.AGENT, by="admin")
        reset = await people.reset_password("mia", by="admin")
    assert audit.lines == [
        ("admin", "added a person", "mia as agent"),
        ("mia", "signed in", HERE),
        ("mia", "changed the password", ""),
        ("mia", "signed out", ""),
        ("mia", "signed in", HERE),
        ("mia", "sign-in refused", HERE),
        ("", "sign-in refused", HERE),
        ("admin", "made a token", "shop as agent"),
        ("admin", "reset a password", "mia"),
    ]
    told = repr(audit.lines)
    for secret in (first, password, cookie, token, reset, "typed-in-the-wrong-field", "a wrong one"):
        assert str(secret) not in told


async def test_a_file_of_a_newer_version_or_of_another_program_is_left_alone(tmp_path: Path) -> None:
    async with opened(tmp_path):
        pass
    path = tmp_path / "assistant.db"
    file = AccessFile(path, clock=lambda: 0.0)
    file._database.execute("INSERT INTO console_migrations (version, applied_at) VALUES (99, 0)")
    file.close()
    with pytest.raises(StoreError, match="newer version"):
        AccessFile(path, clock=lambda: 0.0)
    other = tmp_path / "other.db"
    other.write_bytes(b"no database at all, but long enough to be looked at" * 30)
    with pytest.raises(StoreError):
        AccessFile(other, clock=lambda: 0.0)
    with pytest.raises(StoreError):
        AccessFile(tmp_path / "no folder" / "assistant.db", clock=lambda: 0.0)
