"""From the command to the first connected room: `assistant run` in a practice room with a sample FAQ.

Each start is a process of its own with an empty journal. What it imports is asked of the interpreter in one
more start, which is not timed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import sleep

from assistant.practice import load_room, sample_faq
from benchmarks.figures import Figure
from benchmarks.room import open_room
from benchmarks.running import Running, running_assistant

TITLE = "Starting: `assistant run` with the shipped model"

_SCRIPT = "shop"
_STARTS = 7
_SETTLE_SECONDS = 2.0  # a few lines are heard, judged and answered
_TELL_IMPORTS = ("-X", "importtime")


def measure() -> Iterator[Figure]:
    seconds, megabytes = [], []
    for _ in range(_STARTS):
        with _started() as assistant:
            seconds.append(assistant.connect_seconds())
            sleep(_SETTLE_SECONDS)
            if (usage := assistant.usage) is not None:
                megabytes.append(usage.resident_megabytes)
    yield Figure(f"until the room is connected, median of {_STARTS}", median(seconds), "s", "under 2", 2)
    yield Figure("until the room is connected, slowest", max(seconds), "s", digits=2)
    yield Figure("memory once connected", max(megabytes, default=None), "MB", "under 200")
    yield Figure("parts of torch imported", len(_imported("torch")), "modules", "none")


def _imported(package: str) -> Sequence[str]:
    """The modules of `package` that were imported until the room was connected."""
    with _started(_TELL_IMPORTS) as assistant:
        assistant.connect_seconds()
        log = assistant.log.read_text()
    told = (line.rpartition("|")[2].strip() for line in log.splitlines())
    return [name for name in told if name.partition(".")[0] == package]


@contextmanager
def _started(python_options: Sequence[str] = ()) -> Iterator[Running]:
    with (
        TemporaryDirectory(prefix="assistant-bench-") as folder,
        open_room(load_room(_SCRIPT)) as room,
        running_assistant(
            room, faq=sample_faq(_SCRIPT), folder=Path(folder), python_options=python_options
        ) as assistant,
    ):
        yield assistant
