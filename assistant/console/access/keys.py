"""Passwords and tokens: how they are made, and the only form in which they are kept."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_WORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another when typed off a screen


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a token. It is random, so that a fast hash does."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def one_time_password() -> str:
    """Four groups of four, 79 bits, to be typed from a terminal once."""
    groups = ("".join(secrets.choice(_WORD_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


class Passwords:
    """Argon2id with the library's parameters. Takes some 50 ms of a thread: not for the event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobodys = self._hasher.hash(new_token())

    def hash(self, password: str) -> str:
        return self._hasher.hash(_bytes(password))

    def fits(self, password: str, kept: str | None) -> bool:
        """Whether it is the one that `kept` was made of; as slow for None, a name that nobody has."""
        try:
            return self._hasher.verify(kept or self._nobodys, _bytes(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
