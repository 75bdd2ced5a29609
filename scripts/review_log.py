"""Takes what was decided in a broadcast out for review, and takes the review back in.

The file is JSON lines of id, text, expect (reply, escalate or ignore) and faq (the entry that answers, or
null), filled in with what the assistant did: correct the lines that are wrong, delete those you did not look
at. `scripts/calibrate.py --db` fits on what was taken in.
"""

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from evaluation.files import require_database, require_file, written_new

from assistant.errors import AssistantError, StoreError
from assistant.learning import DECIDED_BY_WORDS
from assistant.printable import printable
from assistant.stores.rows import Message
from assistant.stores.sqlite import SqliteStore
from knowledge.errors import KnowledgeError
from knowledge.evaluation.metrics import Expectation
from knowledge.reviews import Review, ReviewLog
from knowledge.store import EntryStore

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)

Database = Annotated[Path, typer.Argument(metavar="DB", help="The assistant's database.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@app.command("export")
def export_log(
    db: Database,
    out: Annotated[Path, typer.Argument(help="The JSON lines file to write.")],
    session: Annotated[
        int | None, typer.Option(help="One broadcast, as `assistant stats` lists them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write what was decided about each message, reviewed ones as they were reviewed."""
    with _said_in_a_line(db):
        require_database(db)
        messages = asyncio.run(_messages(db, session))
        with closing(ReviewLog(db)) as log:
            reviews = {review.message_id: review for review in log.all()}
        lines = [_line(message, reviews.get(message.id)) for message in messages]
        with written_new(out) as file:  # never over corrections, nor over the database
            file.writelines(f"{line}\n" for line in lines)
    print(json.dumps({"written": len(lines)}) if as_json else f"{out}: {len(lines)} messages")


@app.command("import")
def import_log(
    db: Database,
    file: Annotated[Path, typer.Argument(help="The corrected file.")],
    reviewer: Annotated[str, typer.Option(help="Who reviewed it.")],
    as_json: AsJson = False,
) -> None:
    """Take the file's reviews; with one bad line nothing is taken, and all that is bad is shown."""
    if not reviewer.strip():
        raise typer.BadParameter("--reviewer must name somebody")
    overruled: list[Review] = []
    with _said_in_a_line(file):
        require_database(db)
        require_file(file)
        known = {message.id: message for message in asyncio.run(_messages(db, None))}
        with EntryStore(db) as store:
            entries = {entry.id for entry in store.load()}
        checked = list(_checked(file, known, entries, reviewer))
        problems = [one for one in checked if isinstance(one, str)]
        if not problems:
            with closing(ReviewLog(db)) as log:
                overruled = log.add(one for one in checked if isinstance(one, Review))
    taken = 0 if problems else len(checked)
    others = [one.reviewer for one in overruled if one.reviewer != reviewer]
    for problem in problems:
        print(problem, file=sys.stderr)
    if as_json:
        print(json.dumps({"taken": taken, "overruled": len(others), "problems": problems}))
    else:
        print(f"{taken} reviews taken{_overruled(others)}")
    if problems:
        raise typer.Exit(1)


def _overruled(reviewers: list[str]) -> str:
    """Whose earlier reviews count no more; they are kept."""
    if not reviewers:
        return ""
    names = ", ".join(printable(name, 40) for name in sorted(set(reviewers)))
    return f"; {len(reviewers)} of them overrule what {names} had said otherwise"


async def _messages(db: Path, session: int | None) -> list[Message]:
    store = SqliteStore(db, read_only=True)
    await store.open()
    try:
        ids = sorted(one.id for one in await store.broadcasts(limit=1_000_000))
        if session is not None and session not in ids:
            raise StoreError(f"{db}: there is no session {session}; `assistant stats` lists them")
        heard = [one for id in ids if session in (None, id) for one in await store.messages(id)]
        return [message for message in heard if message.decision.reason in DECIDED_BY_WORDS]
    finally:
        await store.aclose()


def _line(message: Message, review: Review | None) -> str:
    decided = message.decision
    expect = review.expect if review else str(decided.action)
    faq = review.entry if review else decided.entry_id if expect == "reply" else None
    return json.dumps(
        {"id": message.id, "text": message.text, "expect": expect, "faq": faq}, ensure_ascii=False
    )


def _checked(
    file: Path, known: Mapping[int, Message], entries: set[str], reviewer: str
) -> Iterator[Review | str]:
    """A review of each line, or all that is wrong with it."""
    first: dict[int, int] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        wrong = list(_wrong(row, known, entries)) if isinstance(row, dict) else ["is no JSON object"]
        message = _message(row, known)
        if message is not None and first.setdefault(message.id, number) != number:
            wrong.append(f"id: was reviewed in line {first[message.id]}")
        yield from (f"{file}:{number}: {one}" for one in wrong)
        if wrong or message is None:
            continue
        yield Review(message.id, message.broadcast_id, message.text, row["expect"], row.get("faq"), reviewer)


def _message(row: Any, known: Mapping[int, Message]) -> Message | None:
    id = row.get("id") if isinstance(row, dict) else None
    return known.get(id) if type(id) is int else None


def _wrong(row: Mapping[str, Any], known: Mapping[int, Message], entries: set[str]) -> Iterator[str]:
    message = _message(row, known)
    if message is None:
        yield "id: is no reviewable message of this database"
    elif "text" in row and row["text"] != message.text:
        yield "text: is not what was typed; is the file of another database?"
    expect = row.get("expect")
    if expect not in get_args(Expectation):
        yield "expect: must be reply, escalate or ignore"
        return
    yield from _wrong_entry(row.get("faq"), entries, answers=expect == "reply")


def _wrong_entry(faq: Any, entries: set[str], *, answers: bool) -> Iterator[str]:
    if not answers:
        if faq is not None:
            yield "faq: only what is to be replied to has an entry"
    elif not isinstance(faq, str):
        yield "faq: names no entry; which one answers?"
    elif entries and faq not in entries:  # without any, they are in a file, which only calibrate.py is told
        yield f"faq: there is no entry {printable(faq, 60)!r}"


@contextmanager
def _said_in_a_line(file: Path) -> Iterator[None]:
    """What is wrong with a file is one line, and exit code 1. `file` is the one that is read as text."""
    try:
        yield
    except (AssistantError, KnowledgeError) as error:
        wrong = str(error)
    except OSError as error:
        wrong = f"{error.filename}: {error.strerror}"
    except UnicodeDecodeError:
        wrong = f"{file}: is not UTF-8 text"
    else:
        return
    print(wrong, file=sys.stderr)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
