"""A question that waits for people, as pages show it: who asks, and what is special about it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from nicegui import ui

from assistant.board import OpenQuestion
from assistant.console.pages.frame import Visit
from assistant.console.words import Table

LOOK_SECONDS: Final = 0.5
_SECONDS_A_MINUTE: Final = 60

WORDS: Final[Table] = {
    "nothing": ("Nothing waits.", "没有待答的问题。"),
    "askers": ("{count} asking", "{count} 人在问"),
    "waiting": ("{minutes} min", "已等 {minutes} 分钟"),
    "paid": ("paid", "付费"),
    "order": ("own order", "个人订单"),
    "held": ("{who} has it", "{who} 在处理"),
    "done": ("Done.", "完成。"),
    "silent": ("Closed; nothing was said: {why}", "已关闭；没有发送：{why}"),
}

Act = Callable[[OpenQuestion], Awaitable[object]]


def signature(questions: Sequence[OpenQuestion]) -> tuple[object, ...]:
    """What a page shows of them; while it stays, nothing is drawn anew."""
    return tuple(
        (
            one.room,
            one.escalation,
            one.samples,
            one.claimed_by,
            int(one.waiting_seconds // _SECONDS_A_MINUTE),
        )
        for one in questions
    )


def headline(here: Visit, question: OpenQuestion) -> None:
    """How many ask, how long it waits, and what is special about it."""
    escalation, words = question.escalation, here.words
    with ui.row().classes("items-center question-line"):
        ui.badge(words("askers", count=escalation.askers)).props("color=primary")
        ui.badge(words("waiting", minutes=int(question.waiting_seconds // _SECONDS_A_MINUTE))).props(
            "outline"
        )
        if escalation.is_paid:
            ui.badge(words("paid")).props("color=amber text-color=black")
        if escalation.desk.value == "service":
            ui.badge(words("order")).props("color=purple")
        if question.claimed_by:
            ui.badge(words("held", who=question.claimed_by)).props("color=teal")


def button(text: str, act: Callable[[], Awaitable[object]], *, mark: str, props: str = "") -> ui.button:
    """`mark` names it to tests and to whoever looks for it."""
    made = ui.button(text, on_click=act).props(f"no-caps {props}").mark(mark)
    return made
