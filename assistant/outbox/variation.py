"""Says the same a little differently, for platforms that take a line for a repeat of an earlier one. Pure.

Only closings and punctuation change: words, numbers, codes and addresses stay as the editor approved them.
"""

import re
from collections.abc import Callable, Collection, Iterator

_CLOSING = "。.!！~～ "  # a question mark is meaning, not decoration
# Never the other way: 3.5, 12:30 and addresses would break.
_NARROWED = (("，", ","), ("；", ";"), ("：", ":"), ("！", "!"))
_CHINESE_END = re.compile(r"[㐀-鿿]$")
_LATIN_END = re.compile(r"[\x21-\x7e]$")

_AFTER_CHINESE = ("～", "哦", "哦～", "！", "")
_AFTER_LATIN = (" ~", " :)", "")  # apart by a space, or a code or an address would be another one
_AFTER_OTHERS = ("～", " ～", "")


def vary(text: str, *, tried: Collection[str], fits: Callable[[str], bool]) -> str | None:
    """Another form of `text` that is not among `tried` and that `fits`; None when there is none left."""
    used = {text, *tried}
    return next((other for other in _variations(text) if other not in used and fits(other)), None)


def _variations(text: str) -> Iterator[str]:
    stem = text.rstrip(_CLOSING) or text
    for ending in _endings(stem):
        yield stem + ending
    for wide, narrow in _NARROWED:
        yield text.replace(wide, narrow)


def _endings(stem: str) -> tuple[str, ...]:
    if _CHINESE_END.search(stem):
        return _AFTER_CHINESE
    return _AFTER_LATIN if _LATIN_END.search(stem) else _AFTER_OTHERS
