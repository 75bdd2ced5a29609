"""How a question was put: a few of its different wordings as viewers typed them, for people. Pure."""

from collections import OrderedDict
from typing import Final

from knowledge.text import fold

MOST_SAMPLES: Final = 5
_MOST_QUESTIONS: Final = 2000


class Samples:
    """Those of one room's questions, by the id of the escalation; the first ones heard stay."""

    def __init__(self) -> None:
        self._texts: OrderedDict[int, dict[str, str]] = OrderedDict()  # folded -> as typed

    def of(self, escalation_id: int) -> tuple[str, ...]:
        return tuple(self._texts.get(escalation_id, {}).values())

    def add(self, escalation_id: int, text: str) -> None:
        texts = self._texts.setdefault(escalation_id, {})
        if len(texts) < MOST_SAMPLES and text not in texts.values():
            texts.setdefault(fold(text), text)
        if len(self._texts) > _MOST_QUESTIONS:
            self._texts.popitem(last=False)
