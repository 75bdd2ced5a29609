"""The bytes of an editor's file: read within a limit, decoded, and written wholly or not at all.

What the text means is for the importers.
"""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from knowledge.entries import Problem
from knowledge.errors import FileNotWritten

MAX_FILE_BYTES: Final = 64 * 1024 * 1024

_BYTE_ORDER_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_SAVE_AS_UTF8 = "save it as UTF-8"


def bytes_of(path: Path) -> bytes | Problem:
    """All of the file, or why it cannot be had."""
    source = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return Problem(source, None, "", f"cannot be read: {reason}", remedy="check the path")
    if len(data) > MAX_FILE_BYTES:
        limit = f"is larger than {MAX_FILE_BYTES // 2**20} MB"
        return Problem(source, None, "", limit, remedy="split it into several files")
    return data


def text_of(path: Path) -> str | Problem:
    """The file's text, which must be UTF-8, without byte order mark; or why it cannot be had."""
    data = bytes_of(path)
    if isinstance(data, Problem):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _not_utf8(str(path), data, error.start)


def _not_utf8(source: str, data: bytes, position: int) -> Problem:
    if encoding := _BYTE_ORDER_MARKS.get(data[:2]):
        return Problem(source, None, "", f"is {encoding} text; save it as UTF-8", remedy=_SAVE_AS_UTF8)
    line = data.count(b"\n", 0, position) + 1
    message = f"is not UTF-8 text (byte 0x{data[position]:02X}); save it as UTF-8"
    return Problem(source, line, "", message, remedy=_SAVE_AS_UTF8)


def write_whole(path: Path, data: bytes) -> None:
    """Puts the data in the file's place at once: a crash leaves the old file or the new one.

    Raises FileNotWritten.
    """
    place = path.resolve()  # a link stays one
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name[:40]}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _set_mode(place, temporary)
        os.replace(temporary, place)
    except OSError as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        raise FileNotWritten(f"{path}: cannot be written: {error.strerror}") from error


def _set_mode(place: Path, temporary: str) -> None:
    if place.exists():
        shutil.copymode(place, temporary)
        return
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(temporary, 0o666 & ~mask)
