"""An .xlsx workbook as what it is, a zip of XML: vetted, opened with care, its parts found and counted.

It is read here rather than by openpyxl because a formula is wanted together with its result, merged cells
at any length, and an id written into a row without touching charts, pictures or other sheets.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from xml.etree import ElementTree
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from knowledge.entries import Problem
from knowledge.importers import files
from knowledge.importers.sheet_xml import SheetCells, SheetReader, StringReader, TooLarge

MAX_UNPACKED_BYTES: Final = 200 * 1024 * 1024
MAX_PARTS: Final = 10_000

_CHUNK_BYTES: Final = 256 * 1024
_OLE_MARK: Final = b"\xd0\xcf\x11\xe0"  # the older container: .xls, or anything under a password
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\0!\0(?:D|E)\0", re.IGNORECASE)
_SAVE_ANEW: Final = "open it in the spreadsheet program and save it as .xlsx"

BROKEN: Final = (  # whatever reading damaged bytes may raise
    zipfile.BadZipFile, zlib.error, expat.ExpatError, ElementTree.ParseError, struct.error, EOFError,
    KeyError, ValueError, IndexError, OverflowError, NotImplementedError, RuntimeError, OSError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    part: str
    is_hidden: bool


def refused(path: Path) -> Problem | None:
    """Why the file cannot be a workbook that is safe to open, if so."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
            rest = file.read() if head.startswith(_OLE_MARK) and size <= files.MAX_FILE_BYTES else b""
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return _problem(path, f"cannot be read: {reason}", "check the path")
    if size > files.MAX_FILE_BYTES:
        return too_large(path, f"is larger than {files.MAX_FILE_BYTES // 2**20} MB")
    if not size:
        return _problem(path, "holds no entries", "write a question and an answer")
    if _ENCRYPTED in rest:
        return _problem(path, "is protected by a password", "save it without a password")
    if head.startswith(_OLE_MARK):
        return _problem(path, "is an old .xls workbook, whatever its name says", _SAVE_ANEW)
    if not zipfile.is_zipfile(path):
        return _problem(path, "is no .xlsx workbook", _SAVE_ANEW)
    return None


def too_large(path: Path, message: str) -> Problem:
    return _problem(path, message, "split it into several files, and delete what is no question")


def broken(path: Path) -> Problem:
    return _problem(path, "is a damaged .xlsx workbook, or none", _SAVE_ANEW)


def _problem(path: Path, message: str, remedy: str) -> Problem:
    return Problem(str(path), None, "", message, "", remedy)


class Workbook:
    """The parts of an open workbook. Raises one of BROKEN, or TooLarge, when it is not as it must be."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = MAX_UNPACKED_BYTES
        self._all_strings: list[str] | None = None
        parts = archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            raise TooLarge(f"unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MB")
        self._targets = self._relations("xl/_rels/workbook.xml.rels")
        self._book = self._tree("xl/workbook.xml")

    @property
    def sheets(self) -> list[Sheet]:
        found = []
        for element in _named(self._book, "sheet"):
            relation = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            if part := self._targets.get(relation):
                hidden = element.get("state", "visible") != "visible"
                found.append(Sheet(element.get("name", ""), part, hidden))
        return found

    def cells(self, sheet: Sheet) -> SheetCells:
        if self._all_strings is None:
            self._all_strings = self._strings()
        reader = SheetReader(self._all_strings, self._formats(), self._epoch())
        reader.read(self.chunks(sheet.part))
        return reader.found

    def chunks(self, part: str) -> Iterator[bytes]:
        """The part's bytes, counted as they come: the directory of a zip may lie about sizes."""
        with self._archive.open(part) as file:
            before = b""
            while chunk := file.read(_CHUNK_BYTES):
                self._left -= len(chunk)
                if self._left < 0:
                    raise TooLarge(f"unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MB")
                if _DECLARATION.search(before[-16:] + chunk):
                    raise ValueError("declares entities, which no workbook does")
                before = chunk
                yield chunk

    def _tree(self, part: str) -> ElementTree.Element:
        parser = ElementTree.XMLParser()  # noqa: S314 - entities are refused above
        for chunk in self.chunks(part):
            parser.feed(chunk)
        root: ElementTree.Element = parser.close()
        return root

    def _relations(self, part: str) -> dict[str, str]:
        targets = {}
        for element in self._tree(part):
            target = element.get("Target", "")
            targets[element.get("Id", "")] = target.lstrip("/") if target[:1] == "/" else f"xl/{target}"
        return targets

    def _epoch(self) -> datetime:
        about = next(_named(self._book, "workbookPr"), None)
        counts_from_1904 = about is not None and about.get("date1904") in ("1", "true")
        epoch: datetime = CALENDAR_MAC_1904 if counts_from_1904 else CALENDAR_WINDOWS_1900
        return epoch

    def _strings(self) -> list[str]:
        part = next(
            (part for part in self._targets.values() if part.lower().endswith("sharedstrings.xml")), ""
        )
        if part not in self._archive.namelist():
            return []
        reader = StringReader()
        reader.read(self.chunks(part))
        return reader.strings

    def _formats(self) -> list[str]:
        """The number format of each cell style."""
        part = next((part for part in self._targets.values() if part.lower().endswith("styles.xml")), "")
        if part not in self._archive.namelist():
            return []
        styles = self._tree(part)
        codes: dict[int, str] = dict(BUILTIN_FORMATS)
        for element in _named(styles, "numFmt"):
            codes[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
        applied = next(_named(styles, "cellXfs"), ())
        return [codes.get(int(style.get("numFmtId", "0")), "") for style in applied]


def _named(root: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    return (element for element in root.iter() if element.tag.rpartition("}")[2] == name)
