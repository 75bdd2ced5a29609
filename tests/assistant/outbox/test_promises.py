"""Whatever platform, viewers and kills do: no line twice in the room, no answer lost in silence."""

import asyncio
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.actions import ReceiptState as State
from assistant.platforms.base import SendResult, SendState
from assistant.stores.rows import Receipt, Reply, Row
from tests.fakes.clock import ManualClock
from tests.fakes.outbox_house import (
    ECHO_SECONDS,
    EXPIRE_SECONDS,
    OTHER_ROOM,
    ROOM,
    SPACING_SECONDS,
    OutboxHouse,
)
from tests.fakes.rows import an_escalation
from tests.fakes.sender import ScriptedSender

_NEVER_IN_THE_ROOM = {SendState.LIMITED, SendState.TOO_LONG, SendState.BLOCKED, SendState.FAILED}

RESULTS = st.sampled_from(
    [
        None,
        SendResult(SendState.UNKNOWN, reason="no answer"),
        SendResult(SendState.LIMITED, reason="too fast", retry_after_seconds=3.0),
        SendResult(SendState.LIMITED, reason="the same", retry_after_seconds=3.0, repeat=True),
        SendResult(SendState.BLOCKED, reason="a word filter"),
        SendResult(SendState.FAILED, reason="server trouble"),
        SendResult(SendState.TOO_LONG, reason="too long"),
        RuntimeError("broken"),
    ]
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.sampled_from([ROOM, OTHER_ROOM]), st.integers(1, 3)),
        st.tuples(st.just("script"), RESULTS),
        st.tuples(st.just("echo"), st.integers(0, 5)),
        st.tuples(st.just("time"), st.sampled_from([0.0, 1.0, 3.0, 20.0])),
        st.tuples(st.just("drop"), st.booleans()),
        st.tuples(st.just("hold"), st.booleans()),
        st.tuples(st.just("kill"), st.booleans()),
    ),
    min_size=3,
    max_size=25,
)


class _Chronicle:
    """The room as the platform knows it, over all runs of the bot."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, SendResult | Exception | None]] = []
        self.script: list[SendResult | Exception | None] = []
        self.answers = 0

    def may_be_in_the_room(self) -> Counter[str]:
        """How often, by the numbered words of the lines: neither variation nor splitting changes those."""
        return Counter(
            word
            for text, result in self.lines
            if not (isinstance(result, SendResult) and result.state in _NEVER_IN_THE_ROOM)
            for word in re.findall(r"[头尾][0-9]+", text)
        )


class _Room(ScriptedSender):
    def __init__(self, clock: ManualClock, chronicle: _Chronicle, name: str) -> None:
        super().__init__(clock, name=f"{name}-{len(chronicle.lines)}", limit=20, limits=(6,))
        self._chronicle = chronicle

    async def send(self, text: str, reply_to: str) -> SendResult:
        result = self._chronicle.script.pop(0) if self._chronicle.script else None
        self._chronicle.lines.append((text, result))
        if result is not None:
            self.script.append(result)
        return await super().send(text, reply_to)


async def _run(house: OutboxHouse, chronicle: _Chronicle, steps: list[tuple[object, ...]]) -> None:
    """Until the steps are over or one of them is a kill."""
    rooms = {room: _Room(house.clock, chronicle, room) for room in (ROOM, OTHER_ROOM)}
    house.senders = {("bilibili", room): sender for room, sender in rooms.items()}
    house.on_failure = lambda reply, receipt: _escalation(house, reply, receipt)
    async with house.running():
        while steps:
            kind, *values = steps.pop(0)
            match kind, values:
                case "answer", [str(room), int(parts)]:
                    chronicle.answers += 1
                    texts = [
                        f"头{chronicle.answers}{part}。尾{chronicle.answers}{part}" for part in range(parts)
                    ]
                    await house.queue(*texts, room=room)
                case "script", [result]:
                    chronicle.script.append(result)  # type: ignore[arg-type]
                case "echo", [int(which)] if which < len(chronicle.lines):
                    text, result = chronicle.lines[-1 - which]
                    if result is None:
                        for room in rooms:
                            house.hear(text, viewer_id="", room=room)
                case "time", [float(seconds)]:
                    await house.pass_time(seconds, step_seconds=1.0)
                case "drop", [bool(is_ready)]:
                    rooms[ROOM].is_ready = is_ready
                case "hold", [bool(is_held)]:
                    rooms[ROOM].hold() if is_held else rooms[ROOM].release()
                case "kill", [bool(in_mid_send)]:
                    if in_mid_send:
                        rooms[ROOM].hold()
                        await house.pass_time(SPACING_SECONDS)
                    return
        for sender in rooms.values():
            sender.release()
            sender.is_ready = True
        await house.pass_time(EXPIRE_SECONDS + 2 * ECHO_SECONDS, step_seconds=2.5)


def _escalation(house: OutboxHouse, reply: Reply, receipt: Receipt) -> Sequence[Row]:
    return [an_escalation(house.store.new_id(), message_id=reply.answer_id, reason=receipt.reason)]


async def _live_through(path: Path, steps: list[tuple[object, ...]]) -> None:
    chronicle, clock = _Chronicle(), ManualClock()
    is_over = False
    while not is_over:
        is_over = not any(kind == "kill" for kind, *_ in steps)
        async with OutboxHouse.open(path, clock=clock) as house:
            await _run(house, chronicle, steps)
    async with OutboxHouse.open(path, clock=clock) as house:
        replies = await house.store.replies(1)
        escalated = Counter(escalation.message_id for escalation in await house.store.escalations(1))
    assert all(reply.state.is_final for reply in replies)
    assert set(chronicle.may_be_in_the_room().values()) <= {1}
    assert set(escalated.values()) <= {1}
    bad = {reply.answer_id for reply in replies if reply.state not in (State.SENT, State.SEEN)}
    assert bad <= set(escalated)


@given(STEPS)
@settings(max_examples=30, deadline=None)
def test_no_line_is_sent_twice_and_every_answer_has_an_end(steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_live_through(Path(folder) / "journal.db", list(steps)))
