"""`assistant run` as a user runs it, in a process of its own, watched from outside."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

from benchmarks.processes import Usage, usage
from benchmarks.room import ADDRESS, OpenRoom

CONNECT_SECONDS = 60.0
_GOODBYE_SECONDS = 20.0
_LOOK_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Running:
    """`transcript` is what it prints, `log` what it logs; `started_at` by perf_counter."""

    process: "subprocess.Popen[bytes]"
    started_at: float
    database: Path
    transcript: Path
    log: Path

    @property
    def usage(self) -> Usage | None:
        return usage(self.process.pid)

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def connect_seconds(self) -> float:
        """Waits for the line that tells of the first connected room; the time since the start."""
        while b" live" not in self.transcript.read_bytes():
            passed = perf_counter() - self.started_at
            if self.process.poll() is not None or passed > CONNECT_SECONDS:
                raise RuntimeError(f"assistant run did not connect: {self.log.read_text(errors='replace')}")
            sleep(_LOOK_SECONDS)
        return perf_counter() - self.started_at


@contextmanager
def running_assistant(
    room: OpenRoom, *, folder: Path, faq: Path | None = None, python_options: Sequence[str] = ()
) -> Iterator[Running]:
    """In a folder, with nothing of this machine's own settings; it is stopped politely.

    Without a `faq` it answers from what the folder's assistant.db holds.
    """
    transcript, log, database = (folder / name for name in ("transcript.txt", "log.txt", "assistant.db"))
    answering_from = [] if faq is None else ["--faq", str(faq)]
    command = [sys.executable, *python_options, "-m", "assistant", "run", "--room", ADDRESS, *answering_from]
    with transcript.open("wb") as out, log.open("wb") as err:
        started_at = perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own words
            command, stdout=out, stderr=err, cwd=folder, env=_environment(room, database)
        )
        try:
            yield Running(process, started_at, database, transcript, log)
        finally:
            _stop(process)


def wait_until(is_so: Callable[[], bool], *, within_seconds: float, every_seconds: float) -> bool:
    """Whether it came to be so in time."""
    deadline = perf_counter() + within_seconds
    while not (found := is_so()) and perf_counter() < deadline:
        sleep(every_seconds)
    return found


def _environment(room: OpenRoom, database: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    return {**own, **room.environment, "ASSISTANT_STORE__PATH": str(database)}


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_GOODBYE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
