import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.answers import BATCH_TEXTS, REMEMBERED_TEXTS, Judge
from knowledge import KnowledgeBase
from knowledge.ranking import Judgement
from tests.fakes.embedders import HashEmbedder
from tests.fakes.flow_house import ScriptedRanker
from tests.fakes.lines import entry


class SlowRanker(ScriptedRanker):
    """Judges only while `go` is set, so that what comes meanwhile waits; a text "bad" breaks its batch."""

    def __init__(self) -> None:
        super().__init__({})
        self.go = threading.Event()
        self.begun = threading.Event()

    def judge(self, texts: Sequence[str], base: KnowledgeBase) -> list[Judgement]:
        self.begun.set()
        assert self.go.wait(10)
        if "bad" in texts:
            raise ValueError("broken")
        return super().judge(texts, base)


@pytest.fixture
def ranker() -> SlowRanker:
    return SlowRanker()


@pytest.fixture
async def judge(ranker: SlowRanker) -> AsyncIterator[Judge]:
    thread = ThreadPoolExecutor(1)
    judge = Judge(KnowledgeBase(HashEmbedder(), [entry()]), ranker, thread=thread)
    yield judge
    ranker.go.set()
    await judge.aclose()
    thread.shutdown()


async def judging(ranker: SlowRanker) -> None:
    await asyncio.to_thread(ranker.begun.wait, 10)


async def test_what_waits_while_a_batch_is_judged_is_judged_together(
    judge: Judge, ranker: SlowRanker
) -> None:
    first = asyncio.create_task(judge.judge(["一"]))
    await judging(ranker)
    waiting = [asyncio.create_task(judge.judge([text, text])) for text in "二三四"]
    await asyncio.sleep(0)
    ranker.go.set()
    assert [len(judged) for judged in await asyncio.gather(first, *waiting)] == [1, 2, 2, 2]
    assert ranker.batches == [["一"], ["二", "三", "四"]]


async def test_what_many_viewers_type_is_judged_once(judge: Judge, ranker: SlowRanker) -> None:
    ranker.go.set()
    first, again, other = await judge.judge(["666", "666", "有货吗"])
    assert (await judge.judge(["666", "几号发货"]))[0] is first is again is not other
    assert ranker.batches == [["666", "有货吗"], ["几号发货"]]


async def test_only_the_latest_judgements_are_remembered(judge: Judge, ranker: SlowRanker) -> None:
    ranker.go.set()
    await judge.judge(["有货吗"])
    await judge.judge([str(number) for number in range(REMEMBERED_TEXTS)])
    await judge.judge(["有货吗", str(REMEMBERED_TEXTS - 1)])
    assert ranker.batches[-1] == ["有货吗"]


async def test_batches_are_bounded_and_a_larger_call_goes_whole(judge: Judge, ranker: SlowRanker) -> None:
    first = asyncio.create_task(judge.judge(["一"]))
    await judging(ranker)
    sizes = (BATCH_TEXTS + 50, BATCH_TEXTS - 1, 1, 2)
    texts = [[f"{size}:{number}" for number in range(size)] for size in sizes]
    waiting = [asyncio.create_task(judge.judge(some)) for some in texts]
    await asyncio.sleep(0)
    ranker.go.set()
    await asyncio.gather(first, *waiting)
    assert [len(batch) for batch in ranker.batches] == [1, BATCH_TEXTS + 50, BATCH_TEXTS, 2]


async def test_a_broken_batch_fails_its_callers_and_nobody_later(judge: Judge, ranker: SlowRanker) -> None:
    ranker.go.set()
    with pytest.raises(ValueError, match="broken"):
        await judge.judge(["bad"])
    assert len(await judge.judge(["一"])) == 1


async def test_a_caller_that_left_holds_up_nobody(judge: Judge, ranker: SlowRanker) -> None:
    left = asyncio.create_task(judge.judge(["一"]))
    await judging(ranker)
    left.cancel()
    stayed = asyncio.create_task(judge.judge(["二"]))
    ranker.go.set()
    assert len(await stayed) == 1


async def test_nothing_asked_is_nothing_judged(judge: Judge) -> None:
    assert await judge.judge([]) == []
