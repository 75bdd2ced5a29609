"""Words what is wrong with an editor's entry, so that whoever typed it knows what to change and where.

Whatever is quoted from the entry is made harmless first: a message may be printed in a terminal.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from knowledge.entries import Entry, Problem

FIELDS = tuple(Entry.model_fields)

_LIKENESS_PERCENT = 60.0  # between a field's name as typed and the one that was probably meant
_MESSAGES: Mapping[str, str] = {
    "missing": "is missing",
    "string_type": "must be a text in quotes",
    "string_too_short": "is empty",
    "string_too_long": "is longer than {max_length:,} characters",
    "string_unicode": "has half a character in it (a lone surrogate)",
    "tuple_type": "must be a list of texts",
    "bool_type": "must be true or false",
    "float_type": "must be a number, without quotes",
    "greater_than_equal": "must be from 0 to 1",
    "less_than_equal": "must be from 0 to 1",
    "finite_number": "must be from 0 to 1",
    "value_error": "{error}",
}


def problems_of(error: ValidationError, source: str, line: int | None = None) -> list[Problem]:
    """Why the entry at this place could not be made, one problem a field."""
    details = error.errors(include_url=False, include_input=False)
    return [_problem(detail["type"], detail["loc"], detail, source, line) for detail in details]


def _problem(
    kind: str, place: tuple[int | str, ...], detail: Mapping[str, Any], source: str, line: int | None
) -> Problem:
    if kind == "extra_forbidden":
        return Problem(source, line, shown(str(place[0])), _no_such_field(str(place[0])))
    message = _MESSAGES.get(kind, str(detail["msg"])).format_map(detail.get("ctx", {}))
    return Problem(source, line, _field_name(place), message)


def _field_name(place: tuple[int | str, ...]) -> str:
    """`variants.2` is the second of them: editors count from one."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in place)


def _no_such_field(name: str) -> str:
    from rapidfuzz import process  # only for who mistypes

    meant = process.extractOne(name.lower(), FIELDS, score_cutoff=_LIKENESS_PERCENT)
    hint = f"did you mean {meant[0]}?" if meant else f"the fields are {', '.join(FIELDS)}"
    return f"no such field; {hint}"


def shown(text: str, limit: int = 40) -> str:
    """`text` as a message may quote it: cut, and nothing in it that a terminal would obey."""
    quoted = "".join(character if character.isprintable() else "\ufffd" for character in text[:limit])
    return f"{quoted}…" if len(text) > limit else quoted
