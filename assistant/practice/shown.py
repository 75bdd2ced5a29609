"""What the room shows: an act as its commands, each rendered as JSON only when somebody is there to see it.

Knows no sockets; packing is left to `frames`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.practice import paid, payloads
from assistant.practice.acts import Act
from assistant.practice.card import RoomCard
from assistant.practice.danmaku import Line, command
from assistant.practice.identifiers import Identifiers
from assistant.practice.payloads import Command
from assistant.practice.people import NOBODY, Person


@dataclass(frozen=True, slots=True)
class Shown:
    """One command: `build` makes it from the person as the audience may see them. `line`: if it is chat."""

    build: Callable[[Person], Command]
    person: Person = NOBODY
    line: Line | None = None

    @classmethod
    def public(cls, command: Command) -> "Shown":
        return cls(lambda _: command)

    def to(self, *, masked: bool) -> bytes:
        """As JSON: with names for who is logged in, `masked` for anonymous connections."""
        return payloads.to_json(self.build(self.person.masked() if masked else self.person))


@dataclass(frozen=True, slots=True)
class _Scene:
    act: Act
    person: Person
    card: RoomCard
    ids: Identifiers
    now: float

    def by(self, build: Callable[[Person], Command]) -> tuple[Shown, ...]:
        return (Shown(build, self.person),)

    def acknowledged(self) -> Command:
        return payloads.acknowledged(self.ids.message_id(), at=self.now)


def person_of(act: Act, card: RoomCard) -> Person:
    if act.is_host:
        return Person.of(card.owner_uid, act.viewer or card.host_name, is_host=True)
    return Person.viewer(act.viewer)


def spoken(line: Line) -> Shown:
    """A line of chat, whoever said it."""
    return Shown(lambda who: command(line.seen_as(who)), line.sender, line)


def staged(act: Act, *, card: RoomCard, ids: Identifiers, now: float) -> tuple[Shown, ...]:
    """The commands that an act puts on the wire at `now` (Unix seconds), in order."""
    return _STAGED[act.kind](_Scene(act=act, person=person_of(act, card), card=card, ids=ids, now=now))


_Staging = Callable[[_Scene], tuple[Shown, ...]]


def _chat(scene: _Scene) -> tuple[Shown, ...]:
    act = scene.act
    line = Line(
        sender=scene.person,
        text=act.text,
        at=scene.now,
        id_str=scene.ids.danmaku_id(),
        is_emoticon=act.kind == "emoticon",
        is_lottery=act.kind == "lottery",
        is_mirror=act.kind == "mirror",
    )
    return (spoken(line),)


def _super_chat(scene: _Scene) -> tuple[Shown, ...]:
    act, number, acknowledged = scene.act, scene.ids.super_chat_id(scene.person.uid), scene.acknowledged()

    def build(who: Person) -> Command:
        message = paid.super_chat(
            who,
            act.text,
            price_yuan=act.price_yuan,
            at=scene.now,
            number=number,
            room_id=scene.card.room_id,
        )
        return message | acknowledged

    return scene.by(build)


def _super_chat_delete(scene: _Scene) -> tuple[Shown, ...]:
    number = scene.ids.last_super_chat_id(scene.person.uid)
    return (Shown.public(paid.super_chat_deleted(number, room_id=scene.card.room_id)),)


def _gift(scene: _Scene) -> tuple[Shown, ...]:
    tid, act = scene.ids.transaction_id(), scene.act

    def build(who: Person) -> Command:
        return paid.gift(who, act.gift, count=act.count, price_fen=act.price_fen, at=scene.now, tid=tid)

    return scene.by(build)


def _guard(scene: _Scene) -> tuple[Shown, ...]:
    """One purchase is told twice."""
    level, count, now = scene.act.level, max(scene.act.count, 1), scene.now
    return (
        *scene.by(lambda who: paid.guard(who, level=level, count=count, at=now)),
        *scene.by(lambda who: paid.guard_toast(who, level=level, count=count, at=now)),
    )


def _interaction(kind: int) -> _Staging:
    def staging(scene: _Scene) -> tuple[Shown, ...]:
        room_id = scene.card.room_id
        return scene.by(lambda who: payloads.interact_word(who, kind=kind, at=scene.now, room_id=room_id))

    return staging


def _viewers_online(scene: _Scene) -> tuple[Shown, ...]:
    return (Shown.public(payloads.viewers_online(scene.act.count) | scene.acknowledged()),)


def _live(scene: _Scene) -> tuple[Shown, ...]:
    card = scene.card
    return tuple(
        Shown.public(payloads.live(room_id=card.room_id, live_key=card.live_key, at=scene.now, first=first))
        for first in (True, False)
    )


def _preparing(scene: _Scene) -> tuple[Shown, ...]:
    return (Shown.public(payloads.preparing(room_id=scene.card.room_id) | scene.acknowledged()),)


def _public(build: Callable[[_Scene], Command]) -> _Staging:
    return lambda scene: (Shown.public(build(scene)),)


_STAGED: dict[str, _Staging] = {
    "danmaku": _chat,
    "emoticon": _chat,
    "lottery": _chat,
    "mirror": _chat,
    "super_chat": _super_chat,
    "super_chat_delete": _super_chat_delete,
    "gift": _gift,
    "guard": _guard,
    "enter": _interaction(payloads.ENTER),
    "follow": _interaction(payloads.FOLLOW),
    "share": _interaction(payloads.SHARE),
    "like": lambda scene: scene.by(payloads.like),
    "recall": lambda scene: scene.by(payloads.recalled),
    "mute": lambda scene: scene.by(payloads.viewer_muted),
    "silent_on": _public(lambda scene: payloads.room_silenced()),
    "silent_off": _public(lambda scene: payloads.room_unsilenced()),
    "warning": _public(lambda scene: payloads.warning(scene.act.text, room_id=scene.card.room_id)),
    "likes_total": _public(lambda scene: payloads.likes_total(scene.act.count)),
    "online": _viewers_online,
    "watched": _public(lambda scene: payloads.watched(scene.act.count)),
    "live": _live,
    "preparing": _preparing,
    "title": _public(lambda scene: payloads.room_changed(scene.act.text)),
}
