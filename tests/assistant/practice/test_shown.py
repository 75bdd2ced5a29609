"""Every act, as the codec understands what the room makes of it."""

from typing import Any

import pytest

from assistant import events
from assistant.events import Event, Viewer
from assistant.platforms.base import Admission
from assistant.platforms.bilibili.session import BilibiliSession
from assistant.practice.acts import KINDS, Act
from assistant.practice.card import RoomCard
from assistant.practice.frames import frame
from assistant.practice.identifiers import Identifiers
from assistant.practice.people import Person
from assistant.practice.shown import staged

NOW = 1_800_000_000.25
CARD = RoomCard()
ROOM: dict[str, Any] = {"platform": "bilibili", "room": "7777"}
RAIN = Person.viewer("小雨")
WHO = Viewer(id=str(RAIN.uid), name="小雨")


def understood(*acts: Act, masked: bool = False, protover: int = 3) -> list[Event]:
    ids = Identifiers(1)
    commands = [command for act in acts for command in staged(act, card=CARD, ids=ids, now=NOW)]
    admission = Admission(
        room="7777", owner=str(CARD.owner_uid), urls=(), headers={}, own_viewer_id="90001", token=""
    )
    return list(BilibiliSession(admission).receive(frame(commands, protover=protover, masked=masked)))


def first(act: Act, *, masked: bool = False) -> Event:
    return understood(act, masked=masked)[0]


def by_rain(kind: str, **fields: Any) -> Act:
    return Act(kind=kind, viewer="小雨", **fields)


@pytest.mark.parametrize(
    ("kind", "marks"),
    [
        ("danmaku", {}),
        ("emoticon", {"is_emoticon": True}),
        ("lottery", {"is_lottery": True}),
        ("mirror", {"is_mirror": True}),
    ],
)
def test_lines_of_chat(kind: str, marks: dict[str, Any]) -> None:
    line = first(by_rain(kind, text="怎么发货"))
    assert isinstance(line, events.Danmaku)
    assert line.event_id
    assert line == events.Danmaku(
        **ROOM,
        at=1_800_000_000.25,
        event_id=line.event_id,
        viewer=replace_weak_id(WHO, line.viewer),
        text="怎么发货",
        **marks,
    )


def replace_weak_id(viewer: Viewer, like: Viewer) -> Viewer:
    return Viewer(viewer.id, viewer.name, like.weak_id)


def test_the_host_is_the_host() -> None:
    line = first(Act(viewer="老板", text="晚上好", is_host=True))
    assert isinstance(line, events.Danmaku)
    assert line.viewer.is_host
    assert line.viewer.is_admin
    assert (line.viewer.id, line.viewer.name) == ("4242", "老板")


def test_a_masked_viewer_keeps_a_weak_identity() -> None:
    plain, masked = (first(by_rain("danmaku", text="好"), masked=hidden) for hidden in (False, True))
    assert isinstance(plain, events.Danmaku)
    assert isinstance(masked, events.Danmaku)
    assert masked.viewer == Viewer(id="", name="小***", weak_id=plain.viewer.weak_id)
    assert masked.event_id == plain.event_id


PAID_AND_DONE = [
    (
        by_rain("gift", gift="小花花", count=3, price_fen=10),
        events.Gift(**ROOM, at=1.8e9, event_id="", viewer=WHO, name="小花花", count=3, total_fen=30),
    ),
    (
        by_rain("super_chat", text="保修多久", price_yuan=30),
        events.SuperChat(
            **ROOM, at=1.8e9, event_id="900001", viewer=WHO, text="保修多久", price_fen=3000, seconds=60
        ),
    ),
    (by_rain("enter"), events.Entered(**ROOM, at=1.8e9, viewer=WHO)),
    (by_rain("follow"), events.Followed(**ROOM, at=1.8e9, viewer=WHO)),
    (by_rain("share"), events.Shared(**ROOM, at=1.8e9, viewer=WHO)),
    (by_rain("like"), events.Liked(**ROOM, viewer=WHO)),
    (by_rain("mute"), events.ViewerMuted(**ROOM, viewer=WHO)),
    (by_rain("recall"), events.Recalled(**ROOM, viewer_id=WHO.id)),
    (Act(kind="likes_total", count=512), events.LikesTotal(**ROOM, count=512)),
    (Act(kind="watched", count=31415), events.Watched(**ROOM, count=31415)),
    (Act(kind="title", text="新茶上市"), events.RoomChanged(**ROOM, title="新茶上市")),
    (
        Act(kind="warning", text="请勿吸烟"),
        events.ModerationAlert(**ROOM, message="请勿吸烟", is_cut_off=False),
    ),
    (Act(kind="silent_on"), events.RoomSilenced(**ROOM, level="level", seconds=-1)),
    (Act(kind="silent_off"), events.RoomUnsilenced(**ROOM)),
]


@pytest.mark.parametrize(("act", "expected"), PAID_AND_DONE, ids=[act.kind for act, _ in PAID_AND_DONE])
def test_what_viewers_and_the_platform_do(act: Act, expected: Event) -> None:
    event = first(act)
    assert type(event) is type(expected)
    for name in expected.__struct_fields__:
        if name not in ("at", "event_id") or getattr(expected, name):
            assert getattr(event, name) == getattr(expected, name), name


def test_a_guard_is_told_twice_and_is_one_purchase() -> None:
    bought, toasted = understood(by_rain("guard", level=3))
    assert isinstance(bought, events.Membership)
    assert isinstance(toasted, events.Membership)
    assert bought.event_id == toasted.event_id
    assert (bought.level, bought.count, bought.total_fen) == (3, 1, 19_800)


def test_a_super_chat_can_be_taken_back() -> None:
    said, deleted = understood(
        by_rain("super_chat", text="保修", price_yuan=30), by_rain("super_chat_delete")
    )
    assert isinstance(said, events.SuperChat)
    assert isinstance(deleted, events.SuperChatDeleted)
    assert deleted.event_ids == (said.event_id,)


@pytest.mark.parametrize(("count", "shown"), [(88, 88), (9999, 9999), (12_345, 9999)])
def test_viewers_online_are_capped_as_on_the_platform(count: int, shown: int) -> None:
    event = first(Act(kind="online", count=count))
    assert isinstance(event, events.ViewersOnline)
    assert event.count == shown


def test_going_live_is_told_twice_and_the_end_once() -> None:
    began, again, ended = understood(Act(kind="live"), Act(kind="preparing"))
    assert began.broadcast_id == again.broadcast_id == CARD.live_key  # type: ignore[attr-defined]
    assert isinstance(ended, events.BroadcastEnded)


def test_no_act_is_a_mystery_to_the_codec() -> None:
    for kind in KINDS:
        act = by_rain(kind, text="好", gift="花", count=1, price_fen=10, price_yuan=30, level=3)
        assert not [
            event for event in understood(act) if isinstance(event, events.UnknownCommand | events.Malformed)
        ]


@pytest.mark.parametrize("protover", [0, 2, 3])
@pytest.mark.parametrize("text", ["", "\x1b[2J\u202e", '"],"cmd":"X', "长" * 3000])
def test_viewers_may_type_anything(protover: int, text: str) -> None:
    (line,) = understood(by_rain("danmaku", text=text), protover=protover)
    assert isinstance(line, events.Danmaku)
    assert line.text == text[:2000]


def test_half_an_emoji_arrives_as_one_character() -> None:
    (line,) = understood(by_rain("danmaku", text="\ud83d"))
    assert isinstance(line, events.Danmaku)
    assert len(line.text) == 1
