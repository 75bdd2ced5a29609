"""An entry's fields as options of a command, and the entry that they make.

What `add_faq.py` and `edit_faq.py` take alike; a field that was not given is None.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError

from knowledge.entries import Entry, Problem
from knowledge.errors import EntriesInvalid
from knowledge.problems import problems_of

Category = Annotated[str | None, typer.Option("--category", help="What it is about, as you sort entries.")]
ShortAnswer = Annotated[
    str | None, typer.Option("--short-answer", help="For rooms whose lines are too short for the answer.")
]
ValidFrom = Annotated[
    str | None, typer.Option("--valid-from", metavar="TIME", help="2026-11-11 20:00, or a day.")
]
ValidUntil = Annotated[
    str | None, typer.Option("--valid-until", metavar="TIME", help="Likewise; a day means its end.")
]
Threshold = Annotated[
    str | None,
    typer.Option("--threshold", metavar="0-1", help="How sure a reply must be, whatever holds for others."),
]
Note = Annotated[str | None, typer.Option("--note", help="For editors; viewers never see it.")]

_WITHOUT: Final = ("valid_from", "valid_until", "threshold")  # an empty text is none at all


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those that were given; an empty text takes a time or a threshold out."""
    return {
        name: None if name in _WITHOUT and value == "" else _number(value) if name == "threshold" else value
        for name, value in fields.items()
        if value is not None
    }


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter("must be a number from 0 to 1", param_hint="--threshold") from None


def made(fields: Mapping[str, Any]) -> Entry:
    """Raises EntriesInvalid with all that is wrong."""
    try:
        return Entry.model_validate(fields)
    except ValidationError as error:
        raise EntriesInvalid(problems_of(error, "")) from None


def with_and_without(
    texts: Sequence[str], *, add: Sequence[str] | None, remove: Sequence[str] | None, what: str
) -> list[str]:
    """The texts, some more and some fewer. Raises EntriesInvalid when one to take out is not there."""
    missing = [text for text in remove or () if text not in texts]
    if missing:
        known = ", ".join(texts) or "none"
        raise EntriesInvalid(
            [
                Problem("", None, "", f"there is no such {what}: {text}; there are: {known}")
                for text in missing
            ]
        )
    return [*(text for text in texts if text not in (remove or ())), *(add or ())]
