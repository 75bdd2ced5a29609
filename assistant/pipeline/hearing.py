"""From a room's chat events to the lines worth judging: repeats, echoes and what is plainly no question go.

Sync and pure but for the memory it keeps of the room; it runs as the events arrive, before any queue.
"""

from dataclasses import dataclass

from assistant.actions import Reason
from assistant.events import Danmaku, SuperChat
from assistant.pipeline.age import Ages
from assistant.pipeline.screen import Setting, screen
from assistant.pipeline.seen import SaidLately
from knowledge.text import fold

SAID_AGAIN_SECONDS = 30.0
ChatLine = Danmaku | SuperChat


@dataclass(frozen=True, slots=True)
class Line:
    """A line heard in a broadcast, not yet decided about. `text` is what is judged: cut, but not folded."""

    id: int
    broadcast_id: int
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
        self._ages = Ages()
        self._said = SaidLately(seconds=SAID_AGAIN_SECONDS)
        self._text_characters = text_characters

    def hear(self, event: ChatLine, *, id: int, broadcast_id: int, is_own: bool, now: float) -> Heard:
        """An event not heard before. `is_own`: the outbox knows it as ours, even where names are masked."""
        text = event.text[: self._text_characters]
        line = Line(id, broadcast_id, event, now, text, fold(text))
        age_seconds = self._ages.of(event.at, now=now)
        return Heard(line, Reason.OWN if is_own else self._why_ignored(line, age_seconds))

    def _why_ignored(self, line: Line, age_seconds: float) -> Reason | None:
        reason = screen(line.event, self.setting, folded=line.folded, age_seconds=age_seconds)
        if reason is not None:
            return reason
        if not line.folded:
            return Reason.EMPTY
        if not line.is_paid and self._said.is_repeat(line.event.viewer.key, line.folded, now=line.heard_at):
            return Reason.REPEATED_LINE
        return None
