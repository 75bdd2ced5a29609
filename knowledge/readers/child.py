"""The process that reads one document for `apart`: an order as JSON comes in, sections as JSON go out."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

from knowledge.readers.base import DocumentLimits, DocumentUnreadable, sections_of
from knowledge.readers.kinds import reader_of

_MEMORY_BYTES = 2 * 1024**3


def main() -> None:
    order = json.load(sys.stdin)
    limits = DocumentLimits(**order["limits"])
    _bound_memory()
    logging.disable()  # what a library finds odd in a file is nobody's news
    try:
        told = _read(Path(order["path"]), limits)
    except DocumentUnreadable as error:
        told = {"error": str(error)}
    except Exception as error:  # the libraries fail in any way on a broken file
        told = {"error": f"is broken: it cannot be read ({type(error).__name__})"}
    json.dump(told, sys.stdout)


def _read(path: Path, limits: DocumentLimits) -> dict[str, Any]:
    blocks = reader_of(path.suffix.lower()).read(path, limits)
    return {"sections": list(sections_of(blocks, characters=limits.characters))}


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


if __name__ == "__main__":
    main()
