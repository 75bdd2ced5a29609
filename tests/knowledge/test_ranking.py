import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge import Entry, KnowledgeBase, open_embedder
from knowledge.calibration import SHIPPED_CALIBRATION, TRUST_FEATURES, Calibration
from knowledge.errors import ModelUnavailable
from knowledge.ranking import EXACT_ONLY, Ranker, reply_bar
from tests.fakes.embedders import HashEmbedder


def entry(id: str, question: str, answer: str, *variants: str) -> Entry:
    return Entry(id=id, question=question, answer=answer, variants=variants)


SHOP = [
    entry("ship-time", "什么时候发货？", "付款后48小时内发出。", "多久能发货"),
    entry("ship-from", "从哪里发货？", "从杭州的仓库发出。"),
    entry("courier", "发什么快递？", "默认中通，不能指定。"),
    entry("free-shipping", "包邮吗？", "除新疆西藏外都包邮。", "运费多少"),
    entry("battery", "电池容量多大？", "5000毫安时，支持快充。"),
    entry("x9-price", "X9多少钱？", "X9今晚1999元。"),
    entry("x8-price", "X8多少钱？", "X8今晚1499元。"),
    entry("insurance", "有运费险吗？", "有，退货运费由保险赔付。"),
    entry("pay", "支持哪些付款方式？", "微信、支付宝和银行卡都可以。"),
]


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase(open_embedder(), SHOP)


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return Ranker()


@pytest.mark.parametrize(
    ("typed", "answering"),
    [
        ("几天能发货呀", "ship-time"),
        ("仓库在哪个城市", "ship-from"),
        ("走哪家快递", "courier"),
        ("包油吗", "free-shipping"),  # sounds like 包邮
        ("有yfx吗", "insurance"),  # the initials of 运费险
        ("可以用支付宝吗", "pay"),  # only the answer says so
        ("x8什么价", "x8-price"),
        ("x9什么价", "x9-price"),
    ],
)
def test_the_entry_that_answers_comes_first(
    ranker: Ranker, base: KnowledgeBase, typed: str, answering: str
) -> None:
    (judgement,) = ranker.judge([typed], base)
    assert judgement.matches[0].entry.id == answering


@pytest.mark.parametrize(
    "typed",
    ["包邮吗", "包邮吗？？？", "运费多少", "@主播 包邮吗[doge]", "包郵嗎", "请问包邮吗", "主播包邮吗"],
)
def test_a_wording_typed_as_it_stands_is_sure(ranker: Ranker, base: KnowledgeBase, typed: str) -> None:
    (judgement,) = ranker.judge([typed], base)
    assert judgement.matches[0].entry.id == "free-shipping"
    assert judgement.probability > ranker.reply_threshold(0.05)
    assert judgement.question_likeness > ranker.question_threshold


def test_two_entries_asked_alike_share_the_probability(ranker: Ranker) -> None:
    twins = [entry("a", "多少钱？", "红的九十九。"), entry("b", "多少钱", "蓝的八十九。")]
    (judgement,) = ranker.judge(["多少钱"], KnowledgeBase(open_embedder(), twins))
    assert {match.entry.id for match in judgement.matches} == {"a", "b"}
    assert judgement.probability <= 0.5


def test_another_model_is_another_question(ranker: Ranker) -> None:
    x9 = KnowledgeBase(open_embedder(), [entry("x9", "X9多少钱？", "今晚1999元。")])
    same, other = ranker.judge(["X9卖多少钱", "X7卖多少钱"], x9)
    assert other.probability < same.probability


def test_a_near_miss_is_less_sure_than_the_question(ranker: Ranker, base: KnowledgeBase) -> None:
    question, near_miss = ranker.judge(["电池有多大容量", "换个电池多少钱"], base)
    assert question.matches[0].entry.id == "battery"
    assert near_miss.probability < question.probability
    assert near_miss.probability < ranker.reply_threshold(0.1)


@pytest.mark.parametrize("typed", ["哈哈哈哈", "主播好美", "666", "来了来了", "love this stream"])
def test_chatter_gets_no_voice(ranker: Ranker, base: KnowledgeBase, typed: str) -> None:
    (judgement,) = ranker.judge([typed], base)
    assert judgement.question_likeness < ranker.question_threshold
    assert judgement.probability < ranker.reply_threshold(0.1)


@pytest.mark.parametrize("typed", ["", "[doge]", "👍👍", "\ud800"])
def test_decoration_has_no_matches(ranker: Ranker, base: KnowledgeBase, typed: str) -> None:
    (judgement,) = ranker.judge([typed], base)
    assert judgement.matches == ()
    assert judgement.probability == judgement.question_likeness == 0.0
    assert not judgement.vector.any()


def test_a_judgement_shows_its_evidence(ranker: Ranker, base: KnowledgeBase) -> None:
    (judgement,) = ranker.judge(["几天能发货呀"], base)
    assert tuple(judgement.evidence) == TRUST_FEATURES
    assert judgement.evidence["cosine"] == pytest.approx(judgement.matches[0].score)
    assert np.linalg.norm(judgement.vector) == pytest.approx(1.0, abs=1e-5)
    assert len(judgement.matches) == 3
    assert len({match.entry.id for match in judgement.matches}) == 3


def test_texts_judged_together_are_judged_as_alone(ranker: Ranker, base: KnowledgeBase) -> None:
    texts = ["几天能发货呀", "", "包邮吗", "哈哈哈", "x9什么价"]
    together = ranker.judge(texts, base)
    for text, judgement in zip(texts, together, strict=True):
        (alone,) = ranker.judge([text], base)
        assert [m.entry.id for m in alone.matches] == [m.entry.id for m in judgement.matches]
        assert alone.probability == pytest.approx(judgement.probability, abs=1e-4)


def test_nothing_is_known_without_entries(ranker: Ranker) -> None:
    empty = KnowledgeBase(open_embedder())
    (judgement,) = ranker.judge(["多久发货"], empty)
    assert judgement.matches == ()
    assert judgement.probability == 0.0
    assert ranker.judge([], empty) == []


def test_one_entry_is_no_reason_to_trust_it(ranker: Ranker) -> None:
    lonely = KnowledgeBase(open_embedder(), [entry("courier", "发什么快递？", "默认中通。")])
    right, wrong = ranker.judge(["用的哪家快递", "尺码偏大吗"], lonely)
    assert wrong.probability < 0.2
    assert right.probability > wrong.probability


def test_changed_entries_are_judged_as_they_are_now(ranker: Ranker) -> None:
    shop = KnowledgeBase(open_embedder(), SHOP)
    ranker.judge(["可以用比特币吗"], shop)
    shop.add(entry("pay", "支持哪些付款方式？", "微信、银行卡，也收比特币。"))
    shop.remove("courier")
    (paying, courier) = ranker.judge(["可以用比特币吗", "发什么快递"], shop)
    assert paying.matches[0].entry.answer == "微信、银行卡，也收比特币。"
    assert "courier" not in {match.entry.id for match in courier.matches}


def test_any_embedder_will_do(ranker: Ranker) -> None:
    shop = KnowledgeBase(HashEmbedder(), SHOP)
    (judgement,) = ranker.judge(["多久能发货"], shop)
    assert judgement.matches[0].entry.id == "ship-time"


def test_a_larger_budget_needs_less_certainty(ranker: Ranker) -> None:
    thresholds = [ranker.reply_threshold(budget / 100) for budget in range(0, 101, 5)]
    assert thresholds == sorted(thresholds, reverse=True)
    assert all(0.0 <= threshold <= 1.0 for threshold in thresholds)


def test_a_calibration_saved_is_the_one_loaded(tmp_path: Path) -> None:
    shipped = Calibration.load()
    shipped.save(tmp_path / "calibration.json")
    assert Calibration.load(tmp_path / "calibration.json") == shipped


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ({"version": 99}, "version 99, this program reads 2; calibrate anew"),
        ({"version": None}, "version: must be a number"),
        ({"order_weights": {}}, "order_weights.cosine: is missing"),
        ({"trust_weights": 3}, "trust_weights: must be an object, { … }"),
        ({"reply_thresholds": []}, "reply_thresholds: must hold a pair, and"),
        ({"reply_thresholds": [0.1, 0.2]}, "reply_thresholds: must be a list of pairs, [[0.05, 0.9], …]"),
        ({"reply_thresholds": [[0.2, 0.5], [0.1, 0.8]]}, "the first number of each must grow"),
        ({"question_threshold": "high"}, "question_threshold: must be a number from 0 to 1"),
        ({"question_threshold": True}, "question_threshold: must be a number from 0 to 1"),
        ({"rival_utility": float("nan")}, "rival_utility: must be a number"),
        ({"rival_utility": 10**400}, "rival_utility: must be a number"),
        ({"precision_thresholds": [[0.9, 1.5]]}, "precision_thresholds: must be a number from 0 to 1"),
        ({"entry_thresholds": {"fee": "x"}}, "entry_thresholds.fee: must be a number from 0 to 1"),
        ({"fitted_on": "all"}, "fitted_on: must be a list of names"),
    ],
)
def test_a_broken_calibration_names_its_file_and_field(
    tmp_path: Path, damage: dict[str, object], said: str
) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps({**json.loads(SHIPPED_CALIBRATION.read_text()), **damage}))
    with pytest.raises(ModelUnavailable) as caught:
        Calibration.load(path)
    assert str(caught.value).startswith(f"{path}: the calibration is broken: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_not_json_is_told_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text('{\n  "version": 2,\n}')
    with pytest.raises(ModelUnavailable, match=r"own\.json.*: is not JSON from line 3, column 1"):
        Calibration.load(path)
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(ModelUnavailable, match=r"own\.json.*: is not UTF-8 text"):
        Calibration.load(path)


def test_a_calibration_of_an_earlier_version_says_so(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text('{"version": 1}')
    with pytest.raises(ModelUnavailable, match=r"own\.json.*version 1.*reads 2; calibrate anew"):
        Calibration.load(path)


@pytest.mark.parametrize("content", ["", "[]", "7", '{"version": 2}', "[" * 100_000])
def test_what_is_no_calibration_is_one_clear_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "own.json"
    path.write_text(content)
    with pytest.raises(ModelUnavailable, match=r"own\.json: the calibration is broken"):
        Calibration.load(path)


def test_a_missing_calibration_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be read: No such file"):
        Calibration.load(tmp_path / "own.json")


def test_a_precision_is_held_by_the_next_that_was_measured() -> None:
    ranker = Ranker(replace(Calibration.load(), precision_thresholds=((0.8, 0.6), (0.9, 0.7))))
    assert [ranker.precision_threshold(asked) for asked in (0.1, 0.8, 0.81, 0.9)] == [0.6, 0.6, 0.7, 0.7]
    assert ranker.precision_threshold(0.95) == EXACT_ONLY


def test_only_a_wording_as_it_stands_reaches_the_bar_of_wordings(ranker: Ranker, base: KnowledgeBase) -> None:
    typed = ["包邮吗", "包邮吗呀", "x9多少钱呀", "发什么快递啊亲"]
    exact, *others = [judgement.probability for judgement in ranker.judge(typed, base)]
    assert exact >= EXACT_ONLY
    assert max(others) < EXACT_ONLY


@pytest.mark.parametrize(
    ("editors", "learned", "bar"),
    [
        (None, {}, 0.8),
        (None, {"battery": 0.9}, 0.9),
        (None, {"battery": 0.7}, 0.8),  # what is learned never lowers the team's
        (None, {"courier": 0.9}, 0.8),
        (0.3, {"battery": 0.9}, 0.3),  # an editor's word is the last
        (0.0, {}, 0.0),
        (1.0, {}, 1.0),
    ],
)
def test_the_bar_of_an_entry(editors: float | None, learned: dict[str, float], bar: float) -> None:
    battery = Entry(id="battery", question="电池多大", answer="5000毫安时", threshold=editors)
    assert reply_bar(battery, team=0.8, learned=learned) == bar


def test_the_stricter_of_budget_and_precision_holds() -> None:
    tables = {"reply_thresholds": ((0.1, 0.7),), "precision_thresholds": ((0.8, 0.6), (0.9, 0.8))}
    ranker = Ranker(replace(Calibration.load(), **tables))
    assert [ranker.team_bar(0.1, precision) for precision in (None, 0.8, 0.9)] == [0.7, 0.7, 0.8]
    assert ranker.team_bar(0.1, 0.99) == EXACT_ONLY
