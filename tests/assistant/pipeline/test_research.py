"""A question that no entry answers reaches people with what documents say to it, and with a draft."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.drafting import Drafter
from assistant.drafting.endpoint import Endpoint
from assistant.library import Library
from assistant.notices import QuestionDrafted, QuestionEscalated
from assistant.pipeline import research
from assistant.pipeline.research import Sources
from assistant.settings import DraftSettings
from assistant.stores.rows import EscalationState
from tests.fakes.clock import ManualClock
from tests.fakes.embedders import HashEmbedder
from tests.fakes.flow_house import FlowHouse
from tests.fakes.lines import danmaku, super_chat
from tests.fakes.model_server import ModelServer, drafted

ASKED = "主机保修多久"
OTHER = "口红有几个色号"
PERSONAL = "我上周三买的那单物流一直停在杭州不动是怎么回事"
JUDGED: Mapping[str, float] = {ASKED: 0.1, OTHER: 0.1, PERSONAL: 0.1, "保修期是多久": 0.1}
GOOD = drafted("主机保修两年", confidence=0.99)


class ResearchHouse:
    """A room's flow with a manual, and with a model where `url` names one."""

    def __init__(self, folder: Path, url: str, **drafts: Any) -> None:
        (folder / "manual").mkdir(exist_ok=True)
        text = "一、保修\n\n主机保修两年，电池一年。"
        (folder / "manual" / "说明书.txt").write_text(text, encoding="utf-8")
        self.notices: list[Any] = []
        self.said: list[tuple[str, int, str]] = []
        self.clock = ManualClock()
        self.library = Library([folder / "manual"], embedder=HashEmbedder(), watch=self.notices.append)
        self.drafter = self._drafter(url, drafts) if url else None
        self.sources = Sources(self.library, self.drafter, send=self._send)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, folder: Path, url: str = "", **drafts: Any
    ) -> AsyncIterator[tuple["ResearchHouse", FlowHouse]]:
        house = cls(folder, url, **drafts)
        await house.library.load()
        async with FlowHouse.open(
            folder / "a.db", answers=JUDGED, clock=house.clock, sources=house.sources
        ) as flow:
            yield house, flow
            if house.drafter:
                await house.drafter.aclose()

    async def drafted(self) -> None:
        assert self.drafter is not None
        await self.drafter.idle()

    def _drafter(self, url: str, drafts: dict[str, Any]) -> Drafter:
        settings = DraftSettings.model_validate({"base_url": url, "model": "tiny", **drafts})
        return Drafter(
            Endpoint(settings),
            settings=settings,
            clock=self.clock,
            watch=self.notices.append,
            random=lambda: 0.5,
        )

    async def _send(self, room: str, escalation_id: int, text: str) -> None:
        self.said.append((room, escalation_id, text))


async def test_passages_go_with_the_question_to_people_and_journal(tmp_path: Path) -> None:
    async with ResearchHouse.open(tmp_path) as (_, flow):
        await flow.hear(danmaku(ASKED))
        (told,), (kept,) = flow.escalated, await flow.escalations()
    assert [passage.source for passage in told.passages] == ["说明书.txt › 一、保修"]
    assert kept == told


async def test_who_asks_the_same_finds_the_passages_there(tmp_path: Path) -> None:
    async with ResearchHouse.open(tmp_path) as (_, flow):
        await flow.hear(danmaku(ASKED, viewer="51"), danmaku(ASKED, viewer="52", event_id="e2"))
        await flow.hear(danmaku(ASKED, viewer="53", event_id="e3"))
        told, (kept,) = flow.escalated, await flow.escalations()
    assert all(len(escalation.passages) == 1 for escalation in told)
    assert kept.askers == told[-1].askers


async def test_a_paid_question_is_looked_up_too(tmp_path: Path) -> None:
    async with ResearchHouse.open(tmp_path) as (_, flow):
        await flow.hear(super_chat(ASKED))
        assert flow.escalated[0].passages


async def test_under_flood_all_are_told_and_paid_questions_are_looked_up_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(research, "_MOST_AT_ONCE", 1)
    async with ResearchHouse.open(tmp_path) as (_, flow):
        await flow.hear(danmaku("保修期是多久"), super_chat(ASKED))
        told = {escalation.text: escalation for escalation in flow.escalated}
    assert len(told) == 2
    assert told[ASKED].passages
    assert not told["保修期是多久"].passages


@pytest.mark.parametrize("text", [OTHER, PERSONAL])
async def test_what_documents_do_not_speak_of_goes_without(tmp_path: Path, text: str) -> None:
    async with ResearchHouse.open(tmp_path) as (_, flow):
        await flow.hear(danmaku(text))
        assert flow.escalated[0].passages == ()


async def test_a_draft_follows_the_question(tmp_path: Path) -> None:
    async with (
        ModelServer.open(GOOD) as server,
        ResearchHouse.open(tmp_path, server.url) as (house, flow),
    ):
        await flow.hear(danmaku(ASKED))
        await house.drafted()
        (told,), (kept,) = flow.noticed(QuestionDrafted), await flow.escalations()
    assert told.escalation == kept
    assert kept.draft is not None
    assert kept.draft.text == "主机保修两年"
    assert house.said == []


async def test_the_question_is_told_before_its_draft_is_there(tmp_path: Path) -> None:
    async with (
        ModelServer.open("hang") as server,
        ResearchHouse.open(tmp_path, server.url) as (_, flow),
    ):
        await flow.hear(danmaku(ASKED))
        assert flow.escalated[0].passages
        assert flow.noticed(QuestionDrafted) == []


async def test_a_refused_draft_is_kept_with_its_reason_and_told_to_nobody(tmp_path: Path) -> None:
    async with (
        ModelServer.open(drafted("主机保修十年")) as server,
        ResearchHouse.open(tmp_path, server.url) as (house, flow),
    ):
        await flow.hear(danmaku(ASKED))
        await house.drafted()
        (kept,) = await flow.escalations()
    assert kept.draft is not None
    assert kept.draft.text == ""
    assert "10 year" in kept.draft.refusal
    assert flow.noticed(QuestionDrafted) == []


async def test_nothing_personal_and_nobodys_name_reaches_the_model(tmp_path: Path) -> None:
    async with (
        ModelServer.open(GOOD) as server,
        ResearchHouse.open(tmp_path, server.url) as (house, flow),
    ):
        await flow.hear(danmaku(PERSONAL), danmaku(ASKED, viewer="77", event_id="e2"))
        await house.drafted()
    assert len(server.asked) == 1
    sent = str(server.asked[0])
    assert "观众77" not in sent
    assert "'77'" not in sent


async def test_who_joins_later_leaves_the_draft_where_it_is(tmp_path: Path) -> None:
    async with (
        ModelServer.open(GOOD) as server,
        ResearchHouse.open(tmp_path, server.url) as (house, flow),
    ):
        await flow.hear(danmaku(ASKED, viewer="51"))
        await house.drafted()
        await flow.hear(danmaku(ASKED, viewer="52", event_id="e2"))
        (kept,) = await flow.escalations()
    assert kept.askers == 2
    assert kept.draft is not None
    assert len(server.asked) == 1


async def test_a_question_that_people_answered_first_stays_answered(tmp_path: Path) -> None:
    async with (
        ModelServer.open("hang", GOOD) as server,
        ResearchHouse.open(tmp_path, server.url) as (house, flow),
    ):
        await flow.hear(danmaku(ASKED))
        await flow.flow.by_hand.answer(flow.escalated[0].id, "ship-time")
        server.release()
        await house.drafted()
        (kept,) = await flow.escalations()
    assert kept.state is EscalationState.ANSWERED
    assert flow.noticed(QuestionDrafted) == []


@pytest.mark.parametrize(("above", "is_said"), [(None, False), (0.5, True), (0.99, False)])
async def test_a_draft_speaks_for_itself_only_above_the_team_s_confidence(
    tmp_path: Path, above: float | None, is_said: bool
) -> None:
    async with (
        ModelServer.open(GOOD) as server,
        ResearchHouse.open(tmp_path, server.url, send_above=above) as (house, flow),
    ):
        await flow.hear(danmaku(ASKED))
        await house.drafted()
        (told,) = flow.escalated
    assert house.said == ([("bilibili:7777", told.id, "主机保修两年")] if is_said else [])


async def test_an_endpoint_that_is_down_changes_nothing_else(tmp_path: Path) -> None:
    async with (
        ModelServer.open(401) as server,
        ResearchHouse.open(tmp_path, server.url) as (house, flow),
    ):
        await flow.hear(danmaku(ASKED))
        await house.drafted()
        await flow.hear(danmaku("保修期是多久", event_id="e2"))
    assert len(flow.noticed(QuestionEscalated)) == 2
    assert all(escalation.passages for escalation in flow.escalated)
    assert len(house.notices) == 1


async def test_what_an_earlier_run_spent_counts_after_a_restart(tmp_path: Path) -> None:
    prices = {"price_in": 1000.0, "price_out": 0.0, "budget": 99.0}
    async with ModelServer.open(GOOD) as server:
        async with ResearchHouse.open(tmp_path, server.url, **prices) as (house, flow):
            await flow.hear(danmaku(ASKED))
            await house.drafted()
            (kept,) = await flow.escalations()
        async with ResearchHouse.open(tmp_path, server.url, **prices) as (again, _):
            assert again.drafter is not None
            assert again.drafter.budget.spent(kept.broadcast_id) == pytest.approx(0.4)
