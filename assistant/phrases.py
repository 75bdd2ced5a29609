"""The words in which a decision is explained to an editor, by language: one table each.

They are sentences with places for what was seen; nothing here decides or weighs anything.
"""

import locale
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Final

from assistant.actions import Action, Reason
from assistant.advice import Advice
from knowledge.explaining import Kind

Steps = Sequence[tuple[float, str]]
"""Words for a number, the greatest first: those of the first step that it reaches."""


class Language(StrEnum):
    ENGLISH = "en"
    CHINESE = "zh"


@dataclass(frozen=True, slots=True)
class Phrases:
    """`findings` are keyed by what was found; a key with a dot is a variant of it.

    `nearness` goes by the points that it earns, which is the same for every embedding; `lead` by the lead.
    """

    findings: Mapping[str, str]
    nearness: Steps
    lead: Steps
    decisions: Mapping[tuple[Action, Reason | None], str]
    reasons: Mapping[Reason, str]
    advice: Mapping[Advice, str]
    headings: Mapping[str, str]
    comma: str


def step(steps: Steps, value: float) -> str:
    return next((words for least, words in steps if value >= least), steps[-1][1])


def own_language() -> Language:
    """That of the user's system."""
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    name = named or locale.getlocale()[0] or ""
    return Language.CHINESE if name.lower().startswith(("zh", "chinese")) else Language.ENGLISH


_ENGLISH = Phrases(
    findings={
        Kind.EXACT: "Asked just like the wording “{wording}”",
        Kind.SHARED_WORDING: "{entry} has the same wording, so that it could be meant as well",
        Kind.START: "To begin with: most of what viewers type is answered by no entry",
        Kind.NEAREST: "{nearness} the wording “{wording}” ({cosine:.2f}); both say {words}",
        f"{Kind.NEAREST}.none": "{nearness} the wording “{wording}” ({cosine:.2f}); no telling word shared",
        Kind.UNKNOWN_WORDS: "Not in the entry: {words}",
        f"{Kind.UNKNOWN_WORDS}.none": "Letter by letter, part of it is not in the entry",
        Kind.SWAPPED: "Like '{wording}', but it names what other entries are about: {words}",
        Kind.IN_ANSWER: "In no wording, but in the answer: {words}",
        f"{Kind.ABOUT_ANSWER}.for": "The answer speaks of the same things",
        f"{Kind.ABOUT_ANSWER}.against": "The answer speaks of other things",
        Kind.SPELLED_ALIKE: "Spelled nearly alike: {words}",
        Kind.SOUNDS_ALIKE: "Sounds the same: {words}",
        Kind.INITIALS: "May be initials: {words}",
        Kind.NUMBERS_DIFFER: "Asks about {asked}, the entry speaks of {known}",
        Kind.NUMBER_UNKNOWN: "Names {asked}, which the entry does not",
        Kind.NEGATED_HERE: "Says “not”, the wording “{wording}” does not",
        Kind.NEGATED_THERE: "Does not say “not”, the wording “{wording}” does",
        Kind.AHEAD: "{lead} ahead of the next entry, {entry} (“{question}”)",
        Kind.BEHIND: "{lead} behind {entry} (“{question}”)",
        f"{Kind.APART}.for": "No other entry comes near",
        f"{Kind.APART}.against": "Hardly nearer than wrong entries usually are",
        Kind.FAINT: "Wrong entries are usually nearer than this one",
        f"{Kind.ASKS}.for": "Reads as a question ({likeness})",
        f"{Kind.ASKS}.against": "May be a question, though less surely than most ({likeness})",
        Kind.HARDLY_ASKS: "Does not read as a question ({likeness})",
        Kind.OTHER: "{name}: {value:.2f}",
    },
    nearness=(
        (1.5, "Very close to"),
        (0.6, "Close to"),
        (0.0, "Somewhat near"),
        (-0.6, "Rather far from"),
        (-inf, "Far from"),
    ),
    lead=((4.0, "Far"), (2.0, "Clearly"), (1.0, "A little"), (0.0, "Hardly")),
    decisions={
        (Action.REPLY, None): "Would answer with {entry}: {probability} sure, a reply needs {bar}.",
        (
            Action.ESCALATE,
            Reason.NO_ENTRY,
        ): "Would hand this over: no entry answers it. The nearest, {entry}, "
        "is {probability} sure, a reply needs {bar}.",
        (Action.ESCALATE, Reason.PERSONAL): "Would hand this to customer service: "
        "it is about the viewer's own order.",
        (Action.ESCALATE, Reason.ABUSE): "Would hand this over: it swears, so nobody answers it in public. "
        "The nearest is {entry}.",
        (Action.ESCALATE, None): "Would hand this over: {probability} sure of {entry}, a reply needs {bar}.",
        (Action.IGNORE, Reason.CHATTER): "Would say nothing: {likeness} sure that something is asked, "
        "to bother the host needs {question_bar}.",
        (Action.IGNORE, None): "Would say nothing: {reason}.",
    },
    reasons={},
    advice={
        Advice.IMPORT: "The FAQ has no entries yet: without any, nothing is answered.",
        Advice.ADD_WORDING: "If {entry} is the answer: add this text to its variants, "
        "and whoever asks so is answered.",
        Advice.LOWER_THRESHOLD: "This text is a wording of {entry} already, whose own threshold asks for "
        "more than any text reaches. If it may be answered: lower that threshold.",
        Advice.LOWER_BAR: "This text is a wording of {entry} already. If it may be answered: allow a greater "
        "wrong_reply_budget or a lesser precision, or refit the calibration.",
        Advice.RIGHT_ENTRY: "If that is not the answer: add this text to the variants of the entry that is.",
        Advice.TELL_APART: "{entry} and {other} are close: "
        "say in the wordings of each what sets it apart from the other.",
        Advice.SPLIT_WORDING: "{entry} and {other} have the same wording: leave it to one of them.",
        Advice.OTHER_NUMBER: "If {asked} is answered by {entry} too: add a wording that names it. "
        "If not: write an entry for {asked}.",
        Advice.NEW_ENTRY: "None of these seems to answer it. If one does: add this text to its variants. "
        "If viewers ask it more than once: write an entry for it.",
        Advice.IS_GENERAL: "If it asks what holds for everybody: add this text to the variants of its entry.",
        Advice.IS_QUESTION: "If it is a question after all: add this text to the variants of its entry.",
    },
    headings={
        "for": "What speaks for {entry} (+++ much, ++ some, + a little)",
        "against": "What speaks against it (--- much, -- some, - a little)",
        "little": "What hardly counts",
        "nearest": "The nearest entries, and how likely each is the answer",
        "none": "none of these",
        "advice": "What you can do",
        "first": "Nearest entry: {entry} “{question}”",
        "answer": "Answer: {answer}",
        "text": "“{text}”",
    },
    comma=", ",
)

_CHINESE = Phrases(
    findings={
        Kind.EXACT: "和问法“{wording}”一模一样",
        Kind.SHARED_WORDING: "{entry} 也有同样的问法，分不清问的是哪一条",
        Kind.START: "先打个折扣：观众发的话，大多没有对应的条目",
        Kind.NEAREST: "{nearness}问法“{wording}”（{cosine:.2f}），都提到 {words}",
        f"{Kind.NEAREST}.none": "{nearness}问法“{wording}”（{cosine:.2f}），没有共同的关键词",
        Kind.UNKNOWN_WORDS: "这些词条目里没有：{words}",
        f"{Kind.UNKNOWN_WORDS}.none": "按字面看，有一部分条目里没有",
        Kind.SWAPPED: "与“{wording}”相近，但说的是别的条目里的：{words}",
        Kind.IN_ANSWER: "问法里没有、只有答案里提到：{words}",
        f"{Kind.ABOUT_ANSWER}.for": "答案说的是同一回事",
        f"{Kind.ABOUT_ANSWER}.against": "答案说的是另一回事",
        Kind.SPELLED_ALIKE: "拼写差不多：{words}",
        Kind.SOUNDS_ALIKE: "读音一样：{words}",
        Kind.INITIALS: "可能是拼音首字母：{words}",
        Kind.NUMBERS_DIFFER: "问的是 {asked}，条目说的是 {known}",
        Kind.NUMBER_UNKNOWN: "提到 {asked}，条目里没有",
        Kind.NEGATED_HERE: "这句带否定，问法“{wording}”不带",
        Kind.NEGATED_THERE: "问法“{wording}”带否定，这句不带",
        Kind.AHEAD: "{lead}领先下一条 {entry}（“{question}”）",
        Kind.BEHIND: "{lead}落后于 {entry}（“{question}”）",
        f"{Kind.APART}.for": "没有别的条目接近",
        f"{Kind.APART}.against": "比答不上的条目通常的样子好不了多少",
        Kind.FAINT: "答不上的条目通常也比这一条接近",
        f"{Kind.ASKS}.for": "读起来是在提问（{likeness}）",
        f"{Kind.ASKS}.against": "可能是在提问，但不如多数提问明显（{likeness}）",
        Kind.HARDLY_ASKS: "读起来不像提问（{likeness}）",
        Kind.OTHER: "{name}：{value:.2f}",
    },
    nearness=(
        (1.5, "非常接近"),
        (0.6, "接近"),
        (0.0, "有点接近"),
        (-0.6, "不太像"),
        (-inf, "完全不像"),
    ),
    lead=((4.0, "远远"), (2.0, "明显"), (1.0, "稍稍"), (0.0, "勉强")),
    decisions={
        (Action.REPLY, None): "会用 {entry} 回答：把握 {probability}，回答需要 {bar}。",
        (Action.ESCALATE, Reason.NO_ENTRY): "会交给主播：没有条目能回答。最近的 {entry} 把握 {probability}，"
        "回答需要 {bar}。",
        (Action.ESCALATE, Reason.PERSONAL): "会交给客服：这是观众自己的订单。",
        (Action.ESCALATE, Reason.ABUSE): "会交给主播：话里有辱骂，不公开回答。最近的是 {entry}。",
        (Action.ESCALATE, None): "会交给主播：对 {entry} 的把握 {probability}，回答需要 {bar}。",
        (Action.IGNORE, Reason.CHATTER): "不会出声：是提问的把握 {likeness}，打扰主播需要 {question_bar}。",
        (Action.IGNORE, None): "不会出声：{reason}。",
    },
    reasons={
        Reason.EMPTY: "没有可读的内容",
        Reason.INJECTION: "这是在给助手下命令",
        Reason.ABUSE: "这是辱骂",
        Reason.SPAM: "这是广告",
        Reason.CHATTER: "不是提问",
        Reason.ANSWER_TOO_LONG: "答案太长，直播间的弹幕放不下",
        Reason.PLACEHOLDER_MISSING: "答案里有占位符，这场直播没有填",
        Reason.LAPSED: "答案刚刚过了有效期",
    },
    advice={
        Advice.IMPORT: "问答库还是空的：没有条目，什么也答不了。",
        Advice.ADD_WORDING: "如果 {entry} 就是答案：把这句话加进它的 variants，再有人这样问就会回答。",
        Advice.LOWER_THRESHOLD: "这句话已经是 {entry} 的问法，但它自己的 threshold 高到没有哪句话够得着。"
        "如果可以直接回答：把 threshold 调低。",
        Advice.LOWER_BAR: "这句话已经是 {entry} 的问法。如果可以直接回答：放宽 wrong_reply_budget、"
        "降低 precision，或者重新校准。",
        Advice.RIGHT_ENTRY: "如果答案不是它：把这句话加进正确条目的 variants。",
        Advice.TELL_APART: "{entry} 和 {other} 很接近：在各自的问法里写明和对方不同的地方。",
        Advice.SPLIT_WORDING: "{entry} 和 {other} 有同样的问法：只留给其中一条。",
        Advice.OTHER_NUMBER: "如果 {asked} 也由 {entry} 回答：给它加一个提到 {asked} 的问法；"
        "如果不是：给 {asked} 写一条新的。",
        Advice.NEW_ENTRY: "这几条看来都不是答案。如果其实是其中一条：把这句话加进它的 variants；"
        "如果不止一个观众这样问：写一条新的。",
        Advice.IS_GENERAL: "如果问的是对谁都一样的事：把这句话加进对应条目的 variants。",
        Advice.IS_QUESTION: "如果它其实是提问：把这句话加进对应条目的 variants。",
    },
    headings={
        "for": "支持 {entry} 的理由（+++ 很重要，++ 比较重要，+ 有一点）",
        "against": "反对的理由（--- 很重要，-- 比较重要，- 有一点）",
        "little": "影响很小的",
        "nearest": "最近的几条，以及各自是答案的可能",
        "none": "都不是",
        "advice": "编辑可以做什么",
        "first": "最近的条目：{entry}“{question}”",
        "answer": "答案：{answer}",
        "text": "“{text}”",
    },
    comma="、",
)

PHRASES: Final = {Language.ENGLISH: _ENGLISH, Language.CHINESE: _CHINESE}
