"""The whole assistant with a manual and a model: over real sockets, from question to draft."""

from pathlib import Path
from typing import Any

import pytest

from assistant.compose import compose
from assistant.errors import SettingsError
from assistant.notices import Alert, MessageDecided, QuestionDrafted, QuestionEscalated, ReplyMoved
from assistant.practice import sample_faq
from assistant.settings import Settings
from knowledge.pending import PendingEntries
from tests.fakes.model_server import KEY, ModelServer, drafted
from tests.fakes.practice_house import PracticeHouse

QUESTION = "能连5G频段的wifi吗"
ANSWER = "只支持 2.4 GHz 无线网络哦"


def settings_for(folder: Path, url: str, **drafts: Any) -> dict[str, Any]:
    manual = folder / "manual"
    manual.mkdir()
    text = "# 连接手机\n\n只支持 2.4 GHz 无线网络，不支持 5 GHz 频段的 wifi。\n"
    (manual / "说明书.md").write_text(text, encoding="utf-8")
    (manual / "broken.pdf").write_bytes(b"no pdf")
    return {
        "knowledge": {"faq": sample_faq("shop"), "documents": (manual,)},
        "drafts": {"base_url": url, "model": "tiny", "api_key": KEY, **drafts},
    }


async def test_a_question_gets_its_passages_and_its_draft(tmp_path: Path) -> None:
    async with ModelServer.open(drafted(ANSWER)) as server, PracticeHouse.open(tmp_path) as house:
        async with house.assistant(**settings_for(tmp_path, server.url)) as notices:
            alert = await notices.until(lambda one: isinstance(one, Alert))
            house.say(QUESTION)
            escalated = await notices.until(lambda one: isinstance(one, QuestionEscalated))
            draft = await notices.until(lambda one: isinstance(one, QuestionDrafted))
        assert "broken.pdf: is broken" in alert.text
        assert escalated.escalation.passages[0].source == "说明书.md › 连接手机"
        assert draft.escalation.draft.text == ANSWER
        assert house.texts() == []
        assert KEY.encode() not in house.database.read_bytes()


async def test_a_draft_that_may_speak_for_itself_is_said_and_waits_for_an_editor(tmp_path: Path) -> None:
    async with ModelServer.open(drafted(ANSWER)) as server, PracticeHouse.open(tmp_path) as house:
        settings = settings_for(tmp_path, server.url, send_above=0.5)
        async with house.assistant(**settings) as notices:
            await notices.until(lambda one: isinstance(one, Alert))
            house.say(QUESTION)
            await notices.until(lambda one: isinstance(one, ReplyMoved) and one.receipt.state == "seen")
        assert house.texts() == [ANSWER]
        with PendingEntries(house.database) as pending:
            (kept,) = pending.open()
    assert (kept.question, kept.answer, kept.source) == (QUESTION, ANSWER, "draft")


async def test_an_endpoint_that_is_not_there_leaves_the_room_as_it_is(tmp_path: Path) -> None:
    async with ModelServer.open(drafted(ANSWER)) as server:
        url = server.url
    settings = settings_for(tmp_path, url, retries=0)
    async with PracticeHouse.open(tmp_path) as house, house.assistant(**settings) as notices:
        await notices.until(lambda one: isinstance(one, Alert))
        house.say(QUESTION)
        await notices.until(lambda one: isinstance(one, Alert) and "cannot be reached" in one.text)
        house.say("大家晚上好", viewer="另一位")
        await notices.until(
            lambda one: isinstance(one, MessageDecided) and one.message.viewer_name == "另一位"
        )


def test_drafts_without_documents_are_a_mistake_in_the_settings(tmp_path: Path) -> None:
    drafts = {"base_url": "http://127.0.0.1:1/v1", "model": "tiny"}
    with pytest.raises(SettingsError, match=r"knowledge\.documents"):
        compose(Settings(store={"path": tmp_path / "a.db"}, drafts=drafts), watch=lambda notice: None)
