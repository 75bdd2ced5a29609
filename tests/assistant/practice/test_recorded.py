"""A room that was recorded can be rehearsed."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from assistant import events
from assistant.errors import RecordingError
from assistant.events import Viewer
from assistant.practice.acts import Act
from assistant.practice.script import read_script
from assistant.rooms.recording import Recorder
from tests.fakes.clock import ManualClock

ROOM: dict[str, Any] = {"platform": "bilibili", "room": "7777"}
RAIN = Viewer(id="42", name="小雨")


async def test_recorded_events_come_back_as_acts_at_their_pace(tmp_path: Path) -> None:
    path, clock = tmp_path / "room.jsonl", ManualClock()
    with Recorder(path, platform="bilibili", room="7777", clock=clock) as recorder:
        recorder.record([events.AuthAccepted(**ROOM)])
        await clock.advance(2)
        recorder.record([events.Danmaku(**ROOM, event_id="1", viewer=RAIN, text="怎么发货")])
        await clock.advance(3)
        gift = events.Gift(**ROOM, event_id="2", viewer=RAIN, name="花", count=2, total_fen=200)
        recorder.record([gift, events.ViewersOnline(**ROOM, count=88)])
    assert read_script(path) == (
        Act(at=2.0, viewer="小雨", text="怎么发货"),
        Act(at=5.0, kind="gift", viewer="小雨", gift="花", count=2, price_fen=100),
        Act(at=5.0, kind="online", count=88),
    )


@pytest.mark.parametrize(
    ("event", "act"),
    [
        (
            events.Danmaku(**ROOM, event_id="", viewer=RAIN, text="[dog]", is_emoticon=True),
            Act(kind="emoticon"),
        ),
        (events.Danmaku(**ROOM, event_id="", viewer=RAIN, text="抽我", is_lottery=True), Act(kind="lottery")),
        (events.Danmaku(**ROOM, event_id="", viewer=RAIN, text="隔壁", is_mirror=True), Act(kind="mirror")),
        (
            events.SuperChat(**ROOM, event_id="", viewer=RAIN, text="保修", price_fen=3000),
            Act(kind="super_chat", price_yuan=30),
        ),
        (events.Membership(**ROOM, event_id="", viewer=RAIN, level=3, count=1), Act(kind="guard", level=3)),
        (events.Entered(**ROOM, viewer=RAIN), Act(kind="enter")),
        (events.Followed(**ROOM, viewer=RAIN), Act(kind="follow")),
        (events.Liked(**ROOM, viewer=RAIN), Act(kind="like")),
        (events.BroadcastStarted(**ROOM), Act(kind="live")),
        (events.BroadcastEnded(**ROOM), Act(kind="preparing")),
        (events.RoomChanged(**ROOM, title="新标题"), Act(kind="title", text="新标题")),
    ],
    ids=lambda value: value.kind if isinstance(value, Act) else "",
)
def test_each_kind_of_event_has_its_act(tmp_path: Path, event: events.Event, act: Act) -> None:
    path = tmp_path / "room.jsonl"
    with Recorder(path, platform="bilibili", room="7777", clock=ManualClock()) as recorder:
        recorder.record([event])
    viewer = getattr(event, "viewer", Viewer()).name
    text = getattr(event, "text", act.text)
    assert read_script(path) == (dataclasses.replace(act, viewer=viewer, text=text),)


def test_a_damaged_recording_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "room.jsonl"
    with Recorder(path, platform="bilibili", room="7777", clock=ManualClock()):
        pass
    with path.open("a") as file:
        file.write('{"heard_at": "noon"}\n')
    with pytest.raises(RecordingError, match=r"room\.jsonl:2: "):
        read_script(path)
