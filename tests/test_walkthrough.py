"""Follows README's "Your first broadcast" word by word: runs every command, compares every line of output."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SECTION = re.compile(r"^## Your first broadcast\n(.*?)^### ", re.MULTILINE | re.DOTALL)
NAMED_FILE = re.compile(r"save these lines as `([^`]+)`")
REST = "…"
COLUMNS = 100  # as wide as the README shows tables
COMMANDS = {
    ".venv/bin/assistant": [sys.executable, "-m", "assistant"],
    ".venv/bin/python": [sys.executable],
}
VARYING = re.compile(  # the time of the demo, of a version; how sure it is, which each calibration moves
    r"\d\d:\d\d\.\d|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d+%"
)


@dataclass(frozen=True)
class Step:
    command: str
    shown: tuple[str, ...]


def blocks(section: str) -> Iterator[tuple[str, list[str]]]:
    """The indented blocks, each with the text before it."""
    before = ""
    for is_code, lines in groupby(section.splitlines(), key=lambda line: line.startswith("    ")):
        if is_code:
            yield before, [line[4:] for line in lines]
        else:
            before = "\n".join(lines)


def steps(lines: list[str]) -> Iterator[Step]:
    starts = [place for place, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield Step(lines[start][2:], tuple(lines[start + 1 : end]))


def ran(command: str, folder: Path) -> list[str]:
    program, *arguments = shlex.split(command)
    if arguments and arguments[0].startswith("scripts/"):
        arguments[0] = str(PROJECT / arguments[0])
    environment = os.environ | {"COLUMNS": str(COLUMNS), "PYTHONUTF8": "1", "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(  # noqa: S603 - the project's own README
        [*COMMANDS.get(program, [program]), *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout.splitlines()


def plain(line: str) -> str:
    return " ".join(VARYING.sub("<varies>", line).split())


def missing(shown: tuple[str, ...], printed: list[str]) -> list[str]:
    """What is not printed in this order."""
    rest = iter([plain(line) for line in printed])
    return [line for line in shown if line != REST and plain(line) not in rest]


@pytest.mark.timeout(240)  # a dozen commands, one of them a rehearsal of nine seconds
def test_the_first_broadcast_goes_as_the_readme_says(tmp_path: Path) -> None:
    section = SECTION.search((PROJECT / "README.md").read_text(encoding="utf-8"))
    assert section is not None
    commands = 0
    for before, lines in blocks(section[1]):
        if named := NAMED_FILE.search(before):
            (tmp_path / named[1]).write_text("\n".join([*lines, ""]), encoding="utf-8")
            continue
        for step in steps(lines):
            printed = ran(step.command, tmp_path)
            assert missing(step.shown, printed) == [], f"{step.command}\n" + "\n".join(printed)
            commands += 1
    assert commands >= 10
