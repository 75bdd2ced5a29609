"""A room on disk: every event with the time it was heard, one JSON line each, to be looked into or replayed.

The first line says what the file is and whose room it holds. Viewers' words are in it, so others on this
machine cannot read it.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal, Self

import msgspec
import structlog

from assistant.clock import Clock, RealClock
from assistant.errors import RecordingError
from assistant.events import AnyEvent, Event

LONGEST_PAUSE_SECONDS = 60.0  # a recording continued the next day does not wait for it when replayed
_HEADER_BYTES = 65_536

log = structlog.get_logger(__name__)


class Header(msgspec.Struct, frozen=True, kw_only=True):
    format: Literal["live-assistant-recording"] = "live-assistant-recording"
    version: Literal[1] = 1
    platform: str
    room: str
    started_at: float


class _Line(msgspec.Struct, frozen=True):
    heard_at: float
    event: AnyEvent


class _NewLine(msgspec.Struct, frozen=True):
    heard_at: float
    event: Event


_encode = msgspec.json.Encoder().encode
_decode_header = msgspec.json.Decoder(Header).decode
_decode_line: Callable[[bytes], Any] = msgspec.json.Decoder(_Line).decode


class Recorder:
    """Appends to `path` until closed. A killed process loses at most the line it was writing.

    Raises RecordingError when the file cannot be written, or holds anything but a recording of this room.
    """

    def __init__(self, path: Path, *, platform: str, room: str, clock: Clock | None = None) -> None:
        self._path = path
        self._clock = clock or RealClock()
        header = Header(platform=platform, room=room, started_at=self._clock.now())
        try:
            self._file: BinaryIO | None = _opened(path, header)
        except OSError as error:
            raise RecordingError(f"{path}: {error.strerror or 'cannot be written'}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def record(self, events: Sequence[Event]) -> None:
        """Never raises: a full disk ends the recording, not the broadcast's answers."""
        if self._file is None:
            return
        heard_at = self._clock.now()
        try:
            self._file.write(b"".join(_encoded(_NewLine(heard_at, event)) for event in events))
            self._file.flush()
        except OSError as error:
            log.error("recording stopped", path=self._path, reason=error.strerror)
            self.close()

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:
                log.error("recording cut short", path=self._path, reason=error.strerror)


def read_recording(path: Path) -> Iterator[tuple[float, AnyEvent]]:
    """What was heard and when (Unix seconds), in order. A line cut off by a crash ends it.

    Raises RecordingError naming file and line, while it is read.
    """
    try:
        with path.open("rb") as file:
            _check_header(path, file.readline(_HEADER_BYTES))
            for number, line in enumerate(file, 2):
                try:
                    read = _decode_line(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    if not line.endswith(b"\n"):
                        return
                    raise RecordingError(f"{path}:{number}: {error}") from None
                yield read.heard_at, read.event
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or 'cannot be read'}") from None


def paced(path: Path) -> Iterator[tuple[float, AnyEvent]]:
    """The same, timed from the first event on, with no pause longer than LONGEST_PAUSE_SECONDS."""
    offset_seconds = 0.0
    previous: float | None = None
    for heard_at, event in read_recording(path):
        if previous is not None:
            offset_seconds += min(max(heard_at - previous, 0.0), LONGEST_PAUSE_SECONDS)
        previous = heard_at
        yield offset_seconds, event


async def replay(
    path: Path,
    on_events: Callable[[Sequence[Event]], None],
    *,
    clock: Clock | None = None,
    speed: float = 1.0,
) -> None:
    """Hand a recording over at the pace it was heard, `speed` times as fast; 0 is as fast as possible."""
    if speed < 0:
        raise ValueError("speed must not be negative")
    clock = clock or RealClock()
    started_at = clock.monotonic()
    for offset_seconds, event in paced(path):
        due = started_at + offset_seconds / speed if speed else started_at
        await clock.sleep(due - clock.monotonic())
        on_events([event])


def _encoded(line: _NewLine) -> bytes:
    try:
        return _encode(line) + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair, which UTF-8 cannot hold
        text = json.dumps(msgspec.to_builtins(line), ensure_ascii=False)
        return text.encode("utf-8", "replace") + b"\n"


def _opened(path: Path, header: Header) -> BinaryIO:
    file = open(path, "a+b", opener=_private)  # noqa: SIM115 - the recorder closes it
    try:
        _continue(file, path, header)
    except BaseException:
        file.close()
        raise
    return file


def _continue(file: BinaryIO, path: Path, header: Header) -> None:
    file.seek(0)
    first = file.readline(_HEADER_BYTES)
    if first:
        _check_room(path, _check_header(path, first), header)
    end = _end_of_last_line(file)
    file.truncate(end)
    if end == 0:
        file.write(_encode(header) + b"\n")
        file.flush()


def _check_room(path: Path, found: Header, wanted: Header) -> None:
    if (found.platform, found.room) != (wanted.platform, wanted.room):
        raise RecordingError(f"{path}: holds another room ({found.platform}:{found.room}); name another file")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _check_header(path: Path, line: bytes) -> Header:
    try:
        return _decode_header(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RecordingError(f"{path}:1: is not a recording made by the assistant (version 1)") from None


def _end_of_last_line(file: BinaryIO, block_bytes: int = 65_536) -> int:
    """Where a line that a crash cut off begins: what is appended must not be glued to it."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(end - block_bytes, 0)
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0
