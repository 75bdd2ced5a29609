"""Every example as its event, and the law that nothing in place of any field makes a reader raise."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import events
from assistant.events import Event, Malformed, UnknownCommand, Viewer
from tests.fakes.bilibili import danmaku, examples, packed, packet, protobuf, read, session, to_json

OF: Any = {"platform": "bilibili", "room": "7777"}
PACKED_GIFT = protobuf(
    (1, 31036), (2, "小花花"), (3, 2), (5, 100), (7, 200), (8, "gold"), (9, "17900"), (10, 1790000010)
)  # fmt: skip

# The examples that are no danmaku (those are in test_danmaku), in their order in the file.
EXPECTED: list[Event] = [
    events.Watched(**OF, count=31415),
    events.Entered(**OF, at=1790000003.0, viewer=Viewer(id="30001", name="进场用户")),
    events.BroadcastEnded(**OF, at=1790000009.0),
    events.Gift(
        **OF,
        at=1790000010.0,
        event_id="1790000010121900003",
        viewer=Viewer(id="10010", name="观众乙"),
        name="小花花",
        count=2,
        total_fen=20,
    ),
    events.Gift(
        **OF,
        at=1790000011.0,
        event_id="1790000011000000001",
        viewer=Viewer(id="10011", name="观众丙"),
        name="粉丝团灯牌",
        count=1,
        total_fen=100,
    ),
    events.Membership(
        **OF,
        at=1790000012.0,
        event_id="guard:10012:3:1790000012",
        viewer=Viewer(id="10012", name="观众庚", guard_level=3),
        level=3,
        count=1,
        total_fen=19800,
    ),
    events.SuperChat(
        **OF,
        at=1790000013.0,
        event_id="900001",
        viewer=Viewer(id="10013", name="观众辛"),
        text="请问保修多久？",
        price_fen=3000,
        seconds=60,
    ),
    events.SuperChatDeleted(**OF, event_ids=("900001",)),
    events.Followed(**OF, at=1790000014.0, viewer=Viewer(id="10014", name="观众壬")),
    events.Liked(**OF, viewer=Viewer(id="10015", name="观众癸")),
    events.LikesTotal(**OF, count=512),
    events.ViewersOnline(**OF, count=120),
    events.BroadcastStarted(**OF, at=1790000000.0, broadcast_id="700000000000000001"),
    events.BroadcastStarted(**OF, broadcast_id="700000000000000001"),
    events.BroadcastEnded(**OF, is_replay_loop=True),
    events.RoomChanged(**OF, title="新标题"),
    events.ViewersMasked(**OF, notice="未登录提示"),
    events.Recalled(**OF, viewer_id="10010"),
    events.ViewerMuted(**OF, viewer=Viewer(id="10010", name="观众乙")),
    events.RoomSilenced(**OF, level="level 10", seconds=-1),
    events.ModerationAlert(**OF, message="测试警告", is_cut_off=False),
    events.ModerationAlert(**OF, message="测试切断", is_cut_off=True),
    UnknownCommand(**OF, command="SOME_FUTURE_CMD"),
]


def test_every_example_is_the_event_it_should_be() -> None:
    others = [command for command in examples() if "info" not in command]
    assert [event for command in others for event in read(command)] == EXPECTED


def test_a_suffix_behind_a_colon_is_no_part_of_the_name() -> None:
    assert read({"cmd": "WATCHED_CHANGE:1:2", "data": {"num": 7}}) == [events.Watched(**OF, count=7)]


@pytest.mark.parametrize(
    "name",
    [
        "NOTICE_MSG", "COMMON_NOTICE_DANMAKU", "STOP_LIVE_ROOM_LIST", "WIDGET_BANNER", "ENTRY_EFFECT",
        "POPULAR_RANK_CHANGED", "POPULARITY_RED_POCKET_START", "HOT_RANK_CHANGED_V2", "ONLINE_RANK_V2",
        "ONLINE_RANK_V3", "COMBO_SEND", "SUPER_CHAT_MESSAGE_JPN",
    ],
)  # fmt: skip
def test_known_noise_is_silent(name: str) -> None:
    assert read({"cmd": name, "data": {"anything": [1, 2, 3]}}) == []


def test_unknown_commands_are_told_each_time_and_only_by_a_plain_name() -> None:
    names = ["NEW_1", "NEW_1", "坏\x1b[31m", "N" * 999]
    found = read(*({"cmd": name} for name in names))
    shown = ["NEW_1", "NEW_1", "(unprintable)", "N" * 64]
    assert found == [UnknownCommand(**OF, command=name) for name in shown]


@pytest.mark.parametrize("command", [{}, {"cmd": 5}, {"cmd": None, "data": {}}, [], "LIVE", 7, None])
def test_a_command_without_a_name_is_malformed(command: Any) -> None:
    (event,) = read(command)
    assert isinstance(event, Malformed)


@pytest.mark.parametrize(
    "name",
    [
        "SEND_GIFT", "SEND_GIFT_V2", "GUARD_BUY", "USER_TOAST_MSG", "USER_TOAST_MSG_V2", "SUPER_CHAT_MESSAGE",
        "SUPER_CHAT_MESSAGE_DELETE", "INTERACT_WORD", "INTERACT_WORD_V2", "LIKE_INFO_V3_CLICK",
        "LIKE_INFO_V3_UPDATE", "WATCHED_CHANGE", "ONLINE_RANK_COUNT", "DM_INTERACTION", "ROOM_CHANGE",
        "RECALL_DANMU_MSG", "ROOM_SILENT_ON",
    ],
)  # fmt: skip
@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_a_command_that_lacks_its_data_is_malformed_and_named(name: str, data: Any) -> None:
    assert read({"cmd": name, "data": data}) == [Malformed(**OF, reason=f"{name}: data cannot be read")]


def test_one_unreadable_command_leaves_its_neighbours() -> None:
    found = read(danmaku("前"), {"cmd": "WATCHED_CHANGE"}, b'{"cmd":', danmaku("后"))
    assert [type(event).__name__ for event in found] == ["Danmaku", "Malformed", "Malformed", "Danmaku"]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every field, however deep, with the value itself first."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], part: Any) -> Any:
    if not path:
        return part
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], part)
    return copy


COMMANDS = [
    *examples(),
    danmaku(extra={"reply_mid": 1}),
    packed("SEND_GIFT_V2", protobuf((1, 10010), (2, "观众乙"), (5, 3), (10, PACKED_GIFT))),
    {
        "cmd": "USER_TOAST_MSG_V2",
        "data": {
            "sender_uinfo": {"uid": 1, "base": {"name": "n"}},
            "option": {"source": 0},
            "guard_info": {"guard_level": 3, "start_time": 1790000000},
            "pay_info": {"num": 1, "price": 138000},
        },
    },
    {
        "cmd": "CUT_OFF_V2",
        "data": {
            "cut_off_data": {"cut_off_title": "t", "cut_off_message_list": [{"label": "l", "content": "c"}]}
        },
    },
    {"cmd": "DM_INTERACTION", "data": {"type": 102, "data": {"combo": [{"content": "晚安", "cnt": 3}]}}},
]
PLACES = [(command, path) for command in COMMANDS for path in places(command)]
INNER = json.loads(COMMANDS[0]["info"][0][15]["extra"])
INNER_PLACES = list(places(INNER))

texts = st.text(st.characters(codec=None), max_size=20)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
    | st.sampled_from(["", "0", "10086", "[]", "{}", "9" * 30, "x" * 5000, 0, 1, 2**63, 2**64 - 1]),
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def survives(command: Any) -> None:
    """It is read without raising, and what comes of it can be recorded and read back."""
    for body in (to_json(command), json.dumps(command).encode()):
        found = session().receive(packet(body))
        assert [events.decode(events.encode(event)) for event in found] == list(found)


@given(st.sampled_from(PLACES), anything)
def test_anything_in_place_of_any_field_is_survived(place: tuple[Any, tuple[Any, ...]], part: Any) -> None:
    command, path = place
    survives(replaced(command, path, part))


@given(st.sampled_from(INNER_PLACES), anything)
def test_anything_in_place_of_any_inner_field_is_survived(path: tuple[Any, ...], part: Any) -> None:
    inner = json.dumps(replaced(INNER, path, part))
    survives(replaced(COMMANDS[0], ("info", 0, 15, "extra"), inner))


@given(st.binary(max_size=200))
def test_any_protobuf_is_survived(message: bytes) -> None:
    survives(packed("SEND_GIFT_V2", message))
    survives(packed("INTERACT_WORD_V2", message))


@given(st.sampled_from(PLACES))
def test_a_missing_field_is_survived(place: tuple[Any, tuple[Any, ...]]) -> None:
    command, path = place
    if path and isinstance(path[-1], str):
        holder = command
        for key in path[:-1]:
            holder = holder[key]
        survives(replaced(command, path[:-1], {key: part for key, part in holder.items() if key != path[-1]}))
