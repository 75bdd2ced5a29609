"""Looks at the files that a command was given before its work begins, and writes a new one whole.

What is wrong is an OSError or AssistantError that names the file in one line.
"""

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TextIO

from assistant.errors import StoreError
from knowledge.calibration_fields import FieldInvalid, read_fields
from knowledge.database import APPLICATION_ID


def require_file(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, "there is no such file", str(path))


def require_database(path: Path) -> None:
    """Changes nothing: opening what is no database yet would make it one."""
    require_file(path)
    if path.stat().st_size == 0:
        raise StoreError(f"{path}: is empty, no database of the assistant")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            (mark,) = connection.execute("PRAGMA application_id").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {error}") from None
    if mark != APPLICATION_ID:
        raise StoreError(f"{path}: is no database of the assistant")


def require_place_of_calibration(path: Path) -> None:
    """That a calibration can be written there, over nothing but a calibration."""
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, f"the folder {path.parent} does not exist", str(path))
    if path.exists():
        _require_calibration(path)
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise OSError(error.errno, error.strerror or "cannot be written", str(path)) from None


def _require_calibration(path: Path) -> None:
    require_file(path)
    with suppress(FieldInvalid):
        if "order_weights" in read_fields(path.read_bytes()):
            return
    raise FileExistsError(errno.EEXIST, "is there already and no calibration; name another file", str(path))


@contextmanager
def written_new(path: Path) -> Iterator[TextIO]:
    """A file that is there once the block is done, whole, in the place of none that was there before."""
    require_free(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            yield file
        _give_name(part, path)
    finally:
        part.unlink(missing_ok=True)


def require_free(path: Path) -> None:
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, "is there already; name another file", str(path))


def _give_name(part: Path, path: Path) -> None:
    try:
        path.hardlink_to(part)
    except FileExistsError:
        require_free(path)
        raise
    except OSError:  # no such links on this file system: the name is taken first, for nobody else's file
        path.open("x").close()
        part.replace(path)
