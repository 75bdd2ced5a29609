"""Takes a FAQ file (.xlsx, .csv, .md, .jsonl, .yaml) into the draft; viewers see it once that is published.

A row with an id changes that entry; one without gets an id, which is written back into the file, or that of
the entry that asks the same. A row is its whole entry: what it leaves out is taken out. When a row is wrong,
nothing is changed, and every problem is shown.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from editing import (
    AsJson,
    Author,
    Config,
    Db,
    author_of,
    database_of,
    how_to_publish,
    print_changes,
    print_json,
    print_line,
    print_problems,
    problem_json,
    run,
    said_in_a_line,
    warn,
    working_at,
)
from editing.planning import Plan, Standing, planned
from editing.printing import counted

from knowledge.entries import Changes, Problem
from knowledge.errors import FileNotWritten, FormatUnknown
from knowledge.importers import Reading, name_rows, read_file, with_ids_of
from knowledge.revisions import Revisions
from knowledge.store import EntryStore


def main(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Its suffix says of which kind it is.")],
    db: Db = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be added, changed and removed; change nothing.")
    ] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help="Take the rows that are right when others are wrong.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Remove the entries that the file does not have.")
    ] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish the file at once; the rest of the draft stays there.")
    ] = False,
    note: Annotated[
        str, typer.Option("--note", help="With --publish: what the history says; default: the file's name.")
    ] = "",
    author: Author = "",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    if partial and replace:
        raise typer.BadParameter("--replace would remove the entries of wrong rows: leave out --partial")
    with said_in_a_line():
        database = database_of(db, config, make=True)
        reading = read(file)
        standing = Standing.of(database)
        reading = with_ids_of(reading, standing.known)
        job = Job(file, database, reading, author=author_of(author), replace=replace, publish=publish)
        plan = job.plan(standing)
        is_spoilt = any(problem.spoils_all for problem in reading.problems)
        is_refused = bool(reading.problems) and (is_spoilt or not partial)
        is_done = not (is_refused or dry_run)
        ids = job.carry_out(standing, note=note or file.name) if is_done else 0
    if as_json:
        counts = Changes() if is_refused else plan.counts
        problems = [problem_json(problem) for problem in reading.problems]
        print_json({**asdict(counts), "problems": problems, "ids_written": ids, "done": is_done})
    else:
        tell(job, plan, is_refused=is_refused, is_done=is_done, ids=ids, waiting=len(standing.waiting), db=db)
    if reading.problems:
        raise typer.Exit(1)


def read(file: Path) -> Reading:
    """A kind of file that nobody can read is a problem like the others."""
    try:
        with working_at(f"reading {file}"):
            return read_file(file)
    except FormatUnknown as error:
        message = str(error).removeprefix(f"{file}: ")
        return Reading((), (Problem(str(file), None, "", message, remedy="save it as .xlsx or .csv"),))


@dataclass(frozen=True, slots=True)
class Job:
    """The rows of a file that are right, and where they go: into the draft, or straight to viewers."""

    file: Path
    database: Path
    reading: Reading
    author: str
    replace: bool
    publish: bool

    def plan(self, standing: Standing) -> Plan:
        before = standing.published if self.publish else standing.draft
        return planned(before, self.reading.entries, author=self.author, replace=self.replace)

    def carry_out(self, standing: Standing, *, note: str) -> int:
        """One transaction; then the file gets its ids. Returns how many."""
        with working_at(f"writing {self.database}"):
            if self.publish:
                self._save(note)
            else:
                self._edit(standing)
        with working_at(f"writing ids into {self.file}"):
            return self._name_rows()

    def _save(self, note: str) -> None:
        with EntryStore(self.database) as store:
            store.save(self.reading.entries, replace=self.replace, author=self.author, note=note)

    def _edit(self, standing: Standing) -> None:
        with Revisions(self.database) as revisions:
            revisions.edit(
                self.reading.entries, author=self.author, replace=self.replace, expect=standing.revision
            )

    def _name_rows(self) -> int:
        """What cannot be written is no harm: the next import finds the entries by their questions."""
        try:
            name_rows(self.file, self.reading.new_ids)
        except (FileNotWritten, OSError) as error:
            warn(f"the entries are taken, but their ids are not in the file: {error}")
            return 0
        return len(self.reading.new_ids)


def tell(
    job: Job, plan: Plan, *, is_refused: bool, is_done: bool, ids: int, waiting: int, db: Path | None
) -> None:
    problems, counts = job.reading.problems, plan.counts
    if problems:
        print_problems(problems)
    if is_refused:
        is_spoilt = any(problem.spoils_all for problem in problems)
        is_offered = bool(job.reading.entries) and not is_spoilt
        partly = ", or take the rows that are right with --partial" if is_offered else ""
        every = ": a wrong column is wrong in every row" if is_spoilt else ""
        print_line(f"nothing was changed{every}: mend these and import again{partly}")
        return
    if not is_done:
        print_changes(plan.changes)
    where = "published" if job.publish else "draft"
    print_line(
        f"{job.file} -> {job.database} ({where}): {'' if is_done else 'would be '}{counts.added:,} added, "
        f"{counts.changed:,} changed, {counts.unchanged:,} unchanged, {counts.removed:,} removed"
    )
    if ids:
        print_line(f"{counted(ids, 'id')} written into {job.file}")
    if not is_done:
        print_line("nothing was changed: this was a dry run")
        return
    if not job.reading.entries:
        print_line("nothing changed: no row could be taken")
    elif not plan.changes:
        print_line("nothing changed: all of it was there already")
    elif job.publish:
        print_line("it is published: a running assistant answers from it within a second")
    if not job.publish and (plan.changes or waiting):
        print_line(how_to_publish(db))


if __name__ == "__main__":
    run(main)
