"""What importing the package costs: in a process of its own, where nothing else has loaded anything."""

import subprocess
import sys

import pytest

import knowledge

HEAVY = ("torch", "transformers", "sentence_transformers")
REPORT = f"\nimport sys\nprint(*(name for name in {(*HEAVY, 'faiss')!r} if name in sys.modules))"
SEARCH = """
from knowledge import Entry, KnowledgeBase, open_embedder
base = KnowledgeBase(open_embedder(), [Entry(id="ship", question="什么时候发货", answer="48小时")])
assert base.search(["几天发货"])[0][0].entry.id == "ship"
"""


def loaded_by(code: str) -> list[str]:
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code + REPORT], capture_output=True, text=True, timeout=60, check=True
    )
    return ran.stdout.split()


@pytest.mark.parametrize(
    "code", ["import knowledge", "from knowledge import Entry, Match, Problem, KnowledgeError"]
)
def test_importing_the_package_loads_neither_torch_nor_faiss(code: str) -> None:
    assert loaded_by(code) == []


def test_searching_with_the_shipped_model_never_loads_torch() -> None:
    assert loaded_by(SEARCH) == ["faiss"]


def test_reading_and_keeping_entries_loads_neither_torch_nor_faiss() -> None:
    assert loaded_by("import knowledge.importers, knowledge.importers.jsonl, knowledge.store") == []


def test_every_public_name_is_there() -> None:
    assert all(hasattr(knowledge, name) for name in knowledge.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = knowledge.nothing
