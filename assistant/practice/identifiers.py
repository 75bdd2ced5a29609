"""The numbers a platform hands out: ids of danmaku, gifts and super chats, and cookies."""

import random
import uuid


class Identifiers:
    """The same seed gives the same ids in the same order; each kind has an order of its own."""

    def __init__(self, seed: int | None) -> None:
        def order(kind: str) -> random.Random:
            return random.Random(None if seed is None else f"{seed} {kind}")  # noqa: S311 - no secrets

        self._danmaku, self._sent = order("danmaku"), order("sent")
        self._gifts, self._messages = order("gifts"), order("messages")
        self._cookies, self._tokens = order("cookies"), order("tokens")
        self._super_chats = 900_000
        self._super_chats_by: dict[int, int] = {}

    def danmaku_id(self) -> str:
        return f"{self._danmaku.getrandbits(144):036x}"

    def sent_id(self) -> str:
        """The id of a danmaku that an account sent."""
        return f"{self._sent.getrandbits(144):036x}"

    def transaction_id(self) -> str:
        return f"{self._gifts.randrange(10**18, 10**19)}"

    def super_chat_id(self, uid: int) -> int:
        self._super_chats += 1
        self._super_chats_by[uid] = self._super_chats
        return self._super_chats

    def last_super_chat_id(self, uid: int) -> int:
        """0 when this viewer has sent none."""
        return self._super_chats_by.get(uid, 0)

    def message_id(self) -> str:
        """The `msg_id` of a command that wants to be acknowledged."""
        return f"{self._messages.getrandbits(56)}:1000:1000"

    def buvid3(self) -> str:
        unique = uuid.UUID(int=self._cookies.getrandbits(128), version=4)
        return f"{str(unique).upper()}{self._cookies.randrange(100_000):05d}infoc"

    def token(self) -> str:
        return f"practice-{self._tokens.getrandbits(256):064x}"
