"""The async face of a knowledge base: texts that wait are judged together, in a thread, by one snapshot.

No delay is added when idle: a lone text goes at once; while a batch is being judged, the next one gathers.
What was judged lately is remembered: when a room floods, most viewers type what others have just typed.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, islice, takewhile

from assistant.pipeline.decide import Bars
from knowledge import Changes, Entry, KnowledgeBase
from knowledge.ranking import Judgement, Ranker

BATCH_TEXTS = 256
REMEMBERED_TEXTS = 2_000


@dataclass(frozen=True, slots=True)
class _Asked:
    texts: tuple[str, ...]
    answer: asyncio.Future[list[Judgement]]


class Answers:
    """Belongs to one event loop; `aclose` ends its thread."""

    def __init__(
        self,
        base: KnowledgeBase,
        ranker: Ranker,
        *,
        wrong_reply_budget: float,
        precision: float | None = None,
    ) -> None:
        self._base = base
        self._ranker = ranker
        self.bars = Bars.of(ranker, wrong_reply_budget=wrong_reply_budget, precision=precision)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="answers")
        self._asked: list[_Asked] = []
        self._judging: asyncio.Task[None] | None = None
        self._lately = _Lately()

    @property
    def base(self) -> KnowledgeBase:
        return self._base

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

    async def swap(self, entries: Sequence[Entry]) -> Changes:
        """Answer from these entries from now on; embeds in a thread beside the one that judges."""
        changes = await asyncio.to_thread(self._base.build, entries)
        await self.warm_up()
        return changes

    async def aclose(self) -> None:
        if self._judging is not None:
            self._judging.cancel()
            await asyncio.wait([self._judging])
        self._thread.shutdown(wait=False, cancel_futures=True)

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
        judged = self._lately.at(self._base.version)
        texts = dict.fromkeys(text for asked in batch for text in asked.texts)
        if fresh := [text for text in texts if text not in judged]:
            loop = asyncio.get_running_loop()
            judgements = await loop.run_in_executor(self._thread, self._ranker.judge, fresh, self._base)
            judged.update(zip(fresh, judgements, strict=True))
        for asked in batch:
            if not asked.answer.done():
                asked.answer.set_result([judged[text] for text in asked.texts])
        self._lately.trim()


class _Lately:
    """Judgements by text, of one version of the entries: what is asked of another begins anew."""

    def __init__(self) -> None:
        self._version = -1
        self._judged: dict[str, Judgement] = {}

    def at(self, version: int) -> dict[str, Judgement]:
        if version != self._version:
            self._version, self._judged = version, {}
        return self._judged

    def trim(self) -> None:
        """The oldest go."""
        for text in list(islice(self._judged, max(len(self._judged) - REMEMBERED_TEXTS, 0))):
            del self._judged[text]


def _fail(answer: asyncio.Future[list[Judgement]], error: BaseException) -> None:
    if answer.done():
        return
    if isinstance(error, Exception):
        answer.set_exception(error)
    else:
        answer.cancel()
