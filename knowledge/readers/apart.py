"""Reads a document in a process of its own: one that loops, crashes or fills the memory ends with it."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import knowledge
from knowledge.readers.base import DocumentLimits, DocumentUnreadable, Section

_PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


def read_apart(path: Path, limits: DocumentLimits) -> list[Section]:
    """Raises DocumentUnreadable."""
    order = json.dumps({"path": str(path.absolute()), "limits": dataclasses.asdict(limits)})
    command = [sys.executable, "-m", "knowledge.readers.child"]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, input=order.encode(), capture_output=True, timeout=limits.seconds, env=_environment()
        )
    except subprocess.TimeoutExpired:
        raise DocumentUnreadable(f"takes longer to read than {limits.seconds:g} seconds") from None
    except OSError as error:
        raise DocumentUnreadable(f"no process can be started to read it ({error.strerror})") from None
    try:
        told: dict[str, Any] = json.loads(done.stdout)
        if "error" in told:
            raise DocumentUnreadable(told["error"])
        return [Section(heading, tuple(paragraphs), page) for heading, paragraphs, page in told["sections"]]
    except (ValueError, KeyError, TypeError):
        raise DocumentUnreadable("is broken: reading it failed") from None


def _environment() -> dict[str, str]:
    """Nothing of ours that is secret goes along."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    ours = str(Path(knowledge.__file__).parent.parent)
    return kept | {"PYTHONPATH": os.pathsep.join([ours, *filter(None, sys.path)]), "PYTHONUTF8": "1"}
