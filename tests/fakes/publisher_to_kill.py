"""A process that publishes the draft of a database, and is killed when it has just written one of the tables.

Run as `python -m tests.fakes.publisher_to_kill DATABASE TABLE`.
"""

import os
import signal
import sys
from pathlib import Path

from knowledge.revisions import Revisions

TABLES = {
    "draft": "UPDATE",
    "versions": "INSERT",
    "version_changes": "INSERT",
    "entries": "DELETE",
    "knowledge_version": "UPDATE",
    "draft_edits": "DELETE",
}


class _DoomedRevisions(Revisions):
    def die_at(self, table: str) -> None:
        connection = self._database.conn
        connection.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
        connection.execute(
            f"CREATE TEMP TRIGGER doom AFTER {TABLES[table]} ON main.{table} BEGIN SELECT die(); END"
        )


if __name__ == "__main__":
    with _DoomedRevisions(Path(sys.argv[1])) as revisions:
        revisions.die_at(sys.argv[2])
        revisions.publish(author="killed")
