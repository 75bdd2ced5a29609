"""What drafts may cost in a broadcast: money is put aside before a request leaves, counted after. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prices:
    """In the team's money per million tokens."""

    into: float
    out_of: float

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        return (self.into * tokens_in + self.out_of * tokens_out) / 1_000_000

    def most(self, messages: Sequence[dict[str, str]], *, tokens_out: int) -> float:
        """No tokenizer makes more tokens of a text than it has bytes."""
        tokens_in = sum(len(value.encode()) + _ENVELOPE_TOKENS for one in messages for value in one.values())
        return self.cost(tokens_in, tokens_out)


_ENVELOPE_TOKENS = 8  # around each message, by any chat template


class Budget:
    """`limit` a broadcast; what is put aside counts until it is settled."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._spent: Counter[int] = Counter()

    def put_aside(self, broadcast_id: int, most: float) -> bool:
        """Whether there is still so much; then it is put aside."""
        if self._spent[broadcast_id] + most > self._limit:
            return False
        self.spend(broadcast_id, most)
        return True

    def spend(self, broadcast_id: int, cost: float) -> None:
        """A negative cost gives back what was put aside."""
        self._spent[broadcast_id] += cost  # type: ignore[assignment]  # a Counter of money

    def spent(self, broadcast_id: int) -> float:
        return float(self._spent[broadcast_id])
