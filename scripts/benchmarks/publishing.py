"""How soon the running assistant answers from an entry that an editor just changed.

`assistant run` answers from a database, in a practice room where viewers ask all the time what no entry
answers. Each of these questions in turn becomes a wording of an entry, which is published as the scripts do.
The wait is from the call that publishes until the journal says that the answer to it was decided, and that
the room took it. Publications come at all moments between two looks of the assistant at the database.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from time import sleep, time

from assistant.practice import Act
from benchmarks.room import open_room
from benchmarks.running import running_assistant, wait_until
from knowledge import Entry
from knowledge.revisions import Revisions

QUESTIONS = (
    "主播养的猫叫什么名字", "背景放的是哪首歌", "粉丝群在哪里加", "主播今天吃的什么饭", "你们公司在哪个城市",
    "直播间的灯是什么牌子", "助理小哥哥去哪了", "下一场直播是星期几", "主播以前是做什么工作的",
)  # fmt: skip

_LINES_PER_SECOND = 20 * len(QUESTIONS)  # each question 20 times a second
_PATIENCE_SECONDS = 20.0
_REST_SECONDS = 2.5  # longer than between two of our lines in a room
_DECIDED = "SELECT min(decided_at) FROM messages WHERE entry_id = ? AND action = 'reply' AND text = ?"
_SENT = """
    SELECT min(receipts.at) FROM receipts JOIN replies ON replies.id = reply_id
    JOIN messages ON messages.id = replies.message_id
    WHERE replies.entry_id = ? AND receipts.state IN ('sent', 'seen') AND messages.text = ?
"""


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds since the call."""

    decided: float
    sent: float


def waits(entries: Sequence[Entry], *, folder: Path) -> list[Wait]:
    """The folder's assistant.db holds the entries. Raises TimeoutError."""
    lines = islice(cycle(QUESTIONS), int(_LINES_PER_SECOND * 300))
    acts = [Act(viewer=f"观众{number}", text=text) for number, text in enumerate(lines)]
    with (
        open_room(acts, rate=_LINES_PER_SECOND) as room,
        running_assistant(room, folder=folder) as assistant,
    ):
        assistant.connect_seconds()
        sleep(_REST_SECONDS)
        return list(_published(entries, assistant.database))


def _published(entries: Sequence[Entry], database: Path) -> Iterator[Wait]:
    for number, question in enumerate(QUESTIONS):
        changed = entries[number].model_copy(
            update={"variants": (question,), "answer": f"{question}？等下说"}
        )
        with Revisions(database) as revisions:
            revisions.edit([changed], author="bench")
            called_at = time()
            revisions.publish(author="bench")
        yield Wait(
            decided=_first(_DECIDED, changed.id, question, database) - called_at,
            sent=_first(_SENT, changed.id, question, database) - called_at,
        )
        sleep(_REST_SECONDS + number / len(QUESTIONS))


def _first(query: str, entry_id: str, question: str, database: Path) -> float:
    """Looked for now and then: the journal knows the time."""
    found: list[float] = []

    def is_there() -> bool:
        with closing(sqlite3.connect(database)) as connection:
            ((at,),) = connection.execute(query, (entry_id, question))
        found.extend([] if at is None else [at])
        return bool(found)

    if not wait_until(is_there, within_seconds=_PATIENCE_SECONDS, every_seconds=0.1):
        raise TimeoutError(f"nobody was answered from the new entry {entry_id}")
    return found[0]
