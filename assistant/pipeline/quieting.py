"""Falling quiet in one room: what is on its way and may not be said any more goes back to people."""

from assistant.pipeline.aftermath import Aftermath
from assistant.pipeline.by_hand import ByHand
from assistant.pipeline.premises import Premises
from assistant.speaking import Switch
from assistant.stores.rows import Reply

_DRY_RUN = "dry run: nothing is sent"


class Quieting:
    """A line that is just leaving may still be seen."""

    def __init__(self, premises: Premises, *, switch: Switch, by_hand: ByHand, aftermath: Aftermath) -> None:
        self._address = premises.address
        self._outbox = premises.outbox
        self._cooldown = premises.memory.cooldown
        self._clock = premises.clock
        self._switch = switch
        self._by_hand = by_hand
        self._aftermath = aftermath

    async def settle(self) -> None:
        """Withdraw the answers that have not left and may not, as the switch stands: their questions are open
        again. Where people still speak, theirs leave. Raises StoreError."""
        is_dry, quiet = self._switch.is_dry, self._switch.speaking.why_quiet(self._clock.now())
        reason = _DRY_RUN if is_dry else quiet
        if reason is None:
            return
        withdrawn = set[int]()

        def is_meant(reply: Reply) -> bool:
            is_ours = (reply.platform, reply.room) == (self._address.platform, self._address.id)
            if not is_ours or (self._by_hand.has_said(reply.answer_id) and not is_dry):
                return False
            withdrawn.add(reply.answer_id)
            return True

        self._outbox.cancel(is_meant, reason=reason)
        await self._aftermath.withdrawn(withdrawn, reason=reason)

    def end_rehearsal(self) -> None:
        """What was decided while nothing was sent was never said: all of it may be said now."""
        self._cooldown.clear()
