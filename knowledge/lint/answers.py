"""Rules about what an entry says: its length, its words, its placeholders, the number that was asked for."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from knowledge.entries import Entry
from knowledge.lint.findings import Circumstances, Finding, LintLimits, Rule, found
from knowledge.lint.quantities import asks_quantity, names_quantity
from knowledge.placeholders import fill, names_in
from knowledge.problems import shown
from knowledge.text import fold

_LATIN = re.compile(r"[a-z0-9]")


def too_long(entry: Entry, at: Circumstances) -> Iterator[Finding]:
    """An answer that no splitting makes fit is never said; a short answer that fits stands in for it."""
    limits = at.limits
    if not _fits(entry.answer, limits):
        if entry.short_answer and _fits(entry.short_answer, limits):
            return
        field = "short_answer" if entry.short_answer else "answer"
        yield _too_long(entry, field, getattr(entry, field), limits)
        return
    for number, answer in enumerate(entry.other_answers, start=1):
        if not _fits(answer, limits):
            yield _too_long(entry, f"other_answers.{number}", answer, limits)


def banned_word(entry: Entry, at: Circumstances) -> Iterator[Finding]:
    if not at.limits.banned:
        return
    pattern = _any_of(at.limits.banned)
    for field, answer in _answers(entry):
        if words := {match[0] for match in pattern.finditer(_read(answer))}:
            listed = ", ".join(shown(word) for word in sorted(words))
            yield found(
                Rule.BANNED_WORD,
                entry.id,
                severity="error",
                message=f"{field} has a banned word: {listed}",
                field=field,
                words=listed,
            )


def unknown_placeholder(entry: Entry, at: Circumstances) -> Iterator[Finding]:
    known = at.limits.placeholders
    if known is None:
        return
    for field, answer in _answers(entry):
        if unknown := [name for name in names_in(answer) if not known.get(name)]:
            listed = ", ".join(f"{{{shown(name)}}}" for name in unknown)
            yield found(
                Rule.UNKNOWN_PLACEHOLDER,
                entry.id,
                severity="error",
                message=f"{field} has {listed}, which nobody has given a value",
                field=field,
                placeholders=listed,
            )


def no_number(entry: Entry, _: Circumstances) -> Iterator[Finding]:
    """A placeholder counts as the number it will be."""
    if not asks_quantity(fold(entry.question)) or names_in(entry.answer):
        return
    if not names_quantity(fold(entry.answer)):
        message = f"“{shown(entry.question)}” asks for a number or a time, and the answer names none"
        yield found(Rule.NO_NUMBER, entry.id, message=message, answer=shown(entry.answer))


def no_variants(entry: Entry, _: Circumstances) -> Iterator[Finding]:
    if not entry.variants:
        message = f"“{shown(entry.question)}” is the only way it is asked"
        yield found(Rule.NO_VARIANTS, entry.id, message=message)


def _answers(entry: Entry) -> Iterator[tuple[str, str]]:
    yield "answer", entry.answer
    if entry.short_answer:
        yield "short_answer", entry.short_answer
    for number, answer in enumerate(entry.other_answers, start=1):
        yield f"other_answers.{number}", answer


def _fits(answer: str, limits: LintLimits) -> bool:
    said = _filled(answer, limits.placeholders or {})
    return len(said) <= limits.characters if limits.fits is None else limits.fits(said)


def _filled(answer: str, values: Mapping[str, str]) -> str:
    """As viewers would read it; with its placeholders as they stand where one has no value."""
    return " ".join((fill(answer, values) or answer).split())


def _too_long(entry: Entry, field: str, answer: str, limits: LintLimits) -> Finding:
    length = len(_filled(answer, limits.placeholders or {}))
    room = f"{limits.most_parts} lines of {limits.line_characters}"
    is_over = length > limits.characters
    why = f"; a reply is at most {room}" if is_over else f" and does not split into {room}"
    return found(
        Rule.TOO_LONG,
        entry.id,
        severity="warning" if field.startswith("other") else "error",
        message=f"{field} has {length:,} characters{why}",
        field=field,
        characters=length,
        most=limits.characters,
    )


def _read(answer: str) -> str:
    """As people read it and as a filter may: one width and case, and once more without decoration."""
    return f"{unicodedata.normalize('NFKC', answer).casefold()}\n{fold(answer)}"


@lru_cache(maxsize=8)
def _any_of(words: frozenset[str]) -> re.Pattern[str]:
    """Longest first. A Latin word is only found as a word: a class is no ass."""
    readable: Iterable[str] = {unicodedata.normalize("NFKC", word).casefold().strip() for word in words}
    ordered = sorted(filter(None, readable), key=len, reverse=True)
    return re.compile("|".join(map(_as_word, ordered)) or r"(?!)")


def _as_word(word: str) -> str:
    before = r"(?<![a-z0-9])" if _LATIN.match(word[0]) else ""
    after = r"(?![a-z0-9])" if _LATIN.match(word[-1]) else ""
    return before + re.escape(word) + after
