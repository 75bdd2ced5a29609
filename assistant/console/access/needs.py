"""What an API route needs, as FastAPI dependencies."""

from http import HTTPStatus
from typing import Any

from fastapi import Depends, HTTPException, Request

from assistant.console.access.callers import caller_of
from assistant.console.access.roles import Caller, Operation


def needs(operation: Operation) -> Any:
    """A dependency: the caller, when their role reaches `operation`; else the route answers 403."""
    return Depends(Needs(operation))


class Needs:
    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    def __call__(self, request: Request) -> Caller:
        caller = caller_of(request)
        if not caller.may(self.operation):
            raise HTTPException(HTTPStatus.FORBIDDEN, f"not for the role {caller.role}")
        return caller
