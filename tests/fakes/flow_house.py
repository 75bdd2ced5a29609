"""One room's flow with everything around it: a real journal and outbox, judgements and sending by script."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar, Self

from assistant.events import Event
from assistant.holding import Holding
from assistant.notices import Alert, MessageDecided, Notice, QuestionEscalated
from assistant.outbox import Outbox
from assistant.pipeline.decide import Bars
from assistant.pipeline.flow import Flow
from assistant.pipeline.research import Sources
from assistant.settings import RoomAddress, Settings
from assistant.speaking import Switch
from assistant.stores.rows import Escalation, Message, Receipt, Reply, Row
from assistant.stores.sqlite import SqliteStore
from knowledge import Entry, KnowledgeBase
from knowledge.ranking import Judgement, Ranker
from tests.fakes.clock import ManualClock
from tests.fakes.embedders import HashEmbedder
from tests.fakes.lines import entry, judgement
from tests.fakes.sender import ScriptedSender

OWN, HOST = "1", "2"
ADDRESS = RoomAddress.parse("bilibili:7777")


class ScriptedRanker(Ranker):
    """Judges by table: text -> probability that the first entry answers it; other texts are chatter.

    `entries`: those it takes to hold, whatever a base has.
    """

    question_threshold = 0.5
    entry_thresholds: ClassVar[Mapping[str, float]] = {}

    def __init__(self, answers: Mapping[str, float], entries: Sequence[Entry] = (entry(),)) -> None:
        self.answers = answers
        self.entries = tuple(entries)
        self.batches: list[list[str]] = []
        self.error: Exception | None = None

    def judge(self, texts: Sequence[str], base: KnowledgeBase) -> list[Judgement]:
        if self.error is not None:
            raise self.error
        self.batches.append(list(texts))
        return [self._judge(text, base) for text in texts]

    def reply_threshold(self, wrong_reply_budget: float) -> float:
        return 0.8

    def _judge(self, text: str, base: KnowledgeBase) -> Judgement:
        likeness = 0.9 if text in self.answers else 0.1
        (vector,) = base.embedder.embed([text])
        return judgement(
            self.answers.get(text, 0.0), question_likeness=likeness, entries=self.entries, vector=vector
        )


class RoomSender(ScriptedSender):
    """The flow's view of a sender beside the outbox's."""

    speaks = True

    @property
    def known_text_limit(self) -> int:
        return 40


class FlowHouse:
    """`open` gives one, started and running. `hear` feeds it and waits until all is decided."""

    def __init__(
        self,
        path: Path,
        *,
        answers: Mapping[str, float],
        clock: ManualClock | None = None,
        entries: Sequence[Entry] = (entry(),),
        sources: Sources | None = None,
        **settings: Any,
    ) -> None:
        self.clock = clock or ManualClock()
        self.store = SqliteStore(path, clock=self.clock.now)
        self.sender = RoomSender(self.clock)
        self.ranker = ScriptedRanker(answers, entries[:1])
        self.notices: list[Notice] = []
        self.switch = Switch()
        self.settings = Settings(**settings)
        self.holding = Holding(
            entries,
            embedder=HashEmbedder(),
            ranker=self.ranker,
            bars=Bars.of(self.ranker, wrong_reply_budget=0.1),
            clock=self.clock,
        )
        self.outbox = Outbox(
            self.store,
            senders=lambda platform, room: self.sender,
            settings=self.settings.sending,
            clock=self.clock,
            on_receipt=self._receipt,
            on_failure=self._failure,
            others=lambda reply: self.flow.other_wordings(reply),
            random=lambda: 0.0,
        )
        self.flow = Flow(
            ADDRESS,
            store=self.store,
            answers=self.holding.answers(str(ADDRESS)),
            outbox=self.outbox,
            voice=self.sender,
            settings=self.settings,
            clock=self.clock,
            watch=self.notices.append,
            sources=sources,
            switch=self.switch,
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, *, answers: Mapping[str, float], **settings: Any) -> AsyncIterator[Self]:
        house = cls(path, answers=answers, **settings)
        await house.store.open()
        tasks = []
        try:
            await house.outbox.recover()
            await house.flow.start()
            house.flow.entered(own_viewer_id=OWN, host_viewer_id=HOST, title="夏季上新")
            tasks = [asyncio.create_task(house.outbox.run()), asyncio.create_task(house.flow.run())]
            yield house
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await house.holding.aclose()
            await house.store.aclose()

    async def hear(self, *events: Event) -> None:
        self.flow.receive(events)
        await self.flow.drain()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(4):
            await self.clock.settle()
            await self.store.commit()

    async def pass_time(self, seconds: float) -> None:
        end = self.clock.monotonic() + seconds
        while (left := end - self.clock.monotonic()) > 0:
            await self.clock.advance(min(left, 0.5))
            await self.settle()

    async def messages(self) -> list[Message]:
        return [
            message for one in await self.store.broadcasts() for message in await self.store.messages(one.id)
        ]

    async def escalations(self) -> list[Escalation]:
        return [
            held for one in await self.store.broadcasts() for held in await self.store.escalations(one.id)
        ]

    async def replies(self) -> list[Reply]:
        return [reply for one in await self.store.broadcasts() for reply in await self.store.replies(one.id)]

    def noticed(self, kind: type) -> list[Any]:
        return [notice for notice in self.notices if isinstance(notice, kind)]

    @property
    def reasons(self) -> list[str]:
        return [one.message.decision.reason.name for one in self.noticed(MessageDecided)]

    @property
    def alerts(self) -> list[str]:
        return [alert.text for alert in self.noticed(Alert)]

    @property
    def escalated(self) -> list[Escalation]:
        return [one.escalation for one in self.noticed(QuestionEscalated)]

    def _receipt(self, reply: Reply, receipt: Receipt) -> None:
        self.flow.aftermath.reply_moved(reply, receipt)

    async def _failure(self, reply: Reply, receipt: Receipt) -> Sequence[Row]:
        return await self.flow.aftermath.reply_failed(reply, receipt)
