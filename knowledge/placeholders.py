"""Placeholders in answers (`{price}`), filled with what holds for one broadcast. Pure.

A name is a letter or `_`, then letters, digits and `_`, in any script. All other braces are text and stay:
`{1}`, JSON, and doubled ones (`{{price}}`).
"""

import re
from collections.abc import Mapping

# Full-width braces are what a Chinese keyboard gives.
_PLACEHOLDER = re.compile(r"(?<![{｛])[{｛][ \t]*([^\W\d]\w*)[ \t]*[}｝](?![}｝])")
_NAME = re.compile(r"[^\W\d]\w*")


def is_name(text: str) -> bool:
    """Whether a placeholder may be called so."""
    return _NAME.fullmatch(text) is not None


def names_in(text: str) -> tuple[str, ...]:
    """Each placeholder's name once, in order."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str | None:
    """`text` with its placeholders filled; None where a value is missing or empty.

    A value is text: braces in it are not looked at again.
    """
    if not all(values.get(name) for name in names_in(text)):
        return None
    return _PLACEHOLDER.sub(lambda placeholder: values[placeholder[1]], text)
