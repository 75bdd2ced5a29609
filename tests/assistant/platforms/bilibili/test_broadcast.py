from typing import Any

import pytest

from assistant import events
from assistant.events import Event, Malformed, ModerationAlert, Recalled, RoomSilenced, Viewer
from tests.fakes.bilibili import example, read

OF: Any = {"platform": "bilibili", "room": "7777"}


def test_both_announcements_of_one_start_carry_its_key() -> None:
    found = read(example("LIVE", 0), example("LIVE", 1))
    assert [getattr(event, "broadcast_id", None) for event in found] == ["700000000000000001"] * 2


@pytest.mark.parametrize(
    ("data", "event"),
    [
        ({"recall_type": 1, "target_id": "0123abcd"}, Recalled(**OF, event_id="0123abcd")),
        ({"recall_type": 2, "target_id": 10010}, Recalled(**OF, viewer_id="10010")),
        ({"recall_type": 3}, Recalled(**OF, everything=True)),
    ],
)
def test_recalls_name_what_is_taken_back(data: dict[str, Any], event: Event) -> None:
    assert read({"cmd": "RECALL_DANMU_MSG", "data": data}) == [event]


@pytest.mark.parametrize("data", [{"recall_type": 1}, {"recall_type": 2}, {"recall_type": 9}])
def test_a_recall_of_nothing_known_is_malformed(data: dict[str, Any]) -> None:
    """It must never be taken for a recall of everything."""
    (event,) = read({"cmd": "RECALL_DANMU_MSG", "data": data})
    assert isinstance(event, Malformed)


def test_a_recall_of_a_masked_viewer_is_silent() -> None:
    assert read({"cmd": "RECALL_DANMU_MSG", "data": {"recall_type": 2, "target_id": 0}}) == []


@pytest.mark.parametrize(
    ("data", "event"),
    [
        ({"type": "level", "level": 10, "second": -1}, RoomSilenced(**OF, level="level 10", seconds=-1)),
        ({"type": "member", "level": 0, "second": -1}, RoomSilenced(**OF, level="member", seconds=-1)),
        ({"type": "", "level": 0, "second": 180}, RoomSilenced(**OF, level="", seconds=180)),
        (
            {"type": "member", "level": 1, "second": 1651000426},
            RoomSilenced(**OF, level="member 1", seconds=0, until=1651000426.0),
        ),
        ({}, RoomSilenced(**OF, level="", seconds=-1)),
    ],
)
def test_silences_say_whom_and_how_long(data: dict[str, Any], event: Event) -> None:
    assert read({"cmd": "ROOM_SILENT_ON", "data": data}) == [event]


@pytest.mark.parametrize("data", [{"type": "", "level": 0, "second": 0}, [], None])
def test_a_silence_ends_whatever_its_data(data: Any) -> None:
    assert read({"cmd": "ROOM_SILENT_OFF", "data": data}) == [events.RoomUnsilenced(**OF)]


def test_a_muted_viewer_may_be_named_at_the_top_only() -> None:
    found = read({"cmd": "ROOM_BLOCK_MSG", "uid": "10010", "uname": "观众乙"})
    assert found == [events.ViewerMuted(**OF, viewer=Viewer(id="10010", name="观众乙"))]


def test_a_cut_off_with_a_dialog_is_told_in_its_words() -> None:
    lines = [{"type": 1, "label": "处罚结果", "content": "切断"}, {"type": 1, "content": "请整改"}, "x", None]
    dialog = {"cut_off_title": "直播间违规", "cut_off_message_list": lines}
    command = {"cmd": "CUT_OFF_V2", "data": {"cut_off_data": dialog}}
    assert read(command) == [
        ModerationAlert(**OF, message="直播间违规; 处罚结果: 切断; 请整改", is_cut_off=True)
    ]


@pytest.mark.parametrize("name", ["WARNING", "CUT_OFF", "CUT_OFF_V2"])
@pytest.mark.parametrize("content", [{}, {"msg": 5}, {"data": "x"}])
def test_moderation_alerts_even_without_words(name: str, content: dict[str, Any]) -> None:
    assert read({"cmd": name, **content}) == [ModerationAlert(**OF, message="", is_cut_off=name != "WARNING")]


@pytest.mark.parametrize(
    ("command", "viewer_id", "revoked"),
    [
        (
            {"cmd": "room_admin_entrance", "uid": 223134, "msg": "系统提示：你已被主播设为房管"},
            "223134",
            False,
        ),
        ({"cmd": "ROOM_ADMIN_REVOKE", "uid": 6791627, "msg": "撤销房管"}, "6791627", True),
        ({"cmd": "ROOM_ADMINS", "uids": [1, 2]}, "", False),
    ],
)
def test_changes_of_admins_are_told(command: dict[str, Any], viewer_id: str, revoked: bool) -> None:
    assert read(command) == [events.AdminsChanged(**OF, viewer_id=viewer_id, revoked=revoked)]


def test_a_title_that_is_no_text_is_malformed() -> None:
    (event,) = read({"cmd": "ROOM_CHANGE", "data": {"title": 5}})
    assert event == Malformed(**OF, reason="ROOM_CHANGE: title cannot be read")


def test_a_notice_without_words_still_says_that_viewers_are_masked() -> None:
    assert read({"cmd": "LOG_IN_NOTICE"}) == [events.ViewersMasked(**OF, notice="")]
