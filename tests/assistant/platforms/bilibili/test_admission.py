"""Getting in: what is asked, in which cookies, what is remembered, and how each no is worded."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from assistant.errors import RoomError, RoomRefused, RoomUnreachable
from assistant.platforms.base import Admission, Request, Response
from assistant.platforms.bilibili import USER_AGENT, BilibiliPlatform, Credentials, Endpoints, wbi
from tests.fakes.http import Script, ScriptedHttp, answer, failure, page

NOW = 1_790_000_000.0
HALF_A_DAY = 12 * 3600.0
INFO, NAV, FRONT, TOKEN = "get_info", "nav", "", "getDanmuInfo"
KEY = wbi.mixin_key("7cd084941338484aae1ad9425b84077c", "4932caff0ff746eab6f01bf08b70ac45")

ACCOUNT = Credentials("SECRET-SESSDATA", "SECRET-JCT")
IMAGES = {
    "img_url": "https://i0.invalid/bfs/wbi/7cd084941338484aae1ad9425b84077c.png",
    "sub_url": "https://i0.invalid/bfs/wbi/4932caff0ff746eab6f01bf08b70ac45.png",
}
HOSTS = [
    {"host": "one.invalid", "port": 2243, "wss_port": 443, "ws_port": 2244},
    {"host": "two.invalid", "port": 2243, "wss_port": 2245, "ws_port": 2244},
]
ROOM = {"room_id": 7777, "short_id": 77, "uid": 4242, "live_status": 1, "title": "练习直播间"}
LOGGED_IN = answer({"isLogin": True, "mid": 90001, "wbi_img": IMAGES})
ANONYMOUS = answer({"isLogin": False, "wbi_img": IMAGES}, code=-101, message="账号未登录")
GRANTED = answer({"token": "SECRET-TOKEN", "host_list": HOSTS})
AT_RISK = answer(code=-352, message="-352")

WAY_IN: Script = {INFO: answer(ROOM), NAV: LOGGED_IN, TOKEN: GRANTED, FRONT: page(buvid3="BUVID3-infoc")}


class Visit:
    """A platform and the HTTP it talks to; `enter` as often as one likes."""

    def __init__(
        self, changes: Mapping[str, Any] | None = None, *, credentials: Credentials = ACCOUNT,
        endpoints: Endpoints | None = None,
    ) -> None:  # fmt: skip
        self.platform = BilibiliPlatform(credentials, endpoints)
        # The front page has an empty path, which every path ends with: it must come last.
        self.http = ScriptedHttp(
            {**WAY_IN, **(changes or {}), FRONT: (changes or {}).get(FRONT, WAY_IN[FRONT])}
        )

    def enter(self, room: str = "77", *, now: float = NOW) -> Admission:
        return self.http.run(self.platform.enter(room, now=now))

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.http.asked if path and request.url.endswith(path)]


def refused(changes: Mapping[str, Any], **how: Any) -> RoomError:
    with pytest.raises(RoomError) as failed:
        Visit(changes, **how).enter()
    return failed.value


def test_a_short_number_leads_to_the_real_room() -> None:
    admission = Visit().enter("77")
    assert admission == Admission(
        room="7777",
        owner="4242",
        urls=("wss://one.invalid:443/sub", "wss://two.invalid:2245/sub"),
        headers={"User-Agent": USER_AGENT},
        own_viewer_id="90001",
        token="SECRET-TOKEN",
        is_live=True,
        buvid="BUVID3-infoc",
        room_title="练习直播间",
    )


def test_the_token_is_asked_for_signed_with_every_cookie() -> None:
    visit = Visit()
    visit.enter()
    (request,) = visit.asked(TOKEN)
    unsigned = {"id": "7777", "type": "0", "web_location": "444.8"}
    assert dict(request.params) == wbi.sign(unsigned, key=KEY, now=NOW)
    assert request.cookies == {"SESSDATA": "SECRET-SESSDATA", "buvid3": "BUVID3-infoc"}


def test_every_request_and_the_websocket_name_the_same_user_agent() -> None:
    visit = Visit()
    admission = visit.enter()
    agents = [request.headers["User-Agent"] for request in visit.http.asked]
    assert {*agents, admission.headers["User-Agent"]} == {USER_AGENT}


def test_the_front_page_gets_no_login() -> None:
    visit = Visit()
    visit.enter()
    (request,) = [request for request in visit.http.asked if "www." in request.url]
    assert request.cookies == {}


def test_a_buvid3_of_ones_own_is_used_and_none_fetched() -> None:
    visit = Visit(credentials=Credentials("s", "j", "OWN-BUVID3"))
    assert visit.enter().buvid == "OWN-BUVID3"
    assert not any("www." in request.url for request in visit.http.asked)


@pytest.mark.parametrize(
    "front", [failure(), page(500), page(), page(buvid3="a; b=c"), page(buvid3="x" * 999)]
)
def test_without_a_buvid3_the_token_is_still_asked_for(front: Response) -> None:
    assert Visit({FRONT: front}).enter().buvid == ""


def test_a_login_that_has_ended_makes_an_anonymous_visitor() -> None:
    assert Visit({NAV: ANONYMOUS}).enter().own_viewer_id == ""


def test_an_anonymous_visitor_keeps_keys_and_buvid3_for_half_a_day() -> None:
    visit = Visit({NAV: ANONYMOUS}, credentials=Credentials())
    for later in (0.0, 3600.0, HALF_A_DAY - 31.0):
        visit.enter(now=NOW + later)
    assert len(visit.asked(NAV)) == 1
    assert len(visit.http.asked) == 2 + 3 * 2
    visit.enter(now=NOW + HALF_A_DAY - 30.0)
    assert len(visit.asked(NAV)) == 2


def test_who_is_logged_in_is_asked_each_time() -> None:
    """The token belongs to its uid, and a login may have ended since."""
    visit = Visit({NAV: [LOGGED_IN, ANONYMOUS]})
    assert [visit.enter().own_viewer_id for _ in range(2)] == ["90001", ""]


def test_risk_control_is_met_once_with_new_keys_and_a_new_buvid3() -> None:
    fronts = [page(buvid3="OLD"), page(buvid3="NEW")]
    visit = Visit({TOKEN: [AT_RISK, GRANTED], FRONT: fronts}, credentials=Credentials())
    assert visit.enter().buvid == "NEW"
    assert len(visit.asked(NAV)) == 2


def test_risk_control_that_stays_asks_for_patience_and_forgets_the_keys() -> None:
    visit = Visit({TOKEN: AT_RISK}, credentials=Credentials())
    for visits in (1, 2):
        with pytest.raises(RoomUnreachable, match=r"risk control.*-352.*log in.*or wait") as failed:
            visit.enter()
        assert failed.value.retry_after_seconds >= 60
        assert len(visit.asked(TOKEN)) == 2 * visits


def test_who_is_logged_in_already_is_told_to_do_it_again_or_wait() -> None:
    assert "log in again, or wait" in str(refused({TOKEN: AT_RISK}))


@pytest.mark.parametrize(
    "changes",
    [
        *({INFO: answer(code=code, message="未找到该房间")} for code in (1, 60004, 1002002, 19002000, -400)),
        *({TOKEN: answer(code=code)} for code in (60004, 1002002)),
        {INFO: answer(ROOM | {"is_locked": True})},
        {INFO: answer(ROOM | {"encrypted": True, "pwd_verified": False})},
    ],
)
def test_a_room_that_will_never_admit_us_is_refused_at_once(changes: Mapping[str, Any]) -> None:
    assert isinstance(refused(changes), RoomRefused)


@pytest.mark.parametrize("room", ["", "abc", "7 7", "７７", "77;drop", "-1"])
def test_what_is_no_room_number_is_refused_without_a_request(room: str) -> None:
    visit = Visit()
    with pytest.raises(RoomRefused, match="number"):
        visit.enter(room)
    assert visit.http.asked == []


TROUBLE = [failure(), page(500), page(502), page(404), page(302), page(200), page(200, body=b"[]"),
           page(200, body=b'{"code":"0"}'), page(200, body=b'{"data":{}}')]  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLE, ids=repr)
@pytest.mark.parametrize("path", [INFO, NAV, TOKEN])
def test_trouble_anywhere_on_the_way_is_tried_again_later(path: str, trouble: Response) -> None:
    failed = refused({path: trouble})
    assert isinstance(failed, RoomUnreachable)
    assert failed.retry_after_seconds == 0


@pytest.mark.parametrize("status", [403, 412, 429])
@pytest.mark.parametrize("path", [INFO, NAV, TOKEN])
def test_being_turned_away_by_status_asks_for_patience(path: str, status: int) -> None:
    failed = refused({path: page(status)})
    assert isinstance(failed, RoomUnreachable)
    assert failed.retry_after_seconds >= 60


@pytest.mark.parametrize("code", [1, -101, 60009, 65530])
def test_a_token_that_wants_a_login_says_so(code: int) -> None:
    failed = refused({TOKEN: answer(code=code)}, credentials=Credentials())
    assert isinstance(failed, RoomUnreachable)
    assert "log in (set sessdata)" in str(failed)


@pytest.mark.parametrize(
    "changes",
    [
        {INFO: answer({})},
        {INFO: answer([])},
        {NAV: answer({"isLogin": True, "mid": 1})},
        {NAV: answer({"wbi_img": {"img_url": "https://x/short.png", "sub_url": 5}})},
        {TOKEN: answer({"token": "", "host_list": HOSTS})},
        {TOKEN: answer({"token": ["x"], "host_list": HOSTS})},
        {TOKEN: answer(code=-1)},
        {INFO: answer(code=-500)},
    ],
)
def test_answers_that_lack_what_is_needed_are_tried_again_later(changes: Mapping[str, Any]) -> None:
    assert isinstance(refused(changes), RoomUnreachable)


@pytest.mark.parametrize(
    ("hosts", "urls"),
    [
        ([{"host": "a.invalid"}], ("wss://a.invalid:2245/sub",)),
        ([{"host": "a.invalid", "wss_port": 99999}], ("wss://a.invalid:2245/sub",)),
        (
            [{"host": "a.invalid/x?"}, 5, None, {"host": "b.invalid", "wss_port": "443"}],
            ("wss://b.invalid:443/sub",),
        ),
        (HOSTS[:1] * 3, ("wss://one.invalid:443/sub",)),
        ([], ("wss://broadcastlv.chat.bilibili.com:2245/sub",)),
        (None, ("wss://broadcastlv.chat.bilibili.com:2245/sub",)),
    ],
)
def test_hosts_that_cannot_be_used_are_passed_over(hosts: Any, urls: tuple[str, ...]) -> None:
    assert Visit({TOKEN: answer({"token": "t", "host_list": hosts})}).enter().urls == urls


PRACTICE = Endpoints("http://127.0.0.1:1", "http://127.0.0.1:1", "http://127.0.0.1:1", "ws")


def test_other_addresses_lead_nowhere_else() -> None:
    visit = Visit(endpoints=PRACTICE)
    assert visit.enter().urls == ("ws://one.invalid:2244/sub", "ws://two.invalid:2244/sub")
    assert all(request.url.startswith("http://127.0.0.1:1/") for request in visit.http.asked)


def test_a_practice_room_without_hosts_never_leads_to_the_real_platform() -> None:
    assert isinstance(refused({TOKEN: answer({"token": "t"})}, endpoints=PRACTICE), RoomUnreachable)


@pytest.mark.parametrize(
    ("status", "is_live"), [(1, True), (0, False), (2, False), (None, None), ("x", None)]
)
def test_only_status_1_is_live(status: Any, is_live: bool | None) -> None:
    assert Visit({INFO: answer(ROOM | {"live_status": status})}).enter().is_live is is_live


def test_no_wording_and_no_repr_holds_an_address_a_query_or_a_secret() -> None:
    leaky = Response(0, b"", failure="GET https://api.invalid/?w_rid=SECRET failed")
    shown = [str(refused({path: bad})) for path in (INFO, NAV, TOKEN) for bad in (leaky, AT_RISK, page(418))]
    visit = Visit()
    shown += [repr(visit.enter()), repr(visit.platform), repr(ACCOUNT), *map(repr, visit.http.asked)]
    for text in shown:
        assert "SECRET" not in text
        assert not re.search(r"w_rid|\?|=.*https", text)


def test_a_very_large_answer_is_not_read() -> None:
    huge = json.dumps({"code": 0, "data": {"x": "y" * 5_000_000}}).encode()
    assert isinstance(refused({INFO: Response(200, huge)}), RoomUnreachable)
