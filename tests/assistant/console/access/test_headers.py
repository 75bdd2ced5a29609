"""What browsers are told with every answer."""

import re
from pathlib import Path

from assistant.console.access.headers import content_policy
from assistant.console.access.roles import Page, Role
from tests.fakes.console_served import ServedConsole

_NONCE = re.compile(r"'nonce-([\w-]+)'")
_SCRIPT = re.compile(r"<script\b[^>]*>")
_INLINE_HANDLER = re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE)


async def test_a_page_runs_only_the_scripts_that_came_with_it(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        admin = await house.client(Role.ADMIN)
        nonces = set()
        for page in Page:
            answer = await admin.get(page.path)
            policy = answer.headers["content-security-policy"]
            (nonce,) = _NONCE.findall(policy)
            scripts = _SCRIPT.findall(answer.text)
            assert scripts
            assert all(f'nonce="{nonce}"' in script for script in scripts), page
            assert "script-src 'self' 'nonce-" in policy
            assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
            assert not _INLINE_HANDLER.search(answer.text), page
            assert int(answer.headers["content-length"]) == len(answer.content)
            nonces.add(nonce)
        assert len(nonces) == len(Page)


async def test_pages_ask_nobody_else_for_anything(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        admin = await house.client(Role.ADMIN)
        for page in Page:
            text = (await admin.get(page.path)).text
            assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text), page
            assert not re.search(r"""url\(["']?(?:https?:)?//""", text), page


async def test_every_answer_forbids_frames_and_guessing_and_is_kept_nowhere(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        admin = await house.client(Role.ADMIN)
        for path in ("/", "/login", "/api/v1/me", "/metrics", "/nowhere", "/_nicegui/nothing"):
            headers = (await admin.get(path)).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"], path
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            if not path.startswith("/_nicegui/"):
                assert headers["cache-control"] == "no-store", path


def test_the_policy_allows_nothing_by_default_and_no_host_can_add_to_it() -> None:
    policy = content_policy("console.example:8080", nonce="n")
    assert policy.startswith("default-src 'none'; script-src 'self' 'nonce-n' 'unsafe-eval'; ")
    assert "connect-src 'self' ws://console.example:8080 wss://console.example:8080;" in policy
    assert "unsafe-eval" not in content_policy("")
