"""Writes receipts into the journal, in order for each answer, and tells of them once they are durable.

What the store cannot take now is kept and tried again with every `flush`. When an answer failed, the host's
rows go into the same transaction as its receipts: a kill neither loses the question nor hands it over twice.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from assistant.errors import StoreError
from assistant.logs import whereabouts
from assistant.stores.base import Store
from assistant.stores.rows import Receipt, Reply, Row

OnReceipt = Callable[[Reply, Receipt], None]
OnFailure = Callable[[Reply, Receipt], Awaitable[Sequence[Row]]]

_MOST_ATTEMPTS = 300  # a store that fails so often will find the truth at its next start

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """A reply, as the journal holds it after `receipt`."""

    reply: Reply
    receipt: Receipt


@dataclass(slots=True)
class _Record:
    """What one transaction writes: `rewritten` replies, then receipts, then what the host gets."""

    changes: Sequence[Change]
    rewritten: Sequence[Reply]
    failure: Change | None
    for_host: Sequence[Row] = ()
    attempts: int = 0

    @property
    def rows(self) -> tuple[Row, ...]:
        return (*self.rewritten, *(change.receipt for change in self.changes), *self.for_host)


class Ledger:
    """`on_failure` returns the rows that hand the question to the host; `on_receipt` must not block."""

    def __init__(self, store: Store, *, on_receipt: OnReceipt, on_failure: OnFailure) -> None:
        self._store = store
        self._on_receipt = on_receipt
        self._on_failure = on_failure
        self._unwritten: dict[int, deque[_Record]] = {}
        self._writing = asyncio.Lock()

    @property
    def is_written(self) -> bool:
        return not self._unwritten

    def record(
        self, *changes: Change, rewritten: Sequence[Reply] = (), failure: Change | None = None
    ) -> None:
        """Have changes of one answer written with the next `flush`, all or none. `failure` is one of them."""
        records = self._unwritten.setdefault(changes[0].reply.answer_id, deque())
        records.append(_Record(changes, rewritten, failure))

    async def secure(self, change: Change) -> bool:
        """Write it now, after all that was recorded of its answer; False when the store cannot take it."""
        async with self._writing:
            error = await self._write(change.reply.answer_id) or await self._try(change.receipt)
        if error is not None:
            _log.error("the journal takes no receipt, so nothing is sent", error=str(error))
            return False
        self._tell(change)
        return True

    async def flush(self) -> None:
        """Write what was recorded; an answer that cannot be written holds up no other."""
        async with self._writing:
            errors = [await self._write(answer_id) for answer_id in tuple(self._unwritten)]
        failed = [error for error in errors if error is not None]
        if failed:
            _log.error("receipts not written yet", answers=len(failed), error=str(failed[0]))

    async def _write(self, answer_id: int) -> StoreError | None:
        records = self._unwritten.get(answer_id, deque())
        while records:
            record = records[0]
            error = await self._hand_over(record) or await self._try(*record.rows)
            record.attempts += 1
            if error is not None and record.attempts < _MOST_ATTEMPTS:
                return error
            if error is not None:
                _log.error("receipts given up", answer=answer_id, error=str(error))
            records.popleft()
            for change in record.changes:
                self._tell(change)
        self._unwritten.pop(answer_id, None)
        return None

    async def _hand_over(self, record: _Record) -> StoreError | None:
        if record.failure is None:
            return None
        reply, receipt = record.failure.reply, record.failure.receipt
        try:
            record.for_host = await self._on_failure(reply, receipt)
        except StoreError as error:
            return error
        except Exception as error:  # its receipt is true all the same
            _log.error("failure not handed over", reply=reply.id, error=whereabouts(error))
        record.failure = None
        return None

    async def _try(self, *rows: Row) -> StoreError | None:
        try:
            await self._store.commit(*rows)
        except StoreError as error:
            return error
        return None

    def _tell(self, change: Change) -> None:
        receipt = change.receipt
        _log.debug("reply moved", reply=receipt.reply_id, state=str(receipt.state), reason=receipt.reason)
        try:
            self._on_receipt(change.reply, receipt)
        except Exception as error:  # whoever watches must not change what becomes of a reply
            _log.error("receipt not heard", reply=receipt.reply_id, error=whereabouts(error))
