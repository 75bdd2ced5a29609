"""Whether the assistant answers by itself now: its mode, and a pause that ends by itself."""

from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.actions import Reason


class Mode(StrEnum):
    """`auto` answers; `dry run` decides and shows, and nothing at all is sent; `off` says nothing by itself:
    every question goes to people, whose answers are sent."""

    AUTO = "auto"
    DRY_RUN = "dry run"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Speaking:
    """`paused_until` is Unix time; until then it is as if the mode were off. None: not paused."""

    mode: Mode = Mode.AUTO
    paused_until: float | None = None

    def why_quiet(self, now: float) -> Reason | None:
        """Why questions go to people that would be answered otherwise; None when they need not."""
        if self.mode is Mode.OFF:
            return Reason.OFF
        is_paused = self.paused_until is not None and now < self.paused_until
        return Reason.PAUSED if is_paused and self.mode is Mode.AUTO else None


class Switch:
    """What all rooms look at, and `controls` turns."""

    def __init__(self, speaking: Speaking | None = None) -> None:
        self.speaking = speaking or Speaking()

    @property
    def is_dry(self) -> bool:
        return self.speaking.mode is Mode.DRY_RUN

    def turn(self, mode: Mode) -> Speaking:
        """Whoever turns it ends a pause."""
        self.speaking = Speaking(mode)
        return self.speaking

    def pause(self, until: float | None) -> Speaking:
        """None: go on."""
        self.speaking = replace(self.speaking, paused_until=until)
        return self.speaking
