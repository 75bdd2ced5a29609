"""YAML: a list of entries, or the list under `entries:`. Every value is taken as the text that is typed.

So `answer: yes` is the answer "yes" and `id: 007` keeps its zeros, which YAML's own types would change.
The events are read one by one, without building what nested aliases would make of a small file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from knowledge.entries import Entry, Problem
from knowledge.errors import FileNotWritten
from knowledge.importers.base import Importer, Language, Reading, Row, checked, fields_of
from knowledge.importers.columns import LISTS, Wrong, parsed
from knowledge.importers.encodings import decoded
from knowledge.problems import shown

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER: Final[Any] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_EMPTY: Final = frozenset({"", "~", "null", "Null", "NULL"})
_MAX_DEPTH: Final = 8
_MAX_WEIGHT: Final = 5_000_000  # texts, counted again wherever an alias repeats them
_REMEDY: Final = "write a list of entries, each with question: and answer:"


@dataclass(slots=True)
class Scalar:
    text: str | None  # None: nothing was written
    line: int
    start: int
    end: int
    weight: int = 1


@dataclass(slots=True)
class Items:
    items: "list[Node]"
    line: int
    weight: int


@dataclass(slots=True)
class Fields:
    pairs: "list[tuple[Node, Node]]"
    line: int
    is_flow: bool
    weight: int


Node = Scalar | Items | Fields


class Yaml:
    """In UTF-8, UTF-16 or GBK; the line of a row is where its entry begins."""

    suffixes: tuple[str, ...] = (".yaml", ".yml")

    def read(self, path: Path) -> Reading:
        return checked(str(path), _rows(path))

    def render(self, entries: Sequence[Entry], language: Language) -> bytes:
        listed = [fields_of(entry) for entry in entries]
        text = yaml.dump(listed, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
        return str(text).encode()

    def named(self, path: Path, ids: Mapping[int, str]) -> bytes:
        text = decoded(path)
        if isinstance(text, Problem):
            raise FileNotWritten(str(text))
        pieces, done = [], 0
        for entry in _entries(_Reader(text.text).document()):
            if isinstance(entry, Fields) and entry.line in ids:
                start, end, piece = _id_in(text.text, entry, ids[entry.line])
                pieces += [text.text[done:start], piece]
                done = end
        return text.encoded("".join([*pieces, text.text[done:]]))


class _Dumper(_DUMPER):  # type: ignore[misc]
    """Writes what has several lines as a block, for people to read, and repeats what is repeated."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent(dumper: Any, text: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent)


class _Refused(Exception):
    """What is no list of entries, and where."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _Reader:
    """Nodes out of the parser's events, no deeper than entries are, an alias being the node it names."""

    def __init__(self, text: str) -> None:
        self._events = iter(yaml.parse(text, Loader=_LOADER))
        self._anchors: dict[str, Node] = {}

    def document(self) -> Node | None:
        """The file's only document. Raises _Refused and YAMLError."""
        found: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if found is not None:
                    raise _Refused("is a second document; only one is read", event.start_mark.line + 1)
            elif isinstance(event, yaml.NodeEvent):
                found = self._node(event, 0)
        return found

    def _node(self, event: Any, depth: int) -> Node:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise _Refused(f"names *{shown(event.anchor)}, which cannot be looked up", line)
            return self._anchors[event.anchor]
        if depth > _MAX_DEPTH:
            raise _Refused("is nested too deeply for an entry", line)
        node = self._opened(event, line, depth)
        if node.weight > _MAX_WEIGHT:
            raise _Refused(f"repeats more than {_MAX_WEIGHT:,} texts", line)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _opened(self, event: Any, line: int, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            is_empty = event.value in _EMPTY and event.implicit[0] and not event.style
            text = None if is_empty else event.value
            return Scalar(text, line, event.start_mark.index, event.end_mark.index)
        children = list(self._children(depth + 1))
        weight = 1 + sum(child.weight for child in children)
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(children, line, weight)
        pairs = list(zip(children[::2], children[1::2], strict=True))
        return Fields(pairs, line, bool(event.flow_style), weight)

    def _children(self, depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                return
            yield self._node(event, depth)


def _rows(path: Path) -> Iterator[Row | Problem]:
    text = decoded(path)
    if isinstance(text, Problem):
        yield text
        return
    source = str(path)
    try:
        document = _Reader(text.text).document()
    except _Refused as error:
        yield Problem(source, error.line, "", str(error), "", _REMEDY)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        yield Problem(source, mark and mark.line + 1, "", f"is not YAML: {_said(error.problem)}", "", _HINT)
    except yaml.YAMLError as error:
        yield Problem(source, None, "", f"is not YAML: {_said(error)}", "", _HINT)
    else:
        yield from (_row(source, entry) for entry in _entries(document))


_HINT: Final = "put the text in quotation marks, and indent as the other entries are"


def _said(error: object) -> str:
    return shown(str(error).splitlines()[0] if str(error) else "unreadable", 100)


def _entries(document: Node | None) -> list[Node]:
    if isinstance(document, Fields) and len(document.pairs) == 1:
        name, value = document.pairs[0]
        if isinstance(name, Scalar) and name.text == "entries":
            document = value
    if document is None or (isinstance(document, Scalar) and document.text is None):
        return []
    return document.items if isinstance(document, Items) else [document]


def _row(source: str, node: Node) -> Row | Problem:
    if not isinstance(node, Fields):
        stood = shown(node.text or "") if isinstance(node, Scalar) else ""
        return Problem(source, node.line, "", "is no entry", stood, _REMEDY)
    fields: dict[str, Any] = {}
    problems = []
    for key, value in node.pairs:
        name = key.text or "" if isinstance(key, Scalar) else ""
        stood = shown(value.text or "") if isinstance(value, Scalar) else ""
        found = _TWICE if name in fields else _value(name, value)
        if isinstance(found, Wrong):
            problems.append(Problem(source, value.line, shown(name), found.message, stood, found.remedy))
        elif found is not None:
            fields[name] = found
    return Row(node.line, fields, {}, tuple(problems))


_TWICE: Final = Wrong("is given twice", "delete one of the two")
_NO_LIST: Final = Wrong("must be a list of texts", "write each on a line of its own that begins with -")
_NO_TEXT: Final = Wrong("must be a text", "write one text")


def _value(name: str, node: Node) -> Any:
    """None when nothing is written."""
    if isinstance(node, Scalar):
        if node.text is None:
            return None
        return [node.text] if name in LISTS else _parsed(name, node.text)
    if not isinstance(node, Items) or name not in LISTS:
        return _NO_LIST if name in LISTS else _NO_TEXT
    if not all(isinstance(item, Scalar) for item in node.items):
        return _NO_LIST
    return [item.text or "" for item in node.items if isinstance(item, Scalar)]


def _parsed(name: str, text: str) -> Any:
    return parsed(name, text) if name in Entry.model_fields else text


def _id_in(text: str, entry: Fields, id: str) -> tuple[int, int, str]:
    """From where to where the text is another then, and what."""
    written = str(yaml.dump(id, Dumper=_DUMPER, allow_unicode=True, default_style='"', width=1000)).strip()
    for key, value in entry.pairs:
        if isinstance(key, Scalar) and key.text == "id" and isinstance(value, Scalar):
            gap = " " if value.start == key.end + 1 else ""
            return value.start, value.end, f"{gap}{written}"
    first = entry.pairs[0][0]
    if not isinstance(first, Scalar):
        raise FileNotWritten("an entry does not begin with the name of a field")
    if entry.is_flow:
        return first.start, first.start, f"id: {written}, "
    indent = first.start - (text.rfind("\n", 0, first.start) + 1)
    line_end = "\r\n" if "\r\n" in text else "\n"
    return first.start, first.start, f"id: {written}{line_end}{' ' * indent}"


IMPORTER: Importer = Yaml()
