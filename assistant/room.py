"""One room's parts, wired; `service` opens and closes them, and `compose` makes them."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from assistant.errors import RoomError
from assistant.events import Event
from assistant.pipeline.flow import Flow
from assistant.rooms.keeper import Keeper, RoomState
from assistant.rooms.recording import Recorder
from assistant.settings import RoomAddress
from assistant.voice import RoomVoice

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Room:
    """The keeper hears, the flow decides, the voice says."""

    address: RoomAddress
    keeper: Keeper
    flow: Flow
    voice: RoomVoice
    recorder: Recorder | None = None
    state: RoomState = RoomState.CLOSED

    def hear(self, events: Sequence[Event]) -> None:
        if self.recorder is not None:
            self.recorder.record(events)
        self.flow.receive(events)

    async def ask_limit(self) -> None:
        """How long our lines may be there; unanswered, the cautious limit stays."""
        if not self.voice.can_send:
            return
        try:
            await self.voice.text_limit(fresh=True)
        except RoomError as error:
            _log.warning("the room's line length is not known", room=str(self.address), detail=str(error))
