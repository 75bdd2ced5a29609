"""The forms by which people come and go, as a browser without scripts meets them."""

from pathlib import Path

import httpx
import pytest

from assistant.console.access.roles import Role
from tests.fakes.console_served import ServedConsole


async def test_signing_in_gives_a_cookie_that_only_this_console_reads(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        password = await house.password_of("mia", Role.AGENT)
        mia = await house.client()
        answer = await house.sign_in(mia, "mia", password)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"{house.cookie}=")
        for flag in ("HttpOnly", "SameSite=strict", "Path=/"):
            assert flag in cookie
        assert "Secure" not in cookie
        assert (await mia.get("/api/v1/me")).json() == {"name": "mia", "role": "agent"}


async def test_behind_a_proxy_with_https_the_cookie_stays_on_https(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path, hosts=("console.example",)) as house:
        password = await house.password_of("mia", Role.AGENT)
        mia = await house.client()
        mia.headers.update({"X-Forwarded-Proto": "https", "Host": "console.example"})
        mia.headers["Origin"] = "https://console.example"
        assert "Secure" in (await house.sign_in(mia, "mia", password)).headers["set-cookie"]


async def test_the_person_goes_where_they_wanted_to_but_never_to_another_site(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        password = await house.password_of("mia", Role.AGENT)
        mia = await house.client()
        for wanted, given in (
            ("/questions?room=1", "/questions?room=1"),
            ("//elsewhere.example", "/"),
            ("/\\elsewhere.example", "/"),
            ("https://elsewhere.example", "/"),
            ("javascript:alert(1)", "/"),
            ("/\r\nSet-Cookie: x=y", "/"),
            ("", "/"),
        ):
            form = {"name": "mia", "password": password, "next": wanted}
            answer = await mia.post("/login", data=form)
            assert (answer.status_code, answer.headers["location"]) == (303, given), wanted


async def test_what_was_asked_for_is_shown_as_text(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        nobody = await house.client()
        page = (await nobody.get("/login", params={"next": '/"><script>alert(1)</script>'})).text
        assert "<script" not in page
        refused = await house.sign_in(nobody, "<img src=x onerror=alert(1)>", "x")
        assert refused.status_code == 401
        assert "<img" not in refused.text


async def test_a_wrong_name_and_a_wrong_password_look_the_same(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        await house.password_of("mia", Role.AGENT)
        nobody = await house.client()
        wrong_name = await house.sign_in(nobody, "nobody", "x" * 10)
        wrong_password = await house.sign_in(nobody, "mia", "x" * 10)
        assert wrong_name.text == wrong_password.text
        assert wrong_name.status_code == wrong_password.status_code == 401
        assert "Wrong name or password" in wrong_name.text


async def test_too_many_tries_are_told_when_to_come_back(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        password = await house.password_of("mia", Role.AGENT)
        nobody = await house.client()
        for _ in range(5):
            answer = await house.sign_in(nobody, "mia", "a guess")
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "1"
        assert (await house.sign_in(nobody, "mia", password)).status_code == 429
        await house.clock.advance(1)
        assert (await house.sign_in(nobody, "mia", password)).status_code == 303


async def test_signing_out_ends_the_session_and_forgets_the_cookie(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        mia = await house.client(Role.AGENT)
        kept = dict(mia.cookies)
        assert (await mia.post("/logout")).headers["location"] == "/login"
        assert house.cookie not in mia.cookies
        mia.cookies.update(kept)
        assert (await mia.get("/api/v1/me")).status_code == 401


async def test_a_password_is_changed_by_who_knows_it(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        mia = await house.client(Role.AGENT, name="mia")
        for old, new, words in (
            ("a guess", "something else", "Password until now is another"),
            ("the password of mia", "short", "At least 8"),
        ):
            answer = await mia.post("/password", data={"old": old, "new": new})
            assert answer.status_code == 422
            assert words.lower() in answer.text.lower()
        form = {"old": "the password of mia", "new": "something else"}
        assert (await mia.post("/password", data=form)).status_code == 303
        assert (await house.sign_in(await house.client(), "mia", "something else")).status_code == 303


@pytest.mark.parametrize(
    ("accepted", "chosen", "words", "lang"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "", "登录", "zh"),
        ("en-GB,en;q=0.9", "", "Sign in", "en"),
        ("fr-FR", "", "Sign in", "en"),
        ("en", "zh", "登录", "zh"),
        ("zh", "en", "Sign in", "en"),
        ("zh", "<script>", "登录", "zh"),
    ],
)
async def test_the_form_speaks_the_browsers_language_or_the_chosen_one(
    tmp_path: Path, accepted: str, chosen: str, words: str, lang: str
) -> None:
    async with ServedConsole.open(tmp_path) as house:
        headers = {"Accept-Language": accepted} | ({"Cookie": f"console_language={chosen}"} if chosen else {})
        page = (await (await house.client()).get("/login", headers=headers)).text
        assert words in page
        assert f'<html lang="{lang}">' in page


async def test_a_broken_form_is_refused_in_a_word(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        nobody: httpx.AsyncClient = await house.client()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for content, kind in (
            (b"", form),
            (b"%ff%fe=%", form),
            (b"{}", {"Content-Type": "application/json"}),
        ):
            assert (await nobody.post("/login", content=content, headers=kind)).status_code == 401
        files = {"name": ("x.txt", b"a file"), "password": ("y.txt", b"another")}
        assert (await nobody.post("/login", files=files)).status_code in (401, 422)
