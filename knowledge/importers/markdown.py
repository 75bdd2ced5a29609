"""Markdown: a heading for each question, `## When will it ship? {#ship}`, with its answer below it.

The heading above a question is its category. Lines like `- variants: …` between question and answer hold the
other fields, one line for each of several variants. The answer is taken as it is typed: it is read by
viewers, so stars and links are no formatting in it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from knowledge.entries import Entry, Problem
from knowledge.errors import FileNotWritten
from knowledge.importers.base import Importer, Language, Reading, Row, checked, fields_of
from knowledge.importers.columns import COLUMNS, LISTS, Wrong, field_of, joined, parsed, truth_word
from knowledge.importers.encodings import decoded
from knowledge.problems import shown

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?")
_CLOSING = re.compile(r"(?:^|[ \t]+)(?<!\\)#+$")
_ID = re.compile(r"(.*?)[ \t]*(?<!\\)\{#(\S+)\}")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)")
_BREAK = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}")
_FIELD = re.compile(r" {0,3}[-*+][ \t]++([^:：]{1,40}?)[ \t]*+[:：](.*)")
_LINE_END = re.compile(r"\r\n|\n|\r")
_LINE_ENDS_TOO = re.compile(r"(\r\n|\n|\r)")
_ESCAPED_LINE = re.compile(r"^(\s*)\\(?=[#`~\-*+_\\])")
_RETURN = re.compile(r"(\\*)(\r|&#13;)")  # besides the opening of a line, all that an answer escapes
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])|&#(\d{1,7});")
_MEANING = re.compile(r"\\|&(?=#\d{1,7};)|\{(?=#)|#(?=\Z)")
_MAX_TITLE_CHARACTERS: Final = 4_000  # more is no question, however it is escaped
_TWICE: Final = Wrong("is given twice", "delete one of the two")
_PLACE: Final = "write it below a heading that is a question"


class Markdown:
    """In UTF-8, UTF-16 or GBK; the lines of a row are those of its heading."""

    suffixes: tuple[str, ...] = (".md", ".markdown")

    def read(self, path: Path) -> Reading:
        return checked(str(path), _rows(path))

    def render(self, entries: Sequence[Entry], language: Language) -> bytes:
        return "\n".join(_written(entries, language)).encode()

    def named(self, path: Path, ids: Mapping[int, str]) -> bytes:
        text = decoded(path)
        if isinstance(text, Problem):
            raise FileNotWritten(str(text))
        parts = _LINE_ENDS_TOO.split(text.text)  # a line, its end, the next line, …
        for number, id in ids.items():
            line = parts[2 * number - 2]
            bare = _CLOSING.sub("", line.rstrip(" \t")).rstrip(" \t")
            parts[2 * number - 2] = f"{bare} {{#{id}}}{line[len(bare) :]}"
        return text.encoded("".join(parts))


@dataclass(slots=True)
class Section:
    """A heading and what stands below it, up to the next. `code` are the lines in a block of code."""

    line: int
    level: int
    title: str
    lines: list[str] = field(default_factory=list)
    code: set[int] = field(default_factory=set)

    @property
    def first(self) -> int | None:
        """Which of the lines below the heading is the first that says something."""
        return next((number for number, line in enumerate(self.lines) if line.strip()), None)


def _rows(path: Path) -> Iterator[Row | Problem]:
    text = decoded(path)
    if isinstance(text, Problem):
        yield text
        return
    source = str(path)
    found = list(_sections(source, _LINE_END.split(text.text)))
    yield from (problem for problem in found if isinstance(problem, Problem))
    sections = [section for section in found if isinstance(section, Section)]
    above: dict[int, str] = {}
    for section, following in zip(sections, [*sections[1:], None], strict=True):
        above = {level: title for level, title in above.items() if level < section.level}
        is_category = following is not None and following.level > section.level
        if section.level == 0 or is_category:
            above[section.level] = _unescaped(_CLOSING.sub("", section.title))
            yield from _stray(source, section)
        else:
            yield _row(source, section, above[max(above)])


def _stray(source: str, section: Section) -> Iterator[Problem]:
    if section.first is None:
        return
    message = "is no answer: it stands before the first heading"
    if section.level:
        message = "is no answer: the heading above it has headings of its own, so it is a category"
    text = shown(section.lines[section.first].strip())
    yield Problem(source, section.line + section.first + 1, "", message, text, _PLACE)


def _sections(source: str, lines: Sequence[str]) -> Iterator[Section | Problem]:
    """What is before the first heading counts as one of level 0. Headings in a block of code are none."""
    section = Section(0, 0, "")
    fence, opened = "", 0
    for number, line in enumerate(lines, start=1):
        marks = _FENCE.fullmatch(line)
        if fence:
            section.code.add(len(section.lines))
            if marks and marks[1].startswith(fence) and not marks[2].strip():
                fence = ""
        elif heading := _HEADING.fullmatch(line):
            yield section
            title = (heading[2] or "").strip(" \t")[:_MAX_TITLE_CHARACTERS]
            section = Section(number, len(heading[1]), title)
            continue
        elif marks:
            fence, opened = marks[1], number
        section.lines.append(line)
    yield section
    if fence:
        message, remedy = "opens a block of code that is never closed", f"close it with {fence}"
        yield Problem(source, opened, "", message, fence, remedy)


def _row(source: str, section: Section, category: str) -> Row:
    title = _CLOSING.sub("", section.title)
    named = _ID.fullmatch(title)
    fields: dict[str, Any] = {"category": category, "question": _unescaped(named[1] if named else title)}
    fields |= {"id": named[2]} if named else {}
    problems, begin = [], len(section.lines)
    for number, line in enumerate(section.lines):
        if not line.strip():
            continue
        if not (found := _metadata(line)):
            begin = number
            break
        field, value = found[0], parsed(found[0], _unescaped(found[1]))
        stands_already = field in fields and field not in (*LISTS, "category")
        wrong = _TWICE if stands_already else value
        if isinstance(wrong, Wrong):
            place = section.line + number + 1
            problems.append(Problem(source, place, field, wrong.message, shown(found[1]), wrong.remedy))
        else:
            fields[field] = fields.get(field, []) + value if field in LISTS else value
    if answer := _answer(section, begin):
        fields["answer"] = answer
    return Row(section.line, {k: v for k, v in fields.items() if v != ""}, {}, tuple(problems))


def _metadata(line: str) -> tuple[str, str] | None:
    """The field that the line gives, and its text."""
    found = _FIELD.fullmatch(line)
    name = field_of(found[1]) if found else None
    return (name, found[2].strip(" \t")) if found and name and name not in ("question", "answer") else None


def _answer(section: Section, begin: int) -> str:
    """Without the rules that part entries from each other."""
    end = len(section.lines)
    while end > begin and not _says_something(section, end - 1):
        end -= 1
    lines = (
        line if number in section.code else _ESCAPED_LINE.sub(r"\1", line)
        for number, line in enumerate(section.lines[begin:end], start=begin)
    )
    return _RETURN.sub(_with_return, "\n".join(lines)).strip()


def _with_return(found: re.Match[str]) -> str:
    """As in every text of escapes, two backslashes are one, and the odd one takes the meaning away."""
    backslashes, is_literal = divmod(len(found[1]), 2)
    return "\\" * backslashes + ("&#13;" if is_literal else "\r")


def _without_return(found: re.Match[str]) -> str:
    return found[1] * 2 + ("&#13;" if found[2] == "\r" else "\\&#13;")


def _says_something(section: Section, number: int) -> bool:
    line = section.lines[number]
    return number in section.code or bool(line.strip() and not _BREAK.fullmatch(line))


def _written(entries: Sequence[Entry], language: Language) -> Iterator[str]:
    above = ""
    for entry in entries:
        fields = fields_of(entry)
        if entry.category and entry.category != above:
            above = entry.category
            yield f"# {_escaped(above)}\n"
        yield f"## {_escaped(entry.question)} {{#{entry.id}}}\n"
        metadata = [
            f"- {COLUMNS[name][language]}: {_escaped(text)}".rstrip(" ")
            for name, value in fields.items()
            if name not in ("id", "category", "question", "answer")
            for text in _texts(name, value, language)
        ]
        if above and not entry.category:
            metadata.insert(0, f"- {COLUMNS['category'][language]}:")
        yield from [*metadata, ""] if metadata else []
        yield f"{_escaped_answer(entry.answer)}\n"


def _texts(name: str, value: Any, language: Language) -> list[str]:
    if name in LISTS:
        return [joined(name, [item]) for item in value]
    return [truth_word(value, language) if isinstance(value, bool) else str(value)]


def _escaped_answer(answer: str) -> str:
    lines = _RETURN.sub(_without_return, answer).split("\n")
    last = len(lines) - 1
    return "\n".join(
        f"{line[: len(line) - len(line.lstrip())]}\\{line.lstrip()}"
        if _HEADING.fullmatch(line)
        or _FENCE.fullmatch(line)
        or _ESCAPED_LINE.match(line)
        or (number == 0 and _metadata(line))
        or (number == last and _BREAK.fullmatch(line))
        else line
        for number, line in enumerate(lines)
    )


def _escaped(text: str) -> str:
    """A text on one line, nothing in it that means more than itself."""
    text = _MEANING.sub(lambda found: f"\\{found[0]}", text)
    return text.replace("\n", "&#10;").replace("\r", "&#13;")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: found[1] or _character(int(found[2])) or found[0], text)


def _character(code: int) -> str:
    return chr(code) if code < 0xD800 or 0xE000 <= code < 0x110000 else ""


IMPORTER: Importer = Markdown()
