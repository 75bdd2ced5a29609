"""What documents say to an escalation, and a draft made of it, stand in the journal with it."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from assistant.errors import StoreError
from assistant.stores.rows import Draft, Excerpt
from assistant.stores.sqlite import SqliteStore
from tests.fakes.rows import a_message, an_escalation

EXCERPTS = (Excerpt('保修"两年"', "说明书.md › 保修", 0.5), Excerpt("\x1b[2J", "a.pdf, p. 3", 0.25))


async def kept(path: Path, **fields: object) -> object:
    store = SqliteStore(path)
    await store.open()
    try:
        await store.commit(a_message(), an_escalation(**fields))
        (found,) = await store.escalations(1)
        return found
    finally:
        await store.aclose()


@pytest.mark.parametrize(
    "draft",
    [None, Draft("主机保修两年", (0, 1), 0.75, cost=0.002), Draft("", refusal="the documents do not say")],
    ids=["none", "made", "refused"],
)
async def test_passages_and_draft_come_back_as_they_were(tmp_path: Path, draft: Draft | None) -> None:
    escalation = an_escalation(passages=EXCERPTS, draft=draft)
    assert await kept(tmp_path / "a.db", passages=EXCERPTS, draft=draft) == escalation


async def test_passages_can_be_queried_by_other_programs(tmp_path: Path) -> None:
    await kept(tmp_path / "a.db", passages=EXCERPTS)
    with closing(Database(tmp_path / "a.db").conn) as connection:
        (text,) = connection.execute("SELECT passages FROM escalations").fetchone()
    assert json.loads(text)[0] == {"text": '保修"两年"', "source": "说明书.md › 保修", "score": 0.5}


@pytest.mark.parametrize("broken", ["{}", "[3]", "no json", '{"text": 1}'])
async def test_what_another_program_broke_is_named(tmp_path: Path, broken: str) -> None:
    await kept(tmp_path / "a.db", passages=EXCERPTS)
    with closing(Database(tmp_path / "a.db").conn) as connection, connection:
        connection.execute("UPDATE escalations SET draft = ?", [broken])
    store = SqliteStore(tmp_path / "a.db", read_only=True)
    await store.open()
    try:
        with pytest.raises(StoreError, match="escalations, row 31"):
            await store.escalations(1)
    finally:
        await store.aclose()
