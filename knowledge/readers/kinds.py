"""Which reader takes which kind of document; a reader's library is loaded with its first document."""

from importlib import import_module

from knowledge.readers.base import Reader

_READERS = {
    ".txt": ("text", "TextReader"),
    ".md": ("markdown", "MarkdownReader"),
    ".markdown": ("markdown", "MarkdownReader"),
    ".html": ("html", "HtmlReader"),
    ".htm": ("html", "HtmlReader"),
    ".docx": ("docx", "DocxReader"),
    ".pdf": ("pdf", "PdfReader"),
}
SUFFIXES = tuple(_READERS)
TRUSTED_SUFFIXES = (".txt",)  # read by nothing but ourselves


def reader_of(suffix: str) -> Reader:
    """`suffix` is one of SUFFIXES."""
    module, name = _READERS[suffix]
    reader: Reader = getattr(import_module(f"knowledge.readers.{module}"), name)()
    return reader
