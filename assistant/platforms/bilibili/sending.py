"""Saying something in the room, and what became of it: the platform says no in many ways, some with code 0.

Pure steps and three tables; what to do about a result is left to the outbox.
"""

from collections.abc import Mapping

from assistant.platforms.base import NOTHING_SENT, Admission, Request, Response, SendResult, SendState, Steps
from assistant.platforms.bilibili import api, fields
from assistant.platforms.bilibili.account import USER_AGENT, Credentials, Endpoints
from assistant.platforms.bilibili.danmaku import read_extra
from assistant.printable import printable

USUAL_TEXT_LIMIT = 20
_MOST_TEXT_LIMIT = 1000
_RETRY_SECONDS = 5.0
_SILENCE_SECONDS = 60.0
_QUOTED_CHARACTERS = 60
_ANONYMOUS = Credentials()

_TOO_FAST = SendResult(SendState.LIMITED, reason="sent too fast", retry_after_seconds=_RETRY_SECONDS)
_REPEATED = SendResult(
    SendState.LIMITED, reason="the same text again", repeat=True, retry_after_seconds=_RETRY_SECONDS
)
_RISK_CONTROL = SendResult(
    SendState.LIMITED,
    reason="the platform's risk control turns us away",
    retry_after_seconds=api.RISK_CONTROL_SECONDS,
)
_NOT_REACHED = SendResult(
    SendState.LIMITED, reason="the platform cannot be reached", retry_after_seconds=_RETRY_SECONDS
)
_PLATFORM_WORDS = SendResult(SendState.BLOCKED, reason="the platform's word filter")
_ROOM_WORDS = SendResult(SendState.BLOCKED, reason="the room's own blocked words")
_TOO_LONG = SendResult(SendState.TOO_LONG, reason="longer than this account may write here")
_LOGGED_OUT = SendResult(SendState.REFUSED, reason="not logged in: the cookies are wrong or have expired")
_BAD_CSRF = SendResult(SendState.REFUSED, reason="bili_jct does not belong to sessdata: copy both anew")
_NO_LOGIN = SendResult(SendState.REFUSED, reason="no login to send with: sessdata and bili_jct are not set")
_AT_RISK = SendResult(SendState.REFUSED, reason="the account is restricted: bind a phone number to it")
_MUTED = SendResult(SendState.REFUSED, reason="this account or the room is muted")
_BAD_REQUEST = SendResult(SendState.FAILED, reason="the platform misses something in the request (-400)")
_SERVER_TROUBLE = SendResult(SendState.FAILED, reason="the platform's server has trouble (-500)")
_UNSAYABLE = SendResult(SendState.FAILED, reason="the platform objects to a word or the colour (11000)")
_UNANSWERED = SendResult(SendState.UNKNOWN, reason="no answer from the platform")
_UNREADABLE = SendResult(SendState.UNKNOWN, reason="the platform's answer cannot be read")

# Dropped although the code is 0; the message is the whole message.
_SOFT_FAILURES = {
    "f": _PLATFORM_WORDS,
    "fire": _PLATFORM_WORDS,
    "k": _ROOM_WORDS,
    "msg in 1s": _TOO_FAST,
    "msg repeat": _REPEATED,
}
# Codes are reused and change; these parts of the wording say more, and the first that is found counts.
_WORDINGS = (
    ("频率过快", _TOO_FAST),
    ("频繁", _TOO_FAST),
    ("msg in 1s", _TOO_FAST),
    ("msg repeat", _REPEATED),
    ("重复", _REPEATED),
    ("存在风险", _AT_RISK),
    ("手机号", _AT_RISK),
    ("禁言", _MUTED),
    ("限制长度", _TOO_LONG),
    ("过长", _TOO_LONG),
    ("未登录", _LOGGED_OUT),
    ("csrf", _BAD_CSRF),
)
_CODES = {
    10031: _TOO_FAST,
    1003212: _TOO_LONG,
    api.NOT_LOGGED_IN: _LOGGED_OUT,
    -111: _BAD_CSRF,
    -400: _BAD_REQUEST,
    -500: _SERVER_TROUBLE,
    11000: _UNSAYABLE,
    **dict.fromkeys((*api.RISK_CONTROL_CODES, 412), _RISK_CONTROL),
}


def send(
    admission: Admission,
    text: str,
    *,
    credentials: Credentials,
    endpoints: Endpoints,
    now: float,
    reply_to: str,
) -> Steps[SendResult]:
    """One danmaku. A masked viewer has no uid to reply to, so `reply_to` then changes nothing."""
    if not credentials.can_send:
        return _NO_LOGIN
    request = Request(
        "POST",
        f"{endpoints.live_url}/msg/send",
        form=_form(admission.room, text, csrf=credentials.bili_jct, now=now, reply_to=reply_to),
        headers={**admission.headers, "Referer": f"https://live.bilibili.com/{admission.room}"},
        cookies=_cookies(credentials, buvid3=admission.buvid),
    )
    return judge((yield request), credentials=credentials)


def judge(response: Response, *, credentials: Credentials = _ANONYMOUS) -> SendResult:
    """What one answer means. Only code 0 with an empty message is a yes."""
    if response.status == 0:
        return _NOT_REACHED if response.failure in NOTHING_SENT else _UNANSWERED
    if response.status >= 500:
        return _UNANSWERED
    if api.is_risk_control(response.status):
        return _RISK_CONTROL
    answer = api.parse(response.body)
    if answer is not None and answer.code != 0:
        return _turned_down(answer, credentials)
    if response.status >= 300:
        return SendResult(SendState.FAILED, reason=f"the platform refused it (status {response.status})")
    if answer is None or response.status != 200:
        return _UNREADABLE
    return _turned_down(answer, credentials) if answer.message else _accepted(answer)


def text_limit(room: str, *, endpoints: Endpoints, cookies: Mapping[str, str]) -> Steps[int]:
    """What the platform says this account may write in this room; the usual least when it does not say."""
    url = f"{endpoints.live_url}/xlive/web-room/v1/index/getInfoByUser"
    response = yield Request(
        "GET", url, params={"room_id": room}, headers={"User-Agent": USER_AGENT}, cookies=cookies
    )
    answer = api.parse(response.body) if response.status == 200 else None
    if answer is None or answer.code != 0:
        return USUAL_TEXT_LIMIT
    danmu = fields.mapping(fields.mapping(answer.data.get("property")).get("danmu"))
    limit = fields.whole(danmu.get("length"))
    return limit if 0 < limit <= _MOST_TEXT_LIMIT else USUAL_TEXT_LIMIT


def _form(room: str, text: str, *, csrf: str, now: float, reply_to: str) -> dict[str, str]:
    form = {
        "msg": text.encode(errors="replace").decode(),
        "roomid": room,
        "rnd": str(int(now)),
        "fontsize": "25",
        "color": "16777215",
        "mode": "1",
        "bubble": "0",
        "room_type": "0",
        "jumpfrom": "0",
        "csrf": csrf,
        "csrf_token": csrf,
    }
    uid = fields.account(reply_to)
    if uid:
        form |= {"reply_mid": uid, "reply_attr": "0", "reply_type": "0", "replay_dmid": ""}
    return form


def _cookies(credentials: Credentials, *, buvid3: str) -> dict[str, str]:
    cookies = {"SESSDATA": credentials.sessdata, "bili_jct": credentials.bili_jct, "buvid3": buvid3}
    return {name: value for name, value in cookies.items() if value}


def _accepted(answer: api.Answer) -> SendResult:
    extra = read_extra(fields.mapping(answer.data.get("mode_info")).get("extra"))
    return SendResult(SendState.ACCEPTED, event_id=fields.identifier(extra.id_str))


def _turned_down(answer: api.Answer, credentials: Credentials) -> SendResult:
    message = answer.message.strip()
    known = _SOFT_FAILURES.get(message) if answer.code == 0 else None
    known = known or next((result for part, result in _WORDINGS if part in message.lower()), None)
    known = known or _CODES.get(answer.code)
    if known is not None:
        return known
    said = printable(credentials.conceal(message), _QUOTED_CHARACTERS)
    if answer.code == 0:
        return SendResult(SendState.BLOCKED, reason=f"dropped by the platform: {said}")
    return SendResult(SendState.FAILED, reason=f"the platform refused it (code {answer.code}): {said}")
