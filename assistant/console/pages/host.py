"""The page of the person on camera: at most five questions, large, a touch each; nothing else moves."""

from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui

from assistant.actions import Desk
from assistant.board import OpenQuestion
from assistant.console.access.roles import Page
from assistant.console.pages import cards
from assistant.console.pages.frame import Visit, frame
from assistant.console.words import Table

MOST_SHOWN: Final = 5

WORDS: Final[Table] = {
    "said": ("Answered", "已回答"),
    "skip": ("Skip", "跳过"),
    "to service": ("To service", "转客服"),
    "say too": ("Send the short answer to the room as well", "同时在弹幕里发简短回答"),
}


async def build() -> None:
    with frame(Page.HOST, cards.WORDS, WORDS) as here:
        await _Stage(here).open()


class _Stage:
    """One visitor's view of it."""

    def __init__(self, here: Visit) -> None:
        self._here = here
        self._board = here.console.assistant.board
        self._who = here.caller.name
        self._signature: tuple[object, ...] = ("unseen",)

    async def open(self) -> None:
        self._say_too = ui.switch(self._here.words("say too")).mark("say too")
        self._list = ui.column().classes("w-full")
        await self._look()
        ui.timer(cards.LOOK_SECONDS, self._look)

    async def _look(self) -> None:
        questions = (await self._board.questions(Desk.HOST))[:MOST_SHOWN]
        signature = cards.signature(questions)
        if signature == self._signature:
            return
        self._signature = signature
        self._list.clear()
        with self._list:
            if not questions:
                ui.label(self._here.words("nothing")).classes("text-h3").mark("nothing")
            for question in questions:
                self._card(question)

    def _card(self, question: OpenQuestion) -> None:
        words = self._here.words
        with ui.card().classes("w-full"):
            cards.headline(self._here, question)
            ui.label(question.escalation.text).classes("text-h3").mark("question")
            with ui.row():
                cards.button(words("said"), self._said(question), mark="said", props="size=xl color=positive")
                cards.button(words("skip"), self._skip(question), mark="skip", props="size=xl flat")
                cards.button(words("to service"), self._pass_on(question), mark="pass", props="size=xl flat")

    def _said(self, one: OpenQuestion) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            entry = one.candidates[0].entry_id if one.candidates and self._say_too.value else None
            why = await self._board.close(one.room, one.escalation.id, "on air", self._who, say=entry)
            if why:
                ui.notify(self._here.words("silent", why=why))
            await self._look()

        return do

    def _skip(self, one: OpenQuestion) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            await self._board.close(one.room, one.escalation.id, "skipped", self._who)
            await self._look()

        return do

    def _pass_on(self, one: OpenQuestion) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            await self._board.pass_to_service(one.room, one.escalation.id, self._who)
            await self._look()

        return do
