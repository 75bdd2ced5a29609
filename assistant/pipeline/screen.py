"""The first look at a line of chat: what needs no understanding to be left alone. Pure, a few microseconds.

Whether a text asks anything is judged later, with the knowledge base; here only facts about the line count.
"""

from collections.abc import Callable
from dataclasses import dataclass

from assistant.actions import Reason
from assistant.events import Danmaku, SuperChat, Viewer
from assistant.pipeline.injection import is_injection

STALE_SECONDS = 60.0
ChatLine = Danmaku | SuperChat


@dataclass(frozen=True, slots=True)
class Setting:
    """What the screen must know of the room."""

    own_viewer_id: str = ""
    host_viewer_id: str = ""
    answers_the_host: bool = False


def screen(
    line: ChatLine, setting: Setting, *, folded: str | None = None, age_seconds: float = 0.0
) -> Reason | None:
    """Why the line is to be ignored, None when it deserves a judgement. A paid line always does.

    `folded` is its text folded, where that was done already.
    """
    if isinstance(line, SuperChat):
        return None
    reason = next((reason for reason, applies in _CHECKS if applies(line, setting)), None)
    if reason is None and is_injection(line.text, folded=folded):
        reason = Reason.INJECTION
    return Reason.STALE if reason is None and age_seconds > STALE_SECONDS else reason


def _is_own(viewer: Viewer, setting: Setting) -> bool:
    return bool(setting.own_viewer_id) and viewer.id == setting.own_viewer_id


def _is_to_another(line: Danmaku, setting: Setting) -> bool:
    """An @-reply that names neither us nor the host is viewers talking with each other."""
    return bool(line.reply_to) and line.reply_to not in (setting.own_viewer_id, setting.host_viewer_id)


_CHECKS: tuple[tuple[Reason, Callable[[Danmaku, Setting], bool]], ...] = (
    (Reason.OWN, lambda line, setting: _is_own(line.viewer, setting)),
    (Reason.HOST, lambda line, setting: line.viewer.is_host and not setting.answers_the_host),
    (Reason.MIRROR, lambda line, setting: line.is_mirror),
    (Reason.LOTTERY, lambda line, setting: line.is_lottery),
    (Reason.EMOTICON, lambda line, setting: line.is_emoticon),
    (Reason.TAPPED, lambda line, setting: line.is_repeat_tap),
    (Reason.TO_ANOTHER, _is_to_another),
)
