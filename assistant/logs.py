"""The log: structlog on standard logging, one key=value line on stderr for each thing that happened.

Values are made safe to print, errors are named without their message (which may quote a signed URL or a
viewer), and the libraries that speak to the network say nothing below a warning whatever level was chosen:
at debug they print headers, cookies and frames.
"""

import logging
import sys
import traceback
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, TextIO

import structlog

from assistant.printable import printable

OUR_LOGGERS = ("assistant", "knowledge")
CHATTY_LIBRARIES = ("httpx", "httpcore", "websockets", "aiohttp", "asyncio", "openai", "httpx2", "httpcore2")
VALUE_CHARACTERS = 500
_HANDLER_NAME = "assistant"
_FIRST_KEYS = ("time", "level", "room", "event")


def configure(verbose: bool = False, *, quiet: bool = False, stream: TextIO | None = None) -> None:
    """Set logging up for this process; calling it again replaces what it did before. Verbose beats quiet."""
    level = logging.DEBUG if verbose else logging.WARNING if quiet else logging.INFO
    _install(_handler(stream or sys.stderr))
    for name in OUR_LOGGERS:
        logging.getLogger(name).setLevel(level)
    for name in CHATTY_LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def whereabouts(error: BaseException) -> str:
    """An error's class and the calls that led to it, innermost last: `TypeError in run:12 > read:40`."""
    calls = " > ".join(
        f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    )
    return f"{type(error).__name__} in {calls}" if calls else type(error).__name__


def _install(handler: logging.Handler) -> None:
    root = logging.getLogger()
    for old in root.handlers[:]:
        if old.get_name() == _HANDLER_NAME:
            root.removeHandler(old)
    root.addHandler(handler)


def _handler(stream: TextIO) -> logging.Handler:
    handler = logging.StreamHandler(stream)
    handler.set_name(_HANDLER_NAME)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _error_without_its_message,
                _safe_values,
                structlog.processors.LogfmtRenderer(key_order=_FIRST_KEYS, drop_missing=True),
            ],
        )
    )
    return handler


def _error_without_its_message(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    raised = event.pop("exc_info", None)
    error = raised[1] if isinstance(raised, tuple) else sys.exc_info()[1] if raised is True else raised
    if isinstance(error, BaseException):
        event["error"] = whereabouts(error)
    return event


def _safe_values(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> Mapping[str, str | int | float | None]:
    return {key: _safe(value) for key, value in event.items()}


def _safe(value: object) -> str | int | float | None:
    if value is None or isinstance(value, int | float):
        return value
    return printable(str(value), VALUE_CHARACTERS)


_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]
