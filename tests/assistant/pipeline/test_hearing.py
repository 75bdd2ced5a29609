import pytest

from assistant.actions import Reason
from assistant.events import Danmaku, Gift, Liked, Viewer
from assistant.pipeline.hearing import Hearing
from assistant.pipeline.screen import Setting, screen
from assistant.pipeline.seen import SaidLately, SeenEvents
from tests.fakes.lines import danmaku, super_chat

SETTING = Setting(own_viewer_id="1", host_viewer_id="2")
HOST = Viewer(id="2", name="主播", is_host=True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (danmaku(), None),
        (danmaku(viewer="1"), Reason.OWN),
        (danmaku(who=HOST), Reason.HOST),
        (danmaku(is_mirror=True), Reason.MIRROR),
        (danmaku(is_lottery=True), Reason.LOTTERY),
        (danmaku(is_emoticon=True), Reason.EMOTICON),
        (danmaku(is_repeat_tap=True), Reason.TAPPED),
        (danmaku(reply_to="77"), Reason.TO_ANOTHER),
        (danmaku(reply_to="1"), None),
        (danmaku(reply_to="2"), None),
        (danmaku(who=Viewer(name="观***", weak_id="abc")), None),
    ],
)
def test_facts_of_a_line_decide_whether_it_deserves_a_judgement(line: Danmaku, reason: Reason | None) -> None:
    assert screen(line, SETTING) is reason


def test_the_host_is_answered_where_the_team_wants_it() -> None:
    assert screen(danmaku(who=HOST), Setting(answers_the_host=True)) is None


def test_masked_viewers_are_not_taken_for_us_while_we_are_nobody() -> None:
    assert screen(danmaku(who=Viewer(name="观***")), Setting()) is None


def hearing() -> Hearing:
    return Hearing(text_characters=50, setting=SETTING)


@pytest.mark.parametrize("text", ["", "   ", "[dog]", "\u200b\u202e"])
def test_a_line_with_nothing_to_read_is_empty(text: str) -> None:
    assert hearing().hear(danmaku(text), id=1, broadcast_id=1, is_own=False, now=0.0).ignored is Reason.EMPTY


def test_an_empty_paid_line_is_no_question_either() -> None:
    assert hearing().hear(super_chat(""), id=1, broadcast_id=1, is_own=False, now=0.0).ignored is Reason.EMPTY


def test_the_same_viewer_saying_the_same_again_is_one_question() -> None:
    ears = hearing()
    said = [("42", 0.0), ("42", 10.0), ("43", 11.0), ("42", 39.0), ("42", 70.0)]
    reasons = [
        ears.hear(danmaku("怎么发货", viewer=viewer), id=1, broadcast_id=1, is_own=False, now=now).ignored
        for viewer, now in said
    ]
    assert reasons == [None, Reason.REPEATED_LINE, None, Reason.REPEATED_LINE, None]


def test_a_paid_line_is_heard_even_when_said_before() -> None:
    ears = hearing()
    ears.hear(danmaku("保修多久"), id=1, broadcast_id=1, is_own=False, now=0.0)
    assert ears.hear(super_chat("保修多久"), id=2, broadcast_id=1, is_own=False, now=1.0).ignored is None


def test_what_the_outbox_knows_as_ours_is_ours_even_masked() -> None:
    masked = danmaku(who=Viewer(name="小***"))
    assert hearing().hear(masked, id=1, broadcast_id=1, is_own=True, now=0.0).ignored is Reason.OWN


def test_long_texts_are_cut_before_they_are_judged() -> None:
    assert (
        len(hearing().hear(danmaku("长" * 100_000), id=1, broadcast_id=1, is_own=False, now=0.0).line.text)
        == 50
    )


@pytest.mark.parametrize("skew", [0.0, -7200.0, 7200.0])
def test_a_line_that_comes_long_after_it_was_said_is_too_old_whatever_our_clock_shows(skew: float) -> None:
    ears = hearing()

    def hear(said_at: float, heard_at: float) -> Reason | None:
        event = danmaku(f"怎么发货{said_at}", at=said_at + skew)
        return ears.hear(event, id=1, broadcast_id=1, is_own=False, now=heard_at).ignored

    assert [hear(now, now + 0.5) for now in range(90_000, 90_010)] == [None] * 10
    assert hear(90_010, 90_100) is Reason.STALE
    assert hear(90_045, 90_100) is None


def test_a_line_from_the_far_future_makes_no_other_line_old() -> None:
    ears = hearing()
    for now in range(1000, 1010):
        ears.hear(danmaku(f"第{now}句", at=now), id=1, broadcast_id=1, is_own=False, now=now)
    ears.hear(danmaku("一", at=9e12), id=1, broadcast_id=1, is_own=False, now=1010.0)
    heard = ears.hear(danmaku("怎么发货", at=1011.0), id=2, broadcast_id=1, is_own=False, now=1011.0)
    assert heard.ignored is None


def test_an_event_is_heard_once() -> None:
    seen = SeenEvents(["from-before"])
    events = [danmaku(event_id="a"), danmaku(event_id="b"), danmaku("另一句", event_id="a")]
    assert [seen.is_repeat(event) for event in events] == [False, False, True]
    assert seen.is_repeat(danmaku(event_id="from-before"))


def test_without_an_id_who_said_what_when_tells_events_apart() -> None:
    seen = SeenEvents()
    same = [danmaku(at=5.0), danmaku(at=5.0)]
    assert [seen.is_repeat(event) for event in same] == [False, True]
    assert not seen.is_repeat(danmaku(at=6.0))
    assert not seen.is_repeat(danmaku("别的", at=5.0))
    timeless = [danmaku(), danmaku()]
    assert [seen.is_repeat(event) for event in timeless] == [False, False]


def test_gifts_are_counted_once_by_their_id() -> None:
    gift = Gift(platform="bilibili", room="7777", event_id="tid", viewer=Viewer(id="1"), name="花", count=1)
    seen = SeenEvents()
    assert [seen.is_repeat(gift), seen.is_repeat(gift)] == [False, True]


def test_likes_that_come_twice_at_once_are_one_and_later_ones_are_more() -> None:
    like = Liked(platform="bilibili", room="7777", viewer=Viewer(id="1"))
    seen = SeenEvents()
    assert [seen.is_repeat(like, now=now) for now in (10.0, 10.1, 15.0)] == [False, True, False]


def test_memory_of_events_and_lines_is_bounded() -> None:
    seen, said = SeenEvents(size=2), SaidLately(seconds=30, size=2)
    for id in "abc":
        seen.is_repeat(danmaku(event_id=id))
        said.is_repeat("42", id, now=0.0)
    assert not seen.is_repeat(danmaku(event_id="a"))
    assert not said.is_repeat("42", "a", now=1.0)
