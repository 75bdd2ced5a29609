"""What a request says of who asks and from where, before anybody has judged it."""

from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from assistant.console.access.roles import Caller


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the console is: whether a Host header names it, and its cookie's name."""

    hosts: Callable[[str], bool]
    cookie: str


def caller_of(connection: HTTPConnection) -> Caller:
    """Who asks, behind the gate."""
    caller: Caller | None = connection.state.caller
    if caller is None:
        raise LookupError("nobody is signed in on an open path")
    return caller


def is_own_origin(headers: Headers) -> bool:
    """Whether the page that asks is one of ours. A browser always says so; a program uses a token."""
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
    return headers.get("sec-fetch-site") == "same-origin"


def cookies(headers: Headers) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}
