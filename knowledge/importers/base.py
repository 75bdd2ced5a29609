"""What an importer must do, and the checks that all of them share: every bad row is reported at once.

Which importers there are is for the package; how a file is cut into rows, for each of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, Protocol

from pydantic import ValidationError

from knowledge.entries import Entry, Problem
from knowledge.importers.naming import with_fresh_ids
from knowledge.problems import problems_of, shown
from knowledge.text import fold

MAX_PROBLEMS: Final = 1_000  # whoever gave the wrong file need not read more

Language = Literal["en", "zh"]

_WITHOUT_ID: Final = "unnamed"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: the sound entries in its order, and a Problem for everything wrong.

    `lines` are the entries' places in the file (the rows of a sheet), from 1. The rows in `unnamed` have no
    id: their entries carry fresh ones, the same at each reading, which may be replaced until they are written
    into the file.
    """

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    lines: tuple[int, ...] = ()
    unnamed: frozenset[int] = frozenset()

    @property
    def new_ids(self) -> dict[int, str]:
        """The ids of the rows that have none: what is to be written into the file."""
        rows = zip(self.lines, self.entries, strict=True)
        return {line: entry.id for line, entry in rows if line in self.unnamed}


class Importer(Protocol):
    """Reads entries out of one kind of file, and puts them into one.

    `suffixes` are in lower case, with the dot.

    `read` reads the whole file, never raising for what is in it or for a file that cannot be read. Without
    problems the entries are all that the file holds; a file without entries is a problem.

    `render` is a whole file of these entries, from which `read` makes equal ones. The language is that of
    names of columns, where the kind has them. Raises FileNotWritten when the kind cannot hold an entry.

    `named` is the same file with ids in the rows that have none, touching nothing else. Raises FileNotWritten
    when a row has one, or there is no such row.
    """

    suffixes: tuple[str, ...]

    def read(self, path: Path) -> Reading: ...

    def render(self, entries: Sequence[Entry], language: Language) -> bytes: ...

    def named(self, path: Path, ids: Mapping[int, str]) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Row:
    """An entry's fields as the file has them, not checked yet. Lines count from 1.

    `names`: what the file calls the fields, where it is otherwise. A row with `problems` is no entry.
    """

    line: int
    fields: Mapping[str, Any]
    names: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def checked(source: str, rows: Iterable[Row | Problem]) -> Reading:
    """The entries in `rows`, and all that is wrong with them."""
    entries: dict[int, Entry] = {}
    problems: list[Problem] = []
    unnamed: set[int] = set()
    lines_by_id: dict[str, int] = {}
    for row in rows:
        found = [row] if isinstance(row, Problem) else _check(source, row, lines_by_id)
        if isinstance(row, Row) and isinstance(found, Entry):
            entries[row.line] = found
            unnamed |= {row.line} if _lacks_id(row) else set()
        elif isinstance(found, list):
            problems += found
        if len(problems) >= MAX_PROBLEMS:
            del problems[MAX_PROBLEMS:]
            problems.append(
                Problem(source, None, "", f"has over {MAX_PROBLEMS:,} problems; the rest is unread")
            )
            break
    if not entries and not problems:
        problems.append(
            Problem(source, None, "", "holds no entries", remedy="write a question and an answer")
        )
    named = with_fresh_ids(entries, unnamed, taken=set(lines_by_id))
    return Reading(tuple(named), tuple(problems), tuple(entries), frozenset(unnamed))


def _lacks_id(row: Row) -> bool:
    id = row.fields.get("id")
    return id is None or (isinstance(id, str) and not id.strip())


def _check(source: str, row: Row, lines_by_id: dict[str, int]) -> Entry | list[Problem]:
    problems = list(_repeated_id(source, row, lines_by_id))
    fields = {**row.fields, "id": _WITHOUT_ID} if _lacks_id(row) else row.fields
    try:
        entry = Entry.model_validate(fields)
    except ValidationError as error:
        problems += problems_of(error, source, row.line)
    except OverflowError:  # a time that no clock shows
        problems.append(Problem(source, row.line, "valid_until", "is too far away", remedy="leave it empty"))
    else:
        problems += _no_question(source, row, entry)
        if not problems and not row.problems:
            return entry
    said = {problem.field for problem in row.problems}
    called = (_as_called(row, problem) for problem in problems)
    return [*row.problems, *(problem for problem in called if problem.field not in said)]


def _no_question(source: str, row: Row, entry: Entry) -> Iterator[Problem]:
    if not fold(entry.question):
        message, remedy = "has no word in it that could be asked", "write it in words"
        yield Problem(source, row.line, "question", message, shown(entry.question), remedy)


def _as_called(row: Row, problem: Problem) -> Problem:
    name, _, rest = problem.field.partition(".")
    if name not in row.names:
        return problem
    return replace(problem, field=f"{row.names[name]}.{rest}" if rest else row.names[name])


def _repeated_id(source: str, row: Row, lines_by_id: dict[str, int]) -> Iterator[Problem]:
    """Rows that are wrong otherwise count too: mending them must not bring up the next mistake."""
    id = row.fields.get("id")
    if not isinstance(id, str) or not id.strip():
        return
    if (first := lines_by_id.setdefault(id, row.line)) != row.line:
        message = f"{shown(id)!r} is already the id on line {first}"
        remedy = "delete this id for a new entry, or delete one of the two"
        yield Problem(source, row.line, "id", message, shown(id), remedy)


def fields_of(entry: Entry) -> dict[str, Any]:
    """What is set in the entry, as texts, lists of texts, a number and a truth value."""
    set_fields = {
        name: getattr(entry, name)
        for name, about in Entry.model_fields.items()
        if about.is_required() or getattr(entry, name) != about.default
    }
    return {
        name: list(value)
        if isinstance(value, tuple)
        else value.isoformat(sep=" ")
        if name in ("valid_from", "valid_until")
        else value
        for name, value in set_fields.items()
    }
