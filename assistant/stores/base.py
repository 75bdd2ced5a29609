"""What a store must do: the specification that the contract suite runs over every backend."""

from collections.abc import Sequence
from typing import Protocol

from assistant.actions import Desk
from assistant.stores.rows import (
    AuditRecord,
    Broadcast,
    Escalation,
    Figure,
    Message,
    MessageCount,
    Receipt,
    Reply,
    Row,
)


class Store(Protocol):
    """The journal: one writer, many readers.

    `commit` returns once the rows are durable: they survive a kill of the process at any moment after.
    All rows of one call are written or none, in the order given; calls commit in the order they were made;
    calls waiting at the same time share a transaction. A row with an id replaces the older row of that id; a
    receipt is appended and moves its reply's state. `note` queues rows to be committed with the next batch,
    within a second, and `aclose` flushes them. Raises StoreError when the database cannot take it; the
    rows of the failed call are then not there.

    Opening a database that another process has open for writing raises StoreBusy. One that is no
    database, corrupt, or of a newer version raises StoreError naming the file, and is left as it was.
    """

    async def open(self) -> None: ...

    async def aclose(self) -> None: ...

    def new_id(self) -> int:
        """An id never given before by this database, greater than all before. No I/O."""
        ...

    async def commit(self, *rows: Row) -> None: ...

    def note(self, *rows: Row) -> None: ...

    async def open_replies(self) -> list[Reply]:
        """Replies whose state is not final, oldest first: what a restart finds."""
        ...

    async def open_escalations(self, broadcast_id: int, *, desk: Desk | None = None) -> list[Escalation]:
        """Those of one desk, or of all: the paid ones first, then the oldest."""
        ...

    async def last_broadcast(self, platform: str, room: str) -> Broadcast | None: ...

    async def broadcasts(self, limit: int = 50) -> list[Broadcast]:
        """Newest first."""
        ...

    async def broadcast(self, broadcast_id: int) -> Broadcast | None: ...

    async def message(self, message_id: int) -> Message | None: ...

    async def messages(self, broadcast_id: int) -> list[Message]:
        """In the order heard."""
        ...

    async def newest_messages(self, broadcast_id: int, limit: int) -> list[Message]:
        """The last ones heard, newest first."""
        ...

    async def askers_of(self, escalation_id: int) -> list[Message]:
        """The lines that are in one escalation, in the order heard."""
        ...

    async def message_counts(self, *, since: float) -> list[MessageCount]:
        """Of what was heard since then, our own lines left out. Reads all of it."""
        ...

    async def replies(self, broadcast_id: int) -> list[Reply]: ...

    async def receipts(self, broadcast_id: int) -> list[Receipt]:
        """In the order written."""
        ...

    async def escalations(self, broadcast_id: int) -> list[Escalation]: ...

    async def figures(self, broadcast_id: int) -> list[Figure]:
        """In the order of time."""
        ...

    async def audit(self, limit: int = 200) -> list[AuditRecord]:
        """Newest first."""
        ...

    async def seen_event_ids(self, platform: str, room: str, *, since: float) -> Sequence[str]:
        """Event ids of messages heard since then: a restart must not answer them again."""
        ...
