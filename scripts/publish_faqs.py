"""Publish the draft as one new version; a running assistant answers from it within a second.

Before that you see what the draft changes, and which questions of the last broadcasts would gain, lose or
change their answer. Exactly what was shown is published: when somebody else was faster, nothing is, and you
are told what changed.

Exit code 1: it was not published; with --dry-run: it should not be.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Self

import typer
from editing import (
    AsJson,
    Author,
    Config,
    Db,
    author_of,
    change_json,
    database_of,
    print_changes,
    print_json,
    print_line,
    run,
    said_in_a_line,
    settings_of,
    warn,
)
from editing.replaying import (
    DEFAULT_BROADCASTS,
    Broadcasts,
    FailOnLost,
    Rooms,
    fails_on_lost,
    lost_answers,
    print_replay,
    questions_of,
    replay_json,
    replayed,
)
from editing.versions import Note, Yes, agreed, counts, moved_json, tell_moved

from assistant.settings import Settings
from knowledge.entries import Entry
from knowledge.errors import DraftMoved
from knowledge.evaluation.replay import Replay
from knowledge.revisions import Draft, Revisions, Version
from knowledge.store import EntryStore


def main(
    note: Note = "",
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look at it, and publish nothing.")] = False,
    fail_on_lost: FailOnLost = None,
    rooms: Rooms = None,
    broadcasts: Broadcasts = DEFAULT_BROADCASTS,
    author: Author = "",
    db: Db = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    with said_in_a_line():
        settings, database = settings_of(config), database_of(db, config)
        with Revisions(database) as revisions:
            seen = Seen.of(database, revisions, settings, broadcasts=broadcasts, rooms=rooms)
            if not as_json:
                _show(seen)
            refusal, version = _refusal(seen, fail_on_lost), None
            if refusal is None and seen.changes_anything and not dry_run:
                refusal = _hesitation(yes=yes, as_json=as_json)
            if refusal is None and seen.changes_anything and not dry_run:
                refusal, version = _publish(revisions, seen.draft, author=author_of(author), note=note)
    _tell(seen, refusal, version, as_json=as_json)
    if refusal is not None:
        raise typer.Exit(1)


@dataclass(frozen=True)
class Seen:
    """The draft as it was looked at, and what it would do."""

    draft: Draft
    published: list[Entry]
    replay: Replay

    @classmethod
    def of(
        cls, database: Path, revisions: Revisions, settings: Settings, *, broadcasts: int, rooms: Path | None
    ) -> Self:
        draft = revisions.draft()
        with EntryStore(database) as store:
            published = store.load()
        questions = questions_of(database, broadcasts=broadcasts, rooms=rooms)
        return cls(draft, published, replayed(questions, published, draft.entries, settings=settings))

    @property
    def changes_anything(self) -> bool:
        """A new order of the same entries is a change."""
        return list(self.draft.entries) != self.published


def _show(seen: Seen) -> None:
    if not seen.changes_anything:
        return
    print_changes(seen.draft.changes)
    if not seen.draft.changes:
        print_line("the entries are the same, in another order")
    print_replay(seen.replay)


def _refusal(seen: Seen, fail_on_lost: int | None) -> str | DraftMoved | None:
    """Why this should not be published, whoever asks for it."""
    if seen.draft.overtaken:
        message = "published otherwise since they were edited: edit them again, or discard the edits"
        return DraftMoved(message, changes=seen.draft.overtaken)
    if fails_on_lost(seen.replay, fail_on_lost):
        return f"questions that would lose their answer: {len(lost_answers(seen.replay)):,}"
    return None


def _hesitation(*, yes: bool, as_json: bool) -> str | None:
    if as_json and not yes:
        return "--json asks nobody: say --yes to publish"
    return None if agreed("Publish this?", yes=yes) else "nobody said yes"


def _publish(
    revisions: Revisions, draft: Draft, *, author: str, note: str
) -> tuple[DraftMoved | None, Version | None]:
    try:
        return None, revisions.publish(author=author, note=note, expect=draft.revision)
    except DraftMoved as moved:
        return moved, None


def _tell(seen: Seen, refusal: str | DraftMoved | None, version: Version | None, *, as_json: bool) -> None:
    if as_json:
        print_json(_result(seen, refusal, version))
    elif isinstance(refusal, DraftMoved):
        tell_moved(refusal)
    elif refusal is not None:
        warn(f"nothing was published: {refusal}")
    elif version is not None:
        print_line(f"version {version.number} is published: {counts(version)}", "green")
    elif seen.changes_anything:
        print_line("nothing was published: --dry-run")
    else:
        print_line("nothing to publish: the draft is what is published already")


def _result(seen: Seen, refusal: str | DraftMoved | None, version: Version | None) -> dict[str, Any]:
    return {
        "published": asdict(version) if version else None,
        "refused": str(refusal) if refusal is not None else None,
        "moved": moved_json(refusal) if isinstance(refusal, DraftMoved) else None,
        "changes": [change_json(change) for change in seen.draft.changes],
        "replay": replay_json(seen.replay),
    }


if __name__ == "__main__":
    run(main)
