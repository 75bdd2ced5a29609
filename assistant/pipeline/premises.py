"""What every part of one room stands on, in one value: where it is, what it remembers, where it writes."""

from dataclasses import dataclass

from assistant.clock import Clock
from assistant.notices import Watcher
from assistant.outbox import Outbox
from assistant.pipeline.memory import Memory
from assistant.settings import RoomAddress
from assistant.stores.base import Store


@dataclass(frozen=True, slots=True)
class Premises:
    """One room's. Its parts change the memory, and tell the watcher once the journal has what they tell."""

    address: RoomAddress
    memory: Memory
    store: Store
    outbox: Outbox
    clock: Clock
    watch: Watcher

    @property
    def room(self) -> str:
        """The address, as notices name the room."""
        return str(self.address)
