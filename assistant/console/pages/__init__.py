"""The pages, one module each: what stands at which path."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from nicegui import ui

from assistant.console.access.roles import Page
from assistant.console.pages import faq, host, live, overlay, questions, report, settings

_BUILDERS: Final[Mapping[Page, Callable[..., Any]]] = {
    Page.LIVE: live.build,
    Page.QUESTIONS: questions.build,
    Page.HOST: host.build,
    Page.FAQ: faq.build,
    Page.REPORT: report.build,
    Page.SETTINGS: settings.build,
    Page.OVERLAY: overlay.build,
}


def register() -> None:
    """Tell NiceGUI of them; each is built anew for everybody who opens it."""
    for page, builder in _BUILDERS.items():
        ui.page(page.path)(builder)
