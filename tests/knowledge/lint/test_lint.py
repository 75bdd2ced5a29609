from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import EntriesInvalid, Entry, open_embedder
from knowledge.embedder import Embedder
from knowledge.lint import Finding, LintLimits, Usage, lint
from tests.fakes.embedders import HashEmbedder

NOW = datetime(2026, 11, 11, 20).timestamp()
ANY_LENGTH = LintLimits(line_characters=1_000)


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder()


def entry(id: str, question: str, answer: str, *variants: str, **fields: Any) -> Entry:
    return Entry(id=id, question=question, answer=answer, variants=variants or (f"{question} 嗯",), **fields)


def found(entries: Sequence[Entry], **asked: Any) -> list[Finding]:
    """By letters alone: for rules that look at no meaning."""
    return lint(entries, HashEmbedder(), **({"now": NOW, "limits": ANY_LENGTH} | asked))


def rules(findings: Sequence[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


def test_a_faq_in_order_is_not_complained_about(embedder: Embedder) -> None:
    shop = [
        entry("ship", "什么时候发货？", "48小时内发出", "多久能发货"),
        entry("courier", "发什么快递？", "默认中通", "快递是哪家"),
        entry("price", "X9多少钱？", "今晚1999元", "X9什么价"),
    ]
    assert lint(shop, embedder, now=NOW) == []


def test_no_entries_are_in_order_too(embedder: Embedder) -> None:
    assert lint([], embedder, now=NOW) == []


# Entries beside each other


def test_the_same_wording_with_different_answers_is_an_error(embedder: Embedder) -> None:
    clash = [entry("a", "什么时候发货？", "48小时内"), entry("b", "什麼時候發貨", "今天下单周五发")]
    (finding,) = lint(clash, embedder, now=NOW)
    assert (finding.rule, finding.severity, finding.ids) == ("contradiction", "error", ("a", "b"))
    assert "different answers" in finding.message


def test_the_same_wording_with_the_same_answer_is_a_duplicate(embedder: Embedder) -> None:
    twice = [entry("a", "什么时候发货？", "48小时内发出"), entry("b", "主播什么时候发货", "48小时内发出。")]
    (finding,) = lint(twice, embedder, now=NOW)
    assert (finding.rule, finding.ids) == ("duplicate", ("a", "b"))


def test_a_variant_that_is_another_entrys_question_is_found(embedder: Embedder) -> None:
    clash = [
        entry("ship", "什么时候发货？", "48小时内", "几号能到"),
        entry("arrive", "几号能到？", "发出后3天"),
    ]
    (finding,) = lint(clash, embedder, now=NOW)
    assert finding.evidence["wording"] == "几号能到"


def test_many_entries_of_one_wording_are_one_finding(embedder: Embedder) -> None:
    same = [entry(str(number), "包邮吗", f"答案{number}号") for number in range(50)]
    (finding,) = lint(same, embedder, now=NOW)
    assert len(finding.ids) == 50


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("什么时候发货？", "啥时候发货呀"),
        ("优惠券什么时候到期", "优惠劵什么时候到期"),
        ("How do I cancel an order?", "Can I cancel my order?"),
        ("券怎么领", "优惠券在哪里领"),
    ],
)
def test_questions_that_read_nearly_the_same_are_found(embedder: Embedder, one: str, other: str) -> None:
    near = [entry("a", one, "48小时后 48 hours"), entry("b", other, "三天以后 in 3 days")]
    findings = lint(near, embedder, now=NOW)
    assert [(finding.rule, finding.severity) for finding in findings] == [("contradiction", "warning")]
    assert findings[0].evidence["cosine"] >= 0.8


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("X8多少钱", "X9多少钱"),
        ("大号包能装电脑吗", "中号包能装电脑吗"),
        ("大号的尺寸是多大", "小号的尺寸是多大"),
        ("男款有货吗", "女款有货吗"),
        ("要充电吗", "不要充电吗"),
        ("什么时候发货", "什么时候到货"),
        ("How much is the Pico?", "How much is the Pico Pro?"),
        ("Does it fit men", "Does it fit women"),
        ("龙井多少钱", "普洱多少钱"),
    ],
)
def test_questions_about_different_things_are_left_alone(embedder: Embedder, one: str, other: str) -> None:
    apart = [entry("a", one, "是的，12元", one + "？"), entry("b", other, "不，34元起", other + "？")]
    assert not {"contradiction", "duplicate"} & set(rules(lint(apart, embedder, now=NOW)))


def test_answers_that_differ_in_a_number_or_a_not_are_different(embedder: Embedder) -> None:
    for one, other in (
        ("支持七天无理由退货，放心拍", "不支持七天无理由退货，放心拍"),
        ("全场满59元就包邮", "全场满99元就包邮"),
    ):
        (finding,) = lint([entry("a", "能退吗", one), entry("b", "能退吗？", other)], embedder, now=NOW)
        assert finding.rule == "contradiction"


def test_names_that_tell_entries_apart_again_and_again_are_meant(embedder: Embedder) -> None:
    drinks = ["龙井", "普洱", "白茶", "红茶", "花茶"]
    teas = [
        entry(f"{kind}{drink}", f"你们家{kind}{drink}和去年那款比起来有什么区别", f"{kind}{drink}更香")
        for drink in drinks
        for kind in ("手工", "经典", "便携")
    ]
    assert lint(teas, embedder, now=NOW) == []


def test_a_sheet_imported_twice_is_found_however_regular_its_changes(embedder: Embedder) -> None:
    old = ["优惠券可以叠加", "定金可以退", "茶饼需要冷藏", "孕妇可以喝", "礼盒单独卖"]
    sheets = [entry(f"old{n}", question, "可以的", question + "？") for n, question in enumerate(old)]
    sheets += [entry(f"new{n}", question + "吗", "不行", question + "吗？") for n, question in enumerate(old)]
    assert rules(lint(sheets, embedder, now=NOW)) == ["contradiction"] * len(old)


def test_entries_that_never_hold_together_may_read_the_same(embedder: Embedder) -> None:
    today, tomorrow = "2026-11-11", "2026-11-12"
    by_day = [
        entry("a", "优惠多少？", "减20元", valid_until=f"{today} 23:59"),
        entry("b", "优惠多少？", "减30元", valid_from=tomorrow),
    ]
    by_room = [
        entry("a", "优惠多少？", "减20元", rooms=("bilibili:1",)),
        entry("b", "优惠多少？", "减30元", rooms=("bilibili:2",)),
    ]
    off = [entry("a", "优惠多少？", "减20元", enabled=False), entry("b", "优惠多少？", "减30元")]
    for entries in (by_day, by_room, off):
        assert "contradiction" not in rules(lint(entries, embedder, now=NOW))


def test_a_room_is_within_all_rooms(embedder: Embedder) -> None:
    both = [entry("a", "优惠多少？", "减20元", rooms=("bilibili:1",)), entry("b", "优惠多少？", "减30元")]
    assert rules(lint(both, embedder, now=NOW)) == ["contradiction"]


# What entries say


def test_an_answer_that_fits_no_reply_needs_a_short_one() -> None:
    long = "很长的答案" * 20
    limits = LintLimits(line_characters=20, most_parts=4)
    (bare,) = found([entry("a", "怎么用", long)], limits=limits)
    assert (bare.rule, bare.severity, bare.evidence["characters"]) == ("too_long", "error", 100)
    assert "4 lines of 20" in bare.message
    assert found([entry("a", "怎么用", long, short_answer="看详情")], limits=limits) == []
    (short,) = found([entry("a", "怎么用", long, short_answer=long[1:])], limits=limits)
    assert short.evidence["field"] == "short_answer"


def test_another_answer_that_is_too_long_is_named() -> None:
    limits = LintLimits(line_characters=5, most_parts=1)
    (finding,) = found(
        [entry("a", "怎么用", "看详情", other_answers=("看说明", "看说明书第九页"))], limits=limits
    )
    assert (finding.severity, finding.evidence["field"]) == ("warning", "other_answers.2")


def test_the_caller_may_know_better_what_fits() -> None:
    limits = LintLimits(fits=lambda answer: "，" in answer)
    (finding,) = found([entry("a", "怎么用", "看详情"), entry("b", "怎么退", "不能，退")], limits=limits)
    assert finding.ids == ("a",)
    assert "does not split" in finding.message


def test_a_placeholder_is_as_long_as_its_value() -> None:
    link = [entry("a", "怎么用", "看{link}")]
    limits = LintLimits(line_characters=6, most_parts=1, placeholders={"link": "一号链接"})
    assert found(link, limits=limits) == []
    limits = LintLimits(line_characters=4, most_parts=1, placeholders={"link": "一号链接"})
    assert rules(found(link, limits=limits)) == ["too_long"]


def test_a_placeholder_without_value_is_an_error_where_values_are_known() -> None:
    typo = [entry("a", "链接", "点{lnik}，只要{price}")]
    (finding,) = found(typo, limits=LintLimits(placeholders={"price": "9元", "link": "1号"}))
    assert (finding.rule, finding.severity) == ("unknown_placeholder", "error")
    assert finding.evidence["placeholders"] == "{lnik}"
    assert found(typo) == []


def test_a_placeholder_with_an_empty_value_is_never_said() -> None:
    findings = found([entry("a", "链接", "点{link}")], limits=LintLimits(placeholders={"link": ""}))
    assert rules(findings) == ["unknown_placeholder"]


@pytest.mark.parametrize(
    ("banned", "answer"),
    [
        ("最好", "这是最 好的"),
        ("最好", "這是最好的"),
        ("BEST", "It is the ｂｅｓｔ one"),
        ("加微信", "加[微笑]微信"),
    ],
)
def test_banned_words_are_found_however_they_are_typed(banned: str, answer: str) -> None:
    (finding,) = found([entry("a", "好吗", answer)], limits=LintLimits(banned=frozenset({banned})))
    assert (finding.rule, finding.severity) == ("banned_word", "error")


def test_a_latin_banned_word_within_another_is_none() -> None:
    assert (
        found([entry("a", "好吗", "A class of its own")], limits=LintLimits(banned=frozenset({"ass"}))) == []
    )


def test_banned_words_are_looked_for_in_every_answer() -> None:
    said = entry("a", "好吗", "好", short_answer="第一", other_answers=("很好", "全网第一"))
    findings = found([said], limits=LintLimits(banned=frozenset({"第一"})))
    assert [finding.evidence["field"] for finding in findings] == ["short_answer", "other_answers.2"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("多少钱？", "点小黄车看详情"),
        ("龙井什么价", "直播间价，很划算"),
        ("几天能到？", "看快递"),
        ("什么时候发货", "尽快发出"),
        ("保修多久", "请看保修卡"),
        ("How much is the Pico?", "See the link below"),
        ("How long is the warranty?", "It is on the card"),
        ("When does it ship?", "As quickly as we can"),
    ],
)
def test_an_answer_without_the_number_that_was_asked_for_is_found(question: str, answer: str) -> None:
    assert rules(found([entry("a", question, answer)])) == ["no_number"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("多少钱？", "今晚99元"),
        ("多少钱？", "只要{price}"),
        ("几天能到？", "三天左右"),
        ("能泡几次", "红茶五泡，白茶七八泡"),
        ("什么时候发货", "今晚就发"),
        ("运费多少", "全国包邮"),
        ("How much is shipping?", "It is free in the US"),
        ("How long is the warranty?", "Two years on everything"),
        ("When is the next stream?", "Tomorrow at noon"),
        ("怎么用", "看说明书"),
        ("茶几怎么装", "看说明书"),
        ("有几个颜色", "黑、白、红"),
        ("Whenever I stir it foams, why?", "That is normal"),
    ],
)
def test_numbers_times_and_nothing_at_all_answer_how_much(question: str, answer: str) -> None:
    assert found([entry("a", question, answer)]) == []


def test_an_entry_without_variants_is_told() -> None:
    assert rules(found([Entry(id="a", question="怎么用", answer="看说明")])) == ["no_variants"]


# When entries hold, and what broadcasts showed


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"valid_until": "2026-11-11 19:59"}, "expired"),
        ({"valid_until": "2026-11-13 12:00"}, "ends_soon"),
        ({"valid_from": "2026-11-12"}, "not_begun"),
        ({"enabled": False}, "disabled"),
    ],
)
def test_an_entry_that_is_not_answered_with_says_why(fields: dict[str, Any], rule: str) -> None:
    assert rules(found([entry("a", "优惠券怎么用", "付款时自动减", **fields)])) == [rule]


def test_an_entry_that_ends_late_enough_is_fine() -> None:
    assert found([entry("a", "优惠券怎么用", "付款时自动减", valid_until="2026-12-31")]) == []


def test_what_is_off_or_over_is_only_said_to_be_so() -> None:
    over = [
        entry("a", "多少钱", "很{x}", enabled=False),
        entry("b", "什么价", "很{x}", valid_until="2020-01-01"),
    ]
    limits = LintLimits(placeholders={}, line_characters=1, most_parts=1)
    findings = found(over, limits=limits, used=Usage(9, wrong={"a": 3}))
    assert rules(findings) == ["expired", "disabled"]


def test_an_entry_that_answered_nobody_for_long_is_told() -> None:
    shop = [entry("used", "怎么用", "看说明"), entry("unused", "哪里产的", "绍兴产的")]
    (finding,) = found(shop, used=Usage(broadcasts=6, matched={"used": 1}))
    assert (finding.rule, finding.ids, finding.evidence["broadcasts"]) == ("never_matched", ("unused",), 6)
    assert found(shop, used=Usage(broadcasts=4)) == []


def test_wrong_answers_weigh_more_when_they_are_most_of_them() -> None:
    shop = [
        entry("a", "怎么用", "看说明"),
        entry("b", "哪里产的", "绍兴产的"),
        entry("c", "谁做的", "我们做的"),
    ]
    used = Usage(broadcasts=9, matched={"a": 10, "b": 3, "c": 9}, wrong={"a": 1, "b": 2})
    findings = found(shop, used=used)
    assert [(finding.ids[0], finding.severity) for finding in findings] == [("b", "error"), ("a", "warning")]
    assert "2 of 3 times" in findings[0].message


# The list as a whole


def test_one_rule_broken_by_all_is_listed_so_far_and_counted() -> None:
    bare = [Entry(id=f"e{number}", question=f"问题{number}", answer="好") for number in range(250)]
    findings = [finding for finding in found(bare) if finding.rule == "no_variants"]
    assert len(findings) == 101
    assert findings[-1].ids == ()
    assert findings[-1].evidence["more"] == 150
    assert "150 more" in findings[-1].message


def test_errors_of_a_rule_are_listed_before_its_warnings() -> None:
    used = Usage(9, matched={"a": 9, "b": 2}, wrong={"a": 1, "b": 2})
    shop = [entry("a", "怎么用", "看说明"), entry("b", "哪里产的", "绍兴产的")]
    first, more = found(shop, used=used, limits=LintLimits(most_per_rule=1))
    assert (first.ids, more.severity) == (("b",), "warning")


def test_progress_grows_to_its_end() -> None:
    heard: list[tuple[int, int]] = []
    shop = [entry(f"e{number}", f"问题{number}号", "好") for number in range(1_200)]
    found(shop, progress=lambda done, total: heard.append((done, total)))
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert len({total for _, total in heard}) == 1
    assert len(heard) > 5
    assert heard[0][0] == 0
    assert heard[-1][0] == heard[-1][1]


def test_an_id_twice_is_refused() -> None:
    with pytest.raises(EntriesInvalid):
        found([entry("a", "怎么用", "看"), entry("a", "怎么退", "看")])


def test_what_an_editor_typed_is_safe_to_print() -> None:
    odd = "怎么\u202e用\u200b"
    findings = found([Entry(id="a", question=odd, answer="好")])
    assert all(finding.message.isprintable() for finding in findings)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12)), min_size=1, max_size=12
    )
)
def test_whatever_is_typed_is_linted_to_words(rows: list[tuple[str, str]]) -> None:
    entries = [
        Entry.model_construct(**entry(f"e{number}", "问", "答").model_dump() | {"question": q, "answer": a})
        for number, (q, a) in enumerate(rows)
    ]
    limits = LintLimits(banned=frozenset({"", "答", "(["}), placeholders={})
    for finding in found(entries, limits=limits, used=Usage(9)):
        assert finding.message.isprintable()
        assert finding.remedy
        assert set(finding.ids) <= {entry.id for entry in entries}


def test_a_whole_template_of_one_answer_stays_a_list_that_somebody_reads(embedder: Embedder) -> None:
    names = [f"{first}{last}" for first in "赵钱孙李周吴郑王冯陈" for last in "卫蒋沈韩杨朱秦许何吕"]
    lessons = [entry(name, f"{name}老师的直播课下一次什么时候开始啊", "今晚八点") for name in names]
    findings = lint(lessons, embedder, now=NOW, limits=LintLimits(most_per_rule=20))
    assert rules(findings) == ["duplicate"] * 21
    assert findings[-1].evidence["more"] > 20
