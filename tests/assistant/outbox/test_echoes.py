"""Our own lines are recognised; nobody else's is taken for one."""

import pytest

from assistant.events import Danmaku, Viewer
from assistant.outbox.echoes import Echoes, Flight
from assistant.outbox.queue import Answer
from tests.fakes.rows import a_reply

US = "7"
MASKED = ""
STRANGER = "42"


def a_flight(id: int = 21, text: str = "今天下单，明天发货") -> Flight:
    reply = a_reply(id, text=text)
    return Flight(Answer.of([reply]), reply)


def heard(
    text: str = "今天下单，明天发货", *, viewer_id: str, event_id: str = "x", room: str = "21987615"
) -> Danmaku:
    return Danmaku(platform="bilibili", room=room, event_id=event_id, viewer=Viewer(id=viewer_id), text=text)


@pytest.mark.parametrize(
    ("line", "is_ours"),
    [
        (heard(viewer_id=US), True),
        (heard(viewer_id=MASKED), True),
        (heard(" 今天下单，明天发货\n", viewer_id=US), True),
        (heard(viewer_id=STRANGER), False),
        (heard("别的话", viewer_id=US), False),
        (heard("别的话", viewer_id=MASKED), False),
        (heard(viewer_id=US, room="1017"), False),
        (heard("别的话", viewer_id=MASKED, event_id="ours"), True),
        (heard("别的话", viewer_id=STRANGER, event_id="ours"), True),
        (heard("别的话", viewer_id=MASKED, event_id="ours", room="1017"), False),
        (heard("别的话", viewer_id=MASKED, event_id=""), False),
    ],
)
def test_line_is_ours_by_its_event_id_or_by_its_text_from_us(line: Danmaku, is_ours: bool) -> None:
    echoes, flight = Echoes(), a_flight()
    echoes.expect(flight)
    echoes.name(flight, "ours")
    assert echoes.find(line, own_viewer_id=US) is (flight if is_ours else None)


def test_each_text_is_expected_as_often_as_it_was_sent() -> None:
    echoes, first, second = Echoes(), a_flight(21), a_flight(22)
    echoes.expect(first)
    echoes.expect(second)
    line = heard(viewer_id=MASKED)
    assert echoes.find(line, own_viewer_id=US) is first
    echoes.forget(first)
    assert echoes.find(line, own_viewer_id=US) is second
    echoes.forget(second)
    assert echoes.find(line, own_viewer_id=US) is None


def test_forgetting_a_text_keeps_the_event_id() -> None:
    echoes, flight = Echoes(), a_flight()
    echoes.expect(flight)
    echoes.name(flight, "ours")
    echoes.forget(flight)
    assert echoes.find(heard(viewer_id=MASKED, event_id="ours"), own_viewer_id=US) is flight
    assert echoes.find(heard(viewer_id=MASKED, event_id="again"), own_viewer_id=US) is None


def test_only_the_latest_lines_are_remembered() -> None:
    echoes = Echoes(most=2)
    flights = [a_flight(number, text=f"第{number}条") for number in range(3)]
    for number, flight in enumerate(flights):
        echoes.expect(flight)
        echoes.name(flight, f"id{number}")
    texts = [heard(f"第{number}条", viewer_id=US) for number in range(3)]
    ids = [heard("", viewer_id=US, event_id=f"id{number}") for number in range(3)]
    assert [echoes.find(line, own_viewer_id=US) for line in texts] == [None, *flights[1:]]
    assert [echoes.find(line, own_viewer_id=US) for line in ids] == [None, *flights[1:]]


def test_masked_connection_that_does_not_know_itself_still_recognises_its_lines() -> None:
    echoes, flight = Echoes(), a_flight()
    echoes.expect(flight)
    assert echoes.find(heard(viewer_id=MASKED), own_viewer_id="") is flight
    assert echoes.find(heard(viewer_id=STRANGER), own_viewer_id="") is None
