"""A Bilibili room on paper: commands as the platform sends them, framed, and a session that reads them."""

import base64
import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.events import Event
from assistant.platforms.base import Admission
from assistant.platforms.bilibili import BilibiliSession, packets

DATA = Path(__file__).parent.parent / "data"
Command = dict[str, Any]

ADMISSION = Admission(
    room="7777",
    owner="4242",
    urls=("wss://danmaku.invalid:2245/sub",),
    headers={"User-Agent": "Mozilla/5.0 (test)"},
    own_viewer_id="90001",
    token="SECRET-TOKEN",
    buvid="TEST-BUVID3",
)


def session(admission: Admission = ADMISSION) -> BilibiliSession:
    return BilibiliSession(admission, queue_id="0a1b2c3d")


def examples() -> list[Command]:
    lines = (DATA / "bilibili_web.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def example(name: str, place: int = 0) -> Command:
    """A copy of the `place`-th example of this name, free to change."""
    return copy.deepcopy([command for command in examples() if command["cmd"] == name][place])


def to_json(command: Any) -> bytes:
    return json.dumps(command, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def packet(command: Any) -> bytes:
    """A command in a plain packet; bytes are its body as they are."""
    body = command if isinstance(command, bytes) else to_json(command)
    return packets.encode(packets.OP_MESSAGE, body, packets.VERSION_JSON, 0)


def read(*commands: Any, into: BilibiliSession | None = None) -> Sequence[Event]:
    """The events of commands that come in one frame."""
    return (into or session()).receive(b"".join(map(packet, commands)))


def danmaku(text: str = "请问这款多少钱？", *, extra: Command | None = None, **head: Any) -> Command:
    """Today's DANMU_MSG; `extra` changes the inner JSON, `p4=...` the position 4 of `info[0]`."""
    command = example("DANMU_MSG")
    command["info"][1] = text
    for position, value in head.items():
        command["info"][0][int(position[1:])] = value
    content = command["info"][0][15]
    content["extra"] = json.dumps(json.loads(content["extra"]) | (extra or {}), ensure_ascii=False)
    return command


def protobuf(*fields: tuple[int, int | str | bytes]) -> bytes:
    """A message with varints, texts and nested messages, in the order given."""
    return b"".join(_field(number, value) for number, value in fields)


def packed(name: str, message: bytes) -> Command:
    return {"cmd": name, "data": {"dmscore": 1, "pb": base64.b64encode(message).decode()}}


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    number %= 2**64
    low, rest = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])
