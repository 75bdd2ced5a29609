"""What stands around every page, as it is first sent to the browser."""

import json
import re
from html import unescape
from pathlib import Path

import httpx
import pytest

from assistant.console.access.roles import PAGES, PEOPLE, Page, Role
from tests.fakes.console_served import ServedConsole

_ELEMENTS = re.compile(r"parseElements\(String\.raw`(.*?)`\)", re.DOTALL)


async def elements(client: httpx.AsyncClient, path: str, **headers: str) -> list[dict]:  # type: ignore[type-arg]
    """The elements of the page, as NiceGUI sends them."""
    text = (await client.get(path, headers=headers)).text
    found = _ELEMENTS.search(text)
    assert found is not None
    return list(json.loads(unescape(found[1])).values())


@pytest.mark.parametrize("role", PEOPLE)
async def test_the_navigation_has_what_the_role_may_open(tmp_path: Path, role: Role) -> None:
    async with ServedConsole.open(tmp_path) as house:
        somebody = await house.client(role)
        shown = await elements(somebody, "/host")
        links = [one["props"]["href"] for one in shown if one["tag"] == "nicegui-link"]
        mine = [page.path for page, needed in PAGES.items() if role.reaches(needed)]
        assert links == [*(path for path in mine if path != Page.OVERLAY.path), "/password"]
        (current,) = (one for one in shown if one.get("props", {}).get("aria-current") == "page")
        assert current["props"]["href"] == "/host"


async def test_a_page_speaks_the_visitors_language_and_wears_their_colours(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        host = await house.client(Role.HOST)
        english = (await host.get("/host")).text
        chinese = (await host.get("/host", headers={"Accept-Language": "zh-CN"})).text
        assert "<title>Host · Live assistant</title>" in english
        assert '<html lang="en-US">' in english
        assert "<title>主播 · 直播助手</title>" in chinese
        assert '<html lang="zh-CN">' in chinese
        assert 'content="normal"' in english  # as the system has it
        for theme, scheme in (("dark", "dark"), ("light", "light"), ("<script>", "normal")):
            host.cookies.set("console_theme", theme)
            assert f'content="{scheme}"' in (await host.get("/host")).text


async def test_a_persons_name_is_text(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        name = "<img src=x onerror=alert(1)>"
        host = await house.client(Role.HOST, name=name)
        page = (await host.get("/host")).text
        assert "<img" not in page
        labels = [one.get("text") for one in await elements(host, "/host")]
        assert f"{name} · host" in labels
