"""What every platform must keep, whatever it speaks: one suite over every codec found in the package.

A new platform joins with one `Case`.
"""

import pkgutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import events, platforms
from assistant.errors import RoomError, RoomUnreachable
from assistant.platforms.base import Admission, Platform, Response, SendState
from assistant.platforms.bilibili import BilibiliPlatform, Credentials, packets
from tests.fakes.bilibili import danmaku, packet
from tests.fakes.http import Script, ScriptedHttp, answer, failure, page

NOW = 1_790_000_000.0
SECRETS = ("SECRET-LOGIN", "SECRET-CSRF", "SECRET-TOKEN")


@dataclass(frozen=True)
class Case:
    """A platform with an account that may send (its secrets are SECRETS), the answers that let it into
    `room`, the frame that admits it, and a frame with the lines `texts`.
    """

    make: Callable[[], Platform]
    room: str
    way_in: Script
    admitting: bytes
    chat: bytes
    texts: list[str] = field(default_factory=lambda: ["一", "二"])


IMAGES = {
    "img_url": "https://x.invalid/" + "a" * 32 + ".png",
    "sub_url": "https://x.invalid/" + "b" * 32 + ".png",
}
CASES = {
    "bilibili": Case(
        make=lambda: BilibiliPlatform(Credentials("SECRET-LOGIN", "SECRET-CSRF", "BUVID3")),
        room="77",
        way_in={
            "get_info": answer({"room_id": 7777, "uid": 4242, "live_status": 1}),
            "nav": answer({"isLogin": True, "mid": 90001, "wbi_img": IMAGES}),
            "getDanmuInfo": answer({"token": "SECRET-TOKEN", "host_list": [{"host": "x.invalid"}]}),
        },
        admitting=packets.encode(packets.OP_AUTH_REPLY, b'{"code":0}', packets.VERSION_RAW, 1),
        chat=packets.pack([packet(danmaku("一")), packet(danmaku("二"))], packets.VERSION_BROTLI),
    ),
}

responses = st.builds(
    Response,
    status=st.sampled_from([0, 200, 204, 302, 400, 401, 403, 404, 412, 429, 500, 503]),
    body=st.binary(max_size=60)
    | st.sampled_from([b"[]", b"{}", b'{"code":0}', b'{"code":0,"data":{}}', b"null"]),
    failure=st.sampled_from(["", "ReadTimeout", "ConnectError"]),
)


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def admission(case: Case) -> Admission:
    return ScriptedHttp(case.way_in).run(case.make().enter(case.room, now=NOW))


def always(response: Response) -> ScriptedHttp:
    return ScriptedHttp({"": response})


def test_every_platform_in_the_package_has_a_case() -> None:
    found = {module.name for module in pkgutil.iter_modules(platforms.__path__) if module.ispkg}
    assert found == set(CASES)


def test_a_codec_is_imported_without_anything_heavy() -> None:
    heavy = {"httpx", "websockets", "aiohttp", "asyncio", "pydantic", "numpy", "torch"}
    for name in CASES:
        script = f"import sys, assistant.platforms.{name}; print(*sys.modules)"
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
        assert heavy.isdisjoint(run.stdout.split())


def test_its_facts_make_sense(case: Case) -> None:
    platform = case.make()
    assert platform.name
    assert 0 < platform.heartbeat_seconds < platform.silence_seconds
    assert platform.auth_seconds > 0
    assert platform.send_spacing_seconds >= 0
    assert platform.can_send


def test_an_admission_says_where_to_go_and_keeps_its_token_to_itself(
    case: Case, admission: Admission
) -> None:
    assert admission.room
    assert admission.urls
    assert all(url.startswith(("ws://", "wss://")) for url in admission.urls)
    shown = f"{admission!r} {case.make()!r} {case.make().session(admission)!r}"
    assert not any(secret in shown for secret in SECRETS)


@given(response=responses)
def test_a_way_in_that_is_barred_raises_a_room_error_and_tells_no_secret(response: Response) -> None:
    for case in CASES.values():
        with pytest.raises(RoomError) as failed:
            always(response).run(case.make().enter(case.room, now=NOW))
        assert not any(secret in str(failed.value) for secret in SECRETS)
        assert "://" not in str(failed.value)


def test_a_network_that_does_not_answer_is_tried_again_later(case: Case) -> None:
    with pytest.raises(RoomUnreachable):
        always(failure()).run(case.make().enter(case.room, now=NOW))


def test_a_session_opens_beats_and_is_admitted(case: Case, admission: Admission) -> None:
    session = case.make().session(admission)
    assert session.opening()
    assert session.heartbeat()
    assert list(session.outgoing()) == []
    (accepted,) = session.receive(case.admitting)
    assert isinstance(accepted, events.AuthAccepted)


def test_what_is_to_be_sent_is_handed_over_once(case: Case, admission: Admission) -> None:
    session = case.make().session(admission)
    session.receive(case.admitting)
    session.outgoing()
    assert list(session.outgoing()) == []


def test_lines_are_heard_in_order_with_their_room(case: Case, admission: Admission) -> None:
    platform = case.make()
    heard = [
        line for line in platform.session(admission).receive(case.chat) if isinstance(line, events.Danmaku)
    ]
    assert [line.text for line in heard] == case.texts
    assert {(line.platform, line.room) for line in heard} == {(platform.name, admission.room)}
    assert all(line.event_id and line.at > 0 and line.viewer.key for line in heard)


@given(data=st.data())
def test_damaged_frames_never_raise_and_never_change_sides(data: st.DataObject) -> None:
    for case in CASES.values():
        platform = case.make()
        admission = ScriptedHttp(case.way_in).run(platform.enter(case.room, now=NOW))
        frame = bytearray(case.chat)
        for _ in range(data.draw(st.integers(1, 5))):
            frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
        cut = bytes(frame[: data.draw(st.integers(0, len(frame)))])
        for hostile in (cut, data.draw(st.text(max_size=20))):
            for event in platform.session(admission).receive(hostile):
                assert (event.platform, event.room) == (platform.name, admission.room)


@given(response=responses)
def test_sending_tells_what_became_of_it_and_never_raises(response: Response) -> None:
    for case in CASES.values():
        platform = case.make()
        admission = ScriptedHttp(case.way_in).run(platform.enter(case.room, now=NOW))
        for reply_to in ("", "10086", "?masked"):
            result = always(response).run(platform.send(admission, "您好", now=NOW, reply_to=reply_to))
            assert result.state in SendState
            assert result.state is SendState.ACCEPTED or result.reason
            assert not any(secret in result.reason for secret in SECRETS)
            if response.status != 200:
                assert result.state is not SendState.ACCEPTED


def test_a_line_that_got_no_answer_may_have_been_sent(case: Case, admission: Admission) -> None:
    result = always(failure("ReadTimeout")).run(case.make().send(admission, "您好", now=NOW))
    assert result.state is SendState.UNKNOWN


@given(response=responses)
def test_a_text_limit_and_the_last_lines_can_always_be_asked_for(response: Response) -> None:
    for case in CASES.values():
        platform = case.make()
        admission = ScriptedHttp(case.way_in).run(platform.enter(case.room, now=NOW))
        assert always(response).run(platform.text_limit(admission.room, now=NOW)) > 0
        lines = always(response).run(platform.recent(admission, now=NOW))
        assert [line.at for line in lines] == sorted(line.at for line in lines)


@given(first=st.text(max_size=30), second=st.text(max_size=30))
def test_two_texts_together_are_as_long_as_both(first: str, second: str) -> None:
    for case in CASES.values():
        length = case.make().text_length
        assert length(first + second) == length(first) + length(second)
        assert length(first) >= len(first)


def test_a_page_instead_of_an_answer_lets_nobody_in(case: Case) -> None:
    with pytest.raises(RoomUnreachable):
        always(page()).run(case.make().enter(case.room, now=NOW))


def test_requests_show_no_secret(case: Case, admission: Admission) -> None:
    platform = case.make()
    http: Any = always(page())
    http.run(platform.send(admission, "您好", now=NOW))
    http.run(platform.text_limit(admission.room, now=NOW))
    http.run(platform.recent(admission, now=NOW))
    assert not any(secret in repr(http.asked) for secret in SECRETS)
