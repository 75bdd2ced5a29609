"""What the system knows of a running process: the memory it holds and the processor time it took."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Usage:
    resident_megabytes: float
    cpu_seconds: float


def usage(pid: int) -> Usage | None:
    """None for a process that is gone, and where the system does not say."""
    try:
        return _from_proc(pid) if Path("/proc/self/stat").exists() else _from_ps(pid)
    except (OSError, ValueError):
        return None


def megabytes(found: Usage | None) -> float | None:
    return None if found is None else found.resident_megabytes


def _from_proc(pid: int) -> Usage:
    # The name in brackets may hold spaces; what follows it is counted from the state, field 3.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    pages = int(fields[21])
    return Usage(pages * os.sysconf("SC_PAGE_SIZE") / _MEGABYTE, ticks / os.sysconf("SC_CLK_TCK"))


def _from_ps(pid: int) -> Usage:
    asked = ["ps", "-o", "rss=,time=", "-p", str(pid)]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    kilobytes, clock = said.stdout.split()
    minutes, _, seconds = clock.rpartition(":")
    hours, _, minutes = minutes.rpartition(":")
    cpu_seconds = int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)
    return Usage(int(kilobytes) / 1024, cpu_seconds)
