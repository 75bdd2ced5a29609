"""The engagement formulas against values worked out by hand; the arithmetic stands beside each."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.actions import Action, Decision, Reason, ReceiptState
from assistant.engagement import scores
from assistant.engagement.scores import Delivered, Interactions, Sample
from assistant.stores.rows import Figure, FigureKind, Message, Receipt, Reply
from tests.fakes.rows import a_message, a_reply

SENT, SEEN, LOST = ReceiptState.SENT, ReceiptState.SEEN, ReceiptState.LOST
NOT_A_VIEWERS = {Reason.OWN, Reason.HOST, Reason.MIRROR, Reason.REPEATED_EVENT}


def figure(kind: FigureKind, value: float = 1.0, at: float = 0.0) -> Figure:
    return Figure(1, at, kind, value)


def ignored(id: int, reason: Reason = Reason.CHATTER, **changes: object) -> Message:
    return a_message(id, decision=Decision(Action.IGNORE, reason), **changes)


def question(id: int, *, answered_by: int | None = None, **cosines: float) -> Message:
    """Heard at `id` seconds; `cosines` are those of its candidates."""
    decision = Decision(Action.REPLY, Reason.SURE, candidates=tuple(cosines.items()))
    return a_message(id, heard_at=float(id), answered_by=answered_by, decision=decision)


# N: interactions


def test_interactions_are_the_sum_of_their_kinds() -> None:
    # 1 + 2 + 3 + 4 + 5 + 6
    assert Interactions(danmaku=1, gifts=2, likes=3, follows=4, shares=5, memberships=6).total == 21


def test_each_act_counts_once() -> None:
    messages = [a_message(11), ignored(12), a_message(13, is_paid=True)]
    figures = [
        figure(FigureKind.GIFTS, 66.0),  # 66 roses at once are one act
        figure(FigureKind.GIFT_FEN, 6600.0),  # what they cost is none
        figure(FigureKind.LIKES),
        figure(FigureKind.LIKES),
        figure(FigureKind.FOLLOWED),
        figure(FigureKind.SHARED),
        figure(FigureKind.MEMBERSHIPS),
        figure(FigureKind.SUPER_CHATS),  # its line is a danmaku already
        figure(FigureKind.ENTERED),
        figure(FigureKind.WATCHED, 900.0),
        figure(FigureKind.LIKES_TOTAL, 5000.0),
        figure(FigureKind.VIEWERS_ONLINE, 300.0),
    ]
    found = scores.count_interactions(messages, figures)
    assert found == Interactions(danmaku=3, gifts=1, likes=2, follows=1, shares=1, memberships=1)
    assert found.total == 9  # 3 + 1 + 2 + 1 + 1 + 1


@pytest.mark.parametrize("reason", Reason)
def test_whatever_a_viewer_of_this_room_types_is_an_interaction(reason: Reason) -> None:
    counted = scores.count_interactions([ignored(11, reason)], []).danmaku
    assert counted == (0 if reason in NOT_A_VIEWERS else 1)


# T: watch time

WATCH_TIMES = {
    "nobody counted": ([], 0.0),
    "one sample spans no time": ([(0, 500)], 0.0),
    "ten viewers for a minute": ([(0, 10), (60, 10)], 600.0),  # 60 * 10
    "a rising room": ([(0, 10), (60, 20)], 900.0),  # 60 * (10 + 20) / 2
    "up and down": ([(0, 0), (30, 10), (60, 4)], 360.0),  # 30 * 5 + 30 * 7
    "the longest gap bridged": ([(0, 10), (120, 10)], 1200.0),  # 120 * 10
    "a longer gap adds nothing": ([(0, 10), (121, 10)], 0.0),
    "cut off in between": ([(0, 10), (60, 10), (200, 30), (260, 30)], 2400.0),  # 60 * 10 + 60 * 30
    "the same sample twice": ([(0, 10), (0, 10), (60, 10)], 600.0),  # 0 + 60 * 10
    "a jump within a moment": ([(0, 10), (30, 10), (30, 50), (60, 50)], 1800.0),  # 30 * 10 + 0 + 30 * 50
}


@pytest.mark.parametrize(("samples", "expected"), WATCH_TIMES.values(), ids=WATCH_TIMES.keys())
def test_watch_time_is_the_area_under_the_samples(
    samples: list[tuple[float, float]], expected: float
) -> None:
    assert scores.watch_seconds([Sample(*sample) for sample in samples]) == expected


def test_only_viewers_online_are_samples_in_the_order_of_time() -> None:
    figures = [
        figure(FigureKind.VIEWERS_ONLINE, 7.0, at=60.0),
        figure(FigureKind.WATCHED, 900.0, at=30.0),
        figure(FigureKind.VIEWERS_ONLINE, 5.0, at=0.0),
    ]
    assert scores.viewers_online(figures) == [Sample(0.0, 5.0), Sample(60.0, 7.0)]


MINUTES = {
    "two even minutes": ([(0, 10), (120, 10)], 0, {0: 600.0, 1: 600.0}),
    # at 60 s the line from 0 to 60 viewers stands at 30: 30 s * 15 and 30 s * 45
    "a minute ends on the line": ([(30, 0), (90, 60)], 0, {0: 450.0, 1: 1350.0}),
    # 60 * 15 and 60 * 10: a sample on the border belongs to both sides
    "samples on the borders": ([(0, 10), (60, 20), (120, 0)], 0, {0: 900.0, 1: 600.0}),
    # 10 s * 6 on either side of the start
    "before the start": ([(990, 6), (1010, 6)], 1000, {-1: 60.0, 0: 60.0}),
    "a gap": ([(0, 10), (60, 10), (240, 10), (270, 10)], 0, {0: 600.0, 4: 300.0}),
}


@pytest.mark.parametrize(("samples", "start", "expected"), MINUTES.values(), ids=MINUTES.keys())
def test_watch_time_is_cut_at_the_minutes(
    samples: list[tuple[float, float]], start: float, expected: dict[int, float]
) -> None:
    found = scores.watch_seconds_by_minute([Sample(*sample) for sample in samples], start=start)
    assert found == pytest.approx(expected)


SAMPLES = st.lists(
    st.builds(Sample, st.floats(0, 1000, allow_subnormal=False), st.integers(0, 10_000).map(float))
).map(sorted)


@given(samples=SAMPLES, start=st.floats(0, 500))
def test_the_minutes_add_up_to_the_whole(samples: list[Sample], start: float) -> None:
    minutes = scores.watch_seconds_by_minute(samples, start=start)
    assert math.fsum(minutes.values()) == pytest.approx(scores.watch_seconds(samples), abs=1e-6)
    assert all(seconds >= 0 for seconds in minutes.values())


@given(share=st.floats(0, 1))
def test_one_more_sample_on_the_line_changes_nothing(share: float) -> None:
    ends = [Sample(0.0, 100.0), Sample(100.0, 300.0)]
    between = Sample(100.0 * share, 100.0 + 200.0 * share)
    denser = [ends[0], between, ends[1]]
    assert scores.watch_seconds(denser) == pytest.approx(scores.watch_seconds(ends))


@given(samples=SAMPLES)
def test_twice_the_viewers_watch_twice_the_time(samples: list[Sample]) -> None:
    doubled = [Sample(sample.at, 2 * sample.viewers) for sample in samples]
    assert scores.watch_seconds(doubled) == pytest.approx(2 * scores.watch_seconds(samples))


# N / T


@pytest.mark.parametrize(
    ("interactions", "watched", "expected"),
    [
        (90, 36_000.0, 9.0),  # 90 acts in 10 viewer-hours
        (1, 3600.0, 1.0),  # one act by one viewer in one hour
        (5, 900.0, 20.0),  # 5 acts in a quarter of a viewer-hour
        (0, 3600.0, 0.0),
        (7, 0.0, None),  # acts, but nobody was counted
    ],
)
def test_engagement_is_interactions_per_viewer_hour(
    interactions: int, watched: float, expected: float | None
) -> None:
    assert scores.engagement(interactions, watched) == expected


# Which answers reached the room


def receipts(*given: tuple[int, float, ReceiptState]) -> list[Receipt]:
    return [Receipt(reply_id, at, state) for reply_id, at, state in given]


def part(id: int, number: int, of: int, state: ReceiptState) -> Reply:
    return a_reply(id, answer_id=21, part=number, parts=of, state=state)


def test_an_answer_is_delivered_when_it_is_first_sent_or_seen() -> None:
    moves = receipts((21, 5.0, ReceiptState.SENDING), (21, 6.0, SENT), (21, 7.5, SEEN))
    assert scores.delivered_answers([a_reply(21, state=SEEN)], moves) == {21: Delivered("shipping", 6.0)}


def test_a_long_answer_is_delivered_with_its_last_part() -> None:
    parts = [part(21, 1, 2, SEEN), part(22, 2, 2, SENT)]
    moves = receipts((21, 6.0, SENT), (21, 7.0, SEEN), (22, 8.0, SENT))
    whole = Delivered("shipping", 8.0)
    assert scores.delivered_answers(parts, moves) == {21: whole, 22: whole}


@pytest.mark.parametrize("state", [state for state in ReceiptState if state not in (SENT, SEEN)])
def test_an_answer_with_a_part_that_is_not_in_the_room_is_not_delivered(state: ReceiptState) -> None:
    parts = [part(21, 1, 2, SEEN), part(22, 2, 2, state)]
    moves = receipts((21, 6.0, SENT), (22, 7.0, SENT), (22, 8.0, state))
    assert scores.delivered_answers(parts, moves) == {}


def test_an_answer_whose_last_part_was_never_written_is_not_delivered() -> None:
    assert scores.delivered_answers([part(21, 1, 2, SEEN)], receipts((21, 6.0, SEEN))) == {}


# How questions fared


def test_a_question_is_answered_when_the_reply_that_serves_it_is_delivered() -> None:
    messages = [
        question(11, answered_by=21),
        question(12, answered_by=21),  # joined the same answer
        question(13, answered_by=22),  # whose reply was lost
        question(14),  # went to the host
        ignored(15),
        ignored(16, Reason.HOST),
    ]
    found = scores.score_answers(messages, {21: Delivered("shipping", 20.0)})
    assert (found.questions, found.answered) == (4, 2)
    assert found.share == 0.5  # 2 / 4
    assert found.by_entry == {"shipping": 2}


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ([11], 9.0),  # 20 - 11
        ([11, 14], 7.5),  # the mean of 9 and 6
        ([11, 14, 19], 6.0),  # the middle of 9, 6 and 1
        ([11, 25], 9.0),  # who asks at 25 finds the answer there and waits for nothing
        ([25], None),
        ([20], 0.0),
    ],
)
def test_median_time_to_answer_is_of_those_who_waited(heard: list[int], expected: float | None) -> None:
    messages = [question(at, answered_by=21) for at in heard]
    assert scores.score_answers(messages, {21: Delivered("shipping", 20.0)}).median_seconds == expected


def test_mean_relevance_is_the_cosine_of_each_question_and_its_entry() -> None:
    messages = [
        question(11, answered_by=21, shipping=0.9, refund=0.4),
        question(12, answered_by=21, refund=0.8, shipping=0.6),  # the entry counts, not the best candidate
        question(13, answered_by=21, refund=0.8),  # answered by what was no candidate: no cosine is known
        question(14, answered_by=22, shipping=0.9),  # a person's own words
        question(15, shipping=0.1),  # not answered
    ]
    delivered = {21: Delivered("shipping", 20.0), 22: Delivered(None, 21.0)}
    assert scores.score_answers(messages, delivered).mean_relevance == pytest.approx(0.75)  # (0.9 + 0.6) / 2


def test_without_questions_nothing_is_made_up() -> None:
    found = scores.score_answers([ignored(11)], {})
    assert (found.questions, found.answered) == (0, 0)
    assert (found.share, found.median_seconds, found.mean_relevance) == (None, None, None)


# By the minute


def test_minutes_hold_what_happened_in_them() -> None:
    start = 1000.0
    messages = [
        a_message(11, heard_at=1059.9, answered_by=21),
        ignored(12, heard_at=1060.0),
        a_message(13, heard_at=1200.0),
    ]
    figures = [
        figure(FigureKind.VIEWERS_ONLINE, 30.0, at=1000.0),
        figure(FigureKind.VIEWERS_ONLINE, 30.0, at=1080.0),
        figure(FigureKind.LIKES, at=1119.0),
    ]
    found = scores.score_minutes(messages, figures, {21: Delivered("shipping", 1062.0)}, start=start)
    assert list(found) == [0, 1, 3]
    assert [each.interactions.total for each in found.values()] == [1, 2, 1]
    assert [each.watch_seconds for each in found.values()] == [1800.0, 600.0, 0.0]  # 60 * 30, 20 * 30
    assert [each.interactions_per_viewer_hour for each in found.values()] == [
        2.0,  # 1 * 3600 / 1800
        12.0,  # 2 * 3600 / 600
        None,
    ]
    assert [each.answers.questions for each in found.values()] == [1, 0, 1]
    assert found[0].answers.answered == 1  # where it was asked, though the answer came a minute later
    assert found[0].answers.median_seconds == pytest.approx(2.1)  # 1062.0 - 1059.9


MESSAGES = st.lists(
    st.builds(
        lambda id, at, reason: ignored(id, reason, heard_at=at),
        st.integers(1, 1000),
        st.floats(0, 1000),
        st.sampled_from(Reason),
    )
)
FIGURES = st.lists(st.builds(figure, st.sampled_from(FigureKind), st.just(1.0), st.floats(0, 1000)))


@given(messages=MESSAGES, figures=FIGURES)
def test_minutes_add_up_to_the_broadcast(messages: list[Message], figures: list[Figure]) -> None:
    whole = scores.score(messages, figures, {})
    minutes = scores.score_minutes(messages, figures, {}, start=500.0).values()
    assert sum(each.interactions.total for each in minutes) == whole.interactions.total
    assert sum(each.answers.questions for each in minutes) == whole.answers.questions
    assert math.fsum(each.watch_seconds for each in minutes) == pytest.approx(whole.watch_seconds, abs=1e-6)
