"""Editors at work beside the running assistant: the draft, its publication, and what waits for them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.audit import Audit
from assistant.checks import Checks
from assistant.editing import Editing, entry_of
from assistant.pipeline.decide import Bars
from assistant.settings import Settings
from assistant.stores.sqlite import SqliteStore
from knowledge import Entry, open_embedder
from knowledge.errors import DraftMoved, EntriesInvalid, FormatUnknown
from knowledge.lint import Rule
from knowledge.pending import CannotDecide, PendingEntries
from knowledge.ranking import Ranker
from tests.fakes.clock import ManualClock

SHIPPING = Entry(id="ship", question="什么时候发货", answer="48小时内发货。", category="物流")
INVOICE = Entry(
    id="invoice", question="可以开发票吗", answer="可以，下单时备注抬头。", variants=("有发票吗",)
)


class EditorsHouse:
    """A journal with the editors' part of its file."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.path = folder / "assistant.db"
        self.store = SqliteStore(self.path, clock=self.clock.now)
        self.audit = Audit(self.store, clock=self.clock.now)
        ranker = Ranker()
        checks = Checks(
            Settings(store={"path": self.path}),
            rooms=[],
            embedder=open_embedder(),
            ranker=ranker,
            bars=lambda: Bars.of(ranker, wrong_reply_budget=0.1),
            clock=self.clock,
        )
        self.editing = Editing(self.path, checks=checks, audit=self.audit, clock=self.clock.now, faq=None)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[EditorsHouse]:
    house = EditorsHouse(tmp_path)
    await house.store.open()
    await house.editing.edit([SHIPPING, INVOICE], "Lin")
    await house.editing.publish("Lin", note="the first")
    yield house
    await house.store.aclose()


async def test_an_edit_waits_in_the_draft_until_it_is_published(house: EditorsHouse) -> None:
    editing = house.editing
    changed = SHIPPING.model_copy(update={"answer": "24小时内发货。"})
    changes = await editing.edit([changed], "Wu", removed=["invoice"])
    draft = await editing.draft()
    assert (changes.changed, changes.removed) == (1, 1)
    assert [(change.id, change.author) for change in draft.changes] == [("ship", "Wu"), ("invoice", "Wu")]
    version = await editing.publish("Wu", expect=draft.revision)
    assert [one.number for one in await editing.history()] == [version.number, 1]
    assert {change.id for change in await editing.changes_of(version.number)} == {"ship", "invoice"}
    assert (await editing.draft()).entries == (changed,)


async def test_who_looked_at_another_draft_is_told(house: EditorsHouse) -> None:
    revision = (await house.editing.draft()).revision
    await house.editing.edit([SHIPPING.model_copy(update={"answer": "快了"})], "Wu")
    with pytest.raises(DraftMoved, match="ship"):
        await house.editing.publish("Lin", expect=revision)


async def test_edits_can_be_taken_back_and_versions_gone_back_to(house: EditorsHouse) -> None:
    editing = house.editing
    await editing.edit([SHIPPING.model_copy(update={"answer": "快了"})], "Wu")
    assert await editing.discard("Wu", ["ship"]) == 1
    await editing.edit([], "Wu", removed=["ship"])
    await editing.publish("Wu")
    await editing.roll_back(1, "Lin")
    assert [entry.id for entry in (await editing.draft()).entries] == ["ship", "invoice"]


async def test_entries_are_found_by_every_word_wherever_it_stands(house: EditorsHouse) -> None:
    async def found(text: str = "", **fields: str) -> list[str]:
        return [entry.id for entry in await house.editing.search(text, **fields)]

    assert await found() == ["ship", "invoice"]
    assert await found("有发票 抬头") == ["invoice"]
    assert await found("發貨") == ["ship"]  # traditional characters find simplified ones
    assert await found("发票 48小时") == []
    assert await found(category="物流") == ["ship"]


async def test_answers_of_people_become_entries_wordings_or_nothing(house: EditorsHouse) -> None:
    with PendingEntries(house.path) as pending:
        ids = [
            pending.add(question, "是的", author="小李", source="host")
            for question in ("能参观仓库吗", "发货要几天", "哈哈")
        ]
    editing = house.editing
    assert [one.id for one in await editing.pending()] == ids
    await editing.approve(ids[:1], "Lin", category="其他")
    await editing.merge(ids[1:2], "ship", "Lin")
    assert await editing.reject(ids[2:], "Lin") == 1
    assert await editing.pending() == []
    with pytest.raises(CannotDecide):
        await editing.approve(ids[:1], "Lin")
    entries = {entry.question: entry for entry in (await editing.draft()).entries}
    assert entries["能参观仓库吗"].category == "其他"
    assert "发货要几天" in entries[SHIPPING.question].variants


async def test_what_editors_do_is_audited(house: EditorsHouse) -> None:
    await house.editing.edit([INVOICE], "Wu", removed=["ship"])
    await house.editing.publish("Wu")
    await house.editing.roll_back(1, "Lin")
    done = [(one.who, one.what, one.detail) for one in reversed(await house.audit.recent())]
    assert done[2:] == [
        ("Wu", "edit entries", "invoice, -ship"),
        ("Wu", "publish", "version 2"),
        ("Lin", "roll back", "to version 1, as version 3"),
    ]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".md", ".jsonl", ".yaml"])
async def test_a_file_that_was_written_reads_as_it_was(house: EditorsHouse, suffix: str) -> None:
    data = await house.editing.written(suffix)
    entries, problems = await house.editing.read(f"../../常见问题{suffix}", data)
    assert (entries, problems) == ([SHIPPING, INVOICE], [])


async def test_a_file_that_is_none_is_refused_or_its_problems_told(house: EditorsHouse) -> None:
    with pytest.raises(FormatUnknown):
        await house.editing.read("entries.exe", b"MZ")
    with pytest.raises(FormatUnknown):
        await house.editing.written(".exe")
    entries, problems = await house.editing.read("a.jsonl", b'{"question": "?"}\n')
    assert entries == []
    assert problems


def test_what_is_filled_in_wrongly_is_told_field_by_field() -> None:
    assert entry_of({"id": "a", "question": "问", "answer": "答"}).question == "问"
    with pytest.raises(EntriesInvalid) as invalid:
        entry_of({"id": "a b", "question": "", "answer": "答"})
    assert {problem.field for problem in invalid.value.problems} == {"id", "question"}


async def test_a_question_is_tried_by_the_draft_and_by_what_is_published(house: EditorsHouse) -> None:
    await house.editing.edit([SHIPPING.model_copy(update={"variants": ("东西啥时候寄出来",)})], "Wu")
    checks = house.editing.checks
    drafted = await checks.ask("东西啥时候寄出来")
    published = await checks.ask("东西啥时候寄出来", published=True)
    assert (drafted.decision.entry_id, str(drafted.decision.action)) == ("ship", "reply")
    assert drafted.judgement.probability > published.judgement.probability
    assert drafted.bar is not None
    assert drafted.explanation.candidates[0].match.entry.id == "ship"
    assert (await checks.ask("")).decision.reason.name == "EMPTY"


async def test_a_draft_is_looked_over_before_it_is_published(house: EditorsHouse) -> None:
    twin = Entry(id="twin", question=SHIPPING.question, answer="不一定。")
    await house.editing.edit([twin], "Wu")
    findings = await house.editing.checks.findings()
    assert any({"ship", "twin"} <= set(finding.ids) for finding in findings)
    assert all(finding.rule in {rule.value for rule in Rule} for finding in findings)
    assert (await house.editing.checks.consequences()).questions == 0
