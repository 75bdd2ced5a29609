import json
from typing import Any

import pytest

from assistant import events
from assistant.events import Danmaku, Viewer
from assistant.platforms.base import Response
from assistant.platforms.bilibili import BilibiliPlatform, Credentials
from tests.fakes.bilibili import ADMISSION
from tests.fakes.http import ScriptedHttp, answer, failure, page

NOW = 1_790_000_000.0
OF: Any = {"platform": "bilibili", "room": "7777"}


def entry(text: str = "还有吗", **changes: Any) -> dict[str, Any]:
    return {
        "text": text, "dm_type": 0, "uid": 20276964, "nickname": "观众甲", "timeline": "2024-08-15 05:05:06",
        "isadmin": 0, "medal": [], "guard_level": 0, "rnd": "1723669505",
        "check_info": {"ts": 1723669506, "ct": "18434F3D"}, "id_str": "0123abcd",
        "reply": {"reply_mid": 0, "reply_uname": ""},
    } | changes  # fmt: skip


def recent(response: Response) -> list[Danmaku]:
    http = ScriptedHttp({"gethistory": response})
    platform = BilibiliPlatform(Credentials("SECRET-SESSDATA", "SECRET-JCT"))
    lines = http.run(platform.recent(ADMISSION, now=NOW))
    request = http.only("gethistory")
    assert request.params == {"roomid": "7777", "room_type": "0"}
    assert request.cookies == {"SESSDATA": "SECRET-SESSDATA"}  # without a login the names are masked
    return list(lines)


def listed(*room: Any, admin: Any = ()) -> list[Danmaku]:
    return recent(answer({"admin": list(admin), "room": list(room)}))


def test_a_listed_line_is_the_danmaku_that_the_socket_would_have_brought() -> None:
    reply = {"reply_mid": 4242, "reply_uname": "某主播"}
    assert listed(entry(isadmin=1, guard_level=3, reply=reply)) == [
        Danmaku(
            **OF,
            at=1723669506.0,
            event_id="0123abcd",
            viewer=Viewer(id="20276964", name="观众甲", is_admin=True, guard_level=3),
            text="还有吗",
            reply_to="4242",
            reply_to_name="某主播",
        )
    ]


def test_lines_come_oldest_first_and_each_once() -> None:
    first, second, third = (
        entry(text, id_str=text, check_info={"ts": at}) for at, text in enumerate("一二三", 1)
    )
    assert [line.text for line in listed(third, first, admin=[second, first])] == ["一", "二", "三"]


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"check_info": None}, 1723669506.0),  # the timeline is Beijing's wall clock
        ({"check_info": {}, "timeline": "yesterday"}, 0.0),
        ({"check_info": {"ts": 0}, "timeline": None}, 0.0),
        ({"check_info": [], "timeline": "0001-01-01 00:00:00"}, 0.0),
    ],
)
def test_the_time_of_a_line(changes: dict[str, Any], at: float) -> None:
    (line,) = listed(entry(**changes))
    assert line.at == at


def test_emoticons_and_the_host_are_known() -> None:
    (line,) = listed(entry(dm_type=1, uid=4242))
    assert line.is_emoticon
    assert line.viewer.is_host


def test_a_line_without_an_id_has_none() -> None:
    (line,) = listed(entry(id_str=None))
    assert line.event_id == ""


@pytest.mark.parametrize("damage", [None, 5, "x", [], {"text": 5}, {}])
def test_an_entry_that_cannot_be_read_leaves_its_neighbours(damage: Any) -> None:
    assert [line.text for line in listed(damage, entry("好"))] == ["好"]


@pytest.mark.parametrize(
    "response",
    [
        failure(), page(500), page(412), page(), answer(code=-352), answer(None), answer([]),
        answer({"room": {}, "admin": "x"}),
    ],
    ids=repr,
)  # fmt: skip
def test_no_list_is_no_lines(response: Response) -> None:
    assert recent(response) == []


@pytest.mark.parametrize("field", [name for name in entry() if name != "text"])
@pytest.mark.parametrize("value", [None, 5, -1, "x", [], {}, 2**70, 1.5, True, "\ud800"])
def test_anything_in_place_of_a_field_is_survived(field: str, value: Any) -> None:
    response = Response(200, json.dumps({"code": 0, "data": {"room": [entry(**{field: value})]}}).encode())
    (line,) = recent(response)
    assert events.decode(events.encode(line)) == line
