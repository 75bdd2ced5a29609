"""Our voice in one room: what the outbox and the flow need of its platform, HTTP and connection."""

from assistant.clock import Clock
from assistant.platforms.base import Platform, SendResult, SendState
from assistant.rooms.http import Http
from assistant.rooms.keeper import Keeper
from assistant.speaking import Switch

CAUTIOUS_LIMIT = 20  # every account may say so much; until the room tells its own limit


class RoomVoice:
    """While the `switch` is on a dry run it is mute: the room is heard and decided about, nothing is said."""

    def __init__(
        self, platform: Platform, *, http: Http, keeper: Keeper, clock: Clock, switch: Switch
    ) -> None:
        self._platform = platform
        self._http = http
        self._keeper = keeper
        self._clock = clock
        self._switch = switch
        self._limit: int | None = None
        self.spacing_seconds = platform.send_spacing_seconds
        self.echoes = platform.echoes_own_messages

    @property
    def speaks(self) -> bool:
        """Whether we mean to say anything here: credentials were given, and this is no rehearsal."""
        return self._platform.can_send and not self._switch.is_dry

    @property
    def can_send(self) -> bool:
        """Whether the platform lets us: False once it no longer knows the account's login."""
        admission = self._keeper.admission
        return self.speaks and (admission is None or admission.own_viewer_id != "")

    @property
    def known_text_limit(self) -> int:
        return self._limit or CAUTIOUS_LIMIT

    def ready(self) -> bool:
        return self._keeper.connected.is_set() and self._keeper.admission is not None

    def heard_at(self) -> float:
        return self._keeper.heard_at

    def text_length(self, text: str) -> int:
        return self._platform.text_length(text)

    async def text_limit(self, *, fresh: bool = False) -> int:
        """Raises RoomError when the platform cannot be asked."""
        admission = self._keeper.admission
        if admission is None:
            return self.known_text_limit
        if fresh or self._limit is None:
            steps = self._platform.text_limit(admission.room, now=self._clock.now())
            self._limit = await self._http.run(steps)
        return self._limit

    async def send(self, text: str, reply_to: str) -> SendResult:
        admission = self._keeper.admission
        if admission is None:
            return SendResult(SendState.FAILED, reason="the room is not connected")
        steps = self._platform.send(admission, text, now=self._clock.now(), reply_to=reply_to)
        return await self._http.run(steps)
