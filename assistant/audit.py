"""Who commanded what: written into the journal beside what came of it."""

from collections.abc import Callable

from assistant.pipeline.wording import one_line
from assistant.stores.base import Store
from assistant.stores.rows import AuditRecord

MOST_CHARACTERS = 500  # of a detail


class Audit:
    """What is written here are one harmless line each; passwords, tokens and viewers' words never are."""

    def __init__(self, store: Store, *, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    async def record(self, who: str, what: str, detail: str = "") -> None:
        """Returns once it is written. Raises StoreError."""
        one, did, about = one_line(who)[:100], one_line(what)[:100], one_line(detail)[:MOST_CHARACTERS]
        await self._store.commit(AuditRecord(self._clock(), one, did, about))

    async def recent(self, limit: int = 200) -> list[AuditRecord]:
        """Newest first."""
        return await self._store.audit(limit)
