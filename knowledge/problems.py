"""Words what is wrong with an editor's entry, so that whoever typed it knows what to change and where.

Whatever is quoted from the entry is made harmless first: a message may be printed in a terminal.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from knowledge.entries import Entry, Problem

FIELDS = tuple(Entry.model_fields)

_LIKENESS_PERCENT = 60.0  # between a field's name as typed and the one that was probably meant
_PROBABILITY = "must be from 0 to 1", "write it like 0.9"
_MESSAGES: Mapping[str, tuple[str, str]] = {  # what is wrong, how to mend it
    "missing": ("is missing", "write it"),
    "string_type": ("must be a text in quotes", "put it in quotation marks"),
    "string_too_short": ("is empty", "write it"),
    "string_too_long": ("is longer than {max_length:,} characters", "shorten it to {max_length:,}"),
    "string_unicode": ("has half a character in it (a lone surrogate)", "type the text anew"),
    "tuple_type": ("must be a list of texts", "write it like a list"),
    "bool_type": ("must be true or false", "write true or false"),
    "float_type": ("must be a number, without quotes", "write it like 0.9"),
    "greater_than_equal": _PROBABILITY,
    "less_than_equal": _PROBABILITY,
    "finite_number": _PROBABILITY,
    "value_error": ("{error}", ""),
}
_REMEDIES: Mapping[str, str] = {  # of those rules whose messages the entry words itself, by their opening
    "has a space or an invisible character": "take it out, or write - in its place",
    "has the control character": "type the text anew: it came with a copy from elsewhere",
    "is no date and time": "write it like 2026-11-11 20:00",
    "is not after valid_from": "correct one of the two",
}


def problems_of(error: ValidationError, source: str, line: int | None = None) -> list[Problem]:
    """Why the entry at this place could not be made, one problem a field."""
    details = error.errors(include_url=False)
    return [_problem(detail["type"], detail["loc"], detail, source, line) for detail in details]


def _problem(
    kind: str, place: tuple[int | str, ...], detail: Mapping[str, Any], source: str, line: int | None
) -> Problem:
    if kind == "extra_forbidden":
        name = str(place[0])
        return unknown_name(name, FIELDS, "field", source, line)
    message, remedy = _MESSAGES.get(kind, (str(detail["msg"]), ""))
    context = detail.get("ctx", {})
    message, field = message.format_map(context), _field_name(place)
    if not place and (named := message.partition(": ")) and named[0] in FIELDS:
        field, message = named[0], named[2]
    value = "" if kind == "missing" or not place else _value(detail)
    return Problem(source, line, field, message, value, remedy.format_map(context) or _remedy(message))


def _remedy(message: str) -> str:
    return next((remedy for opening, remedy in _REMEDIES.items() if message.startswith(opening)), "")


def _field_name(place: tuple[int | str, ...]) -> str:
    """`variants.2` is the second of them: editors count from one."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place)


def _value(detail: Mapping[str, Any]) -> str:
    value = detail.get("input")
    return shown(value if isinstance(value, str) else _written(value))


def _written(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return str(value)


def unknown_name(name: str, known: tuple[str, ...], kind: str, source: str, line: int | None) -> Problem:
    """A field or a column that there is none of, with the one that was probably meant."""
    from rapidfuzz import process  # only for who mistypes

    meant = process.extractOne(name.lower(), known, score_cutoff=_LIKENESS_PERCENT)
    hint = f"did you mean {meant[0]}?" if meant else f"the {kind}s are {', '.join(known)}"
    remedy = f"name it {meant[0]}, or delete it" if meant else f"delete it, or name it as one of the {kind}s"
    return Problem(source, line, shown(name), f"no such {kind}; {hint}", shown(name), remedy)


def shown(text: str, limit: int = 40) -> str:
    """`text` as a message may quote it: cut, and nothing in it that a terminal would obey."""
    quoted = "".join(character if character.isprintable() else "\ufffd" for character in text[:limit])
    return f"{quoted}…" if len(text) > limit else quoted
