"""Decide what was left for people in the last broadcasts.

`list` shows two things: answers that the host or an agent gave in their own words, which `approve`, `merge`
or `reject` decide; and questions that nobody answered, ordered by how many viewers asked. For these,
scripts/suggest_faqs.py proposes entries, and `correct` says what the assistant should have done.

What is approved or merged goes into the draft; scripts/publish_faqs.py makes it public.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from editing import (
    AsJson,
    Author,
    Config,
    Db,
    author_of,
    console,
    database_of,
    print_json,
    print_line,
    run,
    said_in_a_line,
)
from editing.options import app_of
from editing.printing import rows_table
from editing.replaying import DEFAULT_BROADCASTS, Broadcasts
from editing.waiting import Question, in_vain, labels, lately, replied

from assistant.learning import review_of
from knowledge.entries import Changes
from knowledge.pending import CannotDecide, Pending, PendingEntries
from knowledge.reviews import ReviewLog
from knowledge.revisions import Revisions
from knowledge.store import EntryStore

app = app_of(__doc__)

Room = Annotated[str, typer.Option("--room", help="Only of this room, as in bilibili:7777.")]
Ids = Annotated[list[int] | None, typer.Argument(min=1, help="Answers, by the ids that `list` shows.")]
All = Annotated[bool, typer.Option("--all", help="All that wait.")]
_MOST_WORDINGS = 3


@app.command("list")
def list_all(
    replies: Annotated[
        bool, typer.Option("--replies", help="What the assistant answered, to find wrong answers.")
    ] = False,
    most: Annotated[int, typer.Option(min=1, help="Show so many questions.")] = 50,
    broadcasts: Broadcasts = DEFAULT_BROADCASTS,
    room: Room = "",
    db: Db = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show the answers that wait for an editor, and the questions that most viewers asked in vain."""
    with said_in_a_line():
        database = database_of(db, config)
        with PendingEntries(database) as pending:
            waiting = pending.open()
        with EntryStore(database) as store:
            published = store.load()
        found = lately(database, broadcasts=broadcasts, room=room)
        questions = (replied(found) if replies else in_vain(found, published))[:most]
    if as_json:
        shown = [question.as_json() for question in questions]
        print_json({"pending": [asdict(one) for one in waiting], "questions": shown})
        return
    _print_pending(waiting)
    _print_questions(questions, title="answered by the assistant" if replies else "asked in vain")


@app.command()
def approve(
    ids: Ids = None,
    all_of_them: All = False,
    category: Annotated[str, typer.Option(help="Of the new entries.")] = "",
    author: Author = "",
    db: Db = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Make new entries of people's answers, in the draft."""

    def decide(pending: PendingEntries, chosen: Sequence[int]) -> Changes:
        return pending.approve(*chosen, author=author_of(author), category=category)

    _decide(decide, ids, all_of_them, "approved", database=_at(db, config), as_json=as_json)


@app.command()
def merge(
    into: Annotated[str, typer.Option("--into", metavar="ENTRY", help="The id of the entry.")],
    ids: Ids = None,
    all_of_them: All = False,
    take_answer: Annotated[
        bool, typer.Option("--take-answer", help="The entry answers as people did, from now on.")
    ] = False,
    author: Author = "",
    db: Db = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Add the questions to an entry as other wordings of it, in the draft."""

    def decide(pending: PendingEntries, chosen: Sequence[int]) -> Changes:
        return pending.merge(*chosen, into=into, author=author_of(author), take_answer=take_answer)

    _decide(decide, ids, all_of_them, "merged", database=_at(db, config), as_json=as_json)


@app.command()
def reject(
    ids: Ids = None,
    all_of_them: All = False,
    author: Author = "",
    db: Db = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Keep people's answers out of the FAQ; nobody is asked about them again."""

    def decide(pending: PendingEntries, chosen: Sequence[int]) -> Changes:
        pending.reject(*chosen, author=author_of(author))
        return Changes()

    _decide(decide, ids, all_of_them, "rejected", database=_at(db, config), as_json=as_json)


@app.command()
def correct(
    messages: Annotated[list[int], typer.Argument(help="Messages, by the ids that `list` shows.")],
    entry: Annotated[str, typer.Option("--entry", metavar="ENTRY", help="The entry that answers them.")] = "",
    no_question: Annotated[bool, typer.Option("--no-question", help="They ask nothing.")] = False,
    for_people: Annotated[bool, typer.Option("--for-people", help="No entry answers them.")] = False,
    broadcasts: Broadcasts = DEFAULT_BROADCASTS,
    author: Author = "",
    db: Db = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Say what should have been done about messages, and whatever else was typed in the same words.

    They become labelled cases, from which scripts/calibrate.py learns.
    """
    expect = _expectation(entry, no_question, for_people)
    with said_in_a_line():
        database, reviewer = database_of(db, config), author_of(author)
        with Revisions(database) as revisions:
            entries = {one.id: one for one in revisions.draft().entries}
        reviews = labels(
            lately(database, broadcasts=broadcasts),
            messages,
            lambda message: review_of(
                message, expect=expect, entry_id=entry or None, reviewer=reviewer, entries=entries
            ),
        )
        with ReviewLog(database) as log:
            overruled = log.add(reviews)
    if as_json:
        print_json({"corrected": [review.message_id for review in reviews], "overruled": len(overruled)})
        return
    others = f"; {len(overruled):,} were reviewed otherwise before" if overruled else ""
    print_line(f"messages labelled: {len(reviews):,}{others}")


def _expectation(entry: str, no_question: bool, for_people: bool) -> str:
    if sum((bool(entry), no_question, for_people)) != 1:
        raise typer.BadParameter("say one of --entry, --no-question and --for-people")
    return "reply" if entry else "ignore" if no_question else "escalate"


def _at(db: Path | None, config: Path | None) -> Path:
    with said_in_a_line():
        return database_of(db, config)


def _decide(
    decide: Callable[[PendingEntries, Sequence[int]], Changes],
    ids: Sequence[int] | None,
    all_of_them: bool,
    done: str,
    *,
    database: Path,
    as_json: bool,
) -> None:
    """All of them or none."""
    if bool(ids) == all_of_them:
        raise typer.BadParameter("name some answers, or say --all")
    with said_in_a_line(), PendingEntries(database) as pending:
        chosen = list(ids or (one.id for one in pending.open()))
        if not chosen:
            raise CannotDecide("no answer waits for an editor")
        changes = decide(pending, chosen)
    if as_json:
        print_json({done: chosen, "added": changes.added, "changed": changes.changed})
        return
    drafted = f"; in the draft: {changes.added:,} added, {changes.changed:,} changed"
    print_line(f"answers {done}: {len(chosen):,}{'' if changes == Changes() else drafted}")


def _print_pending(waiting: Sequence[Pending]) -> None:
    if not waiting:
        print_line("no answer of the host or an agent waits for an editor")
        return
    headings = ("id", "question", "other wordings", "answer", "answered by")
    rows = (
        (
            str(one.id),
            one.question,
            " | ".join(one.variants),
            one.answer,
            f"{one.author} ({one.source})",
        )
        for one in waiting
    )
    console().print(rows_table("answers that wait for an editor", headings, rows))


def _print_questions(questions: Sequence[Question], *, title: str) -> None:
    if not questions:
        print_line(f"nothing was {title} in the last broadcasts")
        return
    headings = ("askers", "message", "question", "why", "nearest entry")
    rows = [row for question in questions for row in _rows(question)]
    console().print(rows_table(title, headings, rows))


def _rows(question: Question) -> list[tuple[str, ...]]:
    """The wordings below each other: each has a message by which it is corrected."""
    decision = question.latest.decision
    nearest = f"{decision.entry_id} ({decision.probability:.0%})" if decision.entry_id else ""
    rows: list[tuple[str, ...]] = []
    for text, messages in list(question.wordings.items())[:_MOST_WORDINGS]:
        first: tuple[Any, ...] = (f"{question.askers:,}", str(decision.reason), nearest)
        askers, why, entry = ("", "", "") if rows else first
        rows.append((askers, str(messages[0].id), text, why, entry))
    return rows


if __name__ == "__main__":
    run(app)
