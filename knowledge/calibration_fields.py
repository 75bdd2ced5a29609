"""Reads the fields of a calibration from JSON; what is wrong is said in a line that names the field.

What the fields mean, and in which file they stand, is for `calibration`.
"""

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

Fields = Mapping[str, Any]


class FieldInvalid(ValueError):
    """`field: what it must be`; the field is left out where the whole is no calibration."""


def read_fields(content: bytes) -> Fields:
    try:
        fields = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FieldInvalid("is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise FieldInvalid(f"is not JSON from line {error.lineno}, column {error.colno}") from None
    except (ValueError, RecursionError):
        raise FieldInvalid("is not JSON that can be read") from None
    if not isinstance(fields, dict):
        raise FieldInvalid("must be an object, { … }")
    return fields


def field(fields: Fields, name: str) -> Any:
    if name not in fields:
        raise FieldInvalid(f"{name}: is missing")
    return fields[name]


def number(fields: Fields, name: str) -> float:
    return _number(field(fields, name), name)


def share(fields: Fields, name: str) -> float:
    return _share(field(fields, name), name)


def weights(fields: Fields, name: str, features: Sequence[str]) -> dict[str, float]:
    """One number for each feature; others are left aside."""
    held = _mapping(fields, name)
    inside = {f"{name}.{feature}": held[feature] for feature in features if feature in held}
    return {feature: number(inside, f"{name}.{feature}") for feature in features}


def shares(fields: Fields, name: str) -> dict[str, float]:
    return {key: _share(value, f"{name}.{key}") for key, value in _mapping(fields, name).items()}


def ascending_pairs(fields: Fields, name: str) -> tuple[tuple[float, float], ...]:
    """Pairs of shares, at least one, by a first that grows."""
    rows = field(fields, name)
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 2 for row in rows):
        raise FieldInvalid(f"{name}: must be a list of pairs, [[0.05, 0.9], …]")
    pairs = tuple((_share(asked, name), _share(least, name)) for asked, least in rows)
    asked = [pair[0] for pair in pairs]
    if not pairs or asked != sorted(set(asked)):
        raise FieldInvalid(f"{name}: must hold a pair, and the first number of each must grow")
    return pairs


def texts(fields: Fields, name: str) -> tuple[str, ...]:
    held = field(fields, name)
    if not isinstance(held, list) or not all(isinstance(one, str) for one in held):
        raise FieldInvalid(f"{name}: must be a list of names")
    return tuple(held)


def _mapping(fields: Fields, name: str) -> Fields:
    held = field(fields, name)
    if not isinstance(held, dict):
        raise FieldInvalid(f"{name}: must be an object, {{ … }}")
    return held


def _number(value: Any, name: str) -> float:
    try:
        is_number = type(value) in (int, float) and isfinite(float(value))
    except OverflowError:
        is_number = False
    if not is_number:
        raise FieldInvalid(f"{name}: must be a number")
    return float(value)


def _share(value: Any, name: str) -> float:
    try:
        share = _number(value, name)
    except FieldInvalid:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise FieldInvalid(f"{name}: must be a number from 0 to 1")
    return share
