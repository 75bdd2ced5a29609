"""Shows what the assistant would do about a question by the draft's entries, and why; nothing is sent.

One question is explained in full; of several, or of a file of them, each gets a line.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from editing import (
    AsJson,
    Config,
    Db,
    console,
    database_of,
    print_json,
    print_line,
    run,
    said_in_a_line,
    settings_of,
)
from editing.checking import LINE_CHARACTERS
from editing.planning import Standing
from editing.printing import rows_table

from assistant.actions import Action, Decision
from assistant.commands.asking import ask
from assistant.deciding import decide_texts, read_texts, to_json
from assistant.errors import AssistantError
from assistant.faq import open_base, read_faq
from assistant.holding import held
from assistant.phrases import Language, own_language
from assistant.pipeline.decide import Bars
from assistant.pipeline.place import Place
from assistant.pipeline.saying import Sayings
from assistant.settings import RoomAddress, Settings
from knowledge import Entry, KnowledgeBase
from knowledge.ranking import open_ranker

_NOT_SAID = "nothing: it is too long for the room, or a placeholder has no value"


def main(
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="TEXT", help="What viewers might type.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file", metavar="FILE", help="More of them, one a line, or as .jsonl with a text each."
        ),
    ] = None,
    db: Db = None,
    published: Annotated[
        bool, typer.Option("--published", help="By what viewers are answered with, not by the draft.")
    ] = False,
    faq: Annotated[
        Path | None, typer.Option("--faq", metavar="FILE", help="By a FAQ file, and no database.")
    ] = None,
    room: Annotated[
        str, typer.Option("--room", help="As in this room, bilibili:123: its entries and placeholders.")
    ] = "",
    line_characters: Annotated[
        int, typer.Option("--line-characters", min=1, help="What one line may hold in your room.")
    ] = LINE_CHARACTERS,
    language: Annotated[
        Language | None, typer.Option("--language", help="To explain in; default: your system's.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    with said_in_a_line():
        asked = [*(texts or ()), *(texts_of(file) if file else ())]
        if not asked:
            raise typer.BadParameter("give a question, or a --file of them", param_hint="TEXT")
        settings = settings_of(config)
        mouth = Mouth.of(settings, room, line_characters)
        entries = read_faq(faq) if faq else entries_of(database_of(db, config), published=published)
        now = time.time()
        base = open_base(held(entries, at=now, room=room), at=now, model=settings.knowledge.model)
        tried = answers(asked, base, settings, mouth)
        if len(asked) == 1:
            tell_one(tried[0], base, settings, language=language or own_language(), as_json=as_json)
        elif as_json:
            print_json({"questions": [one.as_json() for one in tried]})
        else:
            headings = ("asked", "what happens", "by entry", "sure", "what is said")
            console().print(rows_table("", headings, (one.row() for one in tried)))


@dataclass(frozen=True, slots=True)
class Mouth:
    """How answers leave in a room: their placeholders' values, and the lines that they must fit."""

    sayings: Sayings
    place: Place

    @classmethod
    def of(cls, settings: Settings, room: str, line_characters: int) -> "Mouth":
        """Without a room, with the values that hold in all. Raises SettingsError."""
        address = RoomAddress.parse(room) if room else RoomAddress(platform="", id="")
        values = settings.broadcast.values(address)
        sayings = Sayings(values=values, most_parts=settings.sending.most_parts)
        return cls(sayings, Place(address.platform, address.id, limit=line_characters))

    def lines(self, entry: Entry) -> Sequence[str]:
        """The first of its wordings; none where none can be said."""
        return next(iter(self.sayings.wordings(entry, self.place)), ())


@dataclass(frozen=True, slots=True)
class Tried:
    """A question, what is decided about it, and the lines that viewers would read."""

    text: str
    decision: Decision
    lines: Sequence[str]

    @property
    def replies(self) -> bool:
        return self.decision.action is Action.REPLY

    def said(self) -> str:
        return " / ".join(self.lines) or (_NOT_SAID if self.replies else "")

    def row(self) -> tuple[str, str, str, str, str]:
        decision = self.decision
        entry = decision.entry_id if decision.entry_id and decision.action is not Action.IGNORE else ""
        sure = f"{decision.probability:.0%}" if entry else ""
        return self.text, f"{decision.action}: {decision.reason}", entry or "", sure, self.said()

    def as_json(self) -> dict[str, Any]:
        return {**json.loads(to_json(self.text, self.decision)), "said": list(self.lines)}


def answers(asked: Sequence[str], base: KnowledgeBase, settings: Settings, mouth: Mouth) -> list[Tried]:
    """By the team's policy, each as if it were the first."""
    policy = settings.policy
    ranker = open_ranker(policy.calibration)
    bars = Bars.of(ranker, wrong_reply_budget=policy.wrong_reply_budget, precision=policy.precision)
    tried = []
    for text, judgement, decision in decide_texts(asked, base=base, ranker=ranker, bars=bars):
        replies = decision.action is Action.REPLY
        tried.append(Tried(text, decision, mouth.lines(judgement.matches[0].entry) if replies else ()))
    return tried


def tell_one(
    tried: Tried, base: KnowledgeBase, settings: Settings, *, language: Language, as_json: bool
) -> None:
    """As `assistant ask` does, and what would be said."""
    told = ask(tried.text, base, policy=settings.policy, language=language, as_json=as_json)
    if isinstance(told, bytes):
        print_json({**json.loads(told), "said": list(tried.lines)})
        return
    console().print(told)
    if tried.replies:
        print_line("")
        print_line(f"viewers would read: {tried.said()}", "green" if tried.lines else "red")


def texts_of(file: Path) -> list[str]:
    """Raises AssistantError."""
    if file.suffix.lower() == ".jsonl":
        return read_texts(file)
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise AssistantError(f"{file}: is not UTF-8 text") from None
    return [line for line in lines if line.strip()]


def entries_of(database: Path, *, published: bool) -> Sequence[Entry]:
    standing = Standing.of(database)
    return standing.published if published else standing.draft


if __name__ == "__main__":
    run(main)
