"""The room's figures: which events count, and as what. Pure; one table."""

from collections.abc import Callable
from typing import Any

from assistant import events
from assistant.stores.rows import Figure, FigureKind

Amounts = tuple[tuple[FigureKind, float], ...]


def figures(event: events.Event, *, broadcast_id: int, now: float) -> tuple[Figure, ...]:
    """What the event adds to the broadcast's figures at `now`, () for most events.

    Our own clock orders them: platforms stamp only some of these events.
    """
    count = _COUNTED.get(type(event))
    if count is None:
        return ()
    return tuple(Figure(broadcast_id, now, kind, value) for kind, value in count(event))


def _one(kind: FigureKind) -> Callable[[Any], Amounts]:
    return lambda event: ((kind, 1.0),)


def _count(kind: FigureKind) -> Callable[[Any], Amounts]:
    return lambda event: ((kind, float(event.count)),)


def _gift(event: events.Gift) -> Amounts:
    return (FigureKind.GIFTS, float(event.count)), (FigureKind.GIFT_FEN, float(event.total_fen))


_COUNTED: dict[type[events.Event], Callable[[Any], Amounts]] = {
    events.ViewersOnline: _count(FigureKind.VIEWERS_ONLINE),
    events.Watched: _count(FigureKind.WATCHED),
    events.LikesTotal: _count(FigureKind.LIKES_TOTAL),
    events.Liked: _one(FigureKind.LIKES),
    events.Gift: _gift,
    events.Entered: _one(FigureKind.ENTERED),
    events.Followed: _one(FigureKind.FOLLOWED),
    events.Shared: _one(FigureKind.SHARED),
    events.Membership: _one(FigureKind.MEMBERSHIPS),
    events.SuperChat: _one(FigureKind.SUPER_CHATS),
}
