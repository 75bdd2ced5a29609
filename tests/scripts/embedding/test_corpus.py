"""The corpus is data that people write: each file is what its README says."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge.text import fold
from scripts.embedding.texts import CORPUS, read_training_text

FILES = sorted(CORPUS.glob("*.jsonl"))
CONTRAST = [path for path in FILES if path.stem.startswith("contrast_")]
DOMAINS = [path for path in FILES if path not in CONTRAST and path.stem != "chatter"]
CHATTER = CORPUS / "chatter.jsonl"


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def named(path: Path) -> str:
    return path.stem


def texts_in(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            yield from value
        case dict():
            for inner in value.values():
                yield from texts_in(inner)


def repeated(texts: list[str]) -> list[str]:
    return [text for text, count in Counter(texts).items() if count > 1]


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_line_is_tidy_text_in_a_language_we_know(path: Path) -> None:
    assert path.read_bytes().endswith(b"}\n")
    for row in rows(path):
        assert row["lang"] in ("zh", "en")
        assert [text for text in texts_in(row) if text != text.strip() or not text] == []


@pytest.mark.parametrize("path", DOMAINS, ids=named)
def test_an_intent_has_its_fields_and_wordings_and_a_name_of_its_own(path: Path) -> None:
    intents = rows(path)
    for row in intents:
        assert sorted(row) == ["domain", "intent", "lang", "texts"]
        assert row["domain"] == path.stem
        assert len(row["texts"]) >= 8
        assert all(map(fold, row["texts"])), row["intent"]
    assert repeated([row["intent"] for row in intents]) == []


@pytest.mark.parametrize("path", DOMAINS, ids=named)
def test_no_wording_stands_twice_in_a_file_however_it_is_typed(path: Path) -> None:
    """Twice in two intents it would be pushed away from itself; in one it teaches nothing."""
    assert repeated([fold(text) for row in rows(path) for text in row["texts"]]) == []


@pytest.mark.parametrize("path", CONTRAST, ids=named)
def test_a_contrast_line_has_both_sides_and_they_share_no_text(path: Path) -> None:
    lines = rows(path)
    for row in lines:
        assert sorted(row) == ["lang", "near", "question", "same"]
        assert row["same"]
        assert row["near"]
        assert repeated(list(map(fold, [row["question"], *row["same"], *row["near"]]))) == []
    assert repeated([fold(text) for row in lines for text in (row["question"], *row["same"])]) == []


def test_chatter_says_what_it_is_and_nothing_twice() -> None:
    lines = rows(CHATTER)
    assert {tuple(sorted(row)) for row in lines} == {("lang", "text", "type")}
    assert all(row["type"] for row in lines)
    assert repeated([row["text"] for row in lines]) == []


def test_chatter_is_no_wording_of_a_question() -> None:
    text = read_training_text()
    groups = [group for domain in text.domains.values() for group in domain]
    asking = {wording for group in (*groups, *(miss.same for miss in text.near_misses)) for wording in group}
    assert asking & {fold(row["text"]) for row in rows(CHATTER)} == set()


def test_the_training_text_is_all_of_it_without_any_public_set() -> None:
    text = read_training_text()
    assert list(text.domains) == [path.stem for path in DOMAINS]
    assert sum(map(len, text.domains.values())) == sum(len(rows(path)) for path in DOMAINS)
    assert len(text.near_misses) == sum(len(rows(path)) for path in CONTRAST)
    assert (text.intents, text.pairs, text.homophones) == ({}, {}, {})
