"""The board of customer service: what waits, the paid and the most asked first, answered by a touch or a key.

Keys act on the question in front: 1 to 3 send a candidate, c claims or releases, w writes, a is answered on
air, l later, n not a question, s for service.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from nicegui import ui
from nicegui.events import KeyEventArguments

from assistant.board import OpenQuestion
from assistant.console.access.roles import Page
from assistant.console.pages import cards
from assistant.console.pages.frame import Visit, frame
from assistant.console.words import Table

MOST_SHOWN: Final = 30

WORDS: Final[Table] = {
    "keys": (
        "Keys, for the first: 1-3 send, c claim, w write, a on air, l later, n not a question, s service",
        "快捷键（最前面的问题）：1-3 发送，c 认领，w 写回答，a 已口头回答，l 稍后，n 不是问题，s 转客服",
    ),
    "send": ("Send", "发送"),
    "say": ("Say it in the room", "发到直播间"),
    "claim": ("Claim", "认领"),
    "release": ("Release", "放回"),
    "write": ("Write an answer", "写回答"),
    "on air": ("Answered on air", "已口头回答"),
    "later": ("Later", "稍后"),
    "not a question": ("Not a question", "不是问题"),
    "service": ("To service", "转客服"),
    "in private": ("Settled in private", "已私下处理"),
    "answer": ("Your answer, as viewers will read it", "观众会看到的回答"),
    "cancel": ("Cancel", "取消"),
    "more": ("and {count} more", "还有 {count} 个"),
    "draft": ("Draft", "草稿"),
    "from": ("From {source}", "来自 {source}"),
}


async def build() -> None:
    with frame(Page.QUESTIONS, cards.WORDS, WORDS) as here:
        await _Board(here).open()


class _Board:
    """One visitor's view of it."""

    def __init__(self, here: Visit) -> None:
        self._here = here
        self._board = here.console.assistant.board
        self._who = here.caller.name
        self._shown: list[OpenQuestion] = []
        self._signature: tuple[object, ...] = ("unseen",)

    async def open(self) -> None:
        ui.label(self._here.words("keys")).classes("text-caption")
        self._list = ui.column().classes("w-full")
        self._dialogs = ui.element("div")  # apart from the list, which is drawn anew while somebody writes
        ui.keyboard(on_key=self._press)
        await self._look()
        ui.timer(cards.LOOK_SECONDS, self._look)

    async def _look(self) -> None:
        questions = await self._board.questions()
        signature = cards.signature(questions)
        if signature == self._signature:
            return
        self._signature, self._shown = signature, questions[:MOST_SHOWN]
        self._list.clear()
        with self._list:
            if not questions:
                ui.label(self._here.words("nothing")).classes("text-h6").mark("nothing")
            for question in self._shown:
                self._card(question)
            if len(questions) > MOST_SHOWN:
                ui.label(self._here.words("more", count=len(questions) - MOST_SHOWN))

    def _card(self, question: OpenQuestion) -> None:
        words, escalation = self._here.words, question.escalation
        with ui.card().classes("w-full"):
            cards.headline(self._here, question)
            ui.label(escalation.text).classes("text-h6").mark("question")
            for sample in question.samples:
                if sample != escalation.text:
                    ui.label(sample).classes("text-body2")
            for candidate in question.candidates:
                with ui.row().classes("items-center no-wrap w-full"):
                    send = self._doing(question, self._sending(candidate.entry_id))
                    if escalation.desk.value == "host":
                        cards.button(words("send"), send, mark=f"send {candidate.entry_id}", props="dense")
                    ui.badge(f"{candidate.score:.2f}").props("outline")
                    ui.label(f"{candidate.question} → {candidate.answer}")
            for passage in escalation.passages:
                ui.label(f"{words('from', source=passage.source)}: {passage.text}").classes("text-caption")
            if escalation.draft is not None and escalation.draft.text:
                ui.label(f"{words('draft')}: {escalation.draft.text}").classes("text-body2")
            with ui.row():
                for key, act in self._acts(question).items():
                    cards.button(words(key), self._doing(question, act), mark=key, props="flat dense")

    def _acts(self, question: OpenQuestion) -> Mapping[str, cards.Act]:
        """What may be done with it, by word."""
        is_own = question.claimed_by == self._who
        first: dict[str, cards.Act] = {"release": self._release} if is_own else {"claim": self._claim}
        if question.escalation.desk.value == "service":
            return {**first, "in private": self._closing("in private"), "later": self._later}
        return {
            **first,
            "write": self._write,
            "on air": self._closing("on air"),
            "later": self._later,
            "not a question": self._closing("not a question"),
            "service": self._pass_on,
        }

    def _doing(self, question: OpenQuestion, act: cards.Act) -> Callable[[], Awaitable[None]]:
        async def do() -> None:
            await act(question)
            await self._look()

        return do

    def _sending(self, entry_id: str) -> cards.Act:
        return lambda one: self._board.answer(one.room, one.escalation.id, entry_id, self._who)

    def _closing(self, as_: Any) -> cards.Act:
        return lambda one: self._board.close(one.room, one.escalation.id, as_, self._who)

    async def _claim(self, one: OpenQuestion) -> None:
        await self._board.claim(one.room, one.escalation.id, self._who)

    async def _release(self, one: OpenQuestion) -> None:
        await self._board.release(one.room, one.escalation.id, self._who)

    async def _later(self, one: OpenQuestion) -> None:
        await self._board.later(one.room, one.escalation.id, self._who)

    async def _pass_on(self, one: OpenQuestion) -> None:
        await self._board.pass_to_service(one.room, one.escalation.id, self._who)

    async def _write(self, one: OpenQuestion) -> None:
        """Held while it is written, so that nobody else answers it meanwhile."""
        await self._claim(one)
        with self._dialogs, ui.dialog() as dialog, ui.card().classes("w-full"):
            ui.label(one.escalation.text).classes("text-h6")
            text = ui.textarea(self._here.words("answer")).classes("w-full").props("autofocus").mark("answer")
            with ui.row():
                say = ui.button(self._here.words("say"), on_click=lambda: dialog.submit(text.value))
                say.props("no-caps").mark("say")
                ui.button(self._here.words("cancel"), on_click=lambda: dialog.submit("")).props("flat")
        said = await dialog
        dialog.delete()
        if said and said.strip():
            await self._board.answer_in_words(one.room, one.escalation.id, said, self._who, source="agent")
        else:
            await self._release(one)

    async def _press(self, event: KeyEventArguments) -> None:
        if not event.action.keydown or event.action.repeat or not self._shown:
            return
        first, key = self._shown[0], str(event.key)
        acts = self._acts(first)
        if key in ("1", "2", "3") and first.escalation.desk.value == "host":
            place = int(key) - 1
            if place < len(first.candidates):
                await self._doing(first, self._sending(first.candidates[place].entry_id))()
            return
        for name in _KEYS.get(key.lower(), ()):
            if name in acts:
                await self._doing(first, acts[name])()
                return


_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "c": ("claim", "release"),
    "w": ("write",),
    "a": ("on air", "in private"),
    "l": ("later",),
    "n": ("not a question",),
    "s": ("service",),
}
