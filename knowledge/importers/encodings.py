"""Which encoding an editor's text file is in: UTF-8, UTF-16, or the GBK that Chinese Windows writes.

JSON is UTF-8 by its standard and is not guessed at.
"""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from knowledge.entries import Problem
from knowledge.errors import FileNotWritten
from knowledge.importers.files import bytes_of

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_REMEDY = 'save it as "CSV UTF-8", or as UTF-8 text'
_HIGH = re.compile(rb"[\x80-\xff]")
_PAIR = re.compile(rb"[\x81-\xfe][\x30-\xfe]")
_UTF8_HAN = re.compile(rb"[\xe3-\xe9\xef][\x80-\xbf]{2}")  # their punctuation too
_PROBE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text, with what is needed to write it as it was."""

    text: str
    encoding: str
    mark: bytes = b""

    def encoded(self, text: str) -> bytes:
        """Another text in the same encoding. Raises FileNotWritten when there is no such."""
        try:
            return self.mark + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise FileNotWritten(f"an id cannot be written in {self.encoding}: {error.reason}") from None


def decoded(path: Path) -> Text | Problem:
    """The file's text in whichever encoding it is, or why it cannot be had."""
    data = bytes_of(path)
    if isinstance(data, Problem):
        return data
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", ""))
    encoding = encoding or _guessed(data)
    try:
        return Text(data[len(mark) :].decode(encoding), encoding, mark)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start + len(mark)) + 1
        shown = f"byte 0x{data[min(error.start + len(mark), len(data) - 1)]:02X}"
        return Problem(
            str(path), line, "", f"is not {_SAID.get(encoding, encoding)} text ({shown})", "", _REMEDY
        )


_SAID = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "gb18030": "GBK"}


def _guessed(data: bytes) -> str:
    head = data[:_PROBE_BYTES]
    if b"\0" in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        return "utf-16-le" if odd > even else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030" if _is_gbk(data) else "utf-8"
    return "utf-8"


def _is_gbk(data: bytes) -> bool:
    """A text that is UTF-8 but for a bad byte, or Western, or Big5, would become other characters, unnoticed.

    GBK makes sound UTF-8 by chance, but hardly that of Han characters, and never nearly all through. Both
    bytes of nearly all its own characters are high ones, which those of the others are not.
    """
    high = len(_HIGH.findall(data))
    sound = len(_HIGH.findall(data.decode("utf-8", "ignore").encode()))
    han_bytes = 3 * len(_UTF8_HAN.findall(data))
    is_damaged_utf8 = 2 * han_bytes > high or 10 * sound > 9 * high
    pairs = _PAIR.findall(data)
    common = sum(min(pair) >= 0xA1 for pair in pairs)
    return not is_damaged_utf8 and 10 * common > 8 * len(pairs)
