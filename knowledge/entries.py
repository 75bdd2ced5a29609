"""The values of the library: an entry of the FAQ, a match of a text with one, what is wrong, what changed.

An Entry that exists is valid; `problems` words for its editor why one could not be made.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from knowledge.errors import EntriesInvalid

MAX_ID_CHARACTERS: Final = 100
MAX_CATEGORY_CHARACTERS: Final = 100
MAX_QUESTION_CHARACTERS: Final = 500
MAX_ANSWER_CHARACTERS: Final = 2_000


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
_Category = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_CATEGORY_CHARACTERS),
    AfterValidator(_refuse_controls),
]
_Threshold = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]


class Entry(BaseModel):
    """A question, other ways to ask it, and the approved answer. A wording given twice is kept once.

    `threshold`: the least probability at which its editor lets it be a reply, whatever holds for others.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    question: _Wording
    answer: _Answer
    category: _Category = ""
    variants: tuple[_Wording, ...] = ()
    threshold: _Threshold | None = None

    @field_validator("variants")
    @classmethod
    def _keep_each_wording_once(cls, variants: tuple[str, ...], info: Any) -> tuple[str, ...]:
        question = info.data.get("question")  # absent when it is invalid itself
        return tuple(dict.fromkeys(variant for variant in variants if variant != question))

    @property
    def wordings(self) -> tuple[str, ...]:
        """All ways to ask it, as the editor wrote them, the question first."""
        return (self.question, *self.variants)

    @property
    def content_hash(self) -> str:
        """32 hexadecimal digits; entries of equal content have the same, whatever their ids."""
        unset = {"threshold"} if self.threshold is None else set()  # hashes older than the field stay true
        content = self.model_dump_json(exclude={"id"} | unset)
        return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


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
    """Something wrong in an editor's data. `line` is None and `field` empty where it is about the whole."""

    source: str
    line: int | None
    field: str
    message: str

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
