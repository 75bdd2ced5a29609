"""Looks over the draft, or a file, and lists what viewers would stumble over; nothing is changed.

Found are entries that read the same, answers that are too long, expired, banned or without the number asked
for, entries never matched, and those that answered wrongly. The questions of the last broadcasts and of
labelled rooms are put to what is published and to what is looked over: answers gained, lost and changed.
"""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from editing import (
    AsJson,
    Config,
    Db,
    console,
    database_of,
    print_json,
    print_line,
    print_problems,
    problem_json,
    run,
    said_in_a_line,
    settings_of,
    warn,
)
from editing.checking import LINE_CHARACTERS, limits_of, usage_of
from editing.planning import Standing
from editing.printing import counted, rows_table
from editing.replaying import (
    DEFAULT_BROADCASTS,
    Broadcasts,
    FailOnLost,
    Rooms,
    asked_in,
    fails_on_lost,
    labelled_rooms,
    merged,
    print_replay,
    progress_of,
    questions_of,
    replay_json,
    replayed,
)

from assistant.settings import Settings
from knowledge.embedder import open_embedder
from knowledge.entries import Entry, Problem
from knowledge.evaluation.replay import Asked, Replay
from knowledge.importers import read_file, with_ids_of
from knowledge.lint import Finding, LintLimits, Usage, lint

FailOn = Literal["error", "warning", "never"]


def main(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="A FAQ file; with --db as it would be imported. Default: the draft."
        ),
    ] = None,
    db: Db = None,
    published: Annotated[
        bool, typer.Option("--published", help="Look over what viewers are answered with, not the draft.")
    ] = False,
    before: Annotated[
        Path | None,
        typer.Option("--before", metavar="FILE", help="Compare with this file; default: what is published."),
    ] = None,
    line_characters: Annotated[
        int, typer.Option("--line-characters", min=1, help="What one line may hold in your room.")
    ] = LINE_CHARACTERS,
    parts: Annotated[
        int | None, typer.Option("--parts", min=1, help="Lines of one reply; default: as configured.")
    ] = None,
    banned: Annotated[
        list[str] | None,
        typer.Option("--banned", metavar="WORD", help="A banned word, or @FILE with one a line; repeatable."),
    ] = None,
    soon_days: Annotated[
        float, typer.Option("--soon-days", min=0, help="Name entries that end within so many days.")
    ] = 3.0,
    broadcasts: Broadcasts = DEFAULT_BROADCASTS,
    rooms: Rooms = None,
    fail_on: Annotated[FailOn, typer.Option("--fail-on", help="Exit 1 on findings so bad.")] = "error",
    fail_on_lost: FailOnLost = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    with said_in_a_line():
        settings = settings_of(config)
        database = None if file and not db else database_of(db, config)
        looked = looked_over(file, database, published=published, before=before)
        limits = limits_of(
            settings,
            is_configured=(config or Path("assistant.toml")).exists(),
            line_characters=line_characters,
            most_parts=parts,
            banned=banned or (),
            soon_days=soon_days,
            broadcasts=broadcasts,
        )
        used = usage_of(database, broadcasts=broadcasts) if database else None
        findings = found_in(looked, settings, limits, used)
        replay = replay_of(looked, settings, database, broadcasts=broadcasts, rooms=rooms)
    if as_json:
        print_json(result_json(looked, findings, replay))
    else:
        tell(looked, findings, replay)
    is_unproven = fail_on_lost is not None and not (replay and replay.questions)
    if is_unproven:
        warn("--fail-on-lost has nothing to ask: name --before FILE, --rooms DIR or a --db with broadcasts")
    is_lost = replay is not None and fails_on_lost(replay, fail_on_lost)
    if is_unproven or looked.problems or is_bad(findings, fail_on) or is_lost:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class LookedOver:
    """The entries, what is wrong with their file, and what they are compared with; None: nothing."""

    entries: Sequence[Entry]
    problems: Sequence[Problem] = ()
    before: Sequence[Entry] | None = None


def looked_over(
    file: Path | None, database: Path | None, *, published: bool, before: Path | None
) -> LookedOver:
    standing = Standing.of(database) if database else Standing()
    earlier = read_file(before) if before else None
    compared = earlier.entries if earlier else standing.published if database else None
    wrong = earlier.problems if earlier else ()
    entries = standing.published if published else standing.draft
    if file is None:
        return LookedOver(entries, wrong, compared)
    reading = read_file(file)
    taken = with_ids_of(reading, standing.known).entries
    over = {entry.id: entry for entry in (*entries, *taken)}
    return LookedOver(list(over.values()), [*wrong, *reading.problems], compared)


def found_in(looked: LookedOver, settings: Settings, limits: LintLimits, used: Usage | None) -> list[Finding]:
    embedder = open_embedder(settings.knowledge.model)
    with progress_of("looking over the entries") as progress:
        return lint(looked.entries, embedder, now=time.time(), limits=limits, used=used, progress=progress)


def replay_of(
    looked: LookedOver, settings: Settings, database: Path | None, *, broadcasts: int, rooms: Path | None
) -> Replay | None:
    """Against what the entries are compared with; without that, against each labelled room's own entries."""
    if looked.before is not None:
        questions = questions_of(database, broadcasts=broadcasts, rooms=rooms)
        if not questions:  # nobody asked yet: as its editors thought that viewers would
            questions = [Asked(wording) for entry in looked.before for wording in entry.wordings]
        return replayed(questions, looked.before, looked.entries, settings=settings)
    if rooms is None:
        return None
    labelled = labelled_rooms(rooms)
    return merged(
        replayed(asked_in(room), room.entries, looked.entries, settings=settings) for room in labelled
    )


def is_bad(findings: Sequence[Finding], fail_on: FailOn) -> bool:
    bad = {"error": ("error",), "warning": ("error", "warning"), "never": ()}[fail_on]
    return any(finding.severity in bad for finding in findings)


def result_json(looked: LookedOver, findings: Sequence[Finding], replay: Replay | None) -> dict[str, Any]:
    return {
        "entries": len(looked.entries),
        "errors": sum(finding.severity == "error" for finding in findings),
        "warnings": sum(finding.severity == "warning" for finding in findings),
        "findings": [asdict(finding) for finding in findings],
        "problems": [problem_json(problem) for problem in looked.problems],
        "replay": replay_json(replay) if replay else None,
    }


def tell(looked: LookedOver, findings: Sequence[Finding], replay: Replay | None) -> None:
    if looked.problems:
        print_problems(looked.problems)
    if findings:
        headings = ("", "rule", "entries", "what is wrong", "how to mend it")
        rows = ((one.severity, one.rule, ", ".join(one.ids), one.message, one.remedy) for one in findings)
        console().print(rows_table("", headings, rows))
    found = result_json(looked, findings, None)
    errors, warnings = counted(found["errors"], "error"), counted(found["warnings"], "warning")
    print_line(f"{found['entries']:,} entries: {errors}, {warnings}")
    if replay is not None:
        print_replay(replay)


if __name__ == "__main__":
    run(main)
