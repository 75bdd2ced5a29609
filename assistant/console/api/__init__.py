"""The HTTP API under /api/v1."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from assistant.console.access.needs import needs
from assistant.console.access.roles import Caller, Operation
from assistant.console.console import Console


def the_console(request: Request) -> Console:
    console: Console = request.app.state.console
    return console


TheConsole = Annotated[Console, Depends(the_console)]
router = APIRouter(prefix="/api/v1")


@router.get("/me")
def me(caller: Annotated[Caller, needs(Operation.LOOK)]) -> dict[str, str]:
    """Who asks, and as what."""
    return {"name": caller.name, "role": caller.role}
