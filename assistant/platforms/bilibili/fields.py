"""Takes values out of a stranger's JSON: bounded, of the asked type, or a default; no field is trusted.

What a reader cannot do without raises `Unreadable`, which names the field and never its content.
"""

import json
from typing import Any

import orjson

_MOST_WHOLE = 2**63 - 1  # what a database column and every JSON reader can hold
_ID_CHARACTERS = 64
_PATIENCE_BYTES = 1024 * 1024  # no command is half as long; the patient way takes a tenth of a second for it
_MILLISECONDS_FROM = 10**11  # as seconds that would be the year 5138


class Unreadable(Exception):
    """A field that a command cannot do without is missing or of the wrong type."""


def parse(source: bytes | str) -> Any:
    """The JSON value. Lone surrogates and broken UTF-8 in it become U+FFFD. Raises ValueError."""
    try:
        return orjson.loads(source)
    except orjson.JSONDecodeError:
        if len(source) > _PATIENCE_BYTES:
            raise
        return _parse_patiently(source)


def _parse_patiently(source: bytes | str) -> Any:
    """The standard library reads lone surrogates; written out again they can be replaced."""
    text = source if isinstance(source, str) else source.decode(errors="replace")
    try:
        unescaped = json.dumps(json.loads(text), ensure_ascii=False)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return orjson.loads(unescaped.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def mapping(value: Any) -> dict[str, Any]:
    """`value` if it is an object, an empty one otherwise."""
    return value if type(value) is dict else {}


def padded(value: Any, length: int) -> list[Any]:
    """`value` if it is a long enough array; a shorter one is filled up with None, anything else replaced."""
    if type(value) is not list:
        return [None] * length
    missing = length - len(value)
    return value + [None] * missing if missing > 0 else value


def whole(value: Any, default: int = 0) -> int:
    """An integer that 64 bits can hold, also from a float without fraction or from decimal digits."""
    if type(value) is not int:
        value = _as_integer(value)
    return value if value is not None and -_MOST_WHOLE <= value <= _MOST_WHOLE else default


def _as_integer(value: Any) -> int | None:
    if type(value) is float:
        return int(value) if value.is_integer() else None
    if type(value) is str and len(value) < 20 and value.isascii() and value.isdigit():
        return int(value)
    return None


def text(value: Any, most_characters: int) -> str:
    """A string, cut; empty for anything else."""
    return value[:most_characters] if type(value) is str else ""


def identifier(value: Any) -> str:
    """An id as text; empty for 0, "0" and anything that is no id."""
    if type(value) is int:
        return str(value) if 0 < value <= _MOST_WHOLE else ""
    shown = text(value, _ID_CHARACTERS)
    return "" if shown == "0" else shown


def account(value: Any) -> str:
    """A uid as text; empty where the platform masks it with 0."""
    number = whole(value)
    return str(number) if number > 0 else ""


def seconds(value: Any) -> float:
    """A time since 1970 in seconds, from seconds (as in captures of 2018) or milliseconds; 0.0 for none."""
    number = whole(value)
    if _MILLISECONDS_FROM <= number < _MILLISECONDS_FROM * 1000:
        return number / 1000
    return float(number) if 0 < number < _MILLISECONDS_FROM else 0.0


def required(container: dict[str, Any], name: str) -> int:
    """A number that is not negative. Raises Unreadable."""
    number = whole(container.get(name), -1)
    if number < 0:
        raise Unreadable(name)
    return number


def payload(command: dict[str, Any]) -> dict[str, Any]:
    """The command's `data`. Raises Unreadable."""
    data = command.get("data")
    if type(data) is not dict:
        raise Unreadable("data")
    return data
