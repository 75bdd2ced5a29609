"""Imports point down only; what each layer may reach is written here once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("assistant", "knowledge")
SOCKETS = {"socket", "asyncio", "httpx", "websockets", "aiohttp", "urllib.request", "time"}
PURE = (
    "assistant/platforms",
    "assistant/engagement/scores.py",
    "assistant/events.py",
    "assistant/actions.py",
    "assistant/drafting/checks.py",
    "assistant/drafting/claims.py",
    "assistant/drafting/costs.py",
    "assistant/drafting/prompt.py",
)
PURE_PIPELINE = [path for path in (ROOT / "assistant/pipeline").glob("*.py") if path.name != "flow.py"]

# No module under the first may import from the others.
FORBIDDEN = {
    "knowledge": ("assistant",),
    "assistant/platforms": (
        "knowledge", "assistant.rooms", "assistant.outbox", "assistant.service", "assistant.pipeline",
        "assistant.stores", "assistant.practice", "assistant.settings", "assistant.clock",
    ),
    "assistant/stores": (
        "knowledge.base", "knowledge.ranking", "knowledge.store", "assistant.rooms", "assistant.outbox",
        "assistant.pipeline", "assistant.service",
    ),
    "assistant/rooms": (
        "knowledge", "assistant.pipeline", "assistant.outbox", "assistant.stores", "assistant.service",
    ),
    "assistant/outbox": ("knowledge", "assistant.rooms", "assistant.service", "assistant.pipeline.flow"),
    "assistant/engagement": ("knowledge", "assistant.rooms", "assistant.outbox", "assistant.service"),
    "assistant/pipeline": (
        "assistant.service", "assistant.rooms", "assistant.platforms", "assistant.practice",
    ),
    "assistant/practice": ("knowledge", "assistant.service", "assistant.pipeline", "assistant.outbox"),
    "assistant/drafting": ("assistant.service", "assistant.rooms", "assistant.outbox"),
    "assistant/console": (
        "knowledge.base", "knowledge.ranking", "assistant.compose", "assistant.cli", "assistant.commands",
        "assistant.practice", "assistant.outbox", "assistant.platforms", "assistant.pipeline.flow",
        "assistant.stores.sqlite",
    ),
    "assistant/service.py": (
        "assistant.compose", "assistant.cli", "assistant.commands", "assistant.practice",
    ),
}  # fmt: skip
ONLY_FACES_REACH = {
    "assistant.compose": ("assistant/commands",),
    "assistant.commands": ("assistant/cli.py", "assistant/commands"),
    "assistant.console": ("assistant/console", "assistant/commands"),
    "assistant.practice": ("assistant/commands/rehearsing.py", "assistant/practice"),
}


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Every module that the file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def reaches(names: set[str], target: str) -> bool:
    return any(name == target or name.startswith(f"{target}.") for name in names)


def stands_under(path: Path, place: str) -> bool:
    relative = path.relative_to(ROOT).as_posix()
    return relative == place or relative.startswith(f"{place}/")


@pytest.mark.parametrize(("place", "targets"), FORBIDDEN.items(), ids=FORBIDDEN.keys())
def test_no_layer_reaches_up_or_across(place: str, targets: tuple[str, ...]) -> None:
    inside = [path for path in modules() if stands_under(path, place)]
    assert inside, f"{place} has moved: say where it is now"
    assert [
        (path.name, target) for path in inside for target in targets if reaches(imported(path), target)
    ] == []


@pytest.mark.parametrize(("target", "places"), ONLY_FACES_REACH.items(), ids=ONLY_FACES_REACH.keys())
def test_only_the_faces_reach_what_composes_and_rehearses(target: str, places: tuple[str, ...]) -> None:
    outside = [path for path in modules() if not any(stands_under(path, place) for place in places)]
    assert [path.name for path in outside if reaches(imported(path), target)] == []


def test_only_the_drafts_endpoint_reaches_the_models_sdk() -> None:
    reaching = [path.name for path in modules() if reaches(imported(path), "openai")]
    assert reaching == ["endpoint.py"]


def test_pure_files_reach_no_socket_no_clock_and_no_event_loop() -> None:
    pure = [path for path in modules() if any(stands_under(path, place) for place in PURE)] + PURE_PIPELINE
    assert [(path.name, name) for path in pure for name in SOCKETS if reaches(imported(path), name)] == []


def test_only_rooms_the_practice_room_and_the_console_hold_sockets() -> None:
    allowed = ("assistant/rooms", "assistant/practice", "assistant/console")
    outside = [path for path in modules() if not any(stands_under(path, place) for place in allowed)]
    sockets = SOCKETS - {"asyncio", "time"}
    assert [(path.name, name) for path in outside for name in sockets if reaches(imported(path), name)] == []
