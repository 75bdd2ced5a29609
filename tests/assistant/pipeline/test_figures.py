import pytest

from assistant import events
from assistant.events import Viewer
from assistant.pipeline.figures import figures
from assistant.stores.rows import Figure, FigureKind
from tests.fakes.lines import danmaku, super_chat

ROOM = {"platform": "bilibili", "room": "7777"}
WHO = {"viewer": Viewer(id="1"), **ROOM}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (events.ViewersOnline(count=120, **ROOM), [(FigureKind.VIEWERS_ONLINE, 120)]),
        (events.Watched(count=31415, **ROOM), [(FigureKind.WATCHED, 31415)]),
        (events.LikesTotal(count=512, **ROOM), [(FigureKind.LIKES_TOTAL, 512)]),
        (events.Liked(**WHO), [(FigureKind.LIKES, 1)]),
        (
            events.Gift(event_id="t", name="花", count=3, total_fen=60, **WHO),
            [(FigureKind.GIFTS, 3), (FigureKind.GIFT_FEN, 60)],
        ),
        (events.Entered(**WHO), [(FigureKind.ENTERED, 1)]),
        (events.Followed(**WHO), [(FigureKind.FOLLOWED, 1)]),
        (events.Shared(**WHO), [(FigureKind.SHARED, 1)]),
        (events.Membership(event_id="g", level=3, count=1, **WHO), [(FigureKind.MEMBERSHIPS, 1)]),
        (super_chat(), [(FigureKind.SUPER_CHATS, 1)]),
        (danmaku(), []),
        (events.RoomUnsilenced(**ROOM), []),
    ],
)
def test_what_an_event_adds_to_the_figures(event: events.Event, expected: list[tuple[str, float]]) -> None:
    rows = figures(event, broadcast_id=1, now=50.0)
    assert rows == tuple(Figure(1, 50.0, FigureKind(kind), value) for kind, value in expected)
