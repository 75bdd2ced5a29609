"""A room's flow with what people see of it: board, controls, records and the audit, over one real journal."""

from pathlib import Path
from typing import Any, cast

from assistant.audit import Audit
from assistant.board import Board
from assistant.controls import Controls
from assistant.learning import Learning
from assistant.pipeline.decide import Bars
from assistant.records import Records
from assistant.room import Room
from assistant.stores.rows import Escalation
from assistant.today import DayTally
from knowledge.reviews import Review, ReviewLog
from tests.fakes.flow_house import ADDRESS, FlowHouse

ROOM = str(ADDRESS)
BUDGET = 0.1


class DeskHouse(FlowHouse):
    """The bar of a budget is one minus twice the budget."""

    def __init__(self, path: Path, **options: Any) -> None:
        super().__init__(path, **options)
        self.path = path
        rooms = [Room(ADDRESS, cast(Any, None), self.flow, cast(Any, self.sender))]
        learning = Learning(path, clock=self.clock.now)
        self.tally = DayTally(clock=self.clock.now)
        self.audit = Audit(self.store, clock=self.clock.now)
        self.board = Board(rooms, learning=learning, audit=self.audit, watch=self.notices.append)
        self.controls = Controls(
            rooms,
            switch=self.switch,
            outbox=self.outbox,
            holding=self.holding,
            budget=BUDGET,
            bars_of=lambda budget: Bars(reply=1 - 2 * budget, question=0.5),
            audit=self.audit,
            clock=self.clock,
            watch=self.notices.append,
        )
        self.records = Records(
            self.store,
            today=self.tally,
            learning=learning,
            entries=lambda: self.holding.entries,
            audit=self.audit,
        )

    async def the_question(self) -> Escalation:
        """The only one that waits."""
        (question,) = await self.board.questions()
        return question.escalation

    async def audited(self) -> list[tuple[str, str]]:
        """Who did what, oldest first."""
        return [(one.who, one.what) for one in reversed(await self.audit.recent())]

    def labelled(self) -> list[Review]:
        with ReviewLog(self.path) as log:
            return log.all()
