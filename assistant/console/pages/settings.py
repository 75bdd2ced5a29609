"""What the settings page will hold is done elsewhere for now; the page says where."""

from typing import Final

from nicegui import ui

from assistant.console.access.roles import Page
from assistant.console.pages.frame import frame
from assistant.console.words import Table

WORDS: Final[Table] = {
    "elsewhere": (
        "Not in the console yet: see assistant.toml, and `assistant password` for people.",
        "控制台里还没有：请修改 assistant.toml；人员用 assistant password 管理。",
    ),
}


def build() -> None:
    with frame(Page.SETTINGS, WORDS) as here:
        ui.label(here.words("elsewhere"))
