"""The questions page. To be written."""

from assistant.console.access.roles import Page
from assistant.console.pages.frame import frame


def build() -> None:
    with frame(Page.QUESTIONS):
        pass
