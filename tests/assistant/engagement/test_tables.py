"""The report as a person reads it in a terminal."""

import io
import unicodedata

from rich.console import Console

from assistant.actions import Action, Decision, Reason
from assistant.engagement import scores
from assistant.engagement.report import BroadcastReport
from assistant.engagement.scores import Delivered
from assistant.engagement.tables import render
from assistant.stores.rows import Broadcast, Figure, FigureKind, Message
from tests.fakes.rows import a_message


def drawn(found: BroadcastReport, *, by_minute: bool = True, entries: int = 10) -> str:
    out = io.StringIO()
    console = Console(file=out, width=120, color_system="truecolor", force_terminal=True)
    console.print(render(found, by_minute=by_minute, entries=entries))
    return out.getvalue().replace("\x1b[1m", "").replace("\x1b[3m", "").replace("\x1b[0m", "")  # rich's own


def a_report(*entries: str, room: str = "7777") -> BroadcastReport:
    """Each entry answered one question at once; ten viewers watched for a minute."""
    messages = [_question(number, entry) for number, entry in enumerate(entries, 1)]
    delivered = {number: Delivered(entry, 1002.0) for number, entry in enumerate(entries, 1)}
    figures = [Figure(1, at, FigureKind.VIEWERS_ONLINE, 10.0) for at in (1000.0, 1060.0)] if entries else []
    return BroadcastReport(
        broadcast=Broadcast(1, "bilibili", room, "", "", 1000.0),
        scores=scores.score(messages, figures, delivered),
        minutes=scores.score_minutes(messages, figures, delivered, start=1000.0),
        replies={"seen": 2, "lost": 1} if entries else {},
        escalations={},
        ignored={},
    )


def _question(number: int, entry: str) -> Message:
    decision = Decision(Action.REPLY, Reason.SURE, entry, candidates=((entry, 0.8),))
    return a_message(number, heard_at=1000.0, answered_by=number, decision=decision)


def rows(text: str) -> list[list[str]]:
    lines = (line for line in text.splitlines() if line.startswith("│"))
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def test_every_figure_stands_with_its_unit() -> None:
    found = rows(drawn(a_report("shipping", "refund")))
    assert ["interactions", "2"] in found
    assert ["watch time, viewer-hours", "0.17"] in found  # 600 / 3600
    assert ["interactions per viewer-hour", "12.00"] in found  # 2 * 3600 / 600
    assert ["answered", "2 (100%)"] in found
    assert ["median time to answer, seconds", "2.0"] in found
    assert ["mean relevance, cosine", "0.80"] in found
    assert ["replies", "seen 2, lost 1"] in found
    assert ["0", "2", "0.17", "12.00", "2", "2 (100%)", "2.0", "0.80"] in found


def test_what_is_undefined_is_a_dash_and_empty_parts_are_left_out() -> None:
    text = drawn(a_report())
    assert ["interactions per viewer-hour", "-"] in rows(text)
    assert ["answered", "0 (-)"] in rows(text)
    assert "by entry" not in text
    assert "By minute" not in text


def test_entries_and_minutes_can_be_shortened() -> None:
    text = drawn(a_report("shipping", "refund"), entries=1, by_minute=False)
    assert ["refund", "1"] in rows(text)
    assert "shipping" not in text
    assert "By minute" not in text


def test_ids_from_peoples_files_cannot_steer_the_terminal() -> None:
    text = drawn(a_report("\x1b[2J\u202e[bold]\n", "h" + "\u0337" * 50, room="\x1b]0;title\x07"))
    assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c != "\n"]
    assert "[bold]" in text
    assert "\u0337" * 4 not in text
