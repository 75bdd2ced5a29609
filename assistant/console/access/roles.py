"""What each role may open and do: the one table that the gate, the pages and the API go by."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal


class Role(StrEnum):
    """Each may do what those before it may; OVERLAY is a browser source's, which may only be looked at."""

    OVERLAY = "overlay"
    HOST = "host"
    AGENT = "agent"
    EDITOR = "editor"
    ADMIN = "admin"

    def reaches(self, needed: "Role") -> bool:
        return _RANKS[self] >= _RANKS[needed]


_RANKS: Final = {role: rank for rank, role in enumerate(Role)}
PEOPLE: Final = (Role.HOST, Role.AGENT, Role.EDITOR, Role.ADMIN)


class Page(StrEnum):
    """The pages, in the order of the navigation."""

    LIVE = "live"
    QUESTIONS = "questions"
    HOST = "host"
    FAQ = "faq"
    REPORT = "report"
    SETTINGS = "settings"
    OVERLAY = "overlay"

    @property
    def path(self) -> str:
        return "/" if self is Page.LIVE else f"/{self.value}"


PAGES: Final[Mapping[Page, Role]] = {
    Page.LIVE: Role.HOST,
    Page.QUESTIONS: Role.AGENT,
    Page.HOST: Role.HOST,
    Page.FAQ: Role.AGENT,  # to look things up; what changes entries needs an editor
    Page.REPORT: Role.HOST,
    Page.SETTINGS: Role.ADMIN,
    Page.OVERLAY: Role.OVERLAY,
}


class Operation(StrEnum):
    """What a person or a program can do, by page or through the API."""

    LOOK = "look"  # rooms, messages, questions, figures, events
    READ_ENTRIES = "read entries"
    EXPORT = "export"
    TAKE_ON_AIR = "take on air"  # the host's own three: answered on air, skip, pass to service
    ANSWER = "answer"  # claim, release, answer, close a question
    CORRECT = "correct"  # label a decision as wrong
    STEER = "steer"  # auto, dry run, off, pause, the wrong-reply budget
    EDIT_ENTRIES = "edit entries"  # drafts, lint, imports, pending suggestions
    PUBLISH = "publish"  # and roll back
    CONVERT = "convert"  # post a conversion of the shop's
    ADMINISTER = "administer"  # people, tokens, settings, the audit trail


NEEDED: Final[Mapping[Operation, Role]] = {
    Operation.LOOK: Role.HOST,
    Operation.READ_ENTRIES: Role.HOST,
    Operation.EXPORT: Role.AGENT,
    Operation.TAKE_ON_AIR: Role.HOST,
    Operation.ANSWER: Role.AGENT,
    Operation.CORRECT: Role.AGENT,
    Operation.STEER: Role.AGENT,
    Operation.EDIT_ENTRIES: Role.EDITOR,
    Operation.PUBLISH: Role.EDITOR,
    Operation.CONVERT: Role.AGENT,
    Operation.ADMINISTER: Role.ADMIN,
}


LOGIN, PASSWORD, LOGOUT = "/login", "/password", "/logout"
API: Final = "/api/"
_OPEN_PATHS: Final = (LOGIN, "/healthz", "/readyz", "/console-static/", "/favicon.ico")
_PATHS: Final[Mapping[str, Role]] = {
    f"{Page.OVERLAY.path}/": Role.OVERLAY,
    API: Role.HOST,  # at least: each operation names its own
    "/docs": Role.HOST,
    "/docs/": Role.HOST,
    "/openapi.json": Role.HOST,
    "/metrics": Role.HOST,  # or this machine
    "/_nicegui/": Role.HOST,  # what pages upload and hand out
    PASSWORD: Role.HOST,
    LOGOUT: Role.HOST,
}
"""Beside the pages. A path that ends with a slash stands for all below it."""
_FOR_PEOPLE: Final = ("/_nicegui/", PASSWORD, LOGOUT)  # and the pages, but for the overlay
_NICEGUIS_OWN: Final = re.compile(r"/_nicegui/\d[\w.]*/")  # scripts and styles, by its version


def is_open(path: str) -> bool:
    """Whether anybody may ask for it."""
    return _is_among(path, _OPEN_PATHS) or _NICEGUIS_OWN.match(path) is not None


def role_for(path: str) -> Role | None:
    """What it needs; None for a path that nothing is at."""
    for page, role in PAGES.items():
        if path == page.path:
            return role
    return next((role for place, role in _PATHS.items() if _is_among(path, (place,))), None)


def is_for_tokens(path: str) -> bool:
    """Whether programs may ask for it; the rest is for people."""
    return path == Page.OVERLAY.path or (_is_among(path, _PATHS) and not _is_among(path, _FOR_PEOPLE))


def _is_among(path: str, places: Iterable[str]) -> bool:
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a signed-in person, or a program with a token (`name` is then the token's).

    `key` identifies the session or token, for ending what belongs to it.
    """

    name: str
    role: Role
    key: str
    kind: Literal["session", "token"] = "session"
    must_change_password: bool = False

    def may(self, operation: Operation) -> bool:
        return self.role.reaches(NEEDED[operation])

    def may_open(self, page: Page) -> bool:
        return self.role.reaches(PAGES[page])
