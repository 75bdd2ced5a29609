"""The rooms that ship with the assistant, by name, and any script or recording by its path."""

from collections.abc import Sequence
from pathlib import Path

from assistant.practice.acts import Act, ScriptError
from assistant.practice.card import RoomCard
from assistant.practice.script import read_script

_CARDS = {
    "shop": RoomCard(title="松间茶铺 春茶专场", host_name="松间茶铺", bot_name="松间小助手"),
    "launch": RoomCard(title="Fernhill Pico launch night", host_name="Fernhill", bot_name="Fernhill Helper"),
}
_ROOMS = Path(__file__).parent / "rooms"

SAMPLES = tuple(_CARDS)


def load_room(name_or_path: str | Path) -> Sequence[Act]:
    """The acts of a shipped room or of a file, in order. Raises ScriptError naming file, line and field."""
    if name_or_path in _CARDS:
        return read_script(_ROOMS / name_or_path / "viewers.jsonl")
    path = Path(name_or_path)
    if not path.exists():
        raise ScriptError(f"{path}: no such file, and the shipped rooms are {', '.join(SAMPLES)}")
    return read_script(path)


def sample_card(name_or_path: str | Path) -> RoomCard:
    """The room's names in the language of its viewers; the usual card for a file."""
    return _CARDS.get(str(name_or_path), RoomCard())


def sample_faq(name: str) -> Path:
    """The FAQ file (JSONL) that belongs to a shipped room. Raises ScriptError for another name."""
    if name not in _CARDS:
        raise ScriptError(f"no shipped room {name!r}; there are {', '.join(SAMPLES)}")
    return _ROOMS / name / "faq.jsonl"
