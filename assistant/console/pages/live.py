"""What happens now: the rooms, what was typed and decided, today's figures, and the switch of replies."""

import time
from typing import Any, Final

from nicegui import ui

from assistant.console.access.roles import Operation, Page
from assistant.console.hub import Event
from assistant.console.pages.frame import Visit, frame
from assistant.console.words import Table
from assistant.controls import Mode
from assistant.notices import MessageDecided

LOOK_SECONDS: Final = 0.25  # at most four times a second, however fast the room is
MOST_SHOWN: Final = 60
PAUSE_SECONDS: Final = 300

WORDS: Final[Table] = {
    "auto": ("Replies on", "自动回复"),
    "dry run": ("Dry run", "演练"),
    "off": ("Off", "关闭"),
    "pause": ("Pause 5 min", "暂停5分钟"),
    "resume": ("Resume", "继续"),
    "paused": ("paused", "已暂停"),
    "skipped": ("{count} more were too fast to show", "太快，略过 {count} 条"),
    "search": ("Search", "搜索"),
    "all": ("all", "全部"),
    "reply": ("answered", "已回答"),
    "escalate": ("for people", "转人工"),
    "ignore": ("ignored", "忽略"),
    "heard": ("Heard today: {count}", "今日弹幕：{count}"),
    "asked": ("questions: {count}", "提问：{count}"),
    "by bot": ("answered by the bot: {count}", "机器人回答：{count}"),
    "by people": ("by people: {count}", "人工回答：{count}"),
    "lost": ("lost: {count}", "未送达：{count}"),
}

_COLORS: Final = {"reply": "positive", "escalate": "warning", "ignore": "grey"}


def build() -> None:
    with frame(Page.LIVE, WORDS) as here:
        _Live(here).open()


class _Live:
    """One visitor's view of it."""

    def __init__(self, here: Visit) -> None:
        self._here = here
        self._last = 0
        self._skipped = 0
        self._events: list[Event] = []
        self._states: list[str] = []

    def open(self) -> None:
        self._rooms = ui.column().classes("w-full")
        self._figures = ui.label().mark("figures")
        if self._here.caller.may(Operation.STEER):
            self._switch()
        with ui.row().classes("items-center"):
            kinds = {"": self._here.words("all")} | {kind: self._here.words(kind) for kind in _COLORS}
            self._kind = ui.select(kinds, value="", on_change=self._draw).props("dense").mark("kind")
            self._search = ui.input(self._here.words("search"), on_change=self._draw).props("dense clearable")
        self._note = ui.label().classes("text-caption")
        self._stream = ui.column().classes("w-full gap-1")
        self._look()
        ui.timer(LOOK_SECONDS, self._look)

    def _switch(self) -> None:
        controls, who = self._here.console.assistant.controls, self._here.caller.name
        modes = {mode.value: self._here.words(mode.value) for mode in Mode}

        async def turn(event: Any) -> None:
            if event.value != controls.speaking.mode.value:
                await controls.set_mode(Mode(event.value), who)

        async def pause() -> None:
            await (controls.resume(who) if self._is_paused() else controls.pause(PAUSE_SECONDS, who))

        with ui.row().classes("items-center"):
            self._mode = ui.toggle(modes, value=controls.speaking.mode.value, on_change=turn).mark("mode")
            self._pause = ui.button(self._here.words("pause"), on_click=pause).props("flat no-caps")
            self._pause.mark("pause")

    def _is_paused(self) -> bool:
        until = self._here.console.assistant.controls.speaking.paused_until
        return until is not None and until > time.time()

    def _look(self) -> None:
        assistant, words = self._here.console.assistant, self._here.words
        self._show_rooms()
        today = assistant.records.today()
        counts = {
            "heard": today.heard,
            "asked": today.questions,
            "by bot": today.by_bot,
            "by people": today.by_people + today.on_air,
            "lost": today.lost,
        }
        self._figures.text = " · ".join(words(name, count=count) for name, count in counts.items())
        if self._here.caller.may(Operation.STEER):
            self._mode.value = assistant.controls.speaking.mode.value
            self._pause.text = words("resume" if self._is_paused() else "pause")
        batch = self._here.console.hub.after(self._last, limit=MOST_SHOWN)
        if batch.last_id == self._last:
            return
        self._last, self._skipped = batch.last_id, batch.skipped if self._events else 0
        fresh = [event for event in batch.events if isinstance(event.notice, MessageDecided)]
        self._events = [*self._events, *fresh][-MOST_SHOWN:]
        self._draw()

    def _show_rooms(self) -> None:
        rooms = self._here.console.assistant.rooms
        texts = [f"{room}: {status.state} {status.detail}".strip() for room, status in rooms.items()]
        if [
            label.text for label in self._rooms.default_slot.children if isinstance(label, ui.label)
        ] != texts:
            self._rooms.clear()
            with self._rooms:
                for text in texts:
                    ui.label(text).classes("text-subtitle1")

    def _draw(self) -> None:
        self._note.text = self._here.words("skipped", count=self._skipped) if self._skipped else ""
        self._stream.clear()
        with self._stream:
            for event in reversed(self._events):
                if isinstance(event.notice, MessageDecided) and self._is_wanted(event.notice):
                    self._line(event.notice, event.at)

    def _is_wanted(self, notice: MessageDecided) -> bool:
        message, search = notice.message, (self._search.value or "").casefold()
        is_kind = self._kind.value in ("", str(message.decision.action))
        return is_kind and (not search or search in f"{message.viewer_name} {message.text}".casefold())

    def _line(self, notice: MessageDecided, at: float) -> None:
        message, decision = notice.message, notice.message.decision
        with ui.row().classes("items-center w-full gap-2"):
            ui.label(time.strftime("%H:%M:%S", time.localtime(at))).classes("text-caption")
            ui.badge(self._here.words(str(decision.action))).props(f"color={_COLORS[str(decision.action)]}")
            ui.label(message.viewer_name).classes("text-weight-medium")
            ui.label(message.text).classes("col")
            entry = f"{decision.entry_id} {decision.probability:.0%}" if decision.entry_id else ""
            ui.label(f"{decision.reason} {entry}".strip()).classes("text-caption")
