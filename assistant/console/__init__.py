"""The web console: pages for agents, the host and editors, and the HTTP API beside them.

It reaches the assistant through `assistant.service` and what happens through the hub. Only the command line
imports it, and only when a console is wanted: NiceGUI and FastAPI take half a second to import.
"""
