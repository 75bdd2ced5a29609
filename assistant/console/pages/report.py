"""What the report page will hold is done elsewhere for now; the page says where."""

from typing import Final

from nicegui import ui

from assistant.console.access.roles import Page
from assistant.console.pages.frame import frame
from assistant.console.words import Table

WORDS: Final[Table] = {
    "elsewhere": (
        "Not in the console yet: `assistant stats` has the report.",
        "控制台里还没有：请用 assistant stats 查看报告。",
    ),
}


def build() -> None:
    with frame(Page.REPORT, WORDS) as here:
        ui.label(here.words("elsewhere"))
