"""A program that writes to a journal until it is killed: `python -m tests.fakes.journal_writer FILE`.

Prints `open`, then the id of each message once its commit has returned. Every message comes with a reply
of the next id in the same commit.
"""

import asyncio
import sys

from assistant.stores.sqlite import SqliteStore
from tests.fakes.rows import BROADCAST, a_message, a_reply

WRITERS = 8  # so that commits share transactions


async def write_for_ever(store: SqliteStore) -> None:
    while True:
        message, reply = store.new_id(), store.new_id()
        await store.commit(a_message(message), a_reply(reply, message_id=message))
        print(message, flush=True)


async def main(path: str) -> None:
    store = SqliteStore(path)
    await store.open()
    await store.commit(BROADCAST)
    print("open", flush=True)
    await asyncio.gather(*(write_for_ever(store) for _ in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
