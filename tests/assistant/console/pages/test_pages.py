"""What the pages show of the questions that wait and of the room, as they are first sent to the browser."""

from pathlib import Path
from typing import Any

from assistant.actions import Desk
from assistant.board import Candidate, OpenQuestion
from assistant.console.access.roles import Role
from assistant.stores.rows import Escalation
from tests.assistant.console.pages.test_frame import elements
from tests.fakes.console_served import ServedConsole

IMAGE = "<img src=x onerror=alert(1)>"


def question(id: int, text: str, *, desk: Desk = Desk.HOST, who: str | None = None) -> OpenQuestion:
    escalation = Escalation(
        id=id,
        broadcast_id=1,
        message_id=id,
        text=text,
        entry_id=None,
        reason="not sure enough to answer",
        askers=3,
        is_paid=False,
        opened_at=0.0,
        updated_at=0.0,
        desk=desk,
    )
    return OpenQuestion(
        room="bilibili:7777",
        escalation=escalation,
        samples=(text, "换句话问"),
        waiting_seconds=130.0,
        claimed_by=who,
        claimed_until=None,
        candidates=(Candidate("fee", 0.8, "包邮吗", "满59元包邮", ""),),
    )


def texts(shown: list[dict[str, Any]]) -> list[str]:
    """Labels, and what stands on badges and buttons."""
    return [
        str(value)
        for one in shown
        for value in (one.get("text"), one.get("props", {}).get("label"))
        if value is not None
    ]


async def test_the_board_shows_who_asks_what_and_what_could_be_sent(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        house.assistant.board.open = [question(1, IMAGE, who="小林")]
        agent = await house.client(Role.AGENT)
        shown = texts(await elements(agent, "/questions"))
        assert IMAGE in shown
        assert {"换句话问", "3 asking", "2 min", "小林 has it", "包邮吗 → 满59元包邮", "Send"} <= set(shown)
        assert "<img" not in (await agent.get("/questions")).text


async def test_a_viewers_own_order_cannot_be_answered_in_the_room(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        house.assistant.board.open = [question(1, "我的快递到哪了", desk=Desk.SERVICE)]
        shown = texts(await elements(await house.client(Role.AGENT), "/questions"))
        assert "Settled in private" in shown
        assert not {"Send", "Write an answer"} & set(shown)


async def test_the_host_sees_five_questions_and_no_orders(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        orders = [question(10, "我的快递到哪了", desk=Desk.SERVICE)]
        house.assistant.board.open = [*orders, *(question(number, f"问题{number}") for number in range(7))]
        shown = texts(await elements(await house.client(Role.HOST), "/host"))
        assert [text for text in shown if text.startswith("问题")] == [f"问题{number}" for number in range(5)]
        assert "我的快递到哪了" not in shown


async def test_the_live_page_names_the_rooms_and_lets_agents_alone_turn_the_switch(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        hosts = await elements(await house.client(Role.HOST), "/")
        agents = await elements(await house.client(Role.AGENT), "/")
        assert "bilibili:7777: live" in texts(hosts)
        assert "Pause 5 min" in texts(agents)
        assert "Pause 5 min" not in texts(hosts)
