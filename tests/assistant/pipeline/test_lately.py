"""What another bar would change is said from the last hour's questions, and from a bounded memory."""

from dataclasses import replace

from assistant.actions import Action, Decision, Reason
from assistant.pipeline.decide import Bars
from assistant.pipeline.lately import HOUR_SECONDS, Lately, Swayed, preview
from assistant.stores.rows import Message
from knowledge import Entry
from tests.fakes.lines import entry
from tests.fakes.rows import a_message

NOW, THEN = Bars(reply=0.8, question=0.5), Bars(reply=0.6, question=0.5)
ENTRY = entry()


def heard(text: str, probability: float, reason: Reason = Reason.UNSURE, at: float = 100.0) -> Message:
    decision = Decision(Action.ESCALATE, reason, ENTRY.id, probability)
    return replace(a_message(), text=text, decision=decision, heard_at=at)


def of(entry: Entry | None = ENTRY, *messages: Message) -> tuple[Swayed, ...]:
    lately = Lately()
    lately.hear(messages)
    return preview(lately.since(0.0), now=NOW, then=THEN, entry=lambda _: entry).gained


def test_what_a_lower_bar_would_answer_is_listed_the_most_asked_first() -> None:
    messages = [heard("一", 0.7), heard("二", 0.65), heard("二", 0.65), heard("三", 0.5), heard("四", 0.9)]
    assert of(ENTRY, *messages) == (Swayed("二", ENTRY.id, 0.65, 2), Swayed("一", ENTRY.id, 0.7, 1))


def test_what_no_bar_decides_about_stays_out() -> None:
    for reason in (Reason.CHATTER, Reason.PERSONAL, Reason.ABUSE, Reason.INJECTION, Reason.SPAM):
        assert of(ENTRY, heard("一", 0.7, reason)) == ()


def test_an_editors_own_bar_for_an_entry_stays() -> None:
    strict = ENTRY.model_copy(update={"threshold": 0.9})
    assert of(strict, heard("一", 0.7)) == ()


def test_an_entry_that_is_gone_answers_nothing() -> None:
    assert of(None, heard("一", 0.7)) == ()


def test_an_hour_is_remembered_and_so_many_lines() -> None:
    lately = Lately()
    lately.hear(heard("一", 0.7, at=float(at)) for at in range(0, 2 * int(HOUR_SECONDS), 600))
    assert next(asked.at for asked in lately.since(0.0)) == HOUR_SECONDS - 600
    lately.hear(heard("一", 0.7, at=1e6) for _ in range(20_000))
    assert len(lately.since(0.0)) == 10_000
