"""The assistant's own codec and HTTP in a practice room: it gets in, hears, and is heard."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from websockets.asyncio.client import connect

from assistant.events import AuthAccepted, Danmaku, Event
from assistant.platforms.base import SendState
from assistant.platforms.bilibili import BilibiliPlatform, Credentials, Endpoints
from assistant.practice import PRACTICE_BILI_JCT, PRACTICE_SESSDATA, PracticeRoom
from assistant.practice.acts import Act
from assistant.rooms.http import HttpShell
from tests.fakes.clock import ManualClock

NOW = 1_800_000_000.0


@pytest.fixture
async def room() -> AsyncIterator[PracticeRoom]:
    async with PracticeRoom([], clock=ManualClock(), seed=1) as opened:
        yield opened


def platform(room: PracticeRoom, *, logged_in: bool) -> BilibiliPlatform:
    url = room.url
    return BilibiliPlatform(
        Credentials(sessdata=PRACTICE_SESSDATA, bili_jct=PRACTICE_BILI_JCT) if logged_in else None,
        Endpoints(live_url=url, api_url=url, www_url=url, websocket_scheme="ws"),
    )


async def test_it_gets_in_hears_and_is_heard(room: PracticeRoom) -> None:
    bilibili = platform(room, logged_in=True)
    async with HttpShell() as http:
        admission = await http.run(bilibili.enter("77", now=NOW))
        session = bilibili.session(admission)
        assert await http.run(bilibili.text_limit("7777", now=NOW)) == 40
        async with (
            asyncio.timeout(10),
            connect(
                admission.urls[0],
                additional_headers=dict(admission.headers),
                user_agent_header=None,
                ping_interval=None,
            ) as socket,
        ):
            await socket.send(session.opening())
            assert isinstance(session.receive(await socket.recv())[0], AuthAccepted)
            for packet in session.outgoing():
                await socket.send(packet)
            result = await http.run(bilibili.send(admission, "包邮的", now=NOW, reply_to="1000007"))
            room.show(Act(viewer="小雨", text="好的"))
            heard: list[Event] = []
            while len(lines := [event for event in heard if isinstance(event, Danmaku)]) < 2:
                heard += session.receive(await socket.recv())
    echo, after = lines
    assert result.state is SendState.ACCEPTED
    assert (echo.event_id, echo.text, echo.reply_to) == (result.event_id, "包邮的", "1000007")
    assert echo.viewer.id == admission.own_viewer_id == "90001"
    assert after.text == "好的"


async def test_a_gap_can_be_filled_from_the_history(room: PracticeRoom) -> None:
    bilibili = platform(room, logged_in=False)
    for number in range(3):
        room.show(Act(viewer="小雨", text=f"第{number}句"))
    async with HttpShell() as http:
        admission = await http.run(bilibili.enter("77", now=NOW))
        recent = await http.run(bilibili.recent(admission, now=NOW))
    assert [line.text for line in recent] == ["第0句", "第1句", "第2句"]
    assert all(line.event_id for line in recent)
