import asyncio
import errno
import os
import stat
import string
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from assistant.errors import RecordingError
from assistant.events import Danmaku, Event, Gift, Malformed, ViewersOnline
from assistant.practice.script import read_script
from assistant.rooms.recording import LONGEST_PAUSE_SECONDS, Recorder, paced, read_recording, replay
from tests.fakes.clock import ManualClock
from tests.fakes.platform import OF, line


def recorder(path: Path, clock: ManualClock | None = None, room: str = "1") -> Recorder:
    return Recorder(path, platform="fake", room=room, clock=clock or ManualClock(1000.0))


async def record(path: Path, *steps: Event | float) -> None:
    """Events, and how long nothing was said between them."""
    clock = ManualClock(1000.0)
    with recorder(path, clock) as recording:
        for step in steps:
            if isinstance(step, Event):
                recording.record([step])
            else:
                await clock.advance(step)


some_events = st.one_of(
    st.builds(line, st.text(max_size=9), st.text(max_size=200), at=st.floats(0, 2e9)),
    st.builds(ViewersOnline, platform=st.just("fake"), room=st.just("1"), count=st.integers(0, 2**40)),
    st.builds(Malformed, platform=st.just("fake"), room=st.just("1"), reason=st.text(string.printable)),
    st.builds(
        Gift,
        platform=st.just("fake"),
        room=st.just("1"),
        event_id=st.text(),
        viewer=st.just(line("1").viewer),
        name=st.text(),
        count=st.integers(1, 9),
    ),
)


@given(batches=st.lists(st.lists(some_events, max_size=4), max_size=6), cut_bytes=st.integers(0, 200))
def test_what_was_recorded_is_read_back_and_a_crash_costs_at_most_the_cut_lines(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[Event]], cut_bytes: int
) -> None:
    path = tmp_path_factory.mktemp("recordings") / "room.jsonl"
    with recorder(path) as recording:
        for batch in batches:
            recording.record(batch)
    events = [event for batch in batches for event in batch]
    assert list(read_recording(path)) == [(1000.0, event) for event in events]

    content = path.read_bytes()
    header_bytes = content.index(b"\n") + 1
    kept = content[: max(len(content) - cut_bytes, header_bytes)]
    path.write_bytes(kept)
    with recorder(path) as recording:
        recording.record([line("after the crash")])
    whole = kept.count(b"\n") - 1
    assert [event for _, event in read_recording(path)] == [*events[:whole], line("after the crash")]


def test_a_killed_process_has_lost_nothing_it_recorded(tmp_path: Path) -> None:
    path = tmp_path / "room.jsonl"
    recording = recorder(path)
    recording.record([line("1"), line("2")])
    assert [event for _, event in read_recording(path)] == [line("1"), line("2")]  # it was never closed
    recording.close()


def test_a_recording_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "room.jsonl"
    for event_id in ("1", "2"):
        with recorder(path) as recording:
            recording.record([line(event_id)])
    assert [event for _, event in read_recording(path)] == [line("1"), line("2")]


def test_a_line_cut_off_ends_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "room.jsonl"
    with recorder(path) as recording:
        recording.record([line("1"), line("2")])
    path.write_bytes(path.read_bytes()[:-10])
    assert [event for _, event in read_recording(path)] == [line("1")]


def test_half_a_surrogate_pair_does_not_stop_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "room.jsonl"
    with recorder(path) as recording:
        recording.record([line("1", "a\ud800b"), line("2")])
    assert [event.text for _, event in read_recording(path) if isinstance(event, Danmaku)] == ["a?b", "hello"]


def test_others_cannot_read_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "room.jsonl"
    recorder(path).close()
    kept_out = 0o600 if os.name == "posix" else 0o666  # elsewhere the folder's rights say who may read
    assert stat.S_IMODE(path.stat().st_mode) == kept_out


@pytest.mark.parametrize(
    "content",
    [
        b"my notes\n",
        b"no newline",
        b'{"format": "something else"}\n',
        b"\xff\xfe\x00\n",
        b"\n",
        b"[]\n",
        b'{"format":"live-assistant-recording","version":2,"platform":"f","room":"1","started_at":0}\n',
    ],
)
def test_another_file_is_neither_overwritten_nor_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=r"notes.txt:1: is not a recording"):
        recorder(path)
    with pytest.raises(RecordingError, match=r"notes.txt:1: is not a recording"):
        list(read_recording(path))
    assert path.read_bytes() == content


def test_another_rooms_recording_is_not_continued(tmp_path: Path) -> None:
    path = tmp_path / "room.jsonl"
    recorder(path, room="1").close()
    before = path.read_bytes()
    with pytest.raises(RecordingError, match="holds another room"):
        recorder(path, room="2")
    assert path.read_bytes() == before


def test_a_bad_line_is_named_by_file_line_and_field(tmp_path: Path) -> None:
    path = tmp_path / "room.jsonl"
    with recorder(path) as recording:
        recording.record([line("1"), line("2")])
    rows = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([rows[0], rows[1].replace(b'"hello"', b"7"), rows[2], b""]))
    with pytest.raises(RecordingError, match=r"room.jsonl:2: Expected `str`, got `int` - at `\$.event.text`"):
        list(read_recording(path))


def test_a_file_that_is_not_there_or_a_folder_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="No such file"):
        list(read_recording(tmp_path / "nothing"))
    with pytest.raises(RecordingError, match=tmp_path.name):
        recorder(tmp_path)


def test_a_full_disk_ends_the_recording_and_nothing_else(tmp_path: Path) -> None:
    recording = recorder(tmp_path / "room.jsonl")
    assert recording._file is not None
    recording._file.close()
    recording._file = _FullDisk()  # type: ignore[assignment]
    with capture_logs() as logged:
        recording.record([line("1")])
        recording.record([line("2")])
    assert [entry["event"] for entry in logged] == ["recording stopped"]


class _FullDisk:
    def write(self, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None:
        pass


async def test_time_is_counted_from_the_first_event_and_long_pauses_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "room.jsonl"
    await record(path, 5.0, line("1"), 2.5, line("2"), 86_400.0, line("3"))
    assert [offset for offset, _ in paced(path)] == [0.0, 2.5, 2.5 + LONGEST_PAUSE_SECONDS]


async def test_a_replay_keeps_the_pace(tmp_path: Path) -> None:
    path = tmp_path / "room.jsonl"
    await record(path, line("1"), 4.0, line("2"), line("3"), 2.0, line("4"))
    clock = ManualClock()
    heard: list[tuple[float, str]] = []

    def hear(events: Sequence[Event]) -> None:
        heard.extend((clock.monotonic(), event.event_id) for event in events if isinstance(event, Danmaku))

    task = asyncio.create_task(replay(path, hear, clock=clock, speed=2.0))
    await clock.advance(10)
    await task
    assert heard == [(0.0, "1"), (2.0, "2"), (2.0, "3"), (3.0, "4")]


async def test_a_replay_at_speed_0_waits_for_nothing_and_lets_others_run(tmp_path: Path) -> None:
    path = tmp_path / "room.jsonl"
    await record(path, line("1"), 4.0, line("2"), 4.0, line("3"))
    clock = ManualClock()
    heard: list[Event] = []
    await replay(path, heard.extend, clock=clock, speed=0)
    assert (len(heard), clock.monotonic(), len(clock.slept)) == (3, 0.0, 3)


async def test_a_negative_speed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="speed"):
        await replay(tmp_path / "room.jsonl", lambda events: None, speed=-1)


async def test_a_practice_room_plays_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "room.jsonl"
    await record(path, line("1", "how much"), 3.0, Malformed(**OF, reason="json"), line("2", "thanks"))
    assert [(act.at, act.kind, act.text) for act in read_script(path)] == [
        (0.0, "danmaku", "how much"),
        (3.0, "danmaku", "thanks"),
    ]
