"""Reading what a practice room plays: scripts of viewers, and recordings made by the assistant.

A script is JSONL, one act a line: `{"at": 1.5, "viewer": "小雨", "text": "怎么发货"}` with `at` in seconds
since the start, `"host": true` for the host, and a `"kind"` for what is no chat (`acts.KINDS` lists them).
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from assistant.practice.acts import Act, ScriptError, parse_act
from assistant.practice.recorded import is_recording, recorded_acts


def read_script(path: Path) -> tuple[Act, ...]:
    """The acts of a script or recording in the order of their time. Raises ScriptError or RecordingError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise ScriptError(f"{path}: {error.strerror or 'cannot be read'}") from None
    except UnicodeDecodeError:
        raise ScriptError(f"{path}: is not UTF-8 text") from None
    acts = list(recorded_acts(path) if is_recording(lines[0]) else _acts(path, lines))
    if not acts:
        raise ScriptError(f"{path}: nothing to play in it")
    return tuple(sorted(acts, key=lambda act: act.at))


def _acts(path: Path, lines: Iterable[str]) -> Iterator[Act]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield parse_act(json.loads(line))
        except (ValueError, RecursionError) as error:
            is_json = not isinstance(error, json.JSONDecodeError | RecursionError)
            reason = str(error) if is_json else "is not JSON"
            raise ScriptError(f"{path}:{number}: {reason}") from None
