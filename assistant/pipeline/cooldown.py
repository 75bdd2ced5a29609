"""One reply for many: who asks what was just answered joins that answer instead of drawing another. Pure."""

from dataclasses import dataclass

from assistant.pipeline.cluster import Cluster
from assistant.stores.rows import Message


@dataclass(slots=True)
class Answering:
    """An entry's answer that is on its way or was just given: who asked first, and with whom."""

    answer_id: int
    entry_id: str
    until: float
    question: Message
    cluster: Cluster
    serves_others: bool = False


class Cooldown:
    """The answers of one room that must not be repeated yet, one an entry."""

    def __init__(self, *, seconds: float) -> None:
        self.seconds = seconds
        self._by_entry: dict[str, Answering] = {}

    def join(self, entry_id: str, viewer_key: str, *, now: float) -> Answering | None:
        """The answer that serves this asker of the entry at `now`, None when there is none."""
        answering = self._by_entry.get(entry_id)
        if answering is None or now >= answering.until:
            return None
        answering.serves_others |= viewer_key != answering.question.viewer_key
        return answering

    def begin(
        self, entry_id: str, answer_id: int, question: Message, cluster: Cluster, *, now: float
    ) -> Answering:
        """`cluster` is the one that the question is in."""
        answering = Answering(answer_id, entry_id, now + self.seconds, question, cluster)
        self._by_entry[entry_id] = answering
        return answering

    def shown(self, answer_id: int, *, now: float) -> None:
        """The answer reached the room at `now`: only then its cool-down really begins."""
        answering = self._find(answer_id)
        if answering is not None:
            answering.until = now + self.seconds

    def end_if_alone(self, message_id: int) -> int | None:
        """The answer to a question that was taken back, if it serves nobody else: it is to be withdrawn."""
        for answering in self._by_entry.values():
            if answering.question.id == message_id and not answering.serves_others:
                del self._by_entry[answering.entry_id]
                return answering.answer_id
        return None

    def end(self, answer_id: int) -> Answering | None:
        """The answer failed or was withdrawn: the entry may be answered again. Whom it was to serve."""
        answering = self._find(answer_id)
        if answering is not None:
            del self._by_entry[answering.entry_id]
        return answering

    def clear(self) -> None:
        """What was only rehearsed was never said: every entry may be answered."""
        self._by_entry.clear()

    def _find(self, answer_id: int) -> Answering | None:
        return next((one for one in self._by_entry.values() if one.answer_id == answer_id), None)
