"""Takes in what accounts send: judges it by the platform's rules and the faults, and remembers what passed.

Showing an accepted line to the room is left to `room`.
"""

from collections import deque
from collections.abc import Callable, Mapping

from assistant.clock import Clock
from assistant.practice.card import RoomCard
from assistant.practice.faults import Faults
from assistant.practice.sending import (
    PLATFORM_WORD,
    TOO_OFTEN,
    Attempt,
    SendingRules,
    SentLine,
    Verdict,
    judge,
)

_REMEMBERED_LINES = 1000  # of one account, for the rules
_NEEDED_FIELDS = ("msg", "roomid", "rnd", "fontsize", "color")
_OVERRULING = {"rate-limit": TOO_OFTEN, "block-words": PLATFORM_WORD}


class Desk:
    """`sent` are the lines that the room saw; `on_sent` hears of every accepted line, shown or not."""

    def __init__(
        self,
        *,
        card: RoomCard,
        rules: SendingRules,
        faults: Faults,
        clock: Clock,
        on_sent: Callable[[SentLine], None] | None = None,
    ) -> None:
        self.rules = rules
        self.sent: list[SentLine] = []
        self._card = card
        self._faults = faults
        self._clock = clock
        self._on_sent = on_sent
        self._accepted: dict[int, deque[SentLine]] = {}

    def judge(self, form: Mapping[str, str], *, uid: int, bili_jct: str) -> Verdict:
        """What the platform says to a msg/send form of this account (0: nobody's)."""
        attempt = Attempt(
            text=form.get("msg", ""),
            room=form.get("roomid", ""),
            logged_in=uid != 0,
            csrf_matches=bool(bili_jct) and form.get("csrf") == bili_jct,
            missing=tuple(name for name in _NEEDED_FIELDS if name not in form),
        )
        verdict = judge(
            attempt,
            rules=self.rules,
            room_id=self._card.room_id,
            accepted=self._accepted.get(uid, ()),
            now=self._clock.now(),
        )
        overruling = (other for fault, other in _OVERRULING.items() if fault in self._faults)
        return next(overruling, verdict) if verdict.accepted else verdict

    def accept(self, form: Mapping[str, str], *, uid: int, id_str: str) -> SentLine:
        """Enter a line that was judged acceptable."""
        named = form.get("reply_mid", "")
        line = SentLine(
            text=form["msg"],
            at=self._clock.now(),
            id_str=id_str,
            uid=uid,
            reply_mid=int(named) if named.isdecimal() and len(named) < 20 else 0,
            shown="swallow" not in self._faults,
        )
        self._accepted.setdefault(uid, deque(maxlen=_REMEMBERED_LINES)).append(line)
        if line.shown:
            self.sent.append(line)
        if self._on_sent is not None:
            self._on_sent(line)
        return line
