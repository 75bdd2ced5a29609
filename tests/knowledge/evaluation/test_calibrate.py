from dataclasses import replace
from statistics import fmean

import pytest

from knowledge import Entry
from knowledge.calibration import Calibration, unfitted_calibration
from knowledge.evaluation.calibrate import fit_calibration, leave_one_out, refit
from knowledge.evaluation.rooms import Message, Room, SeenRoom
from knowledge.evaluation.weights import PRIOR_MESSAGES, Example
from knowledge.evidence import AGAINST, FOR
from knowledge.ranking import Ranker, reply_bar
from tests.fakes.embedders import HashEmbedder

TOPICS = ("发货时间", "快递公司", "包邮范围", "退货期限", "尺码选择", "面料成分", "会员折扣", "保修年限")


NAMES = ("a:1", "b:2", "c:3")


def room_of(name: str, asking: str) -> Room:
    entries = tuple(map(entry_named, TOPICS))
    messages = (
        *(Message(f"{asking}{topic}", "reply", topic, "plain") for topic in TOPICS),
        *(
            Message(f"{asking}{word}呢", "escalate", None, "uncovered")
            for word in ("月亮", "食堂", "火车", "电影")
        ),
        *(Message(word, "ignore", None, "chatter") for word in ("哈哈", "来了", "好看", "加油")),
    )
    return Room(name, entries, messages)


def observed(room: Room) -> list[Example]:
    return room.observe(Ranker(unfitted_calibration()), HashEmbedder())


@pytest.fixture(scope="module")
def rooms() -> list[list[Example]]:
    return [
        observed(room_of(name, asking)) for name, asking in (("a", "请问"), ("b", "想知道"), ("c", "说说"))
    ]


@pytest.fixture(scope="module")
def prior(rooms: list[list[Example]]) -> Calibration:
    return fit_calibration(rooms, names=NAMES)


def mislabelled(messages: int) -> list[Example]:
    """A room where nothing that looks right is right."""
    asked = [example for example in observed(room_of("d", "问下")) if example.entry]
    wrong = [replace(example, entry=None) for example in asked]
    return (wrong * (messages // len(wrong) + 1))[:messages]


def entry_named(id: str) -> Entry:
    return Entry(id=id, question=f"{id}是什么？", answer=f"{id}见详情页。")


def usual_log_odds(calibration: Calibration, examples: list[Example]) -> float:
    """That the first entry answers, before it is bounded."""
    evidence = [Ranker(calibration).weigh(example.observation).evidence for example in examples]
    return fmean(sum(calibration.trust_weights[name] * one[name] for name in one) for one in evidence)


def test_a_fitted_calibration_knows_answers_from_none(rooms: list[list[Example]]) -> None:
    ranker = Ranker(fit_calibration(rooms, names=NAMES))
    answered = [ranker.weigh(example.observation) for room in rooms for example in room if example.entry]
    others = [ranker.weigh(example.observation) for room in rooms for example in room if not example.entry]
    assert min(one.probability for one in answered) > max(one.probability for one in others)


def test_the_same_rooms_give_the_same_calibration(rooms: list[list[Example]]) -> None:
    assert fit_calibration(rooms, names=NAMES) == fit_calibration(rooms, names=NAMES)


def test_a_room_is_judged_without_having_been_seen(rooms: list[list[Example]]) -> None:
    (_, of_others, _) = leave_one_out(rooms, names=NAMES)
    assert of_others == fit_calibration([rooms[0], rooms[2]], names=("a:1", "c:3"))


def test_no_evidence_counts_the_wrong_way(rooms: list[list[Example]]) -> None:
    calibration = fit_calibration(rooms, names=NAMES)
    for weights in (calibration.order_weights, calibration.trust_weights):
        assert all(weights[name] >= 0 for name in FOR)
        assert all(weights[name] <= 0 for name in AGAINST)


def test_a_single_room_can_be_fitted(rooms: list[list[Example]]) -> None:
    calibration = fit_calibration(rooms[:1], names=NAMES[:1])
    budgets, thresholds = zip(*calibration.reply_thresholds, strict=True)
    assert list(budgets) == sorted(budgets)
    assert list(thresholds) == sorted(thresholds, reverse=True)


def test_a_calibration_remembers_what_it_was_fitted_on(prior: Calibration) -> None:
    assert prior.fitted_on == NAMES


def test_a_room_that_was_fitted_on_is_not_judged_for_figures() -> None:
    room, other = room_of("a", "请问"), room_of("b", "想知道")
    seen = fit_calibration([observed(room)], names=[room.fingerprint])
    with pytest.raises(SeenRoom, match="leave that room out"):
        room.outcomes(observed(room), seen)
    assert other.outcomes(observed(other), seen)


def test_a_copy_and_a_later_version_of_a_seen_room_are_seen() -> None:
    room = room_of("a", "请问")
    seen = fit_calibration([observed(room)], names=[room.fingerprint])
    with pytest.raises(SeenRoom):
        replace(room, name="copy").refuse_seen(seen)
    with pytest.raises(SeenRoom):
        replace(room, messages=room.messages[1:]).refuse_seen(seen)


def test_leaving_one_out_leaves_each_out(rooms: list[list[Example]]) -> None:
    fitted_on = [one.fitted_on for one in leave_one_out(rooms, names=NAMES)]
    assert fitted_on == [("b:2", "c:3"), ("a:1", "c:3"), ("a:1", "b:2")]


def test_every_room_has_a_name(rooms: list[list[Example]], prior: Calibration) -> None:
    with pytest.raises(ValueError, match="3 rooms, but 1 names"):
        fit_calibration(rooms, names=["a"])
    with pytest.raises(ValueError, match="3 parts, but 1 names"):
        refit(prior, rooms, names=["a"])


@pytest.mark.parametrize("parts", [0, 1, 3])
def test_refitting_with_nothing_is_the_prior_itself(prior: Calibration, parts: int) -> None:
    assert refit(prior, [[]] * parts, names=["empty"] * parts) is prior


def test_the_more_is_reviewed_the_further_it_moves(prior: Calibration) -> None:
    wrong = mislabelled(2_000)
    few, many = (refit(prior, [wrong[:count]], names=["log"]) for count in (20, 2_000))
    before, little, much = (usual_log_odds(one, wrong[:20]) for one in (prior, few, many))
    assert before > little > much
    assert before - little < (before - much) / 4


def test_thresholds_move_by_the_share_of_the_reviewed(prior: Calibration) -> None:
    wrong = mislabelled(PRIOR_MESSAGES)
    half = refit(prior, [wrong[::2], wrong[1::2]], names=["monday", "tuesday"])
    for (budget, least), (_, before) in zip(half.reply_thresholds, prior.reply_thresholds, strict=True):
        assert least == pytest.approx((0.98 + before) / 2, abs=1e-4), budget


def test_what_was_reviewed_is_seen_too(prior: Calibration) -> None:
    part = mislabelled(20)
    again = refit(prior, [part, [], part], names=["monday", "empty", "tuesday"])
    assert again.fitted_on == (*NAMES, "monday", "tuesday")


def test_refitted_evidence_does_not_count_the_wrong_way(prior: Calibration) -> None:
    calibration = refit(prior, [mislabelled(1_000)], names=["log"])
    for weights in (calibration.order_weights, calibration.trust_weights):
        assert all(weights[name] >= 0 for name in FOR)
        assert all(weights[name] <= 0 for name in AGAINST)


def test_an_entry_that_misled_gets_a_higher_bar(prior: Calibration) -> None:
    right, wrong = "保修年限", "发货时间"
    base = [one for one in observed(room_of("d", "问下")) if one.entry in (right, wrong)]
    part = [replace(one, entry=None if one.entry == wrong else one.entry) for one in base]
    again = refit(prior, [part] * 3, names=["monday", "tuesday", "friday"])
    bar = Ranker(again).team_bar(0.1)
    assert again.entry_thresholds[wrong] > bar
    assert right not in again.entry_thresholds
    assert reply_bar(entry_named(wrong), team=bar, learned=again.entry_thresholds) > bar


def test_one_unlucky_review_raises_no_bar(prior: Calibration) -> None:
    part = observed(room_of("d", "问下"))
    unlucky = [replace(part[0], entry=None), *part[1:]]
    assert refit(prior, [unlucky], names=["monday"]).entry_thresholds == {}


def test_what_was_learned_of_an_entry_is_never_forgotten(prior: Calibration) -> None:
    wary = replace(prior, entry_thresholds={"保修年限": 0.97, "gone": 0.9})
    again = refit(wary, [observed(room_of("d", "问下"))] * 2, names=["monday", "tuesday"])
    assert again.entry_thresholds == {"保修年限": 0.97, "gone": 0.9}


def test_a_room_keeps_its_fingerprint() -> None:
    """Calibrations that are out there hold it."""
    assert room_of("a", "请问").fingerprint == "a:e0701bfb"
