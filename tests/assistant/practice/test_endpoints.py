"""The web APIs of a practice room, from the outside."""

import json
from urllib.parse import urlsplit

import aiohttp
import pytest

from assistant.practice import PracticeRoom, SendingRules
from assistant.practice.acts import Act
from tests.fakes.clock import ManualClock
from tests.fakes.visitor import LOGGED_IN, Visitor

INDEX = "/xlive/web-room/v1/index"
CHAT = "/xlive/web-room/v1/dM"
RISK_CONTROL = -352


@pytest.mark.parametrize("number", ["77", "7777"])
@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/room/v1/Room/get_info", "room_id"),
        ("/room/v1/Room/room_init", "id"),
        ("/room/v1/Room/mobileRoomInit", "id"),
        (f"{INDEX}/getRoomPlayInfo", "room_id"),
    ],
)
async def test_short_and_real_numbers_lead_to_the_room(
    visitor: Visitor, path: str, parameter: str, number: str
) -> None:
    answer = await visitor.get(path, **{parameter: number})
    assert answer["code"] == 0
    assert (answer["data"]["room_id"], answer["data"]["uid"]) == (7777, 4242)


@pytest.mark.parametrize(
    ("path", "parameter", "code"),
    [
        ("/room/v1/Room/get_info", "room_id", 1),
        ("/room/v1/Room/room_init", "id", 60004),
        (f"{INDEX}/getInfoByRoom", "room_id", 19002000),
    ],
)
async def test_each_api_has_its_own_code_for_a_room_that_does_not_exist(
    visitor: Visitor, path: str, parameter: str, code: int
) -> None:
    assert (await visitor.get(path, **{parameter: "8888"}))["code"] == code
    assert (await visitor.get(path))["code"] == code


async def test_the_room_knows_whether_it_is_live_and_its_title(room: PracticeRoom, visitor: Visitor) -> None:
    async def info() -> tuple[int, str]:
        data = (await visitor.get("/room/v1/Room/get_info", room_id="77"))["data"]
        return data["live_status"], data["title"]

    assert await info() == (1, "练习直播间")
    room.show(Act(kind="title", text="新茶上市"))
    room.show(Act(kind="preparing"))
    assert await info() == (0, "新茶上市")
    room.show(Act(kind="live"))
    assert (await info())[0] == 1


async def test_older_clients_find_the_room_in_its_details(visitor: Visitor) -> None:
    data = (await visitor.get(f"{INDEX}/getInfoByRoom", room_id="77"))["data"]
    assert data["room_info"]["room_id"] == 7777
    assert data["anchor_info"]["base_info"]["uname"] == "主播"


async def test_the_home_page_sets_a_buvid3(visitor: Visitor) -> None:
    status, cookies = await visitor.fetch("/")
    assert status == 200
    assert cookies["buvid3"].endswith("infoc")


async def test_the_buvid3_of_the_real_host_name_holds_for_all_of_it(room: PracticeRoom) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(room.url, headers={"Host": "www.bilibili.com"}) as response,
    ):
        assert response.cookies["buvid3"]["domain"] == ".bilibili.com"


async def test_a_stranger_gets_the_signing_keys_with_a_refusal(visitor: Visitor) -> None:
    answer = await visitor.get("/x/web-interface/nav")
    assert answer["code"] == -101
    assert not answer["data"]["isLogin"]
    assert answer["data"]["wbi_img"]["img_url"].endswith(".png")


async def test_an_account_is_told_who_it_is(account: Visitor) -> None:
    answer = await account.get("/x/web-interface/nav")
    assert (answer["code"], answer["data"]["mid"]) == (0, 90001)
    own = await account.get("/xlive/web-ucenter/user/get_user_info")
    assert (own["data"]["uid"], own["data"]["uname"]) == (90001, "小助手")


async def test_an_account_that_names_itself_is_believed(account: Visitor) -> None:
    account.cookies["DedeUserID"] = "1234"
    assert (await account.get("/x/web-interface/nav"))["data"]["mid"] == 1234


@pytest.mark.parametrize("path", [f"{INDEX}/getInfoByUser", "/xlive/web-ucenter/user/get_user_info"])
async def test_a_stranger_has_no_account(visitor: Visitor, path: str) -> None:
    assert (await visitor.get(path, room_id="7777"))["code"] == -101


async def test_the_account_learns_how_much_it_may_write() -> None:
    async with (
        PracticeRoom([], rules=SendingRules(text_limit=20)) as room,
        Visitor(room.url, cookies=LOGGED_IN) as account,
    ):
        answer = await account.get(f"{INDEX}/getInfoByUser", room_id="7777")
    assert answer["data"]["property"]["danmu"]["length"] == 20


@pytest.mark.parametrize(
    ("wts", "w_rid"), [("1800000000", "0" * 32), ("9" * 5000, "0" * 32), ("1800000000", "签名"), ("٣", "")]
)
async def test_danmu_info_wants_a_signature(visitor: Visitor, wts: str, w_rid: str) -> None:
    await visitor.go_home()
    assert (await visitor.get(f"{INDEX}/getDanmuInfo", id="7777"))["code"] == RISK_CONTROL
    forged = {"id": "7777", "type": "0", "wts": wts, "w_rid": w_rid}
    assert (await visitor.get(f"{INDEX}/getDanmuInfo", **forged))["code"] == RISK_CONTROL


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded; charset=nope",
        "multipart/form-data; boundary=",
        "multipart/form-data",
    ],
)
async def test_a_form_that_cannot_be_read_is_a_bad_request(room: PracticeRoom, content_type: str) -> None:
    async with aiohttp.ClientSession() as session:
        request = session.post(f"{room.url}/msg/send", data=b"msg=1", headers={"Content-Type": content_type})
        async with request as response:
            assert (await response.json())["code"] in (-400, -101)


async def test_danmu_info_wants_a_buvid3(visitor: Visitor) -> None:
    assert (await visitor.danmu_info())["code"] == RISK_CONTROL
    visitor.cookies["buvid3"] = "any-infoc"
    assert (await visitor.danmu_info())["code"] == 0


async def test_clients_whose_library_drops_cookies_of_addresses_are_known_by_their_name(
    visitor: Visitor,
) -> None:
    await visitor.fetch("/")  # and forget the cookie
    assert (await visitor.danmu_info())["code"] == 0


async def test_danmu_info_of_another_room_is_refused(visitor: Visitor) -> None:
    await visitor.go_home()
    assert (await visitor.danmu_info(room=8888))["code"] == 1002002


async def test_danmu_info_leads_to_this_server(room: PracticeRoom, visitor: Visitor) -> None:
    await visitor.go_home()
    data = (await visitor.danmu_info())["data"]
    port = urlsplit(room.url).port
    assert data["host_list"] == [{"host": "127.0.0.1", "port": port, "wss_port": port, "ws_port": port}]
    assert data["token"]


async def test_a_lenient_room_wants_neither() -> None:
    async with PracticeRoom([], lenient=True) as room, Visitor(room.url) as visitor:
        assert (await visitor.get(f"{INDEX}/getDanmuInfo", id="7777"))["code"] == 0


async def test_history_holds_the_last_ten_lines_oldest_first(room: PracticeRoom, account: Visitor) -> None:
    room.show(Act(viewer="主播", text="欢迎", is_host=True))
    for number in range(11):
        room.show(Act(viewer="小雨", text=f"第{number}句"))
    lines = (await account.get(f"{CHAT}/gethistory", roomid="7777"))["data"]["room"]
    assert [line["text"] for line in lines] == [f"第{number}句" for number in range(1, 11)]
    assert {line["nickname"] for line in lines} == {"小雨"}
    assert len({line["id_str"] for line in lines}) == 10
    assert {line["check_info"]["ts"] for line in lines} == {1_800_000_000}
    assert {line["timeline"] for line in lines} == {"2027-01-15 16:00:00"}


async def test_history_is_masked_for_strangers(room: PracticeRoom, visitor: Visitor) -> None:
    room.show(Act(viewer="小雨", text="有货吗"))
    room.show(Act(viewer="主播", text="有的", is_host=True))
    data = (await visitor.get(f"{CHAT}/gethistory", roomid="7777"))["data"]
    assert [(line["uid"], line["nickname"]) for line in data["room"]] == [(0, "小***"), (0, "主***")]
    assert [line["text"] for line in data["admin"]] == ["有的"]


async def test_danmaku_styles_can_be_asked_for(visitor: Visitor) -> None:
    data = (await visitor.get(f"{CHAT}/GetDMConfigByGroup", room_id="7777"))["data"]
    assert data["mode"][0]["mode"] == 1


async def test_a_fingerprint_makes_a_client_known(visitor: Visitor) -> None:
    data = (await visitor.get("/x/frontend/finger/spi"))["data"]
    assert data["b_3"] != data["b_4"]
    assert (await visitor.danmu_info())["code"] == 0


async def test_what_a_page_reports_about_itself_is_taken(visitor: Visitor) -> None:
    assert (await visitor.post("/x/internal/gaia-gateway/ExClimbWuzhi", b"{}"))["code"] == 0
    beat = await visitor.get("/xlive/rdata-interface/v1/heartbeat/webHeartBeat", hb="NjB8Nzc3N3wxfDA=")
    assert beat["code"] == 0


async def test_a_page_that_does_not_exist_says_so_in_json(visitor: Visitor) -> None:
    assert (await visitor.get("/x/v2/reply"))["code"] == -404


async def test_what_was_sent_is_answered_with_its_identity(account: Visitor) -> None:
    answer = await account.send("包邮的")
    extra = json.loads(answer["data"]["mode_info"]["extra"])
    assert (answer["code"], answer["message"]) == (0, "")
    assert extra["send_from_me"] is True
    assert extra["content"] == "包邮的"
    assert extra["id_str"]


async def test_a_form_may_come_in_parts(room: PracticeRoom, account: Visitor) -> None:
    form = aiohttp.FormData(default_to_multipart=True)
    fields = {"msg": "包邮的", "roomid": "7777", "rnd": "1", "fontsize": "25", "color": "1"}
    for name, value in (fields | {"csrf": LOGGED_IN["bili_jct"]}).items():
        form.add_field(name, value)
    assert (await account.post("/msg/send", form))["code"] == 0
    assert [line.text for line in room.sent] == ["包邮的"]


@pytest.mark.parametrize(
    ("text", "changes", "code", "message"),
    [
        ("包邮的", {"csrf": "wrong"}, -111, "csrf 校验失败"),
        ("包邮的", {"roomid": "77"}, 1, "直播间不存在"),
        ("", {}, -400, "请求错误"),
        ("长" * 41, {}, 1003212, "超出限制长度"),
        ("都来加微信", {}, 0, "f"),
        ("竞品更便宜", {}, 0, "k"),
    ],
)
async def test_what_breaks_a_rule_is_shown_to_nobody(
    room: PracticeRoom, account: Visitor, text: str, changes: dict[str, str], code: int, message: str
) -> None:
    answer = await account.send(text, **changes)
    assert (answer["code"], answer["message"], answer["data"]) == (code, message, None)
    assert room.sent == []
    assert room.danmaku_shown == 0


async def test_a_stranger_cannot_send(room: PracticeRoom, visitor: Visitor) -> None:
    assert (await visitor.send("包邮的"))["code"] == -101


async def test_a_missing_field_is_a_bad_request(account: Visitor) -> None:
    answer = await account.post("/msg/send", {"msg": "包邮的", "csrf": LOGGED_IN["bili_jct"]})
    assert answer["code"] == -400


async def test_haste_and_repetition_are_refused_softly() -> None:
    clock = ManualClock()
    async with PracticeRoom([], clock=clock) as room, Visitor(room.url, cookies=LOGGED_IN) as account:
        assert (await account.send("包邮的"))["message"] == ""
        assert (await account.send("包邮的!"))["message"] == "msg in 1s"
        await clock.advance(2)
        assert (await account.send("包邮的"))["message"] == "msg repeat"
        assert (await account.send("包邮的!"))["message"] == ""
        assert [line.text for line in room.sent] == ["包邮的", "包邮的!"]


async def test_accounts_do_not_share_their_limits(account: Visitor) -> None:
    assert (await account.send("包邮的"))["message"] == ""
    account.cookies["DedeUserID"] = "1234"
    assert (await account.send("包邮的"))["message"] == ""
