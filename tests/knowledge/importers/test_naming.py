"""Ids for rows that have none: readable where they can be, the same every time, never those of others."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge import Entry
from knowledge.importers.base import Reading
from knowledge.importers.naming import fresh_id, with_ids_of

SHIP = Entry(id="ship", question="什么时候发货？", answer="48小时")


def reading(*questions: str) -> Reading:
    entries = tuple(Entry(id=f"new{i}", question=q, answer="a") for i, q in enumerate(questions))
    lines = tuple(range(2, 2 + len(entries)))
    return Reading(entries, (), lines, frozenset(lines))


def test_an_id_is_the_question_in_plain_letters() -> None:
    assert fresh_id("When will it ship?!", taken=()) == "when-will-it-ship"


def test_another_script_gets_a_short_number_that_its_folding_shares() -> None:
    assert fresh_id("什么时候发货？", taken=()) == fresh_id("什麼時候發貨?", taken=())
    assert len(fresh_id("什么时候发货？", taken=())) == 12


@given(st.text(max_size=600), st.sets(st.sampled_from(["a", "a-2", "q-3"])))
def test_a_fresh_id_is_sound_and_not_taken(question: str, taken: set[str]) -> None:
    id = fresh_id(question, taken)
    assert id not in taken
    assert Entry(id=id, question="q", answer="a").id == id


def test_the_same_question_asked_otherwise_typed_is_the_entry_that_exists() -> None:
    assert [entry.id for entry in with_ids_of(reading("什麼時候發貨"), [SHIP]).entries] == ["ship"]


def test_two_rows_of_one_question_do_not_become_the_same_entry() -> None:
    first, second = with_ids_of(reading("什么时候发货", "什么时候发货"), [SHIP]).entries
    assert first.id == "ship"
    assert second.id not in ("ship", "")


def test_an_id_that_the_file_gives_is_nobody_elses() -> None:
    named = Reading((SHIP, SHIP.model_copy(update={"id": "new"})), (), (2, 3), frozenset({3}))
    first, second = with_ids_of(named, [SHIP]).entries
    assert first.id == "ship"
    assert second.id.startswith("q-")
