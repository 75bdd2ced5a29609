"""What is so in a practice room at the moment: its card, its last lines and its figures."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from assistant.practice.acts import Act
from assistant.practice.card import RoomCard
from assistant.practice.danmaku import Line
from assistant.practice.figures import Figures

REMEMBERED_LINES = 10


class RoomState:
    """`history` are the last lines of chat, oldest first; `danmaku` counts all lines."""

    def __init__(self, card: RoomCard) -> None:
        self.card = card
        self.figures = Figures()
        self.history: deque[Line] = deque(maxlen=REMEMBERED_LINES)
        self.danmaku = 0

    def notice(self, act: Act) -> None:
        """Change the card as an act of the broadcast asks."""
        if act.kind in _CHANGES:
            self.card = _CHANGES[act.kind](self.card, act)

    def remember(self, line: Line) -> None:
        self.danmaku += 1
        self.history.append(line)


def _goes_live(card: RoomCard, act: Act) -> RoomCard:
    """A new broadcast has a new key; a stream that only comes back keeps its own."""
    if card.is_live:
        return card
    return replace(card, is_live=True, live_key=str(int(card.live_key) + 1))


_CHANGES: dict[str, Callable[[RoomCard, Act], RoomCard]] = {
    "live": _goes_live,
    "preparing": lambda card, act: replace(card, is_live=False),
    "title": lambda card, act: replace(card, title=act.text),
}
