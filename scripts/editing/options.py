"""The options that all editors' scripts take, what they stand for, and how a script starts and fails."""

import gc
import getpass
import io
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from evaluation.files import require_database

from assistant.errors import AssistantError
from assistant.settings import Settings
from editing.printing import warn
from knowledge.entries import Problem
from knowledge.errors import EntriesInvalid, KnowledgeError

Db = Annotated[
    Path | None,
    typer.Option("--db", metavar="PATH", help="The assistant's database; default: the configured one."),
]
Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file; default: assistant.toml, if there is one."),
]
Author = Annotated[
    str, typer.Option("--author", help="Who edits; default: your user name.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]


_SCRIPTS = Path(__file__).parents[1]
_OBJECTS_BETWEEN_COLLECTIONS = 100_000  # a script keeps what it makes: to look through it finds nothing
_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")  # within a paragraph: the window's width decides


def run(main: Callable[..., Any] | typer.Typer) -> None:
    """A script's life, with its module's docstring as help; one of several commands is made by `app_of`.

    Characters that a console lacks end nothing.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    if not isinstance(main, typer.Typer):
        app = app_of("")
        app.command(help=_in_paragraphs(sys.modules[main.__module__].__doc__))(main)
        main = app
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        main()
    finally:
        gc.set_threshold(*before)


def app_of(doc: str | None) -> typer.Typer:
    """Of commands, with the module's docstring as help."""
    return typer.Typer(
        help=_in_paragraphs(doc), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )


def _in_paragraphs(doc: str | None) -> str:
    return _LINE_END.sub(" ", doc or "")


def settings_of(config: Path | None) -> Settings:
    """From this file, or assistant.toml, and the environment. Raises SettingsError."""
    return Settings.load(config)


def database_of(db: Path | None, config: Path | None = None, *, make: bool = False) -> Path:
    """The database to work on; with `make` one that is not there yet will do. Raises OSError, StoreError."""
    path = db or settings_of(config).store.path
    if not (make and not path.exists()):
        require_database(path)
    return path


def how_to_publish(db: Path | None) -> str:
    """What an editor does next; `db` as it was given."""
    option = f" --db {shlex.quote(str(db))}" if db else ""
    return f"viewers see the draft once it is published: {command('publish_faqs.py')}{option}"


def command(script: str) -> str:
    """How a script beside this one is called here, to be copied as it is."""
    return " ".join(shlex.quote(_from_here(path)) for path in (Path(sys.executable), _SCRIPTS / script))


def _from_here(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def author_of(named: str) -> str:
    """Whoever was named, else the user of this machine."""
    if named.strip():
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name, as in a container
        return "somebody"


def _sentence(problem: Problem) -> str:
    return f"{problem}; {problem.remedy}" if problem.remedy else str(problem)


@contextmanager
def said_in_a_line() -> Iterator[None]:
    """What an editor can mend is one line each on stderr, without a traceback, and exit code 1."""
    try:
        yield
    except BrokenPipeError:  # whoever reads had enough
        raise
    except OSError as error:
        wrong = [f"{error.filename}: {error.strerror}" if error.filename else str(error)]
    except EntriesInvalid as error:
        wrong = [_sentence(problem) for problem in error.problems]
    except (AssistantError, KnowledgeError) as error:
        wrong = [str(error)]
    else:
        return
    for line in wrong:
        warn(line)
    raise typer.Exit(1)
