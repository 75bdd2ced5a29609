"""Prints what happens line by line: each danmaku heard, what was decided and why, each reply and escalation.

Lines are plain text of fixed columns; whatever a stranger wrote is made harmless first. `Tally` counts the
same notices for the summary.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style

from assistant.actions import Action, Desk, Reason, ReceiptState
from assistant.clock import Clock
from assistant.notices import (
    Alert,
    MessageDecided,
    Notice,
    QuestionDrafted,
    QuestionEscalated,
    ReplyMoved,
    RoomMoved,
)
from assistant.printable import printable

_STYLES = {
    "heard": Style.null(),
    "reply": Style.parse("green"),
    "seen": Style.parse("bold green"),
    "to host": Style.parse("yellow"),
    "service": Style.parse("yellow"),
    "draft": Style.parse("yellow"),
    "lost": Style.parse("bold red"),
    "room": Style.parse("cyan"),
    "alert": Style.parse("bold red"),
}
_ASIDE = Style.parse("dim")
_QUIET = frozenset({ReceiptState.QUEUED, ReceiptState.SENDING, ReceiptState.SENT})
_DESKS = {Desk.HOST: "to host", Desk.SERVICE: "service"}
_NO_VIEWERS_LINE = frozenset({Reason.OWN})


@dataclass(slots=True)
class Tally:
    """What was heard and what became of it. `seen` counts our lines that came back from the room."""

    heard: int = 0
    questions: int = 0
    replied: int = 0
    seen: int = 0
    escalated: int = 0
    ignored: int = 0

    def watch(self, notice: Notice) -> None:
        if isinstance(notice, ReplyMoved):
            self.seen += notice.receipt.state is ReceiptState.SEEN
        if not isinstance(notice, MessageDecided) or notice.message.decision.reason in _NO_VIEWERS_LINE:
            return
        action = notice.message.decision.action
        self.heard += 1
        self.questions += action is not Action.IGNORE
        self.replied += action is Action.REPLY
        self.escalated += action is Action.ESCALATE
        self.ignored += action is Action.IGNORE

    def to_dict(self) -> dict[str, int]:
        return {
            "heard": self.heard,
            "questions": self.questions,
            "replied": self.replied,
            "seen": self.seen,
            "escalated": self.escalated,
            "ignored": self.ignored,
        }


class PipedConsole(Console):
    """Standard output; when its reader is gone it falls silent and calls `on_gone` instead of exiting."""

    def __init__(self, *, on_gone: Callable[[], None]) -> None:
        super().__init__(highlight=False)
        self._on_gone = on_gone

    def print(self, *objects: Any, **options: Any) -> None:
        try:
            super().print(*objects, **options)
        except OSError:  # a full disk
            self.on_broken_pipe()

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        self._on_gone()


class Transcript:
    """A watcher that prints. `several_rooms` puts the room in front of each line.

    Lines go past rich's layout, which would take six times as long, and those told in one turn of the event
    loop are written together: under flood that is a write for hundreds of lines.
    """

    def __init__(
        self, console: Console, *, clock: Clock, several_rooms: bool = False, sends: bool = True
    ) -> None:
        self._console = console
        self._clock = clock
        self._several_rooms = several_rooms
        self._sends = sends
        self._has_colours = console.color_system is not None and not (
            console.no_color or console.legacy_windows
        )
        self._started_at = clock.monotonic()
        self._lines: list[str] = []

    def watch(self, notice: Notice) -> None:
        write: Callable[[Transcript, Any], None] | None = _WRITERS.get(type(notice))
        if write is not None:
            write(self, notice)

    def _decided(self, notice: MessageDecided) -> None:
        message = notice.message
        if message.decision.reason in _NO_VIEWERS_LINE:
            return
        paid = "¥ " if message.is_paid else ""
        name, text = printable(message.viewer_name, 16), printable(message.text, 60)
        self._line(notice.room, "heard", f"{paid}{name}: {text}", self._verdict(notice))

    def _verdict(self, notice: MessageDecided) -> str:
        decision = notice.message.decision
        if decision.action is Action.IGNORE:
            return f"ignore ({decision.reason})"
        if decision.action is Action.ESCALATE:
            near = f", nearest {_entry(decision.entry_id)} {decision.probability:.0%}"
            return f"escalate ({decision.reason}{near if decision.entry_id else ''})"
        word = "reply" if self._sends else "would reply"
        with_whom = f"joins {notice.askers - 1} who asked" if notice.askers > 1 else "asked before"
        joined = f", {with_whom}" if notice.joined else ""
        return f"{word} {_entry(decision.entry_id)} ({decision.reason} {decision.probability:.0%}{joined})"

    def _reply(self, notice: ReplyMoved) -> None:
        state, text = notice.receipt.state, printable(notice.reply.text, 80)
        if state in _QUIET:
            if state is ReceiptState.SENDING:
                self._line(notice.room, "reply", text, "")
            return
        reason = f": {printable(notice.receipt.reason, 80)}" if notice.receipt.reason else ""
        kind = "seen" if state is ReceiptState.SEEN else "lost"
        self._line(notice.room, kind, text, f"{state}{reason}")

    def _escalated(self, notice: QuestionEscalated) -> None:
        escalation = notice.escalation
        asked = f"asked by {escalation.askers}" if escalation.askers > 1 else "asked once"
        detail = f"{asked}; {printable(escalation.reason, 80)}"
        if escalation.passages and escalation.askers == 1:  # the host has read it when more ask
            best = escalation.passages[0]
            detail += f"; {printable(best.source, 60)}: {printable(best.text, 80)}"
        self._line(notice.room, _DESKS[escalation.desk], printable(escalation.text, 60), detail)

    def _drafted(self, notice: QuestionDrafted) -> None:
        escalation = notice.escalation
        draft = escalation.draft
        if draft is not None:
            cited = ", ".join(printable(escalation.passages[place].source, 60) for place in draft.citations)
            detail = f"{draft.confidence:.0%} sure, for {printable(escalation.text, 40)}; from {cited}"
            self._line(notice.room, "draft", printable(draft.text, 120), detail)

    def _moved(self, notice: RoomMoved) -> None:
        detail = f": {printable(notice.detail, 120)}" if notice.detail else ""
        self._line(notice.room, "room", f"{notice.room} {notice.state}{detail}", "")

    def _alert(self, notice: Alert) -> None:
        self._line(notice.room, "alert", printable(notice.text, 200), "")

    def _line(self, room: str, kind: str, text: str, verdict: str) -> None:
        passed = self._clock.monotonic() - self._started_at
        stamp = f"{int(passed // 60):02d}:{passed % 60:04.1f}"
        where = f"{room}  " if self._several_rooms else ""
        aside = f"  {self._painted(f'-> {verdict}', _ASIDE)}" if verdict else ""
        line = f"{stamp}  {where}{self._painted(f'{kind:<8}', _STYLES[kind])}{text}{aside}\n"
        self._lines.append(line)
        if len(self._lines) == 1:
            _soon(self._write)

    def _write(self) -> None:
        told, self._lines = "".join(self._lines), []
        if self._console.quiet:
            return
        try:
            self._console.file.write(told)
            self._console.file.flush()
        except BrokenPipeError:
            self._console.on_broken_pipe()

    def _painted(self, text: str, style: Style) -> str:
        return style.render(text, color_system=ColorSystem.STANDARD) if self._has_colours else text


def _soon(call: Callable[[], None]) -> None:
    """Once the event loop has turned; now where none runs."""
    try:
        asyncio.get_running_loop().call_soon(call)
    except RuntimeError:
        call()


def _entry(entry_id: str | None) -> str:
    return printable(entry_id or "", 40)


_WRITERS: dict[type, Callable[[Transcript, Any], None]] = {
    MessageDecided: Transcript._decided,
    ReplyMoved: Transcript._reply,
    QuestionEscalated: Transcript._escalated,
    QuestionDrafted: Transcript._drafted,
    RoomMoved: Transcript._moved,
    Alert: Transcript._alert,
}
