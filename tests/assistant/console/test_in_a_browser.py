"""The console in a real browser beside a practice room: a question comes in, is claimed, answered and seen.

Without a browser these tests are skipped, which the summary says; with CI=true they fail.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, expect, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_GET_ONE = (
    "NO BROWSER, so this did not run: install Chromium (Debian: apt install chromium fonts-noto-cjk)"
)
PATIENCE_MILLISECONDS = 20_000
ADDRESS = re.compile(r"console at (http://\S+?); sign in as admin with the password (\S+)")
SCRIPT = """\
{"at": 0.5, "viewer": "<img src=x onerror=alert(1)>", "text": "<b>晚上好</b>"}
{"at": 0.7, "viewer": "小雨", "text": "有大红袍卖不"}
{"at": 0.9, "viewer": "阿布", "text": "可以冷泡吗这个茶饼"}
{"at": 6.0, "viewer": "莉莉", "text": "邮费多少"}
"""


class Demo:
    """`assistant demo` with its console, and what it printed."""

    def __init__(self, folder: Path) -> None:
        script = folder / "viewers.jsonl"
        script.write_text(SCRIPT, encoding="utf-8")
        command = [sys.executable, "-m", "assistant", "demo", "--port", "0", "--script", str(script)]
        self._process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=os.environ | {"PYTHONUTF8": "1", "COLUMNS": "200"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert self._process.stdout is not None
        self.lines: list[str] = []
        found = next((match for line in self._process.stdout if (match := ADDRESS.search(line))), None)
        assert found is not None
        self.url, self.password = found[1], found[2]
        self._reading = Thread(target=self.lines.extend, args=[self._process.stdout])
        self._reading.start()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._reading.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    running = Demo(tmp_path)
    try:
        yield running
    finally:
        running.close()


@pytest.fixture
def page() -> Iterator[Page]:
    """An empty one; a page that opens a dialog or throws an error fails its test."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(HOW_TO_GET_ONE)
    misdeeds: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 390, "height": 844})
        opened.on("dialog", lambda dialog: misdeeds.append(dialog.message))
        opened.on("pageerror", lambda error: misdeeds.append(str(error)))
        opened.set_default_timeout(PATIENCE_MILLISECONDS)
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        yield opened
        browser.close()
    assert misdeeds == []


def sign_in(page: Page, demo: Demo) -> None:
    page.goto(demo.url)
    page.fill("input[name=name]", "admin")
    page.fill("input[name=password]", demo.password)
    page.keyboard.press("Enter")
    expect(page.get_by_text("bilibili:7777").first).to_be_visible()


def test_a_question_is_claimed_answered_in_words_and_said_in_the_room(demo: Demo, page: Page) -> None:
    sign_in(page, demo)
    expect(page.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()
    expect(page.get_by_text("<b>晚上好</b>").first).to_be_visible()
    expect(page.locator("img[src=x]")).to_have_count(0)
    page.goto(f"{demo.url}/questions")
    card = page.locator(".q-card", has_text="有大红袍卖不")
    card.get_by_role("button", name="Claim").click()
    expect(card.get_by_text("admin has it")).to_be_visible()
    card.get_by_role("button", name="Write an answer").click()
    page.get_by_label("Your answer").fill("今晚没有大红袍，下周上新")
    page.get_by_role("button", name="Say it in the room").click()
    expect(card).to_have_count(0)
    page.goto(demo.url)
    expect(page.get_by_text("今晚没有大红袍，下周上新").first).to_be_visible()
    demo.close()
    assert any("今晚没有大红袍，下周上新  -> seen" in line for line in demo.lines)


def test_the_host_answers_on_air_with_one_touch(demo: Demo, page: Page) -> None:
    sign_in(page, demo)
    page.goto(f"{demo.url}/host")
    card = page.locator(".q-card", has_text="有大红袍卖不")
    card.get_by_role("button", name="Answered").click()
    expect(card).to_have_count(0)


def test_the_overlay_shows_an_answer_once_it_is_in_the_room(demo: Demo, page: Page) -> None:
    sign_in(page, demo)
    page.goto(f"{demo.url}/overlay?seconds=60")
    expect(page.get_by_text("满59元包邮").first).to_be_visible()
    expect(page.get_by_text("邮费多少").first).to_be_visible()
    assert page.goto(f"{demo.url}/overlay?size=9999").status == 422  # type: ignore[union-attr]
