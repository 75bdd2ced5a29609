"""Who is at which question: held for a while, so that two people never answer the same. Pure."""

from dataclasses import dataclass
from typing import Final

from assistant.errors import AssistantError

LEASE_SECONDS: Final = 120.0


class CannotAnswer(AssistantError):
    """An escalation cannot be answered so; the message says why. Nothing was sent, it stays open."""


class AlreadyClaimed(CannotAnswer):
    """`who` is at it."""

    def __init__(self, who: str) -> None:
        super().__init__(f"{who} is answering this question")
        self.who = who


@dataclass(frozen=True, slots=True)
class Claim:
    """Until then (Unix time), unless it is renewed or given back."""

    who: str
    until: float


class Claims:
    """One room's, by the id of the escalation."""

    def __init__(self, *, lease_seconds: float = LEASE_SECONDS) -> None:
        self._lease_seconds = lease_seconds
        self._claims: dict[int, Claim] = {}

    def of(self, escalation_id: int | None, *, now: float) -> Claim | None:
        """The claim that holds, None for none."""
        claim = None if escalation_id is None else self._claims.get(escalation_id)
        return claim if claim is not None and now < claim.until else None

    def __bool__(self) -> bool:
        """Whether anything may be held at all."""
        return bool(self._claims)

    def claim(self, escalation_id: int, who: str, *, now: float) -> Claim:
        """Claimed again by the same person, it is held longer. Raises AlreadyClaimed."""
        self.refuse_others(escalation_id, who, now=now)
        self._drop_lapsed(now)
        claim = self._claims[escalation_id] = Claim(who, now + self._lease_seconds)
        return claim

    def refuse_others(self, escalation_id: int, who: str, *, now: float) -> None:
        """Raises AlreadyClaimed where somebody else has it."""
        claim = self.of(escalation_id, now=now)
        if claim is not None and claim.who != who:
            raise AlreadyClaimed(claim.who)

    def release(self, escalation_id: int, who: str) -> bool:
        """Whether it was theirs to give back."""
        claim = self._claims.get(escalation_id)
        if claim is None or claim.who != who:
            return False
        del self._claims[escalation_id]
        return True

    def end(self, escalation_id: int) -> None:
        """The question is open no longer."""
        self._claims.pop(escalation_id, None)

    def _drop_lapsed(self, now: float) -> None:
        self._claims = {id: claim for id, claim in self._claims.items() if now < claim.until}
