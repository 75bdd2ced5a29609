"""What the faq page will hold is done elsewhere for now; the page says where."""

from typing import Final

from nicegui import ui

from assistant.console.access.roles import Page
from assistant.console.pages.frame import frame
from assistant.console.words import Table

WORDS: Final[Table] = {
    "elsewhere": (
        "Not in the console yet: edit with the scripts (scripts/import_faqs.py and its neighbours).",
        "控制台里还没有：请用脚本编辑（scripts/import_faqs.py 等）。",
    ),
}


def build() -> None:
    with frame(Page.FAQ, WORDS) as here:
        ui.label(here.words("elsewhere"))
