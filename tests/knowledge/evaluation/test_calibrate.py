import pytest

from knowledge import Entry
from knowledge.evaluation.calibrate import Example, fit_calibration, leave_one_out
from knowledge.evaluation.rooms import Message, Room
from knowledge.evidence import AGAINST, FOR
from knowledge.ranking import Ranker, unfitted_calibration
from tests.fakes.embedders import HashEmbedder

TOPICS = ("发货时间", "快递公司", "包邮范围", "退货期限", "尺码选择", "面料成分", "会员折扣", "保修年限")


def observed(name: str, asking: str) -> list[Example]:
    entries = tuple(
        Entry(id=topic, question=f"{topic}是什么？", answer=f"{topic}见详情页。") for topic in TOPICS
    )
    messages = (
        *(Message(f"{asking}{topic}", "reply", topic, "plain") for topic in TOPICS),
        *(
            Message(f"{asking}{word}呢", "escalate", None, "uncovered")
            for word in ("月亮", "食堂", "火车", "电影")
        ),
        *(Message(word, "ignore", None, "chatter") for word in ("哈哈", "来了", "好看", "加油")),
    )
    room = Room(name, entries, messages)
    return room.observe(Ranker(unfitted_calibration()), HashEmbedder())


@pytest.fixture(scope="module")
def rooms() -> list[list[Example]]:
    return [observed("a", "请问"), observed("b", "想知道"), observed("c", "说说")]


def test_a_fitted_calibration_knows_answers_from_none(rooms: list[list[Example]]) -> None:
    ranker = Ranker(fit_calibration(rooms))
    answered = [ranker.weigh(example.observation) for room in rooms for example in room if example.entry]
    others = [ranker.weigh(example.observation) for room in rooms for example in room if not example.entry]
    assert min(one.probability for one in answered) > max(one.probability for one in others)


def test_the_same_rooms_give_the_same_calibration(rooms: list[list[Example]]) -> None:
    assert fit_calibration(rooms) == fit_calibration(rooms)


def test_a_room_is_judged_without_having_been_seen(rooms: list[list[Example]]) -> None:
    (_, of_others, _) = leave_one_out(rooms)
    assert of_others == fit_calibration([rooms[0], rooms[2]])


def test_no_evidence_counts_the_wrong_way(rooms: list[list[Example]]) -> None:
    calibration = fit_calibration(rooms)
    for weights in (calibration.order_weights, calibration.trust_weights):
        assert all(weights[name] >= 0 for name in FOR)
        assert all(weights[name] <= 0 for name in AGAINST)


def test_a_single_room_can_be_fitted(rooms: list[list[Example]]) -> None:
    calibration = fit_calibration(rooms[:1])
    budgets, thresholds = zip(*calibration.reply_thresholds, strict=True)
    assert list(budgets) == sorted(budgets)
    assert list(thresholds) == sorted(thresholds, reverse=True)
