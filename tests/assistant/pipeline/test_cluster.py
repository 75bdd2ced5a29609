import numpy as np
import pytest

from assistant.pipeline.cluster import MOST_CLUSTERS, Cluster, Clusters, Question

SECONDS = 60.0


def question(text: str, *, angle: float = 0.0, entry_id: str = "", probability: float = 0.0) -> Question:
    """Two questions are as alike as the cosine of the angle between them."""
    vector = np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
    return Question(text, vector, entry_id, probability)


def of_entry(text: str, probability: float, *, entry_id: str = "courier", angle: float = 1.6) -> Question:
    return question(text, angle=angle, entry_id=entry_id, probability=probability)


class Room:
    """Clusters with a new viewer for every question."""

    def __init__(self) -> None:
        self.clusters = Clusters(seconds=SECONDS, same_entry=0.35, likeness=0.8)
        self._viewers = 0

    def ask(self, question: Question, *, now: float = 1.0, viewer: str = "") -> Cluster:
        self._viewers += 1
        return self.clusters.join(question, viewer_key=viewer or f"viewer {self._viewers}", now=now)


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.mark.parametrize(
    ("asked", "joins"),
    [
        (question("有货吗", angle=1.5), True),
        (question("还有货吗", angle=0.6), True),
        (question("能退吗", angle=0.7), False),
        (question("2号还有货吗"), False),
        (Question("啊", np.zeros(2, dtype=np.float32)), False),
    ],
    ids=["the same text", "near", "far", "near with another number", "nothing known of it"],
)
def test_a_question_joins_those_that_mean_the_same(room: Room, asked: Question, joins: bool) -> None:
    first = room.ask(question("有货吗"))
    assert (room.ask(asked) is first) is joins
    assert first.askers == 1 + joins


@pytest.mark.parametrize(
    ("asked", "joins"),
    [
        (of_entry("走顺丰不", 0.7), True),  # 0.6 * 0.7 that the entry answers both
        (of_entry("走顺丰不", 0.5), False),  # 0.6 * 0.5
        (of_entry("走顺丰不", 0.9, entry_id="ship-time"), False),
        (of_entry("2号走顺丰不", 0.9), True),
    ],
    ids=["probably", "perhaps", "another entry", "a number that the other leaves out"],
)
def test_questions_that_one_entry_probably_answers_are_one(room: Room, asked: Question, joins: bool) -> None:
    first = room.ask(of_entry("寄什么快递", 0.6, angle=0.0))
    assert (room.ask(asked) is first) is joins


def test_another_number_is_another_question_even_to_the_same_entry(room: Room) -> None:
    without = room.ask(of_entry("走顺丰不", 0.9))
    first = room.ask(of_entry("1号寄什么快递", 0.9, angle=0.0))
    assert without is first
    assert room.ask(of_entry("2号寄什么快递", 0.9, angle=0.0)) is not first
    assert room.ask(of_entry("1号发顺丰吗", 0.9)) is first


@pytest.mark.parametrize(("probability", "joins"), [(0.8, True), (0.6, False)])
def test_a_cluster_of_doubtful_questions_takes_in_fewer(room: Room, probability: float, joins: bool) -> None:
    """The mean of 0.9 and 0.1 counts: 0.8 * 0.5 is enough, 0.6 * 0.5 is not."""
    first = room.ask(of_entry("寄什么快递", 0.9, angle=0.0))
    assert room.ask(of_entry("快递员帅吗", 0.1, angle=0.1)) is first
    assert (room.ask(of_entry("走顺丰不", probability)) is first) is joins


def test_the_nearest_of_several_is_joined(room: Room) -> None:
    room.ask(question("有货吗"))
    later = room.ask(question("几时有货", angle=0.9))
    assert room.ask(question("何时有货", angle=0.6)) is later


def test_a_viewer_who_asks_again_is_counted_once(room: Room) -> None:
    for text in ("有货吗", "还有货吗", "有货吗"):
        cluster = room.ask(question(text), viewer="a")
    assert cluster.askers == 1
    assert room.ask(question("有货吗"), viewer="b").askers == 2


def test_each_asker_begins_the_window_anew(room: Room) -> None:
    first = room.ask(question("有货吗"), now=0.0)
    assert room.ask(question("有货吗"), now=SECONDS - 1) is first
    assert room.ask(question("有货吗"), now=2 * SECONDS - 2) is first
    assert room.ask(question("有货吗"), now=3 * SECONDS) is not first


def test_a_viewer_who_is_heard_begins_the_window_anew_too(room: Room) -> None:
    first = room.ask(question("有货吗"), now=0.0)
    other = room.ask(question("能退吗", angle=1.6), now=1.0)
    room.clusters.hear(first, viewer_key="one more", now=SECONDS - 1)
    assert room.ask(question("可以退吗", angle=1.6), now=SECONDS + 1) is not other
    assert room.ask(question("还有货吗"), now=SECONDS + 1) is first
    assert first.askers == 3


def test_what_is_left_of_several_is_still_compared_by_its_own_meaning(room: Room) -> None:
    room.ask(question("有货吗"), now=0.0)
    other = room.ask(question("能退吗", angle=1.5), now=SECONDS / 2)
    assert room.ask(question("可以退不", angle=1.4), now=SECONDS) is other
    assert room.ask(question("还有货吗", angle=0.1), now=SECONDS) is not other


def test_a_forgotten_question_that_is_still_being_answered_goes_on_counting(room: Room) -> None:
    held = room.ask(question("有货吗"), now=0.0)
    other = room.ask(question("能退吗", angle=1.6), now=SECONDS)
    room.clusters.hear(held, viewer_key="one more", now=SECONDS)
    assert held.askers == 2
    assert room.ask(question("还有货吗"), now=SECONDS) not in (held, other)


def test_the_one_asked_longest_ago_goes_when_there_are_too_many(room: Room) -> None:
    first = room.ask(question("有货吗"))
    second = room.ask(question("1号怎么卖"))
    for number in range(MOST_CLUSTERS - 2):
        room.ask(question(f"{number + 10}号怎么卖"))
    assert room.ask(question("还有货吗")) is first
    room.ask(question("9号怎么卖"))
    assert room.ask(question("1号怎么卖")) is not second
    assert room.ask(question("有货吗")) is first


def test_what_an_earlier_run_left_before_the_host_is_joined_and_counted_on(room: Room) -> None:
    room.clusters.restore(question("有货吗"), escalation_id=7, askers=5, now=0.0)
    found = room.ask(question("还有货吗"))
    assert (found.escalation_id, found.askers) == (7, 6)


def test_two_left_with_the_same_text_are_forgotten_in_their_turn(room: Room) -> None:
    for id in (7, 8):
        room.clusters.restore(question("有货吗"), escalation_id=id, askers=1, now=0.0)
    assert room.ask(question("有货吗"), now=SECONDS).escalation_id is None
