import json
from pathlib import Path
from typing import Any

import pytest

from scripts.embedding.public import (
    ADDRESSES,
    HOMOPHONE_SET,
    INTENT_SETS,
    PAIR_SETS,
    missing_sets,
    read_homophones,
    read_intents,
    read_pairs,
)
from scripts.embedding.rows import TrainingTextInvalid, read_rows
from scripts.embedding.texts import read_training_text

README = Path(__file__).parents[3] / "scripts/embedding/README.md"


def write(folder: Path, name: str, *lines: Any) -> Path:
    path = folder / name / "train.jsonl"
    path.parent.mkdir()
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_every_set_has_an_address_and_a_place_in_the_readme() -> None:
    assert set(ADDRESSES) == {*INTENT_SETS, *PAIR_SETS, HOMOPHONE_SET}
    described = README.read_text(encoding="utf-8")
    for name, address in ADDRESSES.items():
        assert f"`{name}`" in described
        assert address.split()[0] in described


def test_missing_sets_are_known_and_the_others_are_read(tmp_path: Path) -> None:
    write(tmp_path, "hwu64", {"text": "Wake me", "intent": "alarm"}, {"text": "alarm on", "intent": "alarm"})
    write(tmp_path, "cow_synonyms", {"a": "看", "b": "看看"}, {"a": "看", "b": "看"})
    write(tmp_path, HOMOPHONE_SET, {"pinyin": "yóu", "chars": ["邮", "油"]})
    assert set(missing_sets(tmp_path)) == set(ADDRESSES) - {"hwu64", "cow_synonyms", HOMOPHONE_SET}
    assert read_intents(tmp_path) == {"hwu64": [["wake me", "alarm on"]]}
    assert read_pairs(tmp_path) == {"cow_synonyms": [("看", "看看")]}
    assert read_homophones(tmp_path) == {"邮": "you", "油": "you"}


def test_without_a_folder_all_are_missing() -> None:
    assert missing_sets(None) == list(ADDRESSES)
    assert (read_intents(None), read_pairs(None), read_homophones(None)) == ({}, {}, {})


def test_a_set_of_another_shape_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "clinc150", {"text": "a", "intent": "b"}, {"text": "a"})
    with pytest.raises(TrainingTextInvalid, match=r"clinc150/train\.jsonl:2: has no intent"):
        read_intents(tmp_path)
    path.write_text("{\n", encoding="utf-8")
    with pytest.raises(TrainingTextInvalid, match=r"train\.jsonl:1: is not JSON"):
        read_intents(tmp_path)


@pytest.mark.parametrize("content", [b"[1]\n", '{"text": "发货"}\n'.encode("gbk")])
def test_what_is_no_such_text_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_bytes(content)
    with pytest.raises(TrainingTextInvalid, match=r"odd\.jsonl"):
        list(read_rows(path, "text"))


def test_a_folder_without_a_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingTextInvalid, match="holds no corpus"):
        read_training_text(tmp_path)
