"""Whether what a model replied may be shown as a draft; nothing it says of itself is believed before."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assistant.drafting.claims import unsupported
from assistant.pipeline.abuse import is_abusive, is_spam
from assistant.pipeline.injection import is_injection
from assistant.pipeline.wording import one_line
from assistant.stores.rows import Draft, Excerpt
from knowledge.evidence import is_negated
from knowledge.lexicon import shipped_lexicon, terms_of
from knowledge.text import fold

LEAST_SUPPORT: Final = 0.3
"""Of what a draft's words weigh, the share that has to stand in the passages it cites."""

_THOUGHTS = re.compile(r"<think>.*?</think>", re.DOTALL)  # of models that show them
_SENTENCE_ENDS = re.compile(r"[。！？；，,!?;\n]+|\.\s")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MOST_REPLY_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class House:
    """What a draft has to keep to: `fits` says whether the room's lines can take a text."""

    fits: Callable[[str], bool]
    banned_words: Sequence[str] = ()


class _Refused(Exception):
    """The message says why, to people."""


def checked(reply: str, passages: Sequence[Excerpt], house: House) -> Draft:
    """The draft in a model's reply, or the draft without text that says why there is none."""
    try:
        fields = _fields(reply)
        text = _text(fields)
        cited = _cited(fields, len(passages))
        _refuse_unsayable(text, house)
        support = _support(text, [passages[place].text for place in cited])
        return Draft(text, cited, round(min(_confidence(fields), support), 4))
    except _Refused as refused:
        return Draft("", refusal=str(refused))


def _fields(reply: str) -> dict[str, Any]:
    """The JSON object in the reply, whatever a model likes to write around it."""
    text = _THOUGHTS.sub("", reply[:_MOST_REPLY_CHARACTERS])
    start, end = text.find("{"), text.rfind("}")
    try:
        fields = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise _Refused("the model did not reply in the form it was asked for")
    return fields


def _text(fields: dict[str, Any]) -> str:
    answer = fields.get("answer")
    if fields.get("unknown") or (isinstance(answer, str) and answer.strip().lower() in _UNKNOWN):
        raise _Refused("the model found no answer in the passages")
    if not isinstance(answer, str):
        raise _Refused("the model did not reply in the form it was asked for")
    return one_line(answer)


def _cited(fields: dict[str, Any], count: int) -> tuple[int, ...]:
    citations = fields.get("citations")
    if not isinstance(citations, list) or not citations:
        raise _Refused("the draft cites no passage")
    if not all(type(number) is int and 1 <= number <= count for number in citations):
        raise _Refused("the draft cites a passage that there is not")
    return tuple(dict.fromkeys(number - 1 for number in citations))


def _refuse_unsayable(text: str, house: House) -> None:
    folded = fold(text)
    if not house.fits(text):
        raise _Refused("the draft does not fit the room's lines")
    if any(word and word in folded for word in map(fold, house.banned_words)):
        raise _Refused("the draft has a banned word in it")
    if is_abusive(folded) or is_spam(folded) or is_injection(folded):
        raise _Refused("the draft says what no host would say")


def _support(text: str, sources: Sequence[str]) -> float:
    """How much of the draft stands in its sources. The question is none: it may hold anything."""
    odd = unsupported(text, sources)
    if odd:
        raise _Refused(f"the draft states what no cited passage does: {', '.join(odd[:3])}")
    lexicon, said = shipped_lexicon(), set(terms_of(" ".join(map(_whole, sources))))
    terms = set(terms_of(fold(text)))
    support = lexicon.weight(terms & said) / (lexicon.weight(terms) or 1.0)
    speak_alike = bool(_HAN.search(text)) == any(map(_HAN.search, sources))
    if support < LEAST_SUPPORT and speak_alike:  # a translation shares no words with what it is of
        raise _Refused("the draft says little of what its passages say")
    if speak_alike and any(_is_opposite(sentence, sources) for sentence in _sentences(text)):
        raise _Refused("the draft says the opposite of a passage")
    return support


def _is_opposite(sentence: str, sources: Sequence[str]) -> bool:
    """Whether what its sources say most like it is negated where it is not, or the other way round."""
    lexicon, terms = shipped_lexicon(), set(terms_of(sentence))
    weight = lexicon.weight(terms) or 1.0
    near = [
        (lexicon.weight(terms & set(terms_of(other))) / weight, is_negated(other))
        for source in sources
        for other in _sentences(source)
    ]
    likest, negated = max(near, default=(0.0, False))
    return likest >= LEAST_SUPPORT and negated != is_negated(sentence)


def _sentences(text: str) -> list[str]:
    """Folded; a clause is one, or a negation would count for its neighbour."""
    return [folded for part in _SENTENCE_ENDS.split(text) if (folded := fold(part))]


def _whole(source: str) -> str:
    return " ".join(fold(line) for line in source.split("\n"))


def _confidence(fields: dict[str, Any]) -> float:
    stated = fields.get("confidence")
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        return 0.0
    return min(max(float(stated), 0.0), 1.0) if stated == stated else 0.0  # a NaN says nothing


_UNKNOWN = ("", "unknown", "i don't know", "不知道", "未知")
