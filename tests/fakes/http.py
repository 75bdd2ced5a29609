"""Answers a platform's steps from a script, at once and without a network.

The script has one entry for the end of each path; an entry is a response, or several for the first request,
the second and so on (the last one stays).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from assistant.platforms.base import Request, Response, Steps

T = TypeVar("T")
Script = Mapping[str, Response | Sequence[Response]]


class ScriptedHttp:
    """`run` drives steps to their result; `asked` are the requests so far. An unscripted path is an error."""

    def __init__(self, script: Script) -> None:
        self._script = {path: _listed(responses) for path, responses in script.items()}
        self.asked: list[Request] = []

    @property
    def paths(self) -> list[str]:
        return [_path(request) for request in self.asked]

    def only(self, path: str) -> Request:
        """The one request to this path."""
        (request,) = [request for request in self.asked if _path(request).endswith(path)]
        return request

    def run(self, steps: Steps[T]) -> T:
        try:
            request = next(steps)
            while True:
                request = steps.send(self._answer(request))
        except StopIteration as finished:
            result: T = finished.value
            return result

    def _answer(self, request: Request) -> Response:
        self.asked.append(request)
        responses = next(listed for path, listed in self._script.items() if _path(request).endswith(path))
        return responses.pop(0) if len(responses) > 1 else responses[0]


def answer(data: Any = None, *, code: int = 0, message: str = "", status: int = 200) -> Response:
    """The platform's usual shape."""
    content = {"code": code, "message": message, "data": data}
    return Response(status, json.dumps(content, ensure_ascii=False).encode())


def page(status: int = 200, *, body: bytes = b"<html></html>", **cookies: str) -> Response:
    """What is no JSON: a web page, which may set cookies."""
    return Response(status, body, cookies)


def failure(name: str = "ReadTimeout") -> Response:
    return Response(0, b"", failure=name)


def _listed(responses: Response | Sequence[Response]) -> list[Response]:
    return [responses] if isinstance(responses, Response) else list(responses)


def _path(request: Request) -> str:
    return request.url.partition("://")[2].partition("/")[2].partition("?")[0]
