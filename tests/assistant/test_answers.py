import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from assistant.answers import BATCH_TEXTS, REMEMBERED_TEXTS, Answers
from knowledge import KnowledgeBase
from knowledge.ranking import EXACT_ONLY, Calibration, Judgement, Ranker
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
async def answers(ranker: SlowRanker) -> AsyncIterator[Answers]:
    answers = Answers(KnowledgeBase(HashEmbedder(), [entry()]), ranker, wrong_reply_budget=0.1)
    yield answers
    ranker.go.set()
    await answers.aclose()


async def judging(ranker: SlowRanker) -> None:
    await asyncio.to_thread(ranker.begun.wait, 10)


async def test_what_waits_while_a_batch_is_judged_is_judged_together(
    answers: Answers, ranker: SlowRanker
) -> None:
    first = asyncio.create_task(answers.judge(["一"]))
    await judging(ranker)
    waiting = [asyncio.create_task(answers.judge([text, text])) for text in "二三四"]
    await asyncio.sleep(0)
    ranker.go.set()
    assert [len(judged) for judged in await asyncio.gather(first, *waiting)] == [1, 2, 2, 2]
    assert ranker.batches == [["一"], ["二", "三", "四"]]


async def test_what_many_viewers_type_is_judged_once(answers: Answers, ranker: SlowRanker) -> None:
    ranker.go.set()
    first, again, other = await answers.judge(["666", "666", "有货吗"])
    assert (await answers.judge(["666", "几号发货"]))[0] is first is again is not other
    assert ranker.batches == [["666", "有货吗"], ["几号发货"]]


async def test_changed_entries_are_asked_what_was_judged_before(answers: Answers, ranker: SlowRanker) -> None:
    ranker.go.set()
    await answers.judge(["有货吗"])
    await answers.swap([entry("other")])
    await answers.judge(["有货吗"])
    assert ranker.batches.count(["有货吗"]) == 2


async def test_only_the_latest_judgements_are_remembered(answers: Answers, ranker: SlowRanker) -> None:
    ranker.go.set()
    await answers.judge(["有货吗"])
    await answers.judge([str(number) for number in range(REMEMBERED_TEXTS)])
    await answers.judge(["有货吗", str(REMEMBERED_TEXTS - 1)])
    assert ranker.batches[-1] == ["有货吗"]


async def test_batches_are_bounded_and_a_larger_call_goes_whole(answers: Answers, ranker: SlowRanker) -> None:
    first = asyncio.create_task(answers.judge(["一"]))
    await judging(ranker)
    sizes = (BATCH_TEXTS + 50, BATCH_TEXTS - 1, 1, 2)
    texts = [[f"{size}:{number}" for number in range(size)] for size in sizes]
    waiting = [asyncio.create_task(answers.judge(some)) for some in texts]
    await asyncio.sleep(0)
    ranker.go.set()
    await asyncio.gather(first, *waiting)
    assert [len(batch) for batch in ranker.batches] == [1, BATCH_TEXTS + 50, BATCH_TEXTS, 2]


async def test_a_broken_batch_fails_its_callers_and_nobody_later(
    answers: Answers, ranker: SlowRanker
) -> None:
    ranker.go.set()
    with pytest.raises(ValueError, match="broken"):
        await answers.judge(["bad"])
    assert len(await answers.judge(["一"])) == 1


async def test_a_caller_that_left_holds_up_nobody(answers: Answers, ranker: SlowRanker) -> None:
    left = asyncio.create_task(answers.judge(["一"]))
    await judging(ranker)
    left.cancel()
    stayed = asyncio.create_task(answers.judge(["二"]))
    ranker.go.set()
    assert len(await stayed) == 1


async def test_swapped_entries_are_answered_from(answers: Answers, ranker: SlowRanker) -> None:
    ranker.go.set()
    changes = await answers.swap([entry("other")])
    assert (changes.added, changes.removed) == (1, 1)
    assert list(answers.base.entries) == ["other"]
    assert len(ranker.batches) == 1  # it has met them before a viewer asks


async def test_nothing_asked_is_nothing_judged(answers: Answers) -> None:
    assert await answers.judge([]) == []


async def test_the_bar_is_that_of_the_precision_where_it_is_stricter() -> None:
    base = KnowledgeBase(HashEmbedder(), [entry()])
    tables = {"reply_thresholds": ((0.1, 0.7),), "precision_thresholds": ((0.9, 0.85),)}
    ranker = Ranker(replace(Calibration.load(), **tables))
    for precision, bar in ((None, 0.7), (0.9, 0.85), (0.95, EXACT_ONLY)):
        answers = Answers(base, ranker, wrong_reply_budget=0.1, precision=precision)
        assert answers.bars.reply == bar
        await answers.aclose()
