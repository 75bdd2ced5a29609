"""DANMU_MSG of every age, by both ways, and with anything in place of any of its fields."""

import json
from typing import Any

import pytest

from assistant import events, limits
from assistant.events import Danmaku
from assistant.platforms.bilibili import fields
from assistant.platforms.bilibili.danmaku import read_danmaku, read_quickly
from assistant.platforms.bilibili.room import Room
from tests.fakes.bilibili import DATA, danmaku, packet, read, session, to_json

ROOM = Room("7777", "4242")
CAPTURES: list[dict[str, Any]] = [
    json.loads(line) for line in (DATA / "bilibili_danmaku.jsonl").read_text(encoding="utf-8").splitlines()
]


def line(command: dict[str, Any]) -> Danmaku:
    (event,) = read(command)
    assert isinstance(event, Danmaku), event
    return event


@pytest.mark.parametrize("capture", CAPTURES, ids=[capture["about"] for capture in CAPTURES])
def test_captures_of_every_age_parse(capture: dict[str, Any]) -> None:
    assert line(capture["command"]) == events.decode(json.dumps(capture["event"]))


@pytest.mark.parametrize("capture", CAPTURES, ids=[capture["about"] for capture in CAPTURES])
def test_the_quick_way_reads_what_the_long_way_reads(capture: dict[str, Any]) -> None:
    quick = read_quickly(to_json(capture["command"]), ROOM)
    is_mirror = capture["command"]["cmd"] == "DANMU_MSG_MIRROR"
    if not is_mirror and "p_is_ack" not in capture["command"]:
        assert quick is not None
    assert quick in (None, *read_danmaku(capture["command"], ROOM))


@pytest.mark.parametrize("spaces", [(",", ":"), (", ", ": "), (" , ", "  :\n")])
def test_spaces_change_nothing(spaces: tuple[str, str]) -> None:
    body = json.dumps(danmaku("多少钱"), separators=spaces).encode()
    assert session().receive(packet(body)) == [line(danmaku("多少钱"))]


@pytest.mark.parametrize("command", [{"cmd": "RECALL_DANMU_MSG"}, {"cmd": "DANMU_MSG_MIRROR"}, {"cmd": "X"}])
def test_other_names_that_hold_this_one_go_the_long_way(command: dict[str, Any]) -> None:
    assert read_quickly(to_json(command | {"info": danmaku()["info"]}), ROOM) is None


@pytest.mark.parametrize("kind", [1, 2, 9])
def test_lines_typed_to_enter_a_lottery_or_game_are_marked(kind: int) -> None:
    assert line(danmaku(p9=kind)).is_lottery


@pytest.mark.parametrize(
    ("source", "expected"), [(0, False), (1, True), (2, True), (None, False), ("", False)]
)
def test_an_activity_marks_a_lottery_entry(source: Any, expected: bool) -> None:
    assert line(danmaku(p16={"activity_source": source})).is_lottery is expected


def test_only_a_true_repeat_tap_is_one() -> None:
    assert [line(danmaku(extra={"hit_combo": value})).is_repeat_tap for value in (1, 0, None)] == [
        True,
        False,
        False,
    ]


def test_a_line_that_says_it_is_a_mirror_is_one() -> None:
    assert line(danmaku(extra={"is_mirror": True})).is_mirror


def test_a_line_that_claims_to_be_from_us_is_not_believed() -> None:
    assert line(danmaku(extra={"send_from_me": True})) == line(danmaku())


def test_a_reply_names_its_target() -> None:
    event = line(danmaku(extra={"reply_mid": "10086", "reply_uname": "观众甲"}))
    assert (event.reply_to, event.reply_to_name) == ("10086", "观众甲")


def test_a_masked_viewer_is_known_by_hash_and_shown_name() -> None:
    command = danmaku(p7="1a2b3c4d")
    command["info"][2][:2] = [0, "观***"]
    assert line(command).viewer.key == "?1a2b3c4d:观***"


def test_the_hash_is_taken_from_the_inner_text_when_it_stands_nowhere_else() -> None:
    assert line(danmaku(p7="", extra={"user_hash": "439041101"})).viewer.weak_id == "1a2b3c4d"


def test_the_viewer_is_taken_from_the_user_object_when_the_array_is_empty() -> None:
    command = danmaku()
    command["info"][2] = []
    viewer = line(command).viewer
    assert (viewer.id, viewer.name) == ("10086", "观众甲")


def test_nobody_is_the_host_of_a_room_without_a_known_owner() -> None:
    command = danmaku()
    command["info"][2][0] = 0
    (event,) = read_danmaku(command, Room("7777", ""))
    assert not event.viewer.is_host


def test_a_voice_message_without_transcript_keeps_its_text() -> None:
    assert line(danmaku("[语音]", p12=2, p14={"text": ""})).text == "[语音]"


def test_long_texts_and_names_are_cut() -> None:
    command = danmaku("长" * 100_000)
    command["info"][2][1] = "名" * 1000
    event = line(command)
    assert (len(event.text), len(event.viewer.name)) == (limits.TEXT_CHARACTERS, limits.NAME_CHARACTERS)


@pytest.mark.parametrize("text", ["\ud800半个字", "半个字\udfff", "\ud83d 和 \ude00"])
def test_lone_surrogates_are_replaced_wherever_they_stand(text: str) -> None:
    """Escaped as a hostile server sends them, in the text and in the inner JSON."""
    command = danmaku(text, extra={"content": text, "id_str": "abc"})
    command["info"][0][15]["extra"] = json.dumps({"content": text, "id_str": "abc"})
    (event,) = session().receive(packet(json.dumps(command).encode()))
    assert isinstance(event, Danmaku)
    assert event.event_id == "abc"
    assert "\ufffd" in event.text
    assert events.decode(events.encode(event)) == event


def test_broken_utf8_is_replaced() -> None:
    body = to_json(danmaku("坏字节")).replace("坏".encode(), b"\xe5\x9d")
    (event,) = session().receive(packet(body))
    assert isinstance(event, Danmaku)
    assert event.text == "\ufffd字节"


@pytest.mark.parametrize(
    "text",
    ["\x1b[31m红", "a\u202eb", "=cmd()", "<script>alert(1)</script>", "'; drop table messages; --", ""],
)
def test_what_a_viewer_types_is_data_and_stays_as_it_is(text: str) -> None:
    assert line(danmaku(text)).text == text


@pytest.mark.parametrize("info", [None, {}, [], [[0] * 16], "text", [[], 17], [[], None, []]])
def test_a_line_without_text_is_malformed(info: Any) -> None:
    (event,) = read({"cmd": "DANMU_MSG", "info": info})
    assert event == events.Malformed(
        platform="bilibili", room="7777", reason="DANMU_MSG: info cannot be read"
    )


@pytest.mark.parametrize("part", [None, {}, "x", 5, [[]], [{}] * 20])
def test_a_text_is_kept_whatever_stands_around_it(part: Any) -> None:
    for place in (0, 2, 3, 4, 5, 7, 9):
        command = danmaku("还有吗")
        command["info"][place] = part
        assert line(command).text == "还有吗"


@pytest.mark.parametrize(
    ("sent_at", "seconds"),
    [
        (1790000000123, 1790000000.123),
        (1517306023, 1517306023.0),
        ("1517306023", 1517306023.0),
        (10**18, 1790000000.0),  # no believable time: the one at the end is taken
        (-5, 1790000000.0),
        (None, 1790000000.0),
        (1e300, 1790000000.0),
    ],
)
def test_times_in_seconds_and_milliseconds(sent_at: Any, seconds: float) -> None:
    assert line(danmaku(p4=sent_at)).at == seconds


def test_an_inner_text_that_is_no_json_costs_only_what_stands_in_it() -> None:
    command = danmaku("还有吗")
    command["info"][0][15]["extra"] = "{" * 5000
    assert line(command).event_id == ""


def test_inner_fields_may_come_as_an_object() -> None:
    command = danmaku()
    command["info"][0][15]["extra"] = {"id_str": "abc"}
    assert line(command).event_id == "abc"


def test_unreadable_never_quotes_what_it_could_not_read() -> None:
    with pytest.raises(fields.Unreadable) as failure:
        read_danmaku({"info": ["secret"]}, ROOM)
    assert "secret" not in str(failure.value)
