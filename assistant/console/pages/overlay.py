"""The card that OBS shows over the picture: the last answered question with its answer, and nothing else.

A browser source opens it with a token of its own. Query parameters: `seconds` it stays, `size` of the letters
in pixels, `position` top or bottom.
"""

from typing import Annotated, Final, Literal

from fastapi import Query
from nicegui import ui

from assistant.actions import ReceiptState
from assistant.console.pages.frame import Visit, visit
from assistant.notices import ReplyMoved
from assistant.stores.rows import Reply

LOOK_SECONDS: Final = 0.5
_MARGIN: Final = "5vh 5vw"  # what televisions and phones may cut off
_LOOKS: Final = (
    "<style>html, body { background: transparent !important } #popup { display: none !important }</style>"
)


def build(
    seconds: Annotated[float, Query(ge=1, le=600)] = 12.0,
    size: Annotated[int, Query(ge=8, le=200)] = 32,
    position: Literal["top", "bottom"] = "bottom",
) -> None:
    ui.add_head_html(_LOOKS)
    place = "align-items: flex-end" if position == "bottom" else "align-items: flex-start"
    style = f"position: fixed; inset: 0; padding: {_MARGIN}; display: flex; {place}; font-size: {size}px"
    with ui.element("div").style(style):
        _Card(visit(), seconds=seconds)


class _Card:
    """Shown while an answer is new."""

    def __init__(self, here: Visit, *, seconds: float) -> None:
        self._records = here.console.assistant.records
        self._hub = here.console.hub
        self._last = self._hub.last_id
        self._seconds = seconds
        self._left = 0.0
        with ui.card().style("font-size: inherit; max-width: 90vw; line-height: 1.4") as self._card:
            self._question = ui.label().style("opacity: .75").mark("question")
            self._answer = ui.label().style("font-weight: 600").mark("answer")
        self._card.visible = False
        ui.timer(LOOK_SECONDS, self._look)

    async def _look(self) -> None:
        batch = self._hub.after(self._last, limit=50)
        self._last = batch.last_id
        said = [reply for one in batch.events if (reply := _seen(one.notice)) is not None]
        if said:
            await self._show(said[-1])
        elif self._left > 0:
            self._left -= LOOK_SECONDS
        self._card.visible = self._left > 0

    async def _show(self, reply: Reply) -> None:
        message = await self._records.message(reply.message_id) if reply.message_id is not None else None
        self._question.text = message.text if message else ""
        self._answer.text = reply.text
        self._left = self._seconds


def _seen(notice: object) -> Reply | None:
    """An answer that is in the room now, by its first part."""
    if not isinstance(notice, ReplyMoved) or notice.receipt.state is not ReceiptState.SEEN:
        return None
    return notice.reply if notice.reply.part == 1 else None
