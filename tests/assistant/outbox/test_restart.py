"""Ending and starting again: nothing acknowledged is lost, nothing is sent twice."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.actions import ReceiptState as State
from assistant.stores.rows import Receipt
from tests.fakes import outbox_to_kill
from tests.fakes.outbox_house import EXPIRE_SECONDS, OutboxHouse

ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


async def test_fresh_replies_of_an_earlier_run_are_sent(path: Path) -> None:
    async with OutboxHouse.open(path) as house:
        parts = await house.queue("第一段", "第二段", submit=False)
        [limited] = await house.queue("慢一点", submit=False)
        await house.store.commit(Receipt(limited.id, house.clock.now(), State.LIMITED))
        sender = house.sender()
        async with house.running():
            await house.pass_time(10)
        assert sender.texts == ["第一段", "第二段", "慢一点"]
        assert await house.state(parts[0]) is State.SENT


async def test_rest_of_a_begun_answer_goes_first(path: Path) -> None:
    async with OutboxHouse.open(path) as house:
        parts = await house.queue("第一段", "第二段", submit=False)
        await house.queue("付费", priority=100, submit=False)
        await house.store.commit(Receipt(parts[0].id, house.clock.now(), State.SENT, event_id="one"))
        sender = house.sender()
        async with house.running():
            await house.pass_time(10)
        assert sender.texts == ["第二段", "付费"]


async def test_stale_replies_expire_and_go_to_the_host(path: Path) -> None:
    async with OutboxHouse.open(path) as house:
        [stale] = await house.queue("太晚了", submit=False)
        sender = house.sender()
        await house.clock.advance(EXPIRE_SECONDS)
        await house.outbox.recover()
        assert await house.state(stale) is State.EXPIRED
        assert [failed.id for failed, _ in house.failures] == [stale.id]
        assert sender.lines == []


async def test_line_caught_in_mid_send_is_unknown_and_never_sent_again(path: Path) -> None:
    async with OutboxHouse.open(path) as house:
        parts = await house.queue("第一段", "第二段", submit=False)
        await house.store.commit(Receipt(parts[0].id, house.clock.now(), State.SENDING))
        sender = house.sender()
        async with house.running():
            assert [await house.state(part) for part in parts] == [State.UNKNOWN, State.EXPIRED]
            await house.pass_time(10)
        assert sender.lines == []
        assert [failed.id for failed, _ in house.failures] == [parts[0].id]


async def test_line_caught_in_mid_send_may_still_be_seen(path: Path) -> None:
    async with OutboxHouse.open(path) as house:
        [reply] = await house.queue("发了吗", submit=False)
        await house.store.commit(Receipt(reply.id, house.clock.now(), State.SENDING))
        async with house.running():
            assert house.hear("发了吗", event_id="x", viewer_id="")
            await house.until(reply, State.SEEN)


async def test_lines_of_an_earlier_run_are_still_ours(path: Path) -> None:
    async with OutboxHouse.open(path) as house:
        [reply] = await house.queue("早就发了", submit=False)
        await house.store.commit(Receipt(reply.id, house.clock.now(), State.SENT, event_id="one"))
        async with house.running():
            assert house.hear("早就发了", event_id="one", viewer_id="")
            await house.until(reply, State.SEEN)
            assert not house.hear("早就发了", event_id="two", viewer_id="")


async def test_dry_run_leaves_what_an_earlier_run_left(path: Path) -> None:
    async with OutboxHouse.open(path, dry_run=True) as house:
        [reply] = await house.queue("等正式运行", submit=False)
        async with house.running():
            await house.pass_time(1)
        assert await house.state(reply) is State.QUEUED


async def test_drain_lets_the_line_in_flight_arrive_and_keeps_the_rest(path: Path) -> None:
    async with OutboxHouse.open(path) as house:
        sender = house.sender()
        sender.hold()
        run = asyncio.create_task(house.outbox.run())
        [sent] = await house.queue("在路上")
        [waiting] = await house.queue("下次再发")
        await house.until(sent, State.SENDING)
        drain = asyncio.create_task(house.outbox.drain(timeout_seconds=5))
        await house.settle()
        assert not drain.done()
        sender.release()
        await drain
        await run
        assert [await house.state(reply) for reply in (sent, waiting)] == [State.SENT, State.QUEUED]
        assert sender.texts == ["在路上"]


async def test_drain_does_not_wait_for_ever(path: Path) -> None:
    async with OutboxHouse.open(path) as house:
        house.sender().hold()
        run = asyncio.create_task(house.outbox.run())
        [reply] = await house.queue("没有回答")
        await house.until(reply, State.SENDING)
        drain = asyncio.create_task(house.outbox.drain(timeout_seconds=5))
        await house.pass_time(5)
        await drain
        await run
        assert await house.state(reply) is State.UNKNOWN
        assert len(house.failures) == 1


async def test_drain_settles_a_line_whose_answer_never_came(path: Path) -> None:
    async with OutboxHouse.open(path) as house:
        house.sender().hold()
        async with house.running():
            [reply] = await house.queue("没有回答")
            await house.until(reply, State.SENDING)
        await house.outbox.drain(timeout_seconds=0)
        assert await house.state(reply) is State.UNKNOWN


async def test_replies_submitted_after_drain_wait_for_the_next_start(path: Path) -> None:
    async with OutboxHouse.open(path) as house:
        sender = house.sender()
        await house.outbox.drain(timeout_seconds=0)
        [reply] = await house.queue("太晚了")
        await house.outbox.run()
        assert await house.state(reply) is State.QUEUED
        assert sender.lines == []


def _kill_in_mid_send(path: Path) -> None:
    command = [sys.executable, "-m", "tests.fakes.outbox_to_kill", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        try:
            announced = any(line == outbox_to_kill.ANNOUNCEMENT for line in process.stdout)
        finally:
            process.kill()
    assert announced


async def test_kill_in_mid_send_loses_nothing_and_sends_nothing_twice(path: Path) -> None:
    await asyncio.to_thread(_kill_in_mid_send, path)
    async with OutboxHouse.open(path) as house:
        sender = house.sender()
        async with house.running():
            await house.pass_time(10)
            assert house.hear(outbox_to_kill.SENT, event_id="event-1", viewer_id="")
        assert sender.texts == [outbox_to_kill.WAITING]
        assert {reply.text: reply.state for reply in (await house.journal()).values()} == {
            outbox_to_kill.SENT: State.SENT,
            outbox_to_kill.IN_FLIGHT: State.UNKNOWN,
            outbox_to_kill.LATER_PART: State.EXPIRED,
            outbox_to_kill.WAITING: State.SENT,
        }
        assert [failed.text for failed, _ in house.failures] == [outbox_to_kill.IN_FLIGHT]
        assert len(await house.store.escalations(1)) == 1
