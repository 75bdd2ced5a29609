"""The numbers a platform hands out: ids of danmaku, gifts and super chats, and cookies."""

import random
import uuid


class Identifiers:
    """All from one seed: the same seed gives the same ids in the same order."""

    def __init__(self, seed: int | None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - ids of a rehearsal, not secrets
        self._super_chats = 900_000
        self._super_chats_by: dict[int, int] = {}

    def danmaku_id(self) -> str:
        return f"{self._random.getrandbits(144):036x}"

    def transaction_id(self, now: float) -> str:
        return f"{int(now)}{self._random.randrange(10**9):09d}"

    def super_chat_id(self, uid: int) -> int:
        self._super_chats += 1
        self._super_chats_by[uid] = self._super_chats
        return self._super_chats

    def last_super_chat_id(self, uid: int) -> int:
        """0 when this viewer has sent none."""
        return self._super_chats_by.get(uid, 0)

    def message_id(self) -> str:
        """The `msg_id` of a command that wants to be acknowledged."""
        return f"{self._random.getrandbits(56)}:1000:1000"

    def buvid3(self) -> str:
        unique = uuid.UUID(int=self._random.getrandbits(128), version=4)
        return f"{str(unique).upper()}{self._random.randrange(100_000):05d}infoc"

    def token(self) -> str:
        return f"practice-{self._random.getrandbits(256):064x}"
