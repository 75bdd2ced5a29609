"""Why a text was judged so: the right findings with the right words, and points that add up."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import Entry, KnowledgeBase, explaining, open_embedder
from knowledge.calibration import TRUST_FEATURES
from knowledge.explaining import TOLD, Explained, Explanation, Finding, Kind, explain
from knowledge.ranking import Ranker

ENTRIES = (
    Entry(id="fee", question="买伞要付邮费吗？", variants=("包不包邮",), answer="满49元包邮，不满收5元。"),
    Entry(id="x8-price", question="X8雨伞多少钱？", answer="X8今天79元一把。"),
    Entry(id="insurance", question="退货有运费险吗？", answer="每单都送运费险。"),
    Entry(id="windproof", question="大风天伞会不会被吹翻？", answer="骨架是碳纤维的，八级风也不翻。"),
    Entry(id="colours", question="Which colours does the umbrella come in?", answer="Black, olive and sand."),
    Entry(id="twin-a", question="伞套送不送", answer="送同色伞套。"),
    Entry(id="twin-b", question="伞套送不送", answer="送，也可单买。"),
)


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase(open_embedder(), ENTRIES)


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    return Ranker()


def explained(text: str, base: KnowledgeBase, ranker: Ranker) -> Explanation:
    (judgement,) = ranker.judge([text], base)
    return explain(text, judgement, base=base, ranker=ranker)


def found(one: Explained, kind: Kind) -> Finding:
    return next(finding for finding in one.findings if finding.kind is kind)


def kinds(one: Explained) -> set[Kind]:
    return {finding.kind for finding in one.findings}


def test_every_piece_of_evidence_is_told_with_something() -> None:
    assert set(TRUST_FEATURES) - TOLD == set()


def test_evidence_that_nobody_has_words_for_is_told_by_its_name(
    base: KnowledgeBase, ranker: Ranker, monkeypatch: pytest.MonkeyPatch
) -> None:
    finders = [row for row in explaining._FINDERS if row[0] != ("initials",)]
    monkeypatch.setattr(explaining, "_FINDERS", finders)
    first = explained("yfx有吗", base, ranker).candidates[0]
    assert found(first, Kind.OTHER).facts == {"name": "initials", "value": 1.0}


@pytest.mark.parametrize("text", ["邮费多少", "伞会翻吗风大", "which colors are there", "x9多少钱", "主播好"])
def test_points_add_up_to_the_probability(text: str, base: KnowledgeBase, ranker: Ranker) -> None:
    first = explained(text, base, ranker).candidates[0]
    odds = sum(finding.points for finding in first.findings)
    assert odds == pytest.approx(log(first.probability / (1 - first.probability)), abs=0.01)
    weights = [abs(finding.points) for finding in first.findings]
    assert weights == sorted(weights, reverse=True)


@given(text=st.text(max_size=40))
def test_probabilities_of_the_nearest_and_of_none_are_one_in_falling_order(
    base: KnowledgeBase, ranker: Ranker, text: str
) -> None:
    explanation = explained(text, base, ranker)
    shares = [one.probability for one in explanation.candidates]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) + explanation.none == pytest.approx(1.0)


def test_the_first_is_the_judgements_own(base: KnowledgeBase, ranker: Ranker) -> None:
    (judgement,) = ranker.judge(["邮费要多少"], base)
    first, second, third = explain("邮费要多少", judgement, base=base, ranker=ranker).candidates
    assert first.probability == judgement.probability
    assert [one.match for one in (first, second, third)] == list(judgement.matches)


def test_the_nearest_wording_is_told_with_the_words_in_common(base: KnowledgeBase, ranker: Ranker) -> None:
    first = explained("邮费谁付", base, ranker).candidates[0]
    nearest = found(first, Kind.NEAREST)
    assert nearest.facts["wording"] == "买伞要付邮费吗？"
    assert nearest.facts["words"] == ("邮费", "付")
    assert nearest.points > 0


def test_the_same_sound_speaks_for_it(base: KnowledgeBase, ranker: Ranker) -> None:
    sound = found(explained("包油不", base, ranker).candidates[0], Kind.SOUNDS_ALIKE)
    assert sound.facts == {"words": ("包油=包邮",)}
    assert sound.points > 0


def test_initials_are_read(base: KnowledgeBase, ranker: Ranker) -> None:
    first = explained("有yfx吗", base, ranker).candidates[0]
    assert first.match.entry.id == "insurance"
    assert found(first, Kind.INITIALS).facts == {"words": ("yfx=运费险",)}


def test_another_model_speaks_against_it(base: KnowledgeBase, ranker: Ranker) -> None:
    first = explained("X9雨伞多少钱", base, ranker).candidates[0]
    numbers = found(first, Kind.NUMBERS_DIFFER)
    assert numbers.facts == {"asked": ("X9",), "known": ("X8",)}
    assert numbers.points < 0


def test_negation_is_told_from_the_side_that_negates(base: KnowledgeBase, ranker: Ranker) -> None:
    here = explained("X8雨伞没有货多少钱", base, ranker).candidates[0]
    assert Kind.NEGATED_HERE in kinds(here)
    there = explained("大风天伞吹翻了会怎样", base, ranker).candidates[0]
    assert Kind.NEGATED_HERE not in kinds(there)


def test_what_only_the_answer_has_is_told_apart(base: KnowledgeBase, ranker: Ranker) -> None:
    first = explained("伞的骨架是碳纤维吗", base, ranker).candidates[0]
    assert first.match.entry.id == "windproof"
    assert "碳纤维" in "".join(found(first, Kind.IN_ANSWER).facts["words"])  # type: ignore[arg-type]


def test_words_the_entry_lacks_are_named(base: KnowledgeBase, ranker: Ranker) -> None:
    first = explained("which colours does the handle come in", base, ranker).candidates[0]
    assert found(first, Kind.UNKNOWN_WORDS).facts == {"words": ("handle",)}


def test_a_line_that_asks_nothing_is_told_so(base: KnowledgeBase, ranker: Ranker) -> None:
    praise = explained("主播今天的发型真好看哈哈哈", base, ranker).candidates[0]
    assert found(praise, Kind.HARDLY_ASKS).points < 0
    question = explained("邮费多少呀", base, ranker).candidates[0]
    assert Kind.ASKS in kinds(question)


def test_a_wording_letter_by_letter_needs_no_other_reason(base: KnowledgeBase, ranker: Ranker) -> None:
    first, second, _ = explained("包不包邮？", base, ranker).candidates
    assert [(finding.kind, finding.facts) for finding in first.findings] == [
        (Kind.EXACT, {"wording": "包不包邮"})
    ]
    assert (second.probability, second.findings) == (0.0, ())


def test_two_entries_with_one_wording_are_told_of_each_other(base: KnowledgeBase, ranker: Ranker) -> None:
    first, second, _ = explained("伞套送不送", base, ranker).candidates
    assert {first.match.entry.id, second.match.entry.id} == {"twin-a", "twin-b"}
    assert found(first, Kind.SHARED_WORDING).facts == {"entry": second.match.entry.id}
    assert found(first, Kind.SHARED_WORDING).points < 0
    assert first.probability == pytest.approx(second.probability)


@pytest.mark.parametrize("text", ["", " \n", "😀👍", "[doge]", "？？？"])
def test_nothing_to_read_is_nothing_to_explain(text: str, base: KnowledgeBase, ranker: Ranker) -> None:
    assert explained(text, base, ranker) == Explanation((), 1.0)


def test_a_base_without_entries_explains_nothing(ranker: Ranker) -> None:
    assert explained("包邮吗", KnowledgeBase(open_embedder()), ranker) == Explanation((), 1.0)


@pytest.mark.parametrize(
    "text", ["\x1b[31m包邮\x07\u202e\x00", "\udcff发货", "x9 " * 2_000, "邮费多少" * 5_000]
)
def test_hostile_texts_are_explained_like_others(text: str, base: KnowledgeBase, ranker: Ranker) -> None:
    assert len(explained(text, base, ranker).candidates) == 3
