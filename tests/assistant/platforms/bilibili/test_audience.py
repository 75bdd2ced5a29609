from typing import Any

import pytest

from assistant import events
from assistant.events import CrowdSaid, Malformed, Viewer, ViewersOnline
from tests.fakes.bilibili import packed, protobuf, read

OF: Any = {"platform": "bilibili", "room": "7777"}
KINDS = [
    (1, events.Entered),
    (2, events.Followed),
    (3, events.Shared),
    (4, events.Followed),
    (5, events.Followed),
]


@pytest.mark.parametrize(("kind", "event"), KINDS)
def test_interactions_are_told_apart_in_either_form(kind: int, event: type[events.Entered]) -> None:
    data = {"uid": 10014, "uname": "观众壬", "msg_type": kind, "timestamp": 1790000014}
    message = protobuf((1, 10014), (2, "观众壬"), (4, b"\x01"), (5, kind), (6, 7777), (7, 1790000014))
    expected = event(**OF, at=1790000014.0, viewer=Viewer(id="10014", name="观众壬"))
    assert read({"cmd": "INTERACT_WORD", "data": data}) == [expected]
    assert read(packed("INTERACT_WORD_V2", message)) == [expected]


@pytest.mark.parametrize("kind", [0, 6, 99])
def test_other_interactions_are_silent(kind: int) -> None:
    assert read({"cmd": "INTERACT_WORD", "data": {"uid": 1, "msg_type": kind}}) == []


def test_a_packed_viewer_may_stand_in_the_user_object_only() -> None:
    user = protobuf((1, 10014), (2, protobuf((1, "观众壬"))))
    (event,) = read(packed("INTERACT_WORD_V2", protobuf((5, 1), (22, user))))
    assert event == events.Entered(**OF, viewer=Viewer(id="10014", name="观众壬"))


def test_the_host_is_known_everywhere() -> None:
    (event,) = read({"cmd": "LIKE_INFO_V3_CLICK", "data": {"uid": 4242, "uname": "某主播"}})
    assert event == events.Liked(**OF, viewer=Viewer(id="4242", name="某主播", is_host=True))


def test_a_name_may_stand_in_the_user_object_only() -> None:
    (event,) = read({"cmd": "LIKE_INFO_V3_CLICK", "data": {"uinfo": {"uid": 7, "base": {"name": "观众"}}}})
    assert event == events.Liked(**OF, viewer=Viewer(id="7", name="观众"))


@pytest.mark.parametrize(
    ("data", "count"),
    [
        ({"count": 88, "online_count": 120}, 120),
        ({"count": 88}, 88),
        ({"count": 9999, "online_count": 9999, "online_count_text": "1万+"}, 9999),
    ],
)
def test_viewers_online_are_all_viewers_not_only_the_ranked(data: dict[str, Any], count: int) -> None:
    assert read({"cmd": "ONLINE_RANK_COUNT", "data": data}) == [ViewersOnline(**OF, count=count)]


@pytest.mark.parametrize("number", [None, -1, "many", 1.5, [], 2**64])
def test_a_figure_that_is_no_count_is_malformed(number: Any) -> None:
    (event,) = read({"cmd": "WATCHED_CHANGE", "data": {"num": number}})
    assert event == Malformed(**OF, reason="WATCHED_CHANGE: num cannot be read")


COMBO = {"combo": [{"content": "晚安", "cnt": 3}, {"content": "", "cnt": 1}, "x"]}


@pytest.mark.parametrize("inner", [COMBO, '{"combo":[{"content":"晚安","cnt":3}]}'])
def test_many_equal_lines_are_told_once_from_text_or_object(inner: Any) -> None:
    command = {"cmd": "DM_INTERACTION", "data": {"type": 102, "status": 4, "data": inner}}
    assert read(command) == [CrowdSaid(**OF, text="晚安", count=3)]


def test_other_folded_notices_are_silent() -> None:
    assert read({"cmd": "DM_INTERACTION", "data": {"type": 105, "data": '{"cnt":1}'}}) == []


def test_a_folded_notice_that_is_no_json_is_malformed() -> None:
    (event,) = read({"cmd": "DM_INTERACTION", "data": {"type": 102, "data": "{"}})
    assert event == Malformed(**OF, reason="DM_INTERACTION: data.data cannot be read")
