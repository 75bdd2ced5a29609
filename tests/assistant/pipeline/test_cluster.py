import numpy as np
import pytest

from assistant.pipeline.cluster import MOST_CLUSTERS, Clusters, Question

SECONDS = 60.0


def question(text: str, *, angle: float = 0.0, entry_id: str = "") -> Question:
    """Two questions are as alike as the cosine of the angle between them."""
    vector = np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
    return Question(text, vector, entry_id)


@pytest.fixture
def clusters() -> Clusters:
    clusters = Clusters(seconds=SECONDS)
    clusters.add(1, question("有货吗"), now=0.0)
    return clusters


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
def test_a_question_joins_the_one_that_means_the_same(
    clusters: Clusters, asked: Question, joins: bool
) -> None:
    assert (clusters.find(asked, now=1.0) is not None) is joins


def test_the_nearest_of_several_is_joined(clusters: Clusters) -> None:
    clusters.add(2, question("几时有货", angle=0.5), now=0.0)
    found = clusters.find(question("何时有货", angle=0.4), now=1.0)
    assert found is not None
    assert found.escalation_id == 2


def test_questions_that_one_entry_answers_are_one_however_they_are_put(clusters: Clusters) -> None:
    clusters.add(2, question("寄什么快递", angle=1.0, entry_id="courier"), now=0.0)
    found = clusters.find(question("走顺丰不", angle=2.5, entry_id="courier"), now=1.0)
    assert found is not None
    assert found.escalation_id == 2


def test_each_asker_begins_the_window_anew(clusters: Clusters) -> None:
    assert clusters.find(question("有货吗"), now=SECONDS - 1)
    assert clusters.find(question("有货吗"), now=2 * SECONDS - 2)
    assert clusters.find(question("有货吗"), now=3 * SECONDS) is None


def test_what_is_left_of_several_is_still_compared_by_its_own_meaning(clusters: Clusters) -> None:
    clusters.add(2, question("能退吗", angle=1.5), now=SECONDS / 2)
    assert clusters.find(question("有货吗"), now=SECONDS) is None
    found = clusters.find(question("可以退不", angle=1.4), now=SECONDS)
    assert found is not None
    assert found.escalation_id == 2


def test_the_oldest_goes_when_there_are_too_many(clusters: Clusters) -> None:
    for number in range(MOST_CLUSTERS):
        clusters.add(2 + number, question(f"{number + 10}号怎么卖"), now=0.0)
    assert clusters.find(question("有货吗"), now=1.0) is None
    assert clusters.find(question("10号怎么卖呢"), now=1.0)
