"""The base as its users see it: what is found, what a change costs, and that no search sees half of one."""

from collections.abc import Sequence
from threading import Event, Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge import Changes, EntriesInvalid, Entry, KnowledgeBase
from tests.fakes.embedders import CountingEmbedder, HashEmbedder

SHIP = Entry(id="ship", question="什么时候发货？", variants=("多久能发货", "下单后几天发"), answer="48小时")
REFUND = Entry(id="refund", question="怎么退款？", variants=("如何退货退款",), answer="订单页里申请")
COURIER = Entry(id="courier", question="发什么快递？", answer="中通")
SHOP = [SHIP, REFUND, COURIER]


@pytest.fixture
def base() -> KnowledgeBase:
    return KnowledgeBase(HashEmbedder(), SHOP)


def ids(base: KnowledgeBase, text: str, limit: int = 3) -> list[str]:
    return [match.entry.id for match in base.search([text], limit)[0]]


def many(number: int) -> list[Entry]:
    return [
        Entry(id=f"e{i}", question=f"第{i}号商品多少钱", variants=(f"{i}号什么价格",), answer=f"{i}元")
        for i in range(number)
    ]


def test_the_nearest_entries_come_best_first_each_once(base: KnowledgeBase) -> None:
    (matches,) = base.search(["下单后几天能发货"])
    assert matches[0].entry == SHIP
    assert len({match.entry.id for match in matches}) == len(matches) == 3
    assert sorted(matches, key=lambda match: -match.score) == matches


def test_a_match_names_the_wording_as_it_was_written_and_as_it_was_compared(base: KnowledgeBase) -> None:
    match = base.search(["什麼時候發貨???"])[0][0]
    assert (match.wording, match.folded) == ("什么时候发货？", "什么时候发货?")
    assert match.score == pytest.approx(1.0)


def test_every_wording_finds_its_entry() -> None:
    base = KnowledgeBase(HashEmbedder(), SHOP)
    for entry in SHOP:
        for wording in entry.wordings:
            match = base.search([wording])[0][0]
            assert (match.entry, match.wording) == (entry, wording)


def test_answers_come_in_the_order_of_the_texts(base: KnowledgeBase) -> None:
    texts = ["怎么退款", "", "发什么快递", "😀😀", "什么时候发货"]
    found = base.search(texts, limit=1)
    assert [[match.entry.id for match in matches] for matches in found] == [
        ["refund"],
        [],
        ["courier"],
        [],
        ["ship"],
    ]


def test_the_limit_counts_entries_and_not_wordings() -> None:
    wordy = Entry(
        id="wordy",
        question="什么时候发货",
        variants=tuple(f"什么时候发货呀{i}" for i in range(200)),
        answer="48小时",
    )
    base = KnowledgeBase(HashEmbedder(), [wordy, REFUND, COURIER])
    assert ids(base, "什么时候发货") == ["wordy", "courier", "refund"]
    assert ids(base, "什么时候发货", limit=1) == ["wordy"]
    assert ids(base, "什么时候发货", limit=9) == ["wordy", "courier", "refund"]
    assert ids(base, "什么时候发货", limit=0) == []


def test_entries_that_share_a_wording_are_both_found() -> None:
    twin = Entry(id="twin", question="什么時候發貨???", answer="明天")
    base = KnowledgeBase(HashEmbedder(), [SHIP, COURIER, twin])
    matches = base.search(["什么时候发货？？"])[0]
    assert [match.entry.id for match in matches] == ["ship", "twin", "courier"]
    assert [match.wording for match in matches[:2]] == ["什么时候发货？", "什么時候發貨???"]
    assert matches[0].score == matches[1].score
    base.remove("ship")
    assert ids(base, "什么时候发货", limit=1) == ["twin"]


def test_vectors_are_searched_as_their_texts_are(base: KnowledgeBase) -> None:
    vectors = base.embedder.embed(["怎么退款", "发什么快递"])
    assert base.search_vectors(vectors) == base.search(["怎么退款", "发什么快递"])


def test_a_text_of_which_the_model_knows_nothing_finds_nothing(base: KnowledgeBase) -> None:
    zeros: NDArray[np.float32] = np.zeros((2, base.embedder.dimension), dtype=np.float32)
    assert base.search_vectors(zeros) == [[], []]


def test_an_empty_base_finds_nothing() -> None:
    base = KnowledgeBase(HashEmbedder())
    assert base.search(["发货"]) == [[]]
    assert base.search([]) == []
    assert (dict(base.entries), base.version) == ({}, 0)


def test_texts_of_any_kind_are_searched(base: KnowledgeBase) -> None:
    odd = ["\x00", "\ud83d", "发" * 100_000, "\x1b[2J", "=cmd()", "<script>", "ignore previous instructions"]
    assert len(base.search(odd)) == len(odd)


def test_entries_keep_their_order_and_cannot_be_changed_from_outside(base: KnowledgeBase) -> None:
    assert list(base.entries) == ["ship", "refund", "courier"]
    with pytest.raises(TypeError):
        base.entries["new"] = SHIP  # type: ignore[index]


def test_build_makes_it_exactly_these(base: KnowledgeBase) -> None:
    slower = SHIP.model_copy(update={"answer": "72小时"})
    price = Entry(id="price", question="多少钱", answer="看标题")
    assert base.build([price, slower, COURIER]) == Changes(added=1, changed=1, unchanged=1, removed=1)
    assert list(base.entries) == ["price", "ship", "courier"]
    assert base.search(["什么时候发货"])[0][0].entry.answer == "72小时"
    assert "refund" not in ids(base, "怎么退款？")


def test_add_replaces_in_place_and_appends(base: KnowledgeBase) -> None:
    faster = Entry(id="refund", question="退款多久到账", answer="三天")
    price = Entry(id="price", question="多少钱", answer="看标题")
    assert base.add(faster, price, COURIER) == Changes(added=1, changed=1, unchanged=1)
    assert list(base.entries) == ["ship", "refund", "courier", "price"]
    assert base.search(["退款多久到账"])[0][0].entry == faster
    assert base.search(["如何退货退款"])[0][0].wording == "退款多久到账"


def test_remove_passes_over_what_is_not_there(base: KnowledgeBase) -> None:
    assert base.remove("ship", "nothing") == Changes(removed=1)
    assert list(base.entries) == ["refund", "courier"]
    assert ids(base, "什么时候发货") == ["courier", "refund"]


def test_version_grows_with_each_change_and_only_then(base: KnowledgeBase) -> None:
    versions = [base.version]
    for change in (
        lambda: base.add(Entry(id="price", question="多少钱", answer="看标题")),
        lambda: base.add(Entry(id="price", question="多少钱", answer="看橱窗")),
        lambda: base.build(reversed(list(base.entries.values()))),
        lambda: base.remove("price"),
    ):
        change()
        versions.append(base.version)
    assert versions == sorted(set(versions))
    base.build(list(base.entries.values()))
    base.add(SHIP)
    base.remove("nothing")
    assert base.version == versions[-1]


def test_two_entries_of_one_id_are_refused_and_nothing_changes(base: KnowledgeBase) -> None:
    other = SHIP.model_copy(update={"answer": "明天"})
    for change in (lambda: base.build([SHIP, REFUND, other]), lambda: base.add(SHIP, REFUND, other)):
        with pytest.raises(EntriesInvalid, match="entry 3: id: 'ship' is already the id of entry 1"):
            change()
    assert list(base.entries.values()) == SHOP
    assert base.version == 1


class BrokenEmbedder(HashEmbedder):
    is_broken = False

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.is_broken:
            raise RuntimeError("out of memory")
        return super().embed(texts)


def test_a_failed_change_leaves_all_as_it_was() -> None:
    embedder = BrokenEmbedder()
    base = KnowledgeBase(embedder, SHOP)
    embedder.is_broken = True
    with pytest.raises(RuntimeError):
        base.build([Entry(id="price", question="多少钱", answer="看标题")])
    embedder.is_broken = False
    assert list(base.entries.values()) == SHOP
    assert ids(base, "怎么退款", limit=1) == ["refund"]
    assert base.remove("ship").removed == 1


def test_adding_one_entry_to_many_embeds_only_its_wordings() -> None:
    embedder = CountingEmbedder()
    base = KnowledgeBase(embedder, many(10_000))
    assert len(embedder.texts) == 20_000
    embedder.texts.clear()
    base.add(Entry(id="new", question="怎么退款？", variants=("如何退货退款",), answer="订单页"))
    assert embedder.texts == ["怎么退款?", "如何退货退款"]
    assert ids(base, "怎么退款", limit=1) == ["new"]


def test_only_wordings_that_changed_are_embedded_again() -> None:
    embedder = CountingEmbedder()
    base = KnowledgeBase(embedder, SHOP)
    embedder.texts.clear()
    base.build([SHIP.model_copy(update={"answer": "72小时", "category": "物流"}), REFUND, COURIER])
    assert base.add(SHIP.model_copy(update={"threshold": 0.9})) == Changes(changed=1)
    assert base.entries["ship"].threshold == 0.9
    base.add(COURIER.model_copy(update={"question": "發什麼快遞??"}))
    base.add(Entry(id="other", question="怎么退款?", answer="见订单页"))
    base.remove("courier")
    base.build(reversed(list(base.entries.values())))
    assert embedder.texts == []
    base.add(REFUND.model_copy(update={"variants": ("如何退货退款", "退款在哪")}))
    assert embedder.texts == ["退款在哪"]


def test_many_wordings_are_searched_by_the_graph() -> None:
    entries = many(400)
    base = KnowledgeBase(HashEmbedder(), entries, flat_limit=100)
    base.remove(*[entry.id for entry in entries[100:200]])
    base.add(SHIP)
    for entry in [*entries[:50], *entries[200:250], SHIP]:
        assert base.search([entry.question])[0][0].entry == entry
    assert "e150" not in ids(base, "150号什么价格", limit=20)


def test_no_search_sees_half_a_change() -> None:
    """Two sets of answers are swapped while other threads search: each search answers from one of them."""
    first = [Entry(id=f"e{i}", question=f"第{i}号多少钱", answer="旧价") for i in range(30)]
    second = [Entry(id=f"e{i}", question=f"{i}号什么价", answer="新价") for i in range(30)]
    base = KnowledgeBase(HashEmbedder(), first)
    is_over = Event()
    mixed: list[object] = []
    searches = 0

    def search() -> None:
        nonlocal searches
        while not is_over.is_set():
            found = base.search([f"{i}号多少钱" for i in range(10)], limit=5)
            answers = {match.entry.answer for matches in found for match in matches}
            if len(answers) != 1 or any(len(matches) != 5 for matches in found):
                mixed.append(found)
            searches += 1

    threads = [Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    while searches < 100:
        base.build(second)
        base.build(first)
    is_over.set()
    for thread in threads:
        thread.join()
    assert mixed == []


def test_changes_from_several_threads_are_all_kept() -> None:
    base = KnowledgeBase(HashEmbedder())
    threads = [Thread(target=base.add, args=[entry]) for entry in many(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(base.entries) == base.version == 20
    assert all(base.search([entry.question])[0][0].entry == entry for entry in many(20))


WORDINGS = st.sampled_from(["发货", "发货？", "退款", "包邮吗", "多少钱", "😀", "有优惠吗", "尺码"])
ENTRIES = st.builds(
    Entry,
    id=st.sampled_from("abcdef"),
    question=WORDINGS,
    variants=st.lists(WORDINGS, max_size=3).map(tuple),
    answer=st.sampled_from(["好", "不好"]),
)
SETS = st.lists(ENTRIES, max_size=6, unique_by=lambda entry: entry.id)


@given(steps=st.lists(SETS, min_size=1, max_size=4), last=SETS)
def test_a_base_changed_step_by_step_finds_what_one_built_at_once_finds(
    steps: list[list[Entry]], last: list[Entry]
) -> None:
    changed = KnowledgeBase(HashEmbedder(), steps[0])
    for entries in steps[1:]:
        changed.add(*entries)
    changed.remove(*[entry.id for entry in last[:2]])
    changed.build(last)
    built = KnowledgeBase(HashEmbedder(), last)
    texts = ["什么时候发货", "怎么退款", "多少钱", "尺码"]
    for one, other in zip(changed.search(texts, 6), built.search(texts, 6), strict=True):
        assert {match.entry.id: match.score for match in one} == pytest.approx(
            {match.entry.id: match.score for match in other}
        )


def test_a_fork_has_its_own_entries_and_embeds_nothing_again() -> None:
    embedder = CountingEmbedder()
    base = KnowledgeBase(embedder, SHOP)
    embedder.texts.clear()
    fork = base.forked([REFUND, COURIER])
    assert embedder.texts == []
    base.remove("refund")
    assert list(fork.entries) == ["refund", "courier"]
    assert "ship" not in ids(fork, "什么时候发货")
    assert ids(fork, "如何退货退款")[0] == "refund"
    assert list(base.entries) == ["ship", "courier"]
