import pytest

from knowledge import Entry, KnowledgeBase
from knowledge import candidates as finding
from knowledge.candidates import CandidateFinder
from knowledge.lexicon import shipped_lexicon
from tests.fakes.embedders import CountingEmbedder

ENTRIES = [
    Entry(id=f"topic-{number}", question=f"第{number}个问题", answer=f"答案{number}") for number in range(30)
]
HIDDEN = Entry(id="hidden", question="怎么付款", answer="支付宝微信都收")


def find(base: KnowledgeBase, text: str) -> list[str]:
    (found,) = CandidateFinder(shipped_lexicon()).find([text], base.embedder.embed([text]), base)
    return [candidate.match.entry.id for candidate in found]


def test_an_entry_is_found_by_its_answer() -> None:
    base = KnowledgeBase(CountingEmbedder(), [*ENTRIES, HIDDEN])
    assert "hidden" in find(base, "问题：支付宝微信")


def test_answers_of_a_large_base_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_ANSWERS", 10)
    base = KnowledgeBase(CountingEmbedder(), [*ENTRIES, HIDDEN])
    assert "hidden" not in find(base, "问题：支付宝微信")
    assert find(base, "第3个问题")[0] == "topic-3"


def test_candidates_are_distinct() -> None:
    base = KnowledgeBase(CountingEmbedder(), ENTRIES)
    found = find(base, "第3个问题答案3")
    assert len(found) == len(set(found)) > 0


def test_entries_are_prepared_once() -> None:
    embedder = CountingEmbedder()
    base = KnowledgeBase(embedder, ENTRIES)
    finder = CandidateFinder(shipped_lexicon())
    texts = ["第3个问题"]
    vectors = embedder.embed(texts)
    finder.find(texts, vectors, base)
    before = len(embedder.texts)
    finder.find(texts, vectors, base)
    assert len(embedder.texts) == before
    base.add(HIDDEN)
    before = len(embedder.texts)
    finder.find(texts, vectors, base)
    assert embedder.texts[before:] == ["支付宝微信都收", "怎么付款"]


def test_what_is_prepared_for_one_base_serves_another() -> None:
    embedder = CountingEmbedder()
    base = KnowledgeBase(embedder, [*ENTRIES, HIDDEN])
    finder = CandidateFinder(shipped_lexicon())
    texts = ["第3个问题"]
    vectors = embedder.embed(texts)
    finder.find(texts, vectors, base)
    changed = HIDDEN.model_copy(update={"answer": "只收现金"})
    other = base.forked([*ENTRIES[5:], changed])
    before = len(embedder.texts)
    finder.find(texts, vectors, other)
    assert embedder.texts[before:] == ["只收现金", "怎么付款"]
