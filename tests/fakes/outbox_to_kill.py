"""A process for a test to kill: sends one line, then says on stdout that the next one is just being sent.

Run as `python -m tests.fakes.outbox_to_kill JOURNAL`; it never ends by itself.
"""

import asyncio
import sys
from pathlib import Path

from assistant.platforms.base import SendResult
from tests.fakes.outbox_house import ROOM, OutboxHouse
from tests.fakes.sender import ScriptedSender

SENT, IN_FLIGHT, LATER_PART, WAITING = "已发出", "在路上", "后半段", "还没发"
ANNOUNCEMENT = b"in flight\n"


async def main(path: Path) -> None:
    async with OutboxHouse.open(path) as house, house.running():
        house.senders["bilibili", ROOM] = _SlowSender(house.clock)
        for texts in ((SENT,), (IN_FLIGHT, LATER_PART), (WAITING,)):
            await house.queue(*texts)
        await house.pass_time(5)
        await asyncio.Event().wait()


class _SlowSender(ScriptedSender):
    async def send(self, text: str, reply_to: str) -> SendResult:
        if text == IN_FLIGHT:
            self.hold()
            sys.stdout.buffer.write(ANNOUNCEMENT)
            sys.stdout.flush()
        return await super().send(text, reply_to)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
