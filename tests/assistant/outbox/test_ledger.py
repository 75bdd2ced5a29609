"""Receipts are written in order, told once durable, and tried again while the store cannot take them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from assistant.actions import ReceiptState as State
from assistant.errors import StoreError
from assistant.outbox.ledger import Change, Ledger
from assistant.stores.rows import Receipt, Reply, Row
from assistant.stores.sqlite import SqliteStore
from tests.fakes.rows import BROADCAST, a_reply, an_escalation


class FullDisk(SqliteStore):
    """A journal whose disk is full while a test says so."""

    is_full = False

    async def commit(self, *rows: Row) -> None:
        if self.is_full:
            raise StoreError("journal.db: database or disk is full")
        await super().commit(*rows)


class Told:
    """What a ledger calls; `trouble` is raised in turn, where it is an error."""

    def __init__(self, *trouble: Exception | None) -> None:
        self.receipts: list[Receipt] = []
        self.failures: list[Receipt] = []
        self._trouble = list(trouble)

    def on_receipt(self, reply: Reply, receipt: Receipt) -> None:
        assert (reply.id, reply.state) == (receipt.reply_id, receipt.state)
        self.receipts.append(receipt)

    async def on_failure(self, reply: Reply, receipt: Receipt) -> Sequence[Row]:
        self.failures.append(receipt)
        if self._trouble and (error := self._trouble.pop(0)):
            raise error
        return [an_escalation(reason=receipt.reason)]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[FullDisk]:
    store = FullDisk(tmp_path / "journal.db")
    await store.open()
    await store.commit(BROADCAST, a_reply(21), a_reply(22))
    yield store
    await store.aclose()


def a_ledger(store: FullDisk, told: Told) -> Ledger:
    return Ledger(store, on_receipt=told.on_receipt, on_failure=told.on_failure)


def a_change(state: State, *, id: int = 21, reason: str = "") -> Change:
    return Change(a_reply(id, state=state), Receipt(id, 1013.0, state, reason))


async def test_receipt_is_durable_before_it_is_told(store: FullDisk) -> None:
    told = Told()
    ledger = a_ledger(store, told)
    ledger.record(a_change(State.SENT))
    assert told.receipts == []
    await ledger.flush()
    assert await store.receipts(1) == told.receipts == [Receipt(21, 1013.0, State.SENT)]
    assert ledger.is_written


async def test_what_the_store_cannot_take_is_written_later_in_order(store: FullDisk) -> None:
    told = Told()
    ledger = a_ledger(store, told)
    store.is_full = True
    ledger.record(a_change(State.LIMITED))
    ledger.record(a_change(State.QUEUED))
    await ledger.flush()
    assert not ledger.is_written
    assert told.receipts == []
    store.is_full = False
    await ledger.flush()
    assert [receipt.state for receipt in await store.receipts(1)] == [State.LIMITED, State.QUEUED]
    assert [receipt.state for receipt in told.receipts] == [State.LIMITED, State.QUEUED]


async def test_secured_receipt_comes_after_what_was_recorded_of_its_answer(store: FullDisk) -> None:
    ledger = a_ledger(store, Told())
    ledger.record(a_change(State.QUEUED))
    assert await ledger.secure(a_change(State.SENDING))
    assert [receipt.state for receipt in await store.receipts(1)] == [State.QUEUED, State.SENDING]


async def test_receipt_that_cannot_be_secured_is_not_written_later(store: FullDisk) -> None:
    told = Told()
    ledger = a_ledger(store, told)
    store.is_full = True
    assert not await ledger.secure(a_change(State.SENDING))
    store.is_full = False
    await ledger.flush()
    assert await store.receipts(1) == told.receipts == []


async def test_failure_is_handed_over_once_however_often_writing_is_tried(store: FullDisk) -> None:
    told = Told()
    ledger = a_ledger(store, told)
    failure = a_change(State.BLOCKED, reason="a word filter")
    store.is_full = True
    ledger.record(failure, failure=failure)
    await ledger.flush()
    assert await store.escalations(1) == []
    store.is_full = False
    await ledger.flush()
    assert await store.escalations(1) == [an_escalation(reason="a word filter")]
    assert len(told.failures) == 1


async def test_failure_that_meets_a_store_error_is_handed_over_again(store: FullDisk) -> None:
    told = Told(StoreError("cannot read"))
    ledger = a_ledger(store, told)
    failure = a_change(State.BLOCKED)
    ledger.record(failure, failure=failure)
    await ledger.flush()
    assert await store.receipts(1) == []
    await ledger.flush()
    assert len(await store.escalations(1)) == 1
    assert len(told.failures) == 2


async def test_failure_that_nobody_can_take_still_ends_the_reply(store: FullDisk) -> None:
    told = Told(KeyError("a bug"))
    ledger = a_ledger(store, told)
    failure = a_change(State.BLOCKED)
    ledger.record(failure, failure=failure)
    await ledger.flush()
    assert [reply.state for reply in await store.replies(1)] == [State.BLOCKED, State.QUEUED]
    assert ledger.is_written


async def test_watcher_that_breaks_does_not_change_what_is_written(store: FullDisk) -> None:
    def broken(reply: Reply, receipt: Receipt) -> None:
        raise KeyError("a bug")

    ledger = Ledger(store, on_receipt=broken, on_failure=Told().on_failure)
    ledger.record(a_change(State.SENT))
    assert await ledger.secure(a_change(State.SENDING, id=22))
    await ledger.flush()
    assert [reply.state for reply in await store.replies(1)] == [State.SENT, State.SENDING]


async def test_reply_that_the_journal_does_not_hold_stops_no_other(store: FullDisk) -> None:
    told = Told()
    ledger = a_ledger(store, told)
    ledger.record(a_change(State.SENT, id=99))
    ledger.record(a_change(State.SENT, id=22))
    await ledger.flush()
    assert [receipt.reply_id for receipt in told.receipts] == [22]
    while not ledger.is_written:  # it is given up at last
        await ledger.flush()


async def test_receipts_recorded_while_others_are_written_are_not_forgotten(store: FullDisk) -> None:
    told = Told()
    ledger = a_ledger(store, told)
    ledger.record(a_change(State.SENDING))
    flush = asyncio.create_task(ledger.flush())
    await asyncio.sleep(0)
    ledger.record(a_change(State.SENT))
    await flush
    await ledger.flush()
    assert [receipt.state for receipt in told.receipts] == [State.SENDING, State.SENT]
