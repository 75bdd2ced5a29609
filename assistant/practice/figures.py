"""The room's own figures: who is watching now, who has watched at all, and how many likes there were.

Counts the people that acts show, so that watch time can be integrated from what the room reports; figures
that a script states itself win over the count.
"""

from assistant.practice.acts import Act
from assistant.practice.people import Person

QUIET_VIEWERS = 20  # who watch and never say a word
STAYING_SECONDS = 300.0  # a viewer counts as watching for so long after the last sign of life


class Figures:
    """Fed with every act; remembers everyone who was ever seen."""

    def __init__(self) -> None:
        self._seen: dict[int, tuple[str, float]] = {}
        self._likes = 0
        self._stated: dict[str, int] = {}

    def notice(self, act: Act, person: Person, *, now: float) -> None:
        if act.is_figure:
            self._stated[act.kind] = act.count
            return
        self._likes += act.kind == "like"
        if person.name:
            self._seen[person.uid] = (person.name, now)

    def name_of(self, uid: int) -> str:
        """The name of someone who was seen, else empty."""
        name, _ = self._seen.get(uid, ("", 0.0))
        return name

    def report(self, *, now: float) -> tuple[Act, ...]:
        """The figures as acts, ready to be shown."""
        watching = sum(now - seen < STAYING_SECONDS for _, seen in self._seen.values())
        counted = {
            "online": QUIET_VIEWERS + watching,
            "watched": QUIET_VIEWERS + len(self._seen),
            "likes_total": self._likes,
        }
        return tuple(Act(kind=kind, count=count) for kind, count in (counted | self._stated).items())
