"""An approved answer as the room can take it: one line, or several split where a reader would breathe. Pure.

Nothing is ever left out of an answer: one that needs more lines than allowed has no wording at all.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import reduce

Measure = Callable[[str], int]

# Where a line may end, the best places first; the text keeps its punctuation.
_BREAKS = (
    re.compile(r"(?<=[。！？；!?;…])|(?<=[.])(?=\s)"),
    re.compile(r"(?<=[，、：,])(?![0-9])|(?<=[:])(?=\s)"),
    re.compile(r"\s+"),
)
_SPACES = re.compile(r"\s+")


def lines(answer: str, *, limit: int, most: int, measure: Measure = len) -> tuple[str, ...]:
    """`answer` as at most `most` lines, each at most `limit` by `measure`; () when it cannot be done.

    Joined without white space, the lines are the answer's own characters in their order.
    """
    text = one_line(answer)
    if not text or limit < 1:
        return ()
    parts = _pack(_pieces(text, limit, measure, _BREAKS), limit, measure)
    fits = len(parts) <= most and all(measure(part) <= limit for part in parts)
    return tuple(parts) if fits else ()


def whole(lines: Iterable[str]) -> str:
    """What `lines` made several, as one text again; white space may differ."""
    return reduce(_join, lines)


def one_line(text: str) -> str:
    """White space as single spaces; what no chat can show (controls, lone surrogates) removed."""
    shown = "".join(character for character in _SPACES.sub(" ", text) if character.isprintable())
    return shown.strip()


def _pieces(text: str, limit: int, measure: Measure, breaks: Sequence[re.Pattern[str]]) -> list[str]:
    """Cut only as finely as the limit demands; where no break helps, between characters."""
    if measure(text) <= limit:
        return [text]
    if not breaks:
        return _hard_pieces(text, limit, measure)
    pieces = [piece for piece in breaks[0].split(text) if piece]
    return [small for piece in pieces for small in _pieces(piece, limit, measure, breaks[1:])]


def _hard_pieces(text: str, limit: int, measure: Measure) -> list[str]:
    pieces = [""]
    for character in text:
        if measure(pieces[-1] + character) > limit:
            pieces.append("")
        pieces[-1] += character
    return [piece for piece in pieces if piece]


def _pack(pieces: Sequence[str], limit: int, measure: Measure) -> list[str]:
    """Neighbouring pieces joined while they fit; latin words get their space back."""
    packed: list[str] = []
    for piece in pieces:
        joined = _join(packed[-1], piece) if packed else ""
        if packed and measure(joined) <= limit:
            packed[-1] = joined
        else:
            packed.append(piece.strip())
    return [line for line in packed if line]


def _join(left: str, right: str) -> str:
    if left.endswith(" ") or right.startswith(" "):
        return left + right
    needs_space = left[-1:].isascii() and right[:1].isascii() and left[-1:] != "-"
    return f"{left} {right}" if needs_space else left + right
