"""The command line: what each command is called and takes. The work is done in `assistant.commands`.

Exit codes: 0 done, 1 it could not be done (one line says why), 2 the command was not understood. Imports
stand inside the commands, so that `--help` is quick.
"""

import contextlib
import errno
import io
import os
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="assistant",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Config = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", readable=False, help="Settings file; default: assistant.toml, if there is one"
    ),
]
Faq = Annotated[Path, typer.Option(readable=False, help="FAQ file (.jsonl): one entry a line.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log at debug level.")]
Seed = Annotated[int | None, typer.Option(help="The same seed gives the same viewers' jitter and ids.")]
Rate = Annotated[
    float | None,
    typer.Option(min=0.01, max=100_000, help="Chat lines a second; default: the script's own pace"),
]
Script = Annotated[
    str, typer.Option("--script", help="'shop' (Chinese), 'launch' (English), or a script or recording file.")
]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Of the console; 0 takes a free one. Default: 8080")
]
Host = Annotated[str | None, typer.Option(help="Address the console listens on. Default: 127.0.0.1")]
NoConsole = Annotated[bool, typer.Option("--no-console", help="Do without the web console.")]
Faults = Annotated[
    list[str] | None,
    typer.Option("--fault", help="Something to go wrong, NAME or NAME=NUMBER; may be given several times."),
]


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"assistant {version('live-assistant')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which one this is.")
    ] = False,
) -> None:
    """Answers viewers' questions in a live broadcast's chat, and hands over what it is not sure of."""


@app.command()
def demo(
    seconds: Annotated[float | None, typer.Option(min=1, help="End by itself after so long.")] = None,
    seed: Seed = None,
    rate: Rate = None,
    script: Script = "shop",
    faq: Annotated[
        Path | None, typer.Option(readable=False, help="FAQ file; default: the shipped room's own")
    ] = None,
    db: Annotated[
        Path | None,
        typer.Option(
            readable=False, help="Rehearse what is published in this database, and keep the journal there."
        ),
    ] = None,
    fault: Faults = None,
    port: Port = None,
    host: Host = None,
    no_console: NoConsole = False,
    verbose: Verbose = False,
) -> None:
    """Start a practice room, the assistant and a sample FAQ, and print what happens.

    Needs no account and no network. The last line is one JSON object with the counts.
    """
    from assistant.commands import rehearsing

    _log(verbose, quiet=True)
    _run(
        rehearsing.demo(
            seconds=seconds,
            seed=seed,
            rate=rate,
            script=script,
            faq=faq,
            database=db,
            faults=fault or [],
            console=_console(port, host, no_console),
        )
    )


@app.command()
def run(
    config: Config = None,
    room: Annotated[
        list[str] | None,
        typer.Option(help="A room, bilibili:<id>; may be given several times."),
    ] = None,
    faq: Annotated[
        Path | None, typer.Option(readable=False, help="FAQ file; else what was imported is used.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Hear and decide, send nothing.")] = False,
    record: Annotated[
        Path | None,
        typer.Option(readable=False, help="A folder that gets a recording of each room, to replay later."),
    ] = None,
    port: Port = None,
    host: Host = None,
    no_console: NoConsole = False,
    verbose: Verbose = False,
) -> None:
    """Answer in real rooms until Ctrl-C."""
    from assistant.commands import live

    _log(verbose, quiet=True)
    console = _console(port, host, no_console)
    _run(live.run(config, rooms=room or [], faq=faq, dry_run=dry_run, record=record, console=console))


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="What a viewer might type.")],
    faq: Faq,
    config: Config = None,
    language: Annotated[
        str | None, typer.Option(metavar="en|zh", help="To explain in; default: your system's")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")] = False,
) -> None:
    """Show what would be decided about one text, why, and what an editor can do about it."""
    from assistant.commands import asking
    from assistant.faq import open_base, read_faq
    from assistant.phrases import Language, own_language

    if language not in (None, *Language):
        raise typer.BadParameter("must be en or zh", param_hint="--language")
    settings = _settings(config)
    base = open_base(read_faq(faq), at=time.time(), model=settings.knowledge.model)
    _print(
        asking.ask(
            text,
            base,
            policy=settings.policy,
            language=Language(language) if language else own_language(),
            as_json=json,
        )
    )


@app.command()
def decide(
    faq: Faq,
    messages: Annotated[Path, typer.Option(readable=False, help='Messages: one {"text": …} a line.')],
    out: Annotated[
        Path | None, typer.Option(readable=False, help="Where to write; default: standard output")
    ] = None,
    config: Config = None,
) -> None:
    """Decide every message of a file without a room: one JSON object a line, in order.

    `probability` is the probability that `entry` truly answers the message, whatever the action.
    """
    from assistant.commands import asking
    from assistant.faq import open_base, read_faq

    settings = _settings(config)
    base = open_base(read_faq(faq), at=time.time(), model=settings.knowledge.model)
    if sys.stdout is None:
        raise OSError(errno.EBADF, "standard output is closed")
    asking.decide_file(messages, base, policy=settings.policy, out=out, stdout=sys.stdout.buffer)


@app.command()
def practice(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8765,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    rate: Rate = None,
    script: Script = "shop",
    fault: Faults = None,
    seed: Seed = None,
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Let old clients in: no signature, cookie or token is checked.")
    ] = False,
    list_faults: Annotated[bool, typer.Option("--list-faults", help="Say what can go wrong.")] = False,
) -> None:
    """Run the practice room alone: a local server that speaks the real protocol, with viewers who type."""
    from assistant.commands import rehearsing

    if list_faults:
        _print(rehearsing.faults())
        return
    _run(
        rehearsing.serve(
            host=host, port=port, rate=rate, script=script, faults=fault or [], seed=seed, lenient=lenient
        )
    )


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(readable=False, help="FAQ file (.jsonl).")],
    config: Config = None,
    db: Annotated[
        Path | None, typer.Option(readable=False, help="Database; default: the configured one")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Remove entries that the file does not name.")
    ] = False,
) -> None:
    """Import FAQ entries into the database: all of the file, or nothing when a row is wrong."""
    from assistant.commands import importing

    database = db or _settings(config).store.path
    _print(importing.import_file(file, database, replace=replace))


@app.command()
def password(
    name: Annotated[str, typer.Argument(help="Whose.")] = "admin",
    role: Annotated[
        str | None, typer.Option(metavar="host|agent|editor|admin", help="Add them, as this.")
    ] = None,
    config: Config = None,
    db: Annotated[
        Path | None, typer.Option(readable=False, help="Database; default: the configured one")
    ] = None,
) -> None:
    """Give somebody a one-time password for the console: who lost theirs, or, with a role, who is new."""
    from assistant.commands import people

    database = db or _settings(config).store.path
    _print(_run(people.give_password(database, name=name, role=role)))


@app.command()
def stats(
    session: Annotated[
        int | None, typer.Option(min=1, max=2**63 - 1, help="Session to show; default: the newest")
    ] = None,
    config: Config = None,
    db: Annotated[
        Path | None, typer.Option(readable=False, help="Database; default: the configured one")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object, minute by minute.")] = False,
) -> None:
    """Show a broadcast's engagement: interactions, watch time, answers, relevance."""
    from assistant.commands import journal

    database = db or _settings(config).store.path
    _print(_run(journal.stats(database, session=session, as_json=json)))


@app.command()
def init(
    file: Annotated[Path, typer.Argument(readable=False, help="Where to write.")] = Path("assistant.toml"),
) -> None:
    """Write a commented assistant.toml; an existing file is left alone."""
    from assistant.commands import starting

    starting.write_settings(file)
    typer.echo(f"wrote {file}: set your room in it, then: assistant import FAQ.jsonl && assistant run")


def main() -> None:
    """The `assistant` command: every error that a user can mend is one line, without a traceback."""
    from assistant.errors import AssistantError
    from assistant.printable import printable
    from knowledge.errors import EntriesInvalid, KnowledgeError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks a character must end nothing
    # Our matrices are small: a second thread for each would spend its time spinning beside the event loop.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except (AssistantError, KnowledgeError) as error:
        problems = error.problems if isinstance(error, EntriesInvalid) else (error,)
        for problem in problems:
            typer.echo(f"assistant: {printable(str(problem), 400)}", err=True)
        sys.exit(1)
    except OSError as error:
        _fall_silent()
        where = f"{printable(str(error.filename))}: " if error.filename else ""
        typer.echo(f"assistant: {where}{error.strerror or type(error).__name__}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _fall_silent() -> None:
    """What standard output still holds is given up: flushing it at the end would fail again."""
    if sys.stdout is not None:
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _settings(config: Path | None, **overrides: Any) -> Any:
    from assistant.settings import Settings

    return Settings.load(config, **overrides)


def _console(port: int | None, host: str | None, no_console: bool) -> dict[str, Any]:
    """What the flags say about the console, for the settings."""
    said = {"port": port, "host": host, "enabled": False if no_console else None}
    return {name: value for name, value in said.items() if value is not None}


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    import asyncio

    return asyncio.run(work)


def _print(result: Any) -> None:
    """Bytes and text as they are, everything else drawn by rich."""
    from rich.console import Console

    if isinstance(result, bytes | str):
        typer.echo(result)
    else:
        Console().print(result)


def _log(verbose: bool, *, quiet: bool = False) -> None:
    from assistant.logs import configure

    configure(verbose, quiet=quiet)
