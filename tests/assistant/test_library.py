"""A team's documents are read in the background; what cannot be read is told, and nothing waits for it."""

from pathlib import Path
from typing import Any

from assistant.library import Library
from assistant.stores.rows import Excerpt
from tests.fakes.embedders import HashEmbedder


def library(alerts: list[Any], *paths: Path) -> Library:
    return Library(paths, embedder=HashEmbedder(), watch=alerts.append)


async def test_questions_find_passages_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "说明书.txt").write_text("一、保修\n\n主机保修两年。", encoding="utf-8")
    books = library([], tmp_path)
    await books.load()
    (found,), nothing = await books.find(["保修多久", "口红色号"])
    assert (found.text, found.source) == ("主机保修两年。", "说明书.txt › 一、保修")
    assert isinstance(found, Excerpt)
    assert nothing == ()


async def test_before_they_are_read_documents_say_nothing(tmp_path: Path) -> None:
    assert await library([], tmp_path).find(["保修多久", "在吗"]) == [(), ()]


async def test_every_document_that_is_left_out_is_named(tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"{number}.txt").write_bytes(b"\x00\x01\xff")
    alerts: list[Any] = []
    await library(alerts, tmp_path).load()
    assert len(alerts) == 8
    assert all(f"{number}.txt" in alert.text for number, alert in enumerate(alerts))
