"""What an edit would do to the questions of the last broadcasts and of labelled rooms, and how it is told.

questions = questions_of(database, broadcasts=20, rooms=None)      # what viewers asked, each text once
replay = replayed(questions, published, draft.entries, settings=settings)
print_replay(replay)                                               # or replay_json(replay)
if fails_on_lost(replay, most): raise typer.Exit(1)                # --fail-on-lost: FailOnLost
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.progress import Progress

from assistant.actions import Action
from assistant.asked import read_asked
from assistant.errors import AssistantError
from assistant.pipeline.decide import Bars, decide
from assistant.settings import Settings
from editing.printing import console, is_watched, print_line, rows_table
from knowledge.embedder import open_embedder
from knowledge.entries import Entry
from knowledge.evaluation.replay import Asked, Flip, Replay, replay
from knowledge.evaluation.rooms import Room, read_rooms
from knowledge.ranking import Judgement, open_ranker
from knowledge.text import fold

DEFAULT_BROADCASTS: Final = 20
_MOST_FLIPS: Final = 30

Broadcasts = Annotated[
    int, typer.Option("--broadcasts", min=0, help="Of how many of the last broadcasts to take the questions.")
]
Rooms = Annotated[
    Path | None, typer.Option("--rooms", metavar="DIR", help="A folder of labelled rooms to replay as well.")
]
FailOnLost = Annotated[
    int | None,
    typer.Option(
        "--fail-on-lost",
        metavar="N",
        min=0,
        help="Exit 1 when N questions or more would lose their answer; 0 is as strict as 1.",
    ),
]


def labelled_rooms(directory: Path) -> list[Room]:
    """The rooms in the folder, or the one that it is. Raises AssistantError."""
    try:
        is_room = (directory / "messages.jsonl").exists()
        rooms = read_rooms(directory.parent if is_room else directory)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AssistantError(f"{directory}: no folder of labelled rooms: {error}") from None
    return [room for room in rooms if not is_room or room.name == directory.name]


def asked_in(room: Room) -> list[Asked]:
    """What was typed in a labelled room, with the entries that people say answer it."""
    return [Asked(message.text, said=message.entry or "") for message in room.messages]


def questions_of(
    database: Path | None, *, broadcasts: int = DEFAULT_BROADCASTS, rooms: Path | None = None
) -> list[Asked]:
    """Of the journal's last broadcasts (none where nothing was heard yet) and of the labelled rooms."""
    heard: Sequence[Asked] = ()
    if database is not None and broadcasts > 0 and has_journal(database):
        heard = asyncio.run(read_asked(database, broadcasts=broadcasts)).questions
    labelled = labelled_rooms(rooms) if rooms is not None else []
    return [*heard, *(asked for room in labelled for asked in asked_in(room))]


def has_journal(database: Path) -> bool:
    """Whether the assistant ever ran with this database. Only reads."""
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'broadcasts'"
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchone() is not None


def replayed(
    questions: Iterable[Asked],
    before: Iterable[Entry],
    after: Iterable[Entry],
    *,
    settings: Settings,
    room: str = "",
) -> Replay:
    """By the assistant's own policy, with the entries that hold now; progress is shown while it runs."""
    policy = settings.policy
    ranker = open_ranker(policy.calibration)
    bars = Bars.of(ranker, wrong_reply_budget=policy.wrong_reply_budget, precision=policy.precision)

    def is_reply(text: str, judgement: Judgement) -> bool:
        return decide(judgement, bars, folded=fold(text)).action is Action.REPLY

    with progress_of("replaying what was asked") as progress:
        return replay(
            questions,
            before,
            after,
            embedder=open_embedder(settings.knowledge.model),
            ranker=ranker,
            is_reply=is_reply,
            at=time.time(),
            room=room,
            progress=progress,
        )


def merged(replays: Iterable[Replay]) -> Replay:
    """As one; what most viewers asked first."""
    listed = list(replays)

    def flips(kind: str) -> tuple[Flip, ...]:
        found = [flip for one in listed for flip in getattr(one, kind)]
        return tuple(sorted(found, key=lambda flip: -flip.times))

    return Replay(
        questions=sum(one.questions for one in listed),
        gained=flips("gained"),
        lost=flips("lost"),
        changed=flips("changed"),
        answered_before=sum(one.answered_before for one in listed),
        answered_after=sum(one.answered_after for one in listed),
    )


@contextmanager
def progress_of(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr where somebody looks on; hears how many steps are done, of how many."""
    with Progress(console=console(stderr=True), transient=True, disable=not is_watched()) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def lost_answers(replay: Replay) -> list[Flip]:
    """Those to miss: a reply of which people say that it was the wrong one is none."""
    return [flip for flip in replay.lost if flip.said in ("", flip.before)]


def fails_on_lost(replay: Replay, most: int | None) -> bool:
    return most is not None and len(lost_answers(replay)) >= max(most, 1)


def replay_json(replay: Replay) -> dict[str, Any]:
    """Counts, and each kind of flip."""
    flips = {"gained": replay.gained, "lost": replay.lost, "changed": replay.changed}
    return {
        "questions": replay.questions,
        "answered_before": replay.answered_before,
        "answered_after": replay.answered_after,
        **{kind: [asdict(flip) for flip in listed] for kind, listed in flips.items()},
    }


def print_replay(replay: Replay) -> None:
    """What most viewers asked first, lost answers before the others."""
    if not replay.questions:
        print_line("no broadcast was heard yet: there are no questions to replay")
        return
    print_line(
        f"{replay.questions:,} questions once asked: {replay.answered_before:,} are answered now, "
        f"{replay.answered_after:,} would be; {len(replay.gained):,} gained, {len(replay.lost):,} lost, "
        f"{len(replay.changed):,} changed"
    )
    for title, flips in (("lost", replay.lost), ("changed", replay.changed), ("gained", replay.gained)):
        if flips:
            headings = ("asked", "times", "before", "after")
            console().print(rows_table(title, headings, map(_flip_row, flips[:_MOST_FLIPS])))
        if len(flips) > _MOST_FLIPS:
            print_line(f"and {len(flips) - _MOST_FLIPS:,} more {title}; --json lists all")


def _flip_row(flip: Flip) -> tuple[str, str, str, str]:
    before = f"{flip.before}: {flip.before_answer}" if flip.before else "-"
    after = f"{flip.after}: {flip.after_answer}" if flip.after else "-"
    return flip.text, f"{flip.times:,}", before, after
