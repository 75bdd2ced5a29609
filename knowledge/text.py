"""Folds a text to the form in which wordings are compared: one width, one case, one script, no decoration.

Folding keeps what tells two questions apart (digits, signs such as % and ¥, model names) and drops how
excitedly they were typed. It is pure and idempotent, and its cost is bounded whatever a viewer sends.
"""

import re
import unicodedata
from functools import cache
from typing import Final

MAX_CHARACTERS: Final = 1000
"""Longer texts are cut: a danmaku has some 100 characters at most, and an essay is no question."""

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff"
_HAN_BLOCKS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
_SIGNS = frozenset("?%+#.-/:&'[]@_,")  # those of the second row are looked at again in their context
_SAME_SIGN = {
    "¿": "?", "‽": "?", "؟": "?", "’": "'", "‘": "'", "`": "'", "′": "'", "、": ",",
    "~": "-", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "×": "x", "÷": "/", "∶": ":", "°": "",
}  # fmt: skip

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))", re.ASCII)
# Emoticons as platforms write them in text: [doge] or [打call], but not [2024]; :smile: or :_channel_name:.
_BRACKETED = re.compile(r"\[(?![\d\s.]*\])[^\[\]\s]{1,16}\]")
_SHORTCODE = re.compile(r"(?<![a-z0-9]):[a-z_][a-z0-9_-]{1,30}:(?![a-z0-9])")
# A mention ends at a space. Addressed to the host it is often typed without one: @主播什么时候发货.
_MENTION = re.compile(
    r"(?<![a-z0-9])@"
    r"(?:(?:主播|up主|客服|老师|老板|(?:up|host|streamer|mods?|admin)(?![a-z]))|[^\s@]{1,16}(?![^\s@]))"
)
_LOOSE_SIGN = re.compile(r"(?<![a-z0-9])[.\-/:&']+|[.\-/:&']+(?![a-z0-9])|[@_,\[\]]")
_APOSTROPHE = re.compile(r"(?<=[a-z])'(?=[a-z])")
_QUESTION_MARKS = re.compile(r"\s*\?[\s?]*")
_SPACE_AT_HAN = re.compile(rf"(?<=[{_HAN}]) | (?=[{_HAN}])")
_STRETCHED_HAN = re.compile(rf"([{_HAN}])\1{{2,}}")
_REPEATED_PHRASE = re.compile(rf"([{_HAN}]{{2,8}}?)\1{{2,}}")
# Stretched inside a word: pleaseee, sooo. A run that is the whole word stays: AAA batteries, XXXL.
_STRETCHED_LETTER = re.compile(r"(?<=([a-z]))(?!\1)([a-wyz])\2{2,}|(?<![a-z])([a-wyz])\3{2,}+(?=[a-z])")
_STRETCHED_SIGN = re.compile(r"([%#.\-/:&'])\1+|(\+)\2{2,}")
_CONTENT = re.compile(r"[^\W_]")


def fold(text: str) -> str:
    """The folded text, at most MAX_CHARACTERS long; empty when nothing but decoration was typed.

    >>> fold("什麼時候發貨啊啊啊？？？[doge]")
    '什么时候发货啊?'
    """
    text = _fold_characters(text[:MAX_CHARACTERS])[:MAX_CHARACTERS]
    text = _tidy(_drop_emoticons_and_mentions(text))
    if len(text) > MAX_CHARACTERS:
        text = _tidy(text[:MAX_CHARACTERS])
    return text if _CONTENT.search(text) else ""


def _fold_characters(text: str) -> str:
    if "," in text:
        text = _THOUSANDS.sub("", text)
    table = _character_table()
    text = unicodedata.normalize("NFKC", text).lower().translate(table)
    while not unicodedata.is_normalized("NFKC", text):  # what a dropped character held apart may compose
        text = unicodedata.normalize("NFKC", text).lower().translate(table)
    return text


def _drop_emoticons_and_mentions(text: str) -> str:
    if "[" in text:
        text = _BRACKETED.sub(" ", text)
    if ":" in text:
        text = _SHORTCODE.sub(" ", text)
    if "@" in text:
        text = _MENTION.sub(" ", text)
    return text


def _tidy(text: str) -> str:
    text = _STRETCHED_SIGN.sub(r"\1\2", text)
    text = _APOSTROPHE.sub("", _LOOSE_SIGN.sub(" ", text))
    if "?" in text:
        text = _QUESTION_MARKS.sub("? ", text)
    text = _SPACE_AT_HAN.sub("", " ".join(text.split()))
    text = _STRETCHED_LETTER.sub(r"\2\3", _STRETCHED_HAN.sub(r"\1", text))
    while (shorter := _REPEATED_PHRASE.sub(r"\1", text)) != text:
        text = shorter
    return text


class _CharacterTable(dict[int, str | None]):
    """For `str.translate`: classifies a character when it is first met."""

    def __missing__(self, code: int) -> str | None:
        folded = _fold_character(chr(code))
        if code < 0x10000:  # a bound to what a flood of odd characters can make us keep
            self[code] = folded
        return folded


@cache
def _character_table() -> _CharacterTable:
    return _CharacterTable(_simplified_characters())


def _simplified_characters() -> dict[int, str | None]:
    """Character by character, so that the form of a word never depends on its neighbours."""
    from opencc import OpenCC  # loads its dictionaries: only once somebody folds

    traditional = [chr(code) for block in _HAN_BLOCKS for code in block]
    converter = OpenCC("t2s")
    once = converter.convert("\n".join(traditional))
    simplified = converter.convert(once).split(
        "\n"
    )  # twice, for one character whose form is itself traditional
    return dict(zip(map(ord, traditional), simplified, strict=True))


def _fold_character(character: str) -> str | None:
    if character in _SIGNS:
        return character
    if character in _SAME_SIGN:
        return _SAME_SIGN[character]
    category = unicodedata.category(character)
    if category[0] in "LN" or category == "Sc":
        return character
    if category in ("Cf", "Cs") or _is_decorating_mark(ord(character)):
        return None
    return character if category[0] == "M" else " "


def _is_decorating_mark(code: int) -> bool:
    """Accents piled on letters (what composes has composed), variation selectors, keycaps."""
    return 0x300 <= code <= 0x36F or 0x20D0 <= code <= 0x20FF or 0xFE00 <= code <= 0xFE0F or code >= 0xE0000
