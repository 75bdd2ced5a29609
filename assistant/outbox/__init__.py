"""Durable, paced sending of replies, each with a receipt for whatever became of it."""

from assistant.outbox.outbox import Outbox
from assistant.outbox.sender import Sender

__all__ = ["Outbox", "Sender"]
