"""The console's parts in one value: what pages and API routes reach the assistant by."""

from dataclasses import dataclass

from assistant.console.access.callers import Doors
from assistant.console.access.people import People
from assistant.console.hub import Hub
from assistant.console.metrics import Metrics
from assistant.service import Assistant
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Console:
    """Pages and routes get it with the request: `visit()` on a page, `Depends(the_console)` on a route."""

    assistant: Assistant
    hub: Hub
    people: People
    metrics: Metrics
    settings: Settings
    doors: Doors
