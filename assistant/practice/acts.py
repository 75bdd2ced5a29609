"""Acts: what happens in a practice room, one value each, and how a line of a script becomes one.

Reading files is left to `script`, putting acts on the wire to `shown`.
"""

from dataclasses import dataclass
from typing import Any

from assistant.errors import AssistantError

# Every kind of act with the fields that it needs beside `at`.
KINDS: dict[str, tuple[str, ...]] = {
    "danmaku": ("viewer", "text"),
    "emoticon": ("viewer", "text"),
    "lottery": ("viewer", "text"),
    "mirror": ("viewer", "text"),
    "super_chat": ("viewer", "text", "price_yuan"),
    "super_chat_delete": ("viewer",),
    "gift": ("viewer", "gift", "count", "price_fen"),
    "guard": ("viewer", "level"),
    "enter": ("viewer",),
    "follow": ("viewer",),
    "share": ("viewer",),
    "like": ("viewer",),
    "recall": ("viewer",),
    "mute": ("viewer",),
    "silent_on": (),
    "silent_off": (),
    "warning": ("text",),
    "likes_total": ("count",),
    "online": ("count",),
    "watched": ("count",),
    "live": (),
    "preparing": (),
    "title": ("text",),
}
CHAT_KINDS = frozenset({"danmaku", "emoticon", "lottery", "mirror"})  # what a rate counts
FIGURE_KINDS = frozenset({"online", "watched", "likes_total"})

_NUMBERS = {"count": 2**53, "price_fen": 2**31, "price_yuan": 1_000_000, "level": 3}
_TEXTS = ("viewer", "text", "gift")


class ScriptError(AssistantError):
    """A script or recording cannot be played; the message names file, line and field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that happens `at` seconds after the start; which fields count depends on `kind`."""

    at: float = 0.0
    kind: str = "danmaku"
    viewer: str = ""
    text: str = ""
    is_host: bool = False
    gift: str = ""
    count: int = 1
    price_fen: int = 0
    price_yuan: int = 0
    level: int = 0

    @property
    def is_chat(self) -> bool:
        return self.kind in CHAT_KINDS

    @property
    def is_figure(self) -> bool:
        return self.kind in FIGURE_KINDS


def parse_act(fields: Any) -> Act:
    """One line's object as an act. Raises ValueError naming the field."""
    if not isinstance(fields, dict):
        raise ValueError("must be an object")
    kind = fields.get("kind", "danmaku")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"kind: must be one of {', '.join(KINDS)}")
    for name in KINDS[kind]:
        if name not in fields:
            raise ValueError(f"{name}: missing in a {kind}")
    values: dict[str, Any] = {name: _text(fields, name) for name in _TEXTS if name in fields}
    values |= {name: _number(fields, name) for name in _NUMBERS if name in fields}
    host = fields.get("host", False)
    if not isinstance(host, bool):
        raise ValueError("host: must be true or false")
    if kind == "guard" and values["level"] not in (1, 2, 3):
        raise ValueError("level: must be 1, 2 or 3")
    return Act(at=_seconds(fields), kind=kind, is_host=host, **values)


def _seconds(fields: dict[str, Any]) -> float:
    at = fields.get("at")
    if not isinstance(at, int | float) or isinstance(at, bool) or not 0 <= at < 1e9:
        raise ValueError("at: must be seconds since the start")
    return float(at)


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise ValueError(f"{name}: must be text")
    return value


def _number(fields: dict[str, Any], name: str) -> int:
    value, most = fields[name], _NUMBERS[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError(f"{name}: must be a whole number from 0 to {most}")
    return value
