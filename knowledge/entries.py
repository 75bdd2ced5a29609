"""The values of the library: an entry of the FAQ, a match of a text with one, what is wrong, what changed.

An Entry that exists is valid; `problems` words for its editor why one could not be made.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from math import inf
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from knowledge.errors import EntriesInvalid

MAX_ID_CHARACTERS: Final = 100
MAX_CATEGORY_CHARACTERS: Final = 100
MAX_QUESTION_CHARACTERS: Final = 500
MAX_ANSWER_CHARACTERS: Final = 2_000
MAX_NOTE_CHARACTERS: Final = 2_000


def _refuse_invisible(text: str) -> str:
    if not text.isprintable() or any(character.isspace() for character in text):
        raise ValueError("has a space or an invisible character")
    return text


def _refuse_controls(text: str) -> str:
    if text.isprintable():
        return text
    for character in text:
        if _is_control(character):
            raise ValueError(f"has the control character U+{ord(character):04X}")
    return text


def _is_control(character: str) -> bool:
    return (character < " " and character not in "\t\n\r") or "\x7f" <= character <= "\x9f"


_Id = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_ID_CHARACTERS), AfterValidator(_refuse_invisible)
]
_Wording = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_QUESTION_CHARACTERS),
    AfterValidator(_refuse_controls),
]
_Answer = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ANSWER_CHARACTERS),
    AfterValidator(_refuse_controls),
]
_ShortAnswer = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_ANSWER_CHARACTERS),
    AfterValidator(_refuse_controls),
]
_Category = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_CATEGORY_CHARACTERS),
    AfterValidator(_refuse_controls),
]
_Threshold = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]
_Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_NOTE_CHARACTERS),
    AfterValidator(_refuse_controls),
]


_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_EARLY_HOUR = re.compile(r"\d:")


def _moment(value: Any, *, last: bool = False) -> datetime:
    """`last`: a day without a time of day means its end."""
    if isinstance(value, datetime):
        return value
    day, _, rest = (
        (" ".join(value.split()) if isinstance(value, str) else "").replace("T", " ").partition(" ")
    )
    if typed := _DAY.fullmatch(day):
        day = "{:0>4}-{:0>2}-{:0>2}".format(*typed.groups())
    if _EARLY_HOUR.match(rest):
        rest = f"0{rest}"
    try:
        moment = datetime.fromisoformat(f"{day} {rest}".strip())
    except ValueError:
        raise ValueError("is no date and time, as in 2026-11-11 20:00") from None
    is_day = not rest
    return datetime.combine(moment, time(23, 59, 59)) if is_day and last else moment


def _last_moment(value: Any) -> datetime:
    return _moment(value, last=True)


def _or_none(parse: Any) -> Any:
    return lambda value: None if value is None else parse(value)


_From = Annotated[datetime | None, BeforeValidator(_or_none(_moment))]
_Until = Annotated[datetime | None, BeforeValidator(_or_none(_last_moment))]


class Entry(BaseModel):
    """A question, other ways to ask it, and the approved answer. A wording given twice is kept once.

    `short_answer` is for rooms whose lines are too short for the answer; `other_answers` say the same in
    other words. Answers may hold placeholders (`{price}`). `rooms` (`bilibili:123`): the only ones it is
    for. It holds from `valid_from` to `valid_until`; a time without offset is the local one.
    `threshold`: the least probability at which its editor lets it be a reply, whatever holds for others.
    `note` is the editors' own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    question: _Wording
    answer: _Answer
    category: _Category = ""
    variants: tuple[_Wording, ...] = ()
    threshold: _Threshold | None = None
    short_answer: _ShortAnswer = ""
    other_answers: tuple[_Answer, ...] = ()
    rooms: tuple[_Id, ...] = ()
    valid_from: _From = None
    valid_until: _Until = None
    enabled: Annotated[bool, Field(strict=True)] = True
    note: _Note = ""

    @field_validator("variants")
    @classmethod
    def _keep_each_wording_once(cls, variants: tuple[str, ...], info: Any) -> tuple[str, ...]:
        question = info.data.get("question")  # absent when it is invalid itself
        return tuple(dict.fromkeys(variant for variant in variants if variant != question))

    @field_validator("other_answers", "rooms")
    @classmethod
    def _keep_each_once(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(texts))

    @model_validator(mode="after")
    def _end_after_the_beginning(self) -> "Entry":
        if self.valid_from and self.valid_until and _seconds(self.valid_until) <= _seconds(self.valid_from):
            raise ValueError("valid_until: is not after valid_from")
        return self

    def holds(self, *, at: float, room: str = "") -> bool:
        """Whether it may be answered with at this time (seconds since 1970), in this room or in any."""
        if not self.enabled or (room and self.rooms and room not in self.rooms):
            return False
        return self.begins <= at < self.ends

    @property
    def begins(self) -> float:
        """From when it holds, in seconds since 1970; minus infinity where nothing is said."""
        return -inf if self.valid_from is None else _seconds(self.valid_from)

    @property
    def ends(self) -> float:
        """Until when, likewise; infinity where nothing is said."""
        return inf if self.valid_until is None else _seconds(self.valid_until)

    @property
    def wordings(self) -> tuple[str, ...]:
        """All ways to ask it, as the editor wrote them, the question first."""
        return (self.question, *self.variants)

    @property
    def content_hash(self) -> str:
        """32 hexadecimal digits; entries of equal content have the same, whatever their ids."""
        fields = type(self).model_fields
        unset = {name for name in _NEWER_FIELDS if getattr(self, name) == fields[name].default}
        content = self.model_dump_json(exclude={"id"} | unset)
        return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


_NEWER_FIELDS: Final = (  # left out of the hash while unset: what databases hold stays true
    "threshold",
    "short_answer",
    "other_answers",
    "rooms",
    "valid_from",
    "valid_until",
    "enabled",
    "note",
)


def _seconds(moment: datetime) -> float:
    """Since 1970; a time without offset is the local one."""
    try:
        return moment.timestamp()
    except (ValueError, OverflowError):  # at the ends of the calendar the offset leads out of it
        return -inf if moment.year < 1970 else inf


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a text is near to.

    `score` is the cosine of the text and `wording`, the nearest of the entry's wordings as its editor wrote
    it; `folded` is that wording as it was compared.
    """

    entry: Entry
    score: float
    wording: str
    folded: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in an editor's data. `line` is None and `field` empty where it is about the whole.

    `line` is the row of a sheet, and `field` its column as the editor named it. `value` is what stood there,
    safe to print; `remedy` says how to mend it. One that `spoils_all` is about a whole column: no row can be
    taken as it was meant.
    """

    source: str
    line: int | None
    field: str
    message: str
    value: str = ""
    remedy: str = ""
    spoils_all: bool = False

    def __str__(self) -> str:
        """One line: `file:line: field: message`."""
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return ": ".join(part for part in (place, self.field, self.message) if part)


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the entries that were given, and how many others went. All zero: nothing happened."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0

    @classmethod
    def counted(
        cls, before: Mapping[str, object], given: Mapping[str, object], *, removed: int = 0
    ) -> "Changes":
        """Both mappings hold what is compared, by entry id."""
        kinds = Counter(
            "added" if id not in before else "unchanged" if before[id] == content else "changed"
            for id, content in given.items()
        )
        return cls(kinds["added"], kinds["changed"], kinds["unchanged"], removed)


def by_id(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The entries under their ids, in order. Raises EntriesInvalid when two have the same id."""
    listed = list(entries)
    named = {entry.id: entry for entry in listed}
    if len(named) < len(listed):
        raise EntriesInvalid(_repeated_ids(listed))
    return named


def _repeated_ids(entries: Iterable[Entry]) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for number, entry in enumerate(entries, start=1):
        if (earlier := first.setdefault(entry.id, number)) != number:
            message = f"{entry.id!r} is already the id of entry {earlier}"
            problems.append(Problem(f"entry {number}", None, "id", message))
    return problems
