"""The console as a web application, and the socket that it is served on, in the assistant's event loop."""

import asyncio
import contextlib
import ipaddress
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Final

import uvicorn
from fastapi import FastAPI
from nicegui import Client, core, ui
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from assistant.console import api, health, pages
from assistant.console.access import sign_in
from assistant.console.access.gate import Gate
from assistant.console.access.headers import Headers
from assistant.console.access.roles import Caller
from assistant.console.access.sockets import SocketGate
from assistant.console.console import Console
from assistant.errors import AssistantError
from assistant.settings import ConsoleSettings

CLOSING_SECONDS = 2  # open pages and streams are told, then cut
_STATIC: Final = Path(str(resources.files("assistant.console") / "static"))
_ICON: Final = _STATIC / "icon.svg"
_LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class PortTaken(AssistantError):
    """The console cannot listen where it was told to."""


def create_app(console: Console) -> FastAPI:
    """The whole application, ready to be served. NiceGUI has one per process: the newest holds."""
    people, doors = console.people, console.doors
    sockets = SocketGate(people=people, doors=doors, open_pages=_OpenPages())
    app = FastAPI(
        title="Live assistant",
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(Headers),
            Middleware(Gate, people=people, doors=doors, sockets=sockets),
        ],
    )
    app.state.console = core.app.state.console = console
    app.include_router(sign_in.router(people, doors))
    app.include_router(health.router(console))
    app.include_router(api.router)
    app.mount("/console-static", StaticFiles(directory=_STATIC))
    _mount_pages(app)
    return app


def _mount_pages(app: FastAPI) -> None:
    core.app.middleware_stack = None  # of the console before this one, in the same process
    core.app.user_middleware.clear()
    pages.register()
    ui.run_with(
        app,
        favicon=_ICON,
        show_welcome_message=False,
        gzip_middleware_factory=None,  # would hold up the event loop; the network is near
        reconnect_timeout=10.0,
        binding_refresh_interval=0.5,
    )
    core.app.config.socket_io_js_transports = [
        "websocket"
    ]  # the gate looks at each socket once, when it opens


class _OpenPages:
    def opener(self, page_id: str) -> Caller | None:
        client = Client.instances.get(page_id)
        return None if client is None else getattr(client.request.state, "caller", None)

    def close(self, page_id: str) -> None:
        client = Client.instances.get(page_id)
        if client is not None:
            client.delete()


def listening(settings: ConsoleSettings, *, or_free: bool = False) -> socket.socket:
    """A bound socket; `or_free`: on any port when that of the settings is taken. Raises PortTaken."""
    try:
        return _bound(settings)
    except PortTaken:
        if not or_free:
            raise
        return _bound(settings.model_copy(update={"port": 0}))


def _bound(settings: ConsoleSettings) -> socket.socket:
    try:
        (family, _, _, _, address), *_ = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise PortTaken(f"the console cannot listen on {settings.host}: {error.strerror}") from None
    try:
        if os.name == "posix":  # elsewhere it would let two programs listen
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise PortTaken(
            f"the console cannot listen on {settings.host}:{settings.port}: {error.strerror}; "
            "use --port or --no-console"
        ) from None
    return bound


def known_hosts(settings: ConsoleSettings) -> Callable[[str], bool]:
    """Whether a Host header names this console: an address, this machine, or a name from the settings.

    A name that some other site points here is none of these.
    """
    names = _LOOPBACK_NAMES | {name.lower() for name in settings.hosts}
    if settings.host not in _LOOPBACK_NAMES:
        names |= {socket.gethostname().lower(), settings.host.lower()}

    def is_known(header: str) -> bool:
        name = _without_port(header).lower()
        return name in names or (settings.host not in _LOOPBACK_NAMES and _is_address(name))

    return is_known


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class _Server(uvicorn.Server):
    """Leaves the signals to the command, and tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def served(app: FastAPI, bound: socket.socket) -> AsyncIterator[None]:
    """`app` on the socket while the block runs; then open pages are told and the socket is closed."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        ws_max_size=4 * 1024 * 1024,
        timeout_graceful_shutdown=CLOSING_SECONDS,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[bound]), name="console server")
    listening = asyncio.create_task(server.listens.wait())
    try:
        await asyncio.wait((serving, listening), return_when=asyncio.FIRST_COMPLETED)
        if server.listens.is_set():
            yield
    finally:
        listening.cancel()
        server.should_exit = True
        await serving
