"""What stands around every page: the header with the navigation, and who is visiting."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Final

from nicegui import Client, ui
from nicegui.language import Language as QuasarLanguage

from assistant.console.access.callers import caller_of
from assistant.console.access.roles import LOGOUT, PASSWORD, Caller, Page
from assistant.console.console import Console
from assistant.console.words import LANGUAGE_COOKIE, LANGUAGES, NAMES, Table, Words, words_for
from assistant.errors import AssistantError
from assistant.phrases import Language
from knowledge.errors import KnowledgeError

THEME_COOKIE: Final = "console_theme"
_THEMES: Final[dict[str, bool | None]] = {"dark": True, "light": False}
_QUASAR: Final[dict[Language, QuasarLanguage]] = {Language.ENGLISH: "en-US", Language.CHINESE: "zh-CN"}
_COOKIE_SECONDS: Final = 365 * 86_400
_PRIMARY: Final = "#1f5fbf"


@dataclass(frozen=True, slots=True)
class Visit:
    """One opening of one page: by whom, in which words."""

    console: Console
    caller: Caller
    words: Words
    client: Client


def visit(*tables: Table) -> Visit:
    """This page's, within its building or its events. `tables` are the page's own words."""
    client = ui.context.client
    request = client.request
    console: Console = request.app.state.console
    return Visit(console, caller_of(request), words_for(request).also(*tables), client)


@contextmanager
def frame(page: Page, *tables: Table) -> Iterator[Visit]:
    """The page's content goes into the block. The gate has asked for the page's role already."""
    here = visit(*tables)
    words, client = here.words, here.client
    _speak(client, words, title=words(page), theme=client.request.cookies.get(THEME_COOKIE, ""))
    client.on_exception(partial(_tell, words))
    dark = ui.dark_mode(_THEMES.get(client.request.cookies.get(THEME_COOKIE, "")))
    with ui.header().classes("console-header"):
        _navigation(here, page)
        ui.element("div").classes("console-spring")
        _switches(words, dark)
        _leave(here)
    with ui.column().classes("console-page"):
        yield here


def _tell(words: Words, error: Exception) -> None:
    """What goes wrong while the page is open is said on it; an error of ours is worded for people."""
    is_ours = isinstance(error, AssistantError | KnowledgeError)
    ui.notify(str(error) if is_ours else words("went wrong"), type="negative", multi_line=True)


def _speak(client: Client, words: Words, *, title: str, theme: str) -> None:
    own = copy(client.page)  # NiceGUI has one page object for all who open it
    own.language, own.dark = _QUASAR[words.language], _THEMES.get(theme)
    client.page = own
    client.title = f"{title} · {words('title')}"
    ui.add_head_html('<link rel="stylesheet" href="/console-static/console.css">')
    ui.colors(primary=_PRIMARY)


def _navigation(here: Visit, current: Page) -> None:
    with ui.element("nav").classes("console-navigation").props(f'aria-label="{here.words("menu")}"'):
        for page in Page:
            if page is not Page.OVERLAY and here.caller.may_open(page):
                link = ui.link(here.words(page), page.path)
                if page is current:
                    link.props('aria-current="page"')


def _switches(words: Words, dark: ui.dark_mode) -> None:
    other = next(language for language in LANGUAGES if language is not words.language)
    button = ui.button(NAMES[other], on_click=lambda: _choose(LANGUAGE_COOKIE, other, reload=True))
    button.props(f'flat dense no-caps color=white lang="{other}"').mark("language")

    def turn() -> None:
        dark.value = not dark.value
        _choose(THEME_COOKIE, "dark" if dark.value else "light")

    _icon("contrast", words("dark")).on_click(turn)


def _choose(cookie: str, value: str, *, reload: bool = False) -> None:
    then = "; location.reload()" if reload else ""
    kept = f"{cookie}={value}; path=/; max-age={_COOKIE_SECONDS}; samesite=strict"
    ui.run_javascript(f'document.cookie = "{kept}"{then}')


def _leave(here: Visit) -> None:
    role = here.words(f"role.{here.caller.role}")
    ui.link(f"{here.caller.name} · {role}", PASSWORD).classes("console-who")
    with ui.element("form").props(f'method=post action="{LOGOUT}"'):
        _icon("logout", here.words("sign out")).props("type=submit").mark("sign out")


def _icon(name: str, says: str) -> ui.button:
    return ui.button(icon=name).props(f'flat round dense color=white aria-label="{says}"')
