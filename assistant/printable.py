"""Makes a stranger's text safe to show in a terminal: nothing in it can move the cursor or turn the line.

Every face that prints what a viewer typed goes through `printable`; logs below debug hold no such text.
It is still plain text: rich's markup is not escaped, so wrap it in a `rich.text.Text`.
"""

import unicodedata
from collections.abc import Iterator

MOST_MARKS = 3  # on one letter: what Vietnamese or Hindi stacks, not a tower over the lines above
REPLACEMENT = "\ufffd"

_ELLIPSIS = "…"
_MARKS = frozenset({"Mn", "Me"})
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_EMOJI_BLOCKS = ("\U0001f300", "\U0001faff")  # new emoji come here every year, unknown to this Python


def printable(text: str, limit: int = 200) -> str:
    """`text` in one line of at most `limit` characters; what a terminal would obey becomes U+FFFD.

    Chinese characters and emoji take two columns each. Done twice it changes nothing more.
    """
    return "".join(_shown(text if len(text) <= limit else text[: limit - 1] + _ELLIPSIS))


def _shown(text: str) -> Iterator[str]:
    before, marks = "", MOST_MARKS  # a mark at the start would land on what was printed before
    for character, after in zip(text, text[1:] + " ", strict=False):
        is_mark = unicodedata.category(character) in _MARKS
        marks = marks + 1 if is_mark else 0
        if marks <= MOST_MARKS:
            before = character if is_mark else _safe(character, before, after)
            yield before


def _safe(character: str, before: str, after: str) -> str:
    if character in "\t\n\r":
        return " "
    if character == _JOINER:
        joins = (_is_emoji(before) or before == _EMOJI_STYLE) and _is_emoji(after)
        return _JOINER if joins else REPLACEMENT
    unsafe = unicodedata.category(character) in _UNSAFE
    return REPLACEMENT if unsafe and not _is_emoji(character) else character


def _is_emoji(character: str) -> bool:
    first, last = _EMOJI_BLOCKS
    return first <= character <= last or (character != "" and unicodedata.category(character) == "So")
