"""Saying something: the form, every row of the platform's answers, and the text limit."""

import json
from typing import Any

import pytest

from assistant.platforms.base import NOTHING_SENT, Request, Response, SendResult, SendState
from assistant.platforms.bilibili import BilibiliPlatform, Credentials
from tests.fakes.bilibili import ADMISSION
from tests.fakes.http import ScriptedHttp, answer, failure, page

NOW = 1_790_000_000.7
PLATFORM = BilibiliPlatform(Credentials("SECRET-SESSDATA", "SECRET-JCT", "BUVID3"))
SHORT, LONG = 4.0, 60.0

ACCEPTED, LIMITED, BLOCKED = SendState.ACCEPTED, SendState.LIMITED, SendState.BLOCKED
TOO_LONG, REFUSED, FAILED, UNKNOWN = (
    SendState.TOO_LONG,
    SendState.REFUSED,
    SendState.FAILED,
    SendState.UNKNOWN,
)


def sent(response: Response, **how: Any) -> tuple[SendResult, Request]:
    http = ScriptedHttp({"msg/send": response})
    result = http.run(PLATFORM.send(ADMISSION, how.pop("text", "您好"), now=NOW, **how))
    return result, http.only("msg/send")


def result(response: Response) -> SendResult:
    return sent(response)[0]


def accepted(extra: Any) -> Response:
    return answer({"mode_info": {"extra": extra, "user": {}}, "dm_v2": None})


def test_a_line_goes_out_as_the_web_page_sends_it() -> None:
    _, request = sent(accepted("{}"))
    assert (request.method, request.url) == ("POST", "https://api.live.bilibili.com/msg/send")
    assert request.form == {
        "msg": "您好",
        "roomid": "7777",
        "rnd": "1790000000",
        "fontsize": "25",
        "color": "16777215",
        "mode": "1",
        "bubble": "0",
        "room_type": "0",
        "jumpfrom": "0",
        "csrf": "SECRET-JCT",
        "csrf_token": "SECRET-JCT",
    }
    assert request.headers == {**ADMISSION.headers, "Referer": "https://live.bilibili.com/7777"}
    assert request.cookies == {
        "SESSDATA": "SECRET-SESSDATA",
        "bili_jct": "SECRET-JCT",
        "buvid3": "TEST-BUVID3",
    }
    assert "SECRET" not in repr(request)


def test_a_reply_is_decorated_for_its_viewer() -> None:
    _, request = sent(accepted("{}"), reply_to="10086")
    decoration = {"reply_mid": "10086", "reply_attr": "0", "reply_type": "0", "replay_dmid": ""}
    assert request.form is not None
    assert decoration.items() <= request.form.items()


@pytest.mark.parametrize("masked", ["", "0", "?1a2b3c4d:观***", "abc", "-5"])
def test_a_masked_viewer_is_not_replied_to_by_number(masked: str) -> None:
    _, request = sent(accepted("{}"), reply_to=masked)
    assert request.form is not None
    assert not any(name.startswith("repl") for name in request.form)


def test_half_characters_are_replaced_before_they_are_sent() -> None:
    _, request = sent(accepted("{}"), text="好\ud800的")
    assert request.form is not None
    assert request.form["msg"] == "好?的"


def test_an_accepted_line_carries_the_id_of_its_echo() -> None:
    extra = json.dumps({"send_from_me": True, "content": "您好", "id_str": "0123abcd"})
    assert result(accepted(extra)) == SendResult(ACCEPTED, event_id="0123abcd")


@pytest.mark.parametrize("data", [None, [], {}, {"mode_info": 5}, {"mode_info": {"extra": "{"}}])
def test_an_accepted_line_may_lack_its_id(data: Any) -> None:
    assert result(answer(data)) == SendResult(ACCEPTED)


@pytest.mark.parametrize(
    ("code", "message", "state", "retry"),
    [
        (0, "f", BLOCKED, 0),
        (0, "fire", BLOCKED, 0),
        (0, "k", BLOCKED, 0),
        (0, "msg in 1s", LIMITED, SHORT),
        (0, "msg repeat", LIMITED, SHORT),
        (0, "max limit", BLOCKED, 0),
        (0, "账号可能存在风险，请绑定真实手机号", REFUSED, 0),
        (10031, "您发送弹幕的频率过快", LIMITED, SHORT),
        (10031, "", LIMITED, SHORT),
        (99, "您发送弹幕的频率过快", LIMITED, SHORT),
        (10030, "请勿发送重复弹幕", LIMITED, SHORT),
        (1003212, "超出限制长度", TOO_LONG, 0),
        (1003212, "", TOO_LONG, 0),
        (-400, "超出限制长度", TOO_LONG, 0),
        (-101, "账号未登录", REFUSED, 0),
        (-101, "", REFUSED, 0),
        (-111, "csrf 校验失败", REFUSED, 0),
        (-111, "", REFUSED, 0),
        (-400, "请求错误", FAILED, 0),
        (-403, "访问权限不足", LIMITED, LONG),
        (-352, "-352", LIMITED, LONG),
        (-412, "", LIMITED, LONG),
        (412, "", LIMITED, LONG),
        (-500, "服务器错误", FAILED, 0),
        (11000, "弹幕内容非法", FAILED, 0),
        (1003, "你已被禁言", REFUSED, 0),
        (-403, "账号可能存在风险，请绑定真实手机号", REFUSED, 0),
        (10030, "", FAILED, 0),
        (123456, "新的错误", FAILED, 0),
    ],
)
def test_every_answer_has_its_meaning(code: int, message: str, state: SendState, retry: float) -> None:
    told = result(answer(code=code, message=message))
    assert told.state is state
    assert told.retry_after_seconds >= retry
    assert bool(told.retry_after_seconds) is (state is LIMITED)
    assert told.reason


@pytest.mark.parametrize(("message", "repeat"), [("msg repeat", True), ("msg in 1s", False)])
def test_only_a_repeated_text_must_change_before_it_is_sent_again(message: str, repeat: bool) -> None:
    assert result(answer(message=message)).repeat is repeat


@pytest.mark.parametrize("field", ["message", "msg"])
def test_the_message_may_stand_in_either_field(field: str) -> None:
    body = json.dumps({"code": 0, "message": "", "msg": ""} | {field: "k"}).encode()
    assert result(Response(200, body)).state is BLOCKED


@pytest.mark.parametrize("message", [5, True, ["k"], {"k": 1}])
def test_a_message_that_is_no_text_is_no_yes(message: Any) -> None:
    assert result(answer(message=message)).state is BLOCKED


@pytest.mark.parametrize(
    ("response", "state"),
    [
        (failure("ReadTimeout"), UNKNOWN),
        (failure("RemoteProtocolError"), UNKNOWN),
        (failure(""), UNKNOWN),
        (page(500), UNKNOWN),
        (page(504), UNKNOWN),
        (page(200), UNKNOWN),
        (page(200, body=b""), UNKNOWN),
        (page(200, body=b'{"code":"0"}'), UNKNOWN),
        (answer(code=-500, status=503), UNKNOWN),
        (page(302), FAILED),
        (page(404), FAILED),
        (answer(code=-101, status=401), REFUSED),
    ],
    ids=repr,
)
def test_a_line_is_never_taken_for_sent_or_unsent_without_an_answer(
    response: Response, state: SendState
) -> None:
    assert result(response).state is state


@pytest.mark.parametrize("name", sorted(NOTHING_SENT))
def test_a_request_that_never_left_may_be_tried_again(name: str) -> None:
    told = result(failure(name))
    assert told.state is LIMITED
    assert told.retry_after_seconds >= SHORT


@pytest.mark.parametrize("status", [403, 412, 429])
def test_risk_control_by_status_pauses_for_long(status: int) -> None:
    told = result(page(status))
    assert told.state is LIMITED
    assert told.retry_after_seconds >= LONG


def test_a_reason_shows_an_unknown_message_in_one_safe_line_without_secrets() -> None:
    told = result(answer(code=99, message="坏\x1b[31m\nSECRET-JCT SECRET-SESSDATA " + "x" * 500))
    assert "code 99" in told.reason
    assert "SECRET" not in told.reason
    assert told.reason.isprintable()
    assert len(told.reason) < 200


@pytest.mark.parametrize("credentials", [Credentials(), Credentials("s"), Credentials("", "j")])
def test_without_a_login_nothing_is_sent(credentials: Credentials) -> None:
    platform = BilibiliPlatform(credentials)
    assert not platform.can_send
    told = ScriptedHttp({}).run(platform.send(ADMISSION, "您好", now=NOW))
    assert told.state is REFUSED
    assert "sessdata" in told.reason


def limit(response: Response) -> tuple[int, Request]:
    http = ScriptedHttp({"getInfoByUser": response})
    return http.run(PLATFORM.text_limit("7777", now=NOW)), http.only("getInfoByUser")


def length(value: Any) -> Response:
    return answer({"property": {"danmu": {"length": value}}})


def test_the_account_is_asked_what_it_may_write() -> None:
    value, request = limit(length(40))
    assert value == 40
    assert request.params == {"room_id": "7777"}
    assert request.cookies == {"SESSDATA": "SECRET-SESSDATA", "buvid3": "BUVID3"}


@pytest.mark.parametrize(
    "response",
    [
        failure(), page(500), page(412), page(), answer(code=-101), answer({}), answer(None), length(0),
        length(-1), length("long"), length(10**6), answer({"property": {"danmu": []}}),
    ],
    ids=repr,
)  # fmt: skip
def test_the_usual_limit_holds_when_nobody_says(response: Response) -> None:
    assert limit(response)[0] == 20


@pytest.mark.parametrize(
    ("text", "units"), [("", 0), ("abc", 3), ("您好", 2), ("👍", 2), ("\ud800", 1), ("👨‍👩‍👧", 8)]
)
def test_a_text_is_as_long_as_browsers_count_it(text: str, units: int) -> None:
    assert PLATFORM.text_length(text) == units
