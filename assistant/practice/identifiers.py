"""The numbers a platform hands out: ids of danmaku, gifts and super chats, and cookies."""

import random
import uuid


class Identifiers:
    """All from one seed: the same seed gives the same ids in the same order."""

    def __init__(self, seed: int | None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - ids of a rehearsal, not secrets
        self._super_chats = 900_000

    def danmaku_id(self) -> str:
        return f"{self._random.getrandbits(144):036x}"

    def transaction_id(self, now: float) -> str:
        return f"{int(now)}{self._random.randrange(10**9):09d}"

    def super_chat_id(self) -> int:
        self._super_chats += 1
        return self._super_chats

    def buvid3(self) -> str:
        unique = uuid.UUID(int=self._random.getrandbits(128), version=4)
        return f"{str(unique).upper()}{self._random.randrange(100_000):05d}infoc"

    def token(self) -> str:
        return f"practice-{self._random.getrandbits(256):064x}"
