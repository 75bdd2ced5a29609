"""What watches over the process gets to know."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.console.access.people import People
from assistant.console.metrics import CONTENT_TYPE
from assistant.errors import StoreError
from assistant.notices import RoomMoved
from assistant.rooms.keeper import RoomState
from tests.fakes.console_served import ServedConsole

ROOM = "bilibili:7777"


async def test_it_is_alive_and_ready_once_rooms_are_connected(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        nobody = await house.client()
        assert (await nobody.get("/healthz")).json() == {"alive": True}
        ready = await nobody.get("/readyz")
        assert (ready.status_code, ready.json()) == (
            200,
            {"ready": True, "rooms": {ROOM: "live"}, "store": "writable"},
        )


async def test_a_room_that_is_away_or_none_at_all_is_not_ready(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        nobody = await house.client()
        rooms = house.assistant.rooms
        rooms[ROOM] = replace(rooms[ROOM], state=RoomState.WAITING)
        answer = await nobody.get("/readyz")
        assert (answer.status_code, answer.json()["rooms"]) == (503, {ROOM: "waiting"})
        rooms.clear()
        assert (await nobody.get("/readyz")).status_code == 503
        assert (await nobody.get("/healthz")).status_code == 200


async def test_a_database_that_takes_nothing_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_: People) -> None:
        raise StoreError("assistant.db: database or disk is full")

    async with ServedConsole.open(tmp_path) as house:
        monkeypatch.setattr(People, "probe", full)
        answer = await (await house.client()).get("/readyz")
        assert (answer.status_code, answer.json()["store"]) == (503, "not writable")


async def test_metrics_are_for_this_machine_and_for_tokens(tmp_path: Path) -> None:
    async with ServedConsole.open(tmp_path) as house:
        house.metrics.watch(RoomMoved(ROOM, "live"))
        nobody = await house.client()
        answer = await nobody.get("/metrics")
        assert answer.headers["content-type"] == CONTENT_TYPE
        assert 'assistant_queue_depth{queue="decide"} 2.0' in answer.text
        from_elsewhere = {"X-Forwarded-For": "192.0.2.7"}
        assert (await nobody.get("/metrics", headers=from_elsewhere)).status_code == 303
