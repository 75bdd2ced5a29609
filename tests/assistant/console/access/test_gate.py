"""The gate: who is let in where, whatever is asked for."""

from pathlib import Path

import pytest

from assistant.console.access.bodies import STRANGERS_BYTES
from assistant.console.access.roles import PAGES, PEOPLE, Page, Role
from tests.fakes.console_served import ServedConsole

OPEN = ("/login", "/healthz", "/readyz", "/console-static/sign-in.css", "/favicon.ico")
ELSEWHERE = "https://elsewhere.example"


async def test_without_a_session_everything_leads_to_the_sign_in(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        nobody = await house.client()
        for page in Page:
            answer = await nobody.get(page.path)
            assert (answer.status_code, answer.headers["location"][:6]) == (303, "/login"), page
        assert (await nobody.get("/api/v1/me")).status_code == 401
        assert (await nobody.get("/docs")).status_code == 303
        assert (await nobody.get("/nowhere")).status_code == 404
        assert (await nobody.post("/logout")).status_code == 401
        assert (await nobody.post("/_nicegui/client/x/upload/1")).status_code == 401
        for path in OPEN:
            assert (await nobody.get(path)).status_code == 200, path


@pytest.mark.parametrize("role", PEOPLE)
async def test_each_role_opens_its_pages_and_no_others(tmp_path: Path, role: Role) -> None:
    async with ServedConsole.open(tmp_path) as house:
        somebody = await house.client(role)
        for page, needed in PAGES.items():
            expected = 200 if role.reaches(needed) else 403
            assert (await somebody.get(page.path)).status_code == expected, page


@pytest.mark.parametrize("path", ["//settings", "/settings/", "/./settings", "/settings%2f", "/SETTINGS"])
async def test_no_other_spelling_of_a_path_goes_around_the_gate(tmp_path: Path, path: str) -> None:
    async with ServedConsole.open(tmp_path) as house:
        host = await house.client(Role.HOST)
        answer = await host.get(f"{house.url}{path}", follow_redirects=True)
        assert answer.status_code in (403, 404)


async def test_another_sites_page_can_change_nothing_with_a_persons_cookie(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        agent = await house.client(Role.AGENT)
        for headers in ({"Origin": ELSEWHERE}, {"Origin": "null"}, {"Origin": f"{house.url}.example"}):
            assert (await agent.post("/logout", headers=headers)).status_code == 403
        del agent.headers["Origin"]
        assert (await agent.post("/logout")).status_code == 403
        assert (await agent.post("/logout", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
        assert (await agent.get("/")).status_code == 200
        assert (await agent.post("/logout", headers={"Sec-Fetch-Site": "same-origin"})).status_code == 303


async def test_a_page_elsewhere_cannot_sign_anybody_in(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        password = await house.password_of("mia", Role.AGENT)
        nobody = await house.client()
        nobody.headers["Origin"] = ELSEWHERE
        assert (await house.sign_in(nobody, "mia", password)).status_code == 403


async def test_a_name_that_someone_points_here_opens_nothing(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path, hosts=("console.example",)) as house:
        nobody = await house.client()
        for host, status in (
            (f"evil.example:{house.port}", 421),
            ("", 421),
            (f"10.0.0.1:{house.port}", 421),
            (f"localhost:{house.port}", 200),
            (f"[::1]:{house.port}", 200),
            ("console.example", 200),
        ):
            assert (await nobody.get("/login", headers={"Host": host})).status_code == status, host


async def test_a_console_for_the_network_is_found_by_any_of_its_addresses(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path, host="0.0.0.0") as house:  # noqa: S104
        nobody = await house.client()
        for host, status in (("192.168.1.20:8080", 200), ("[fe80::1]", 200), ("evil.example", 421)):
            assert (await nobody.get("/login", headers={"Host": host})).status_code == status, host


async def test_a_link_from_another_site_is_followed_once_more_with_the_cookie(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        nobody = await house.client()
        arriving = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        answer = await nobody.get("/questions", headers=arriving)
        assert answer.status_code == 200
        assert 'http-equiv="refresh"' in answer.text
        assert (await nobody.get("/questions")).headers["location"] == "/login?next=/questions"


async def test_a_programs_token_opens_the_api_and_no_page(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        program = await house.program(Role.ADMIN)
        assert (await program.get("/api/v1/me")).json()["role"] == "admin"
        assert (await program.get("/metrics")).status_code == 200
        for page in set(Page) - {Page.OVERLAY}:
            assert (await program.get(page.path)).status_code == 403, page
        assert (await program.get("/password")).status_code == 403
        (token,) = house.people.tokens
        await house.people.remove_token(token.name, by="admin")
        assert (await program.get("/api/v1/me")).status_code == 401


async def test_an_overlays_token_opens_the_overlay_and_nothing_else(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        token = await house.people.add_token("camera", Role.OVERLAY, by="admin")
        nobody = await house.client()
        assert (await nobody.get("/overlay", params={"token": token})).status_code == 200
        assert (await nobody.get("/overlay", params={"token": token + "x"})).status_code == 401
        bearing = {"Authorization": f"Bearer {token}"}
        for path in ("/api/v1/me", "/", "/host", "/report", "/docs", "/openapi.json"):
            assert (await nobody.get(path, params={"token": token})).status_code in (303, 401, 403), path
            assert (await nobody.get(path, headers=bearing)).status_code == 403, path


async def test_a_wrong_token_is_not_made_good_by_a_cookie(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        agent = await house.client(Role.AGENT)
        assert (await agent.get("/api/v1/me", headers={"Authorization": "Bearer x"})).status_code == 401


async def test_a_one_time_password_opens_nothing_but_the_page_that_changes_it(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        first = await house.people.add_person("mia", Role.ADMIN, by="a test")
        mia = await house.client()
        assert (await house.sign_in(mia, "mia", first)).status_code == 303
        assert (await mia.get("/")).headers["location"] == "/password"
        assert (await mia.get("/api/v1/me")).status_code == 403
        assert (await mia.get("/password")).status_code == 200
        changed = await mia.post("/password", data={"old": first, "new": "one of her own"})
        assert changed.headers["location"] == "/"
        assert (await mia.get("/settings")).status_code == 200


async def test_more_than_a_form_is_taken_from_nobody(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        nobody = await house.client()
        flood = b"name=" + b"x" * STRANGERS_BYTES
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await nobody.post("/login", content=flood, headers=form)).status_code == 413

        async def in_pieces():  # type: ignore[no-untyped-def]
            for _ in range(64):
                yield b"x" * 1024

        answer = await nobody.post("/login", content=in_pieces(), headers=form)
        assert answer.status_code in (400, 413)


async def test_the_pages_socket_is_not_reached_without_one(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        agent = await house.client(Role.AGENT)
        polling = "/_nicegui_ws/socket.io/?EIO=4&transport=polling"
        assert (await agent.get(polling)).status_code == 404
        assert (await agent.post(polling, content=b"40")).status_code == 404
