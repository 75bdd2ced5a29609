"""What people set while the assistant runs: whether it answers by itself, and how sure it must be.

What is set here holds until the assistant ends; a team's settings say how it begins.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.audit import Audit
from assistant.clock import Clock
from assistant.errors import AssistantError
from assistant.holding import Holding
from assistant.learning import named
from assistant.notices import SpeakingMoved, Watcher
from assistant.outbox import Outbox
from assistant.pipeline.decide import Bars
from assistant.pipeline.lately import HOUR_SECONDS, BarPreview, Swayed, preview
from assistant.room import Room
from assistant.speaking import Mode, Speaking, Switch

__all__ = ["BudgetPreview", "CannotSet", "Controls", "Mode", "Speaking", "Swayed"]

LONGEST_PAUSE_SECONDS: Final = 24 * 3600.0


class CannotSet(AssistantError):
    """Nothing can be set so; the message says why, and everything is as it was."""


@dataclass(frozen=True, slots=True)
class BudgetPreview:
    """What a budget of wrong replies would change on what was asked lately.

    `bar` is the least probability of a reply by it; of `questions` so many are answered `before`, `after`.
    In both lists what was asked most comes first.
    """

    budget: float
    bar: float
    questions: int
    before: int
    after: int
    gained: tuple[Swayed, ...]
    lost: tuple[Swayed, ...]


class Controls:
    """`bars_of` says where a budget puts the bars. Commands raise CannotSet and StoreError."""

    def __init__(
        self,
        rooms: Sequence[Room],
        *,
        switch: Switch,
        outbox: Outbox,
        holding: Holding,
        budget: float,
        bars_of: Callable[[float], Bars],
        audit: Audit,
        clock: Clock,
        watch: Watcher,
    ) -> None:
        self._rooms = rooms
        self._switch = switch
        self._outbox = outbox
        self._holding = holding
        self._bars_of = bars_of
        self._audit = audit
        self._clock = clock
        self._watch = watch
        self.budget = budget

    @property
    def speaking(self) -> Speaking:
        """As it is now: a pause that is over is none."""
        speaking = self._switch.speaking
        is_over = speaking.paused_until is not None and speaking.paused_until <= self._clock.now()
        return self._switch.pause(None) if is_over else speaking

    @property
    def says_by_itself(self) -> bool:
        """Whether anything is said now that no person said."""
        speaking = self.speaking
        return speaking.mode is Mode.AUTO and speaking.why_quiet(self._clock.now()) is None

    async def set_mode(self, mode: Mode, by: str) -> None:
        """From now on, in all rooms; what waits to be sent and may not be any more goes to people."""
        who, was_dry = _person(by), self._switch.is_dry
        self._switch.turn(mode)
        self._outbox.dry_run = self._switch.is_dry
        if was_dry and mode is not Mode.DRY_RUN:
            for room in self._rooms:
                room.flow.quieting.end_rehearsal()
                await room.ask_limit()  # whoever says nothing never asked
        await self._settle()
        await self._tell(who, f"mode: {mode}")

    async def pause(self, seconds: float, by: str) -> None:
        """Nothing is said by itself for so long; what people say is sent. Said again, it counts from now."""
        who = _person(by)
        if not 0 < seconds <= LONGEST_PAUSE_SECONDS:
            raise CannotSet("a pause is longer than nothing and not longer than a day")
        if self.speaking.mode is not Mode.AUTO:
            raise CannotSet(f"there is nothing to pause: the mode is {self.speaking.mode}")
        self._switch.pause(self._clock.now() + seconds)
        await self._settle()
        await self._tell(who, "pause", f"{seconds:g} s")

    async def resume(self, by: str) -> None:
        """A pause is over."""
        who = _person(by)
        self._switch.pause(None)
        await self._tell(who, "resume")

    def budget_preview(self, budget: float, seconds: float = HOUR_SECONDS) -> BudgetPreview:
        """What the budget would change on what was asked in the last `seconds`, at most an hour. Raises
        CannotSet."""
        then, now = self._bars(budget), self._holding.bars
        since = self._clock.now() - seconds
        asked = [one for room in self._rooms for one in room.flow.lately.since(since)]
        found: BarPreview = preview(asked, now=now, then=then, entry=self._holding.entries.get)
        return BudgetPreview(
            budget, then.reply, found.questions, found.before, found.after, found.gained, found.lost
        )

    async def set_budget(self, budget: float, by: str) -> None:
        """The share of replies that may be wrong, from now on in all rooms."""
        who, bars = _person(by), self._bars(budget)
        before, self.budget = self.budget, budget
        self._holding.bars = bars
        for room in self._rooms:
            room.flow.judge_by(bars)
        await self._audit.record(who, "wrong-reply budget", f"{before:.1%} -> {budget:.1%}")

    def _bars(self, budget: float) -> Bars:
        if not 0 < budget < 1:
            raise CannotSet("a budget of wrong replies is a share, above 0 and below 1")
        return self._bars_of(budget)

    async def _settle(self) -> None:
        for room in self._rooms:
            await room.flow.quieting.settle()

    async def _tell(self, who: str, what: str, detail: str = "") -> None:
        self._watch(SpeakingMoved(self.speaking, who))
        await self._audit.record(who, what, detail)


def _person(name: str) -> str:
    if not (person := named(name)):
        raise CannotSet("who is it? A person must be named")
    return person
