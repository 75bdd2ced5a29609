"""Makes parts of an answer acceptable to a platform that refused them as they were: split, or reworded."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.errors import RoomError
from assistant.outbox.queue import Answer
from assistant.outbox.sender import Sender
from assistant.outbox.variation import vary
from assistant.pipeline import wording
from assistant.stores.rows import Reply

OtherWordings = Callable[[Reply], Sequence[Sequence[str]]]
"""The lines of each wording that an answer may have instead, by a part of it."""


async def varied(
    answer: Answer, sender: Sender, *, others: Sequence[Sequence[str]], new_id: Callable[[], int]
) -> list[Reply]:
    """The waiting parts in words that were not tried; none when there are none.

    While nothing of the answer stands in the room, one of its `others` takes its place; after them, and from
    the second part on, only the first line's closing changes.
    """
    first, *rest = answer.waiting
    answer.tried.add(first.text)
    try:
        limit = await sender.text_limit()
    except RoomError:
        limit = sender.text_length(first.text)

    def fits(text: str) -> bool:
        return sender.text_length(text) <= limit

    whole = () if answer.begun else others
    for texts in whole:
        has_a_line_for_each = len(texts) >= len(answer.waiting)  # or a row would be left over
        if has_a_line_for_each and texts[0] not in answer.tried and all(map(fits, texts)):
            return _renumbered(list(answer.waiting), texts, parts=len(texts), new_id=new_id)
    text = vary(first.text, tried=answer.tried, fits=fits)
    return [] if text is None else [replace(first, text=text), *rest]


async def split_again(
    answer: Answer, sender: Sender, *, most_parts: int, new_id: Callable[[], int]
) -> list[Reply]:
    """The waiting parts cut to the limit that the platform names now; none when that does not help."""
    try:
        limit = await sender.text_limit(fresh=True)
    except RoomError:
        return []
    waiting = list(answer.waiting)
    texts: list[str] = []
    for part in waiting:
        lines = wording.lines(part.text, limit=limit, most=most_parts, measure=sender.text_length)
        if not lines:
            return []
        texts += lines
    parts = waiting[0].part - 1 + len(texts)
    if parts > most_parts or texts == [part.text for part in waiting]:
        return []
    return _renumbered(waiting, texts, parts=parts, new_id=new_id)


def _renumbered(
    waiting: Sequence[Reply], texts: Sequence[str], *, parts: int, new_id: Callable[[], int]
) -> list[Reply]:
    """Rows keep their ids as far as they go round; the texts are never fewer."""
    ids = [part.id for part in waiting] + [new_id() for _ in texts[len(waiting) :]]
    first = waiting[0]
    return [
        replace(first, id=id, text=text, part=first.part + offset, parts=parts)
        for offset, (id, text) in enumerate(zip(ids, texts, strict=True))
    ]
