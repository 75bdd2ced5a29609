"""The rooms and what was heard in them. A first sight; to be written."""

from nicegui import ui

from assistant.console.access.roles import Page
from assistant.console.pages.frame import frame


def build() -> None:
    with frame(Page.LIVE) as visit:
        rooms = ui.label()
        newest = ui.column()

        def show() -> None:
            states = (f"{room}: {status.state}" for room, status in visit.console.assistant.rooms.items())
            rooms.text = " · ".join(states)
            batch = visit.console.hub.after(0, limit=20)
            newest.clear()
            with newest:
                for event in batch.events:
                    ui.label(f"{event.id} {event.kind}")

        ui.timer(0.5, show)
