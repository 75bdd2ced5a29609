import asyncio
import io
from dataclasses import replace

import pytest
from rich.console import Console

from assistant.actions import Action, Decision, Desk, Reason, ReceiptState
from assistant.notices import (
    Alert,
    MessageDecided,
    Notice,
    QuestionDrafted,
    QuestionEscalated,
    ReplyMoved,
    RoomMoved,
)
from assistant.stores.rows import Draft, Excerpt, Receipt
from assistant.transcript import Tally, Transcript
from tests.fakes.clock import ManualClock
from tests.fakes.rows import a_message, a_reply, an_escalation

ROOM = "bilibili:7777"
MESSAGE = a_message()
ESCALATED = Decision(Action.ESCALATE, Reason.UNSURE, "shipping", 0.4, 0.8)
IGNORED = Decision(Action.IGNORE, Reason.CHATTER)
OWN = Decision(Action.IGNORE, Reason.OWN)
SENDING = Receipt(1, 0.0, ReceiptState.SENDING)


def printed(*notices: Notice, sends: bool = True) -> str:
    console = Console(file=io.StringIO(), width=200)
    transcript = Transcript(console, clock=ManualClock(), sends=sends)
    for notice in notices:
        transcript.watch(notice)
    out = console.file.getvalue()  # type: ignore[attr-defined]
    assert isinstance(out, str)
    return out


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        (MessageDecided(ROOM, MESSAGE), "什么时候发货？  -> reply shipping (sure of the answer 97%)"),
        (MessageDecided(ROOM, MESSAGE, joined=True, askers=3), "joins 2 who asked"),
        (MessageDecided(ROOM, MESSAGE, joined=True, askers=1), "97%, asked before)"),
        (
            MessageDecided(ROOM, replace(MESSAGE, decision=ESCALATED)),
            "-> escalate (not sure enough to answer, nearest shipping 40%)",
        ),
        (MessageDecided(ROOM, replace(MESSAGE, decision=IGNORED)), "-> ignore (not a question)"),
        (MessageDecided(ROOM, replace(MESSAGE, is_paid=True)), "¥ 观众:"),
        (ReplyMoved(ROOM, a_reply(), Receipt(1, 0.0, ReceiptState.SEEN)), "今天下单，明天发货  -> seen"),
        (
            ReplyMoved(ROOM, a_reply(), Receipt(1, 0.0, ReceiptState.BLOCKED, "a word filter")),
            "-> blocked: a word filter",
        ),
        (QuestionEscalated(ROOM, replace(an_escalation(), askers=4)), "能开发票吗  -> asked by 4;"),
        (
            QuestionEscalated(
                ROOM, an_escalation(passages=(Excerpt("可开电子发票", "手册.md › 发票", 0.5),))
            ),
            "手册.md › 发票: 可开电子发票",
        ),
        (
            QuestionDrafted(
                ROOM,
                an_escalation(
                    passages=(Excerpt("可开电子发票", "手册.md › 发票", 0.5),),
                    draft=Draft("可以开电子发票", (0,), 0.75),
                ),
            ),
            "draft   可以开电子发票  -> 75% sure, for 能开发票吗; from 手册.md › 发票",
        ),
        (RoomMoved(ROOM, "live", "connected to 127.0.0.1"), "bilibili:7777 live: connected to 127.0.0.1"),
        (Alert(ROOM, "请注意"), "alert   请注意"),
    ],
)
def test_each_thing_that_happens_is_one_line(notice: Notice, words: str) -> None:
    out = printed(notice)
    assert words in out
    assert out.count("\n") == 1


def test_a_viewers_own_matter_is_shown_as_going_to_customer_service() -> None:
    assert "to host" in printed(QuestionEscalated(ROOM, an_escalation()))
    own = printed(QuestionEscalated(ROOM, an_escalation(desk=Desk.SERVICE)))
    assert "service" in own
    assert "to host" not in own


def test_a_dry_run_says_that_it_would_reply() -> None:
    assert "would reply shipping" in printed(MessageDecided(ROOM, MESSAGE), sends=False)


def test_our_own_lines_are_told_once_as_seen_and_not_as_heard() -> None:
    assert printed(MessageDecided(ROOM, replace(MESSAGE, decision=OWN))) == ""


def test_nothing_a_viewer_types_steers_the_terminal() -> None:
    hostile = replace(MESSAGE, viewer_name="\x1b]0;x\x07", text="[red]\x1b[2J\u202eabc\nsecond\ud800")
    out = printed(
        MessageDecided(ROOM, hostile),
        QuestionEscalated(ROOM, replace(an_escalation(), text="\x1b[2J\u202e")),
        QuestionEscalated(ROOM, an_escalation(passages=(Excerpt("\x1b[2J\u202e", "\x1b[2J", 0.5),))),
        Alert(ROOM, "\x1b[2J"),
    )
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\x07" not in out
    assert out.count("\n") == 4
    assert "[red]" in out


def test_only_what_kind_of_line_it_is_has_a_colour_and_only_on_a_terminal() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard", no_color=False)
    Transcript(console, clock=ManualClock()).watch(ReplyMoved(ROOM, a_reply(), SENDING))
    colourful = console.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b[32mreply   \x1b[0m今天下单，明天发货" in colourful
    assert "\x1b" not in printed(ReplyMoved(ROOM, a_reply(), SENDING))


async def test_lines_told_in_one_turn_of_the_loop_are_written_together_and_in_order() -> None:
    written = io.StringIO()
    transcript = Transcript(Console(file=written), clock=ManualClock())
    transcript.watch(Alert(ROOM, "one"))
    transcript.watch(Alert(ROOM, "two"))
    assert written.getvalue() == ""
    await asyncio.sleep(0)
    assert [line.split()[-1] for line in written.getvalue().splitlines()] == ["one", "two"]


def test_when_nobody_reads_any_more_the_console_hears_of_it_once() -> None:
    class Unread(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    class Falling(Console):
        falls = 0

        def on_broken_pipe(self) -> None:
            self.quiet = True
            self.falls += 1

    console = Falling(file=Unread())
    transcript = Transcript(console, clock=ManualClock())
    transcript.watch(Alert(ROOM, "one"))
    transcript.watch(Alert(ROOM, "two"))
    assert console.falls == 1


def test_the_tally_counts_viewers_lines_and_what_became_of_them() -> None:
    tally = Tally()
    for notice in (
        MessageDecided(ROOM, MESSAGE),
        MessageDecided(ROOM, replace(MESSAGE, decision=ESCALATED)),
        MessageDecided(ROOM, replace(MESSAGE, decision=IGNORED)),
        MessageDecided(ROOM, replace(MESSAGE, decision=OWN)),
        ReplyMoved(ROOM, a_reply(), Receipt(1, 0.0, ReceiptState.SENT)),
        ReplyMoved(ROOM, a_reply(), Receipt(1, 0.0, ReceiptState.SEEN)),
    ):
        tally.watch(notice)
    expected = {"heard": 3, "questions": 2, "replied": 1, "seen": 1, "escalated": 1, "ignored": 1}
    assert tally.to_dict() == expected
