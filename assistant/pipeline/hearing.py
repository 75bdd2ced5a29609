"""From a room's chat events to the lines worth judging: repeats, echoes and what is plainly no question go.

Sync and pure but for the memory it keeps of the room; it runs as the events arrive, before any queue.
"""

from dataclasses import dataclass, replace

from assistant.actions import Reason
from assistant.events import Danmaku, SuperChat
from assistant.pipeline.screen import Setting, screen
from assistant.pipeline.seen import SaidLately
from knowledge.text import fold

SAID_AGAIN_SECONDS = 30.0
_BELIEVABLE_SECONDS = 86_400.0  # a line from further in the future must not make all others look old
ChatLine = Danmaku | SuperChat


@dataclass(frozen=True, slots=True)
class Line:
    """A line heard, not yet decided about. `text` is what is judged: cut, but not folded."""

    id: int
    event: ChatLine
    heard_at: float
    text: str
    folded: str

    @property
    def is_paid(self) -> bool:
        return isinstance(self.event, SuperChat)


@dataclass(frozen=True, slots=True)
class Heard:
    """The line, and why it is to be ignored (None: it is to be judged)."""

    line: Line
    ignored: Reason | None


class Hearing:
    """One room's ears. `setting` changes when the connection learns who we are."""

    def __init__(self, *, text_characters: int, setting: Setting) -> None:
        self.setting = setting
        self._said = SaidLately(seconds=SAID_AGAIN_SECONDS)
        self._text_characters = text_characters

    def hear(self, event: ChatLine, *, id: int, is_own: bool, now: float) -> Heard:
        """An event not heard before. `is_own`: the outbox knows it as ours, even where names are masked."""
        if self.setting.newest_at < event.at < now + _BELIEVABLE_SECONDS:
            self.setting = replace(self.setting, newest_at=event.at)
        text = event.text[: self._text_characters]
        line = Line(id, event, now, text, fold(text))
        return Heard(line, Reason.OWN if is_own else self._why_ignored(line))

    def _why_ignored(self, line: Line) -> Reason | None:
        reason = screen(line.event, self.setting)
        if reason is not None:
            return reason
        if not line.folded:
            return Reason.EMPTY
        if not line.is_paid and self._said.is_repeat(line.event.viewer.key, line.folded, now=line.heard_at):
            return Reason.REPEATED_LINE
        return None
