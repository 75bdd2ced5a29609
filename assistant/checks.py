"""What editors want to know before they publish: what a question would get, what is amiss, what would break.

All of it by the assistant's own model, ranker and bars, in threads; nothing is written.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.actions import Action, Decision
from assistant.asked import read_asked
from assistant.clock import Clock
from assistant.deciding import decide_texts
from assistant.holding import held
from assistant.pipeline import wording
from assistant.pipeline.decide import Bars, decide
from assistant.room import Room
from assistant.settings import Settings
from assistant.voice import CAUTIOUS_LIMIT
from knowledge import Embedder, Entry, KnowledgeBase
from knowledge.evaluation.replay import Replay, replay
from knowledge.explaining import Explanation, explain
from knowledge.lint import Finding, LintLimits, lint
from knowledge.ranking import Judgement, Ranker
from knowledge.revisions import Draft, Revisions
from knowledge.store import EntryStore
from knowledge.text import fold

BROADCASTS = 20  # of the last ones, whose questions are replayed


@dataclass(frozen=True, slots=True)
class Tried:
    """What a question would get, and why. `bar` is what its nearest entry needs, None without one."""

    text: str
    judgement: Judgement
    decision: Decision
    explanation: Explanation
    bar: float | None


class Checks:
    """`bars` are those that hold now. Answers are to fit into the lines of the narrowest of the `rooms`."""

    def __init__(
        self,
        settings: Settings,
        *,
        rooms: Sequence[Room],
        embedder: Embedder,
        ranker: Ranker,
        bars: Callable[[], Bars],
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._database = settings.store.path
        self._embedder = embedder
        self._ranker = ranker
        self._bars = bars
        self._rooms = rooms
        self._clock = clock
        self._bases = {is_published: KnowledgeBase(embedder) for is_published in (True, False)}
        self._trying = asyncio.Lock()

    async def ask(self, text: str, *, room: str = "", published: bool = False) -> Tried:
        """What a viewer would get for this by the draft, or by what is published; as the first who asks it.
        `room`: with what holds there. Raises KnowledgeError."""
        async with self._trying:
            return await asyncio.to_thread(self._ask, text, room, published)

    async def findings(self) -> list[Finding]:
        """What an editor should look at in the draft. Raises KnowledgeError."""
        used = (await read_asked(self._database, broadcasts=BROADCASTS)).usage
        return await asyncio.to_thread(
            lambda: lint(
                _draft(self._database).entries,
                self._embedder,
                now=self._clock.now(),
                limits=self._limits(),
                used=used,
            )
        )

    async def consequences(self, *, broadcasts: int = BROADCASTS, room: str = "") -> Replay:
        """What publishing the draft would do to the questions of the last broadcasts. Raises KnowledgeError,
        StoreError."""
        asked = (await read_asked(self._database, broadcasts=broadcasts)).questions
        bars = self._bars()

        def is_reply(text: str, judgement: Judgement) -> bool:
            return decide(judgement, bars, folded=fold(text)).action is Action.REPLY

        return await asyncio.to_thread(
            lambda: replay(
                asked,
                _published(self._database),
                _draft(self._database).entries,
                embedder=self._embedder,
                ranker=self._ranker,
                is_reply=is_reply,
                at=self._clock.now(),
                room=room,
            )
        )

    def _ask(self, text: str, room: str, published: bool) -> Tried:
        entries: Iterable[Entry] = _draft(self._database).entries
        if published:
            entries = _published(self._database)
        base, bars = self._bases[published], self._bars()
        base.build(held(entries, at=self._clock.now(), room=room))  # only what changed is embedded anew
        ((_, judgement, decision),) = decide_texts([text], base=base, ranker=self._ranker, bars=bars)
        explanation = explain(text, judgement, base=base, ranker=self._ranker)
        bar = bars.of_entry(judgement.matches[0].entry) if judgement.matches else None
        return Tried(text, judgement, decision, explanation, bar)

    def _limits(self) -> LintLimits:
        """Answers are split as the assistant splits them."""
        limits = [room.voice.known_text_limit for room in self._rooms]
        limit, most = min(limits, default=CAUTIOUS_LIMIT), self._settings.sending.most_parts
        return LintLimits(
            line_characters=limit,
            most_parts=most,
            banned=frozenset(self._settings.drafts.banned_words),
            placeholders=self._placeholders(),
            fits=lambda text: bool(wording.lines(text, limit=limit, most=most)),
        )

    def _placeholders(self) -> Mapping[str, str]:
        """Each name that has a value in some room; what holds everywhere first."""
        broadcast = self._settings.broadcast
        listed = [*broadcast.rooms.values(), broadcast.model_extra or {}]
        return {name: value for values in listed for name, value in values.items() if value}


def _draft(database: Path) -> Draft:
    with Revisions(database) as revisions:
        return revisions.draft()


def _published(database: Path) -> list[Entry]:
    with EntryStore(database) as store:
        return store.load()
