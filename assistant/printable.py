"""Makes a stranger's text safe to show in a terminal: nothing in it can move the cursor or turn the line.

Every face that prints what a viewer typed goes through `printable`; logs below debug hold no such text.
"""

import unicodedata

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINER = "\u200d"  # holds emoji together


def printable(text: str, limit: int = 200) -> str:
    """`text` in one line of at most `limit` characters; what a terminal would obey becomes U+FFFD."""
    cut = text[:limit]
    shown = "".join(_shown(character) for character in cut)
    return shown + "…" if len(text) > limit else shown


def _shown(character: str) -> str:
    if character == _JOINER:
        return character
    if character in "\t\n\r":
        return " "
    return "\ufffd" if unicodedata.category(character) in _UNSAFE_CATEGORIES else character
