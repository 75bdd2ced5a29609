"""/healthz, /readyz and /metrics: what watches over the process asks."""

import asyncio
from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from assistant.console.console import Console
from assistant.console.metrics import CONTENT_TYPE
from assistant.errors import StoreError
from assistant.rooms.keeper import RoomState

_STORE_SECONDS = 2.0


def router(console: Console) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/healthz")
    async def alive() -> Response:
        return JSONResponse({"alive": True})

    @routes.get("/readyz")
    async def ready() -> Response:
        """Ready: every room is connected and the database takes what is written."""
        rooms = {room: str(status.state) for room, status in console.assistant.rooms.items()}
        takes = await _takes_writes(console)
        is_ready = takes and bool(rooms) and all(state == RoomState.LIVE for state in rooms.values())
        body = {"ready": is_ready, "rooms": rooms, "store": "writable" if takes else "not writable"}
        return JSONResponse(body, HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)

    @routes.get("/metrics")
    async def metrics() -> Response:
        return Response(console.metrics.page(), headers={"Content-Type": CONTENT_TYPE})

    return routes


async def _takes_writes(console: Console) -> bool:
    try:
        async with asyncio.timeout(_STORE_SECONDS):
            await console.people.probe()
    except (StoreError, TimeoutError):
        return False
    return True
