"""The async face of a knowledge base: texts that wait are judged together, in a thread, by one base.

No delay is added when idle: a lone text goes at once; while a batch is being judged, the next one gathers.
What was judged lately is remembered: when a room floods, most viewers type what others have just typed.
Which base is whose, and when it gives way to another, is for `holding`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, islice, takewhile

from assistant.pipeline.decide import Bars
from knowledge import KnowledgeBase
from knowledge.ranking import Judgement, Ranker

BATCH_TEXTS = 256
REMEMBERED_TEXTS = 2_000


@dataclass(frozen=True, slots=True)
class _Asked:
    texts: tuple[str, ...]
    answer: asyncio.Future[list[Judgement]]


class Answers:
    """One room's. `before_judging` may see to it that the judge is still the right one."""

    def __init__(self, judge: "Judge", *, bars: Bars, before_judging: Callable[[], Awaitable[None]]) -> None:
        self._judge = judge
        self._before_judging = before_judging
        self.bars = bars

    @property
    def base(self) -> KnowledgeBase:
        """What the room answers from now."""
        return self._judge.base

    async def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """One judgement a text, in order, all by the same base. Raises what the judging raised."""
        await self._before_judging()
        return await self._judge.judge(texts)

    def judge_by(self, judge: "Judge") -> None:
        """From now on; what was asked before is still judged by the one before."""
        self._judge = judge


class Judge:
    """Judges by a base that does not change, in a thread that is its maker's. Belongs to one event loop."""

    def __init__(self, base: KnowledgeBase, ranker: Ranker, *, thread: ThreadPoolExecutor) -> None:
        self.base = base
        self._ranker = ranker
        self._thread = thread
        self._asked: list[_Asked] = []
        self._judging: asyncio.Task[None] | None = None
        self._judged: dict[str, Judgement] = {}

    async def judge(self, texts: Sequence[str]) -> list[Judgement]:
        """One judgement a text, in order. Raises what the judging raised, to those of that batch alone."""
        if not texts:
            return []
        asked = _Asked(tuple(texts), asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        if self._judging is None or self._judging.done():
            self._judging = asyncio.create_task(self._judge_all(), name="answers")
        return await asked.answer

    async def warm_up(self) -> None:
        """Have the ranker prepare what it keeps of the entries, before a viewer waits for that."""
        await self.judge(["?"])

    async def aclose(self) -> None:
        if self._judging is not None:
            self._judging.cancel()
            await asyncio.wait([self._judging])

    async def _judge_all(self) -> None:
        while self._asked:
            batch = self._next_batch()
            try:
                await self._judge(batch)
            except BaseException as error:
                for asked in batch:
                    _fail(asked.answer, error)
                if not isinstance(error, Exception):
                    raise

    def _next_batch(self) -> list[_Asked]:
        """Whole calls while they fit; a call larger than a batch goes alone."""
        sizes = accumulate(len(asked.texts) for asked in self._asked)
        fitting = sum(1 for _ in takewhile(lambda size: size <= BATCH_TEXTS, sizes))
        batch, self._asked = self._asked[: max(fitting, 1)], self._asked[max(fitting, 1) :]
        return batch

    async def _judge(self, batch: Sequence[_Asked]) -> None:
        judged = self._judged
        texts = dict.fromkeys(text for asked in batch for text in asked.texts)
        if fresh := [text for text in texts if text not in judged]:
            loop = asyncio.get_running_loop()
            judgements = await loop.run_in_executor(self._thread, self._ranker.judge, fresh, self.base)
            judged.update(zip(fresh, judgements, strict=True))
        for asked in batch:
            if not asked.answer.done():
                asked.answer.set_result([judged[text] for text in asked.texts])
        for text in list(islice(judged, max(len(judged) - REMEMBERED_TEXTS, 0))):  # the oldest go
            del judged[text]


def _fail(answer: asyncio.Future[list[Judgement]], error: BaseException) -> None:
    if answer.done():
        return
    if isinstance(error, Exception):
        answer.set_exception(error)
    else:
        answer.cancel()
