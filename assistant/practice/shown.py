"""What the room shows, ready for the wire: each command as JSON twice, with names and with names masked.

Turns an act into its commands. Knows no sockets; packing is the codec's.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from assistant.practice import payloads
from assistant.practice.acts import Act
from assistant.practice.card import RoomCard
from assistant.practice.identifiers import Identifiers
from assistant.practice.payloads import Command
from assistant.practice.people import Person


@dataclass(frozen=True, slots=True)
class Shown:
    """One command as JSON: `plain` for who is logged in, `masked` for anonymous connections."""

    plain: bytes
    masked: bytes

    @classmethod
    def public(cls, command: Command) -> "Shown":
        data = to_json(command)
        return cls(plain=data, masked=data)

    @classmethod
    def by(cls, person: Person, build: Callable[[Person], Command]) -> "Shown":
        return cls(plain=to_json(build(person)), masked=to_json(build(person.masked())))

    def to(self, *, masked: bool) -> bytes:
        return self.masked if masked else self.plain


def to_json(command: object) -> bytes:
    """JSON bytes; what UTF-8 cannot hold (lone surrogates) goes escaped, as a hostile server would send it."""
    try:
        return orjson.dumps(command)
    except TypeError:
        return json.dumps(command).encode()


@dataclass(frozen=True, slots=True)
class _Scene:
    act: Act
    person: Person
    card: RoomCard
    ids: Identifiers
    now: float


def staged(act: Act, *, card: RoomCard, ids: Identifiers, now: float) -> tuple[Shown, ...]:
    """The commands that an act puts on the wire at `now` (Unix seconds), in order."""
    person = Person.of(card.owner_uid, act.viewer, is_host=True) if act.is_host else Person.viewer(act.viewer)
    return _STAGED[act.kind](_Scene(act=act, person=person, card=card, ids=ids, now=now))


_Staging = Callable[[_Scene], tuple[Shown, ...]]


def _chat(scene: _Scene) -> tuple[Shown, ...]:
    id_str, act = scene.ids.danmaku_id(), scene.act
    emoticon, lottery = act.kind == "emoticon", act.kind == "lottery"

    def build(who: Person) -> Command:
        return payloads.danmaku(
            who, act.text, at=scene.now, id_str=id_str, emoticon=emoticon, lottery=lottery
        )

    return (Shown.by(scene.person, build),)


def _super_chat(scene: _Scene) -> tuple[Shown, ...]:
    number, act, room_id = scene.ids.super_chat_id(), scene.act, scene.card.room_id

    def build(who: Person) -> Command:
        return payloads.super_chat(
            who, act.text, price_yuan=act.price_yuan, at=scene.now, number=number, room_id=room_id
        )

    return (Shown.by(scene.person, build),)


def _gift(scene: _Scene) -> tuple[Shown, ...]:
    tid, act = scene.ids.transaction_id(scene.now), scene.act

    def build(who: Person) -> Command:
        return payloads.gift(
            who, act.gift, count=act.count, price_fen=act.price_fen, at=scene.now, tid=tid
        )

    return (Shown.by(scene.person, build),)


def _guard(scene: _Scene) -> tuple[Shown, ...]:
    level, count = scene.act.level, max(scene.act.count, 1)
    return (
        Shown.by(scene.person, lambda who: payloads.guard(who, level=level, count=count, at=scene.now)),
    )


def _interaction(kind: int) -> _Staging:
    def staging(scene: _Scene) -> tuple[Shown, ...]:
        room_id = scene.card.room_id
        return (
            Shown.by(
                scene.person,
                lambda who: payloads.interact_word(who, kind=kind, at=scene.now, room_id=room_id),
            ),
        )

    return staging


def _like(scene: _Scene) -> tuple[Shown, ...]:
    return (Shown.by(scene.person, payloads.like),)


def _figure(build: Callable[[int], Command]) -> _Staging:
    return lambda scene: (Shown.public(build(scene.act.count)),)


def _live(scene: _Scene) -> tuple[Shown, ...]:
    card = scene.card
    return tuple(
        Shown.public(payloads.live(room_id=card.room_id, live_key=card.live_key, at=scene.now, first=first))
        for first in (True, False)
    )


def _preparing(scene: _Scene) -> tuple[Shown, ...]:
    return (Shown.public(payloads.preparing(room_id=scene.card.room_id, at=scene.now)),)


def _title(scene: _Scene) -> tuple[Shown, ...]:
    return (Shown.public(payloads.room_changed(scene.act.text)),)


_STAGED: dict[str, _Staging] = {
    "danmaku": _chat,
    "emoticon": _chat,
    "lottery": _chat,
    "super_chat": _super_chat,
    "gift": _gift,
    "guard": _guard,
    "enter": _interaction(payloads.ENTER),
    "follow": _interaction(payloads.FOLLOW),
    "share": _interaction(payloads.SHARE),
    "like": _like,
    "likes_total": _figure(payloads.likes_total),
    "online": _figure(payloads.viewers_online),
    "watched": _figure(payloads.watched),
    "live": _live,
    "preparing": _preparing,
    "title": _title,
}
