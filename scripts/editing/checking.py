"""What a lint is told: the limits of a team's rooms, its banned words, what the last broadcasts showed."""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from assistant.asked import read_asked
from assistant.errors import AssistantError
from assistant.pipeline import wording
from assistant.settings import Settings
from editing.replaying import has_journal
from knowledge.lint import LintLimits, Usage

LINE_CHARACTERS: Final = 20
"""What a new account may say in one line."""

_DAY_SECONDS: Final = 86_400.0


def limits_of(
    settings: Settings,
    *,
    is_configured: bool,
    line_characters: int,
    most_parts: int | None,
    banned: Iterable[str],
    soon_days: float,
    broadcasts: int,
) -> LintLimits:
    """Answers are split as the assistant splits them. Without a configuration no placeholder is wrong."""
    most = most_parts or settings.sending.most_parts
    values = placeholder_values(settings)
    return LintLimits(
        line_characters=line_characters,
        most_parts=most,
        banned=frozenset([*words(banned), *settings.drafts.banned_words]),
        soon_seconds=soon_days * _DAY_SECONDS,
        placeholders=values if values or is_configured else None,
        fits=lambda text: bool(wording.lines(text, limit=line_characters, most=most)),
        unused_broadcasts=max(1, min(LintLimits().unused_broadcasts, broadcasts)),
    )


def placeholder_values(settings: Settings) -> dict[str, str]:
    """Each name that has a value in some room; what holds everywhere first."""
    values: dict[str, str] = {}
    rooms = [*settings.broadcast.rooms.values(), settings.broadcast.model_extra or {}]
    for named in rooms:
        values |= {name: value for name, value in named.items() if value}
    return values


def words(banned: Iterable[str]) -> Iterator[str]:
    """Each is a word, or `@FILE` with one a line. Raises AssistantError."""
    for one in banned:
        if not one.startswith("@"):
            yield one
            continue
        try:
            lines = Path(one[1:]).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            raise AssistantError(f"{one[1:]}: cannot be read as UTF-8 text") from None
        yield from filter(None, map(str.strip, lines))


def usage_of(database: Path, *, broadcasts: int) -> Usage | None:
    """None where nothing was heard yet."""
    if broadcasts < 1 or not has_journal(database):
        return None
    return asyncio.run(read_asked(database, broadcasts=broadcasts)).usage
