"""Words for every finding, decision and hint in every language, whatever is said in them."""

import re
import string
from typing import Final

import pytest

from assistant.actions import Action, Decision, Reason
from assistant.advice import Advice, Hint
from assistant.phrases import PHRASES, Language, own_language
from assistant.pipeline.decide import Bars
from assistant.sentences import Sentences, is_told, percent, strength, told_apart
from knowledge.explaining import Finding, Kind
from knowledge.ranking import Judgement

BARS = Bars(reply=0.87, question=0.5)
HOSTILE: Final = "\x1b[2J{entry}[red]\u202e\n%s"
NUMBERS = {"cosine": 0.7, "lead": 2.0, "likeness": 0.9, "value": 0.25}
NAMES = ("wording", "entry", "other", "question", "name")
LISTS = ("words", "asked", "known")

languages = pytest.mark.parametrize("language", list(Language))


def facts(text: str, words: tuple[str, ...]) -> dict[str, str | float | tuple[str, ...]]:
    return NUMBERS | dict.fromkeys(NAMES, text) | dict.fromkeys(LISTS, words)


def judged(likeness: float = 0.9) -> Judgement:
    import numpy as np

    return Judgement((), 0.61, likeness, {}, np.zeros(2, dtype=np.float32))


@languages
@pytest.mark.parametrize("kind", list(Kind))
def test_every_finding_has_words_for_and_against_with_and_without_what_it_names(
    language: Language, kind: Kind
) -> None:
    sentences = Sentences(language)
    for points in (-5.0, -0.1, 0.0, 5.0):
        for words in ((), ("龙井", "包油=包邮")):
            said = sentences.finding(Finding(kind, points, facts("x9", words)))
            assert said
            assert "{" not in said


@languages
def test_every_decision_and_hint_has_words(language: Language) -> None:
    sentences = Sentences(language)
    for action in Action:
        for reason in Reason:
            assert sentences.decision(Decision(action, reason, "fee", 0.61), judged(), BARS)
    for advice in Advice:
        assert sentences.hint(Hint(advice, facts("fee", ("X9",))))


@languages
def test_nothing_that_was_typed_reaches_the_terminal_raw(language: Language) -> None:
    sentences = Sentences(language)
    said = [sentences.finding(Finding(kind, 1.0, facts(HOSTILE, (HOSTILE,)))) for kind in Kind]
    said += [sentences.hint(Hint(advice, facts(HOSTILE, (HOSTILE,)))) for advice in Advice]
    said.append(sentences.decision(Decision(Action.REPLY, Reason.SURE, HOSTILE, 0.9), judged(), BARS))
    assert [text for text in said if re.search(r"[\x00-\x1f\u202e]", text)] == []


def test_all_languages_say_the_same_things() -> None:
    def shape(table: dict[object, str]) -> dict[object, set[str | None]]:
        return {
            key: {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for key, text in table.items()
        }

    english, chinese = PHRASES[Language.ENGLISH], PHRASES[Language.CHINESE]
    assert shape(dict(english.findings)) == shape(dict(chinese.findings))
    assert shape(dict(english.decisions)) == shape(dict(chinese.decisions))
    assert shape(dict(english.advice)) == shape(dict(chinese.advice))
    assert shape(dict(english.headings)) == shape(dict(chinese.headings))


def test_a_decision_says_how_sure_it_is_and_how_sure_it_would_have_to_be() -> None:
    decision = Decision(Action.ESCALATE, Reason.UNSURE, "fee", 0.61)
    english, chinese = (Sentences(language).decision(decision, judged(), BARS) for language in Language)
    assert english == "Would hand this over: 61% sure of fee, a reply needs 87%."
    assert chinese == "会交给主播：对 fee 的把握 61%，回答需要 87%。"


def test_chatter_says_what_was_missing() -> None:
    said = Sentences(Language.ENGLISH).decision(Decision(Action.IGNORE, Reason.CHATTER), judged(0.03), BARS)
    assert said == "Would say nothing: 3% sure that something is asked, to bother the host needs 50%."


def test_pairs_are_said_as_equals() -> None:
    finding = Finding(Kind.SOUNDS_ALIKE, 1.0, {"words": ("包油=包邮", "肿么=怎么")})
    assert Sentences(Language.CHINESE).finding(finding) == "读音一样：包油 = 包邮、肿么 = 怎么"


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "0%"), (0.001, "<1%"), (0.614, "61%"), (0.994, "99%"), (0.999, ">99%"), (1.0, "100%")],
)
def test_doubt_is_never_rounded_away(share: float, said: str) -> None:
    assert percent(share) == said


@pytest.mark.parametrize(
    ("share", "bar", "said"),
    [
        (0.61, 0.87, ("61%", "87%")),
        (0.9899, 0.99, ("98.99%", "99.00%")),
        (0.8712, 0.874, ("87.1%", "87.4%")),
        (0.9991, 0.9996, ("99.91%", "99.96%")),
        (0.001, 0.004, ("0.1%", "0.4%")),
        (0.99, 0.99, ("99%", "99%")),
    ],
)
def test_a_share_and_the_bar_that_it_misses_look_different(
    share: float, bar: float, said: tuple[str, str]
) -> None:
    assert told_apart(share, bar) == said


def test_strength_has_four_steps_on_either_side() -> None:
    assert [strength(points) for points in (0.1, 0.3, -0.7, -2.0)] == [0, 1, 2, 3]


def test_what_weighs_nothing_is_told_only_for_what_it_names() -> None:
    assert is_told(Finding(Kind.UNKNOWN_WORDS, 0.0, {"words": ("蓝牙",)}))
    assert not is_told(Finding(Kind.ABOUT_ANSWER, 0.1, {}))
    assert not is_told(Finding(Kind.ASKS, 0.1, {"likeness": 0.9}))


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, Language.CHINESE),
        ({"LANG": "en_US.UTF-8"}, Language.ENGLISH),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, Language.ENGLISH),
        ({"LC_ALL": "", "LANG": "zh_TW"}, Language.CHINESE),
    ],
)
def test_the_language_is_the_systems(
    variables: dict[str, str], expected: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert own_language() is expected
