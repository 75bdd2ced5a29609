"""What every answer of the console tells the browser: what may run in a page, and who may frame it.

Scripts come from here, and inline ones carry a nonce that NiceGUI's own page template is given on its way
out; NiceGUI compiles its components in the browser, which needs eval, and styles elements inline.
"""

import re
import secrets
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PAGE_MARK = b"x-nicegui-content"
_SCRIPT = re.compile(rb"<script(?=[\s>])")
_MAY_BE_KEPT: Final = ("/_nicegui/", "/console-static/", "/favicon.ico")
FIXED: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


def content_policy(host: str, *, nonce: str = "") -> str:
    """`host` as the browser named it, for its websocket (which older browsers do not count as 'self')."""
    scripts = f"'self' 'nonce-{nonce}' 'unsafe-eval'" if nonce else "'self'"
    sockets = f" ws://{host} wss://{host}" if nonce and host else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self'{sockets}",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Headers:
    """Around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        is_kept = scope["path"].startswith(_MAY_BE_KEPT)
        await self._app(scope, receive, _Outgoing(send, host, is_kept=is_kept))


class _Outgoing:
    """One response: a NiceGUI page is held back until it is whole, everything else passes."""

    def __init__(self, send: Send, host: str, *, is_kept: bool) -> None:
        self._send = send
        self._host = host if re.fullmatch(r"[\w.:\[\]-]+", host, re.ASCII) else ""
        self._is_kept = is_kept
        self._start: Message | None = None
        self._body: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            if any(name == _PAGE_MARK for name, _ in message["headers"]):
                self._start = message
                return
            self._mark(headers, content_policy(self._host))
        elif self._start is not None and message["type"] == "http.response.body":
            self._body.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send_page(self._start, b"".join(self._body))
            return
        await self._send(message)

    async def _send_page(self, start: Message, body: bytes) -> None:
        nonce = secrets.token_urlsafe(16)
        page = _SCRIPT.sub(f'<script nonce="{nonce}"'.encode(), body)
        headers = MutableHeaders(raw=start["headers"])
        headers["Content-Length"] = str(len(page))
        self._mark(headers, content_policy(self._host, nonce=nonce))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": page})

    def _mark(self, headers: MutableHeaders, policy: str) -> None:
        headers.setdefault("Content-Security-Policy", policy)
        if not self._is_kept:
            headers.setdefault("Cache-Control", "no-store")
        for name, value in FIXED.items():
            headers.setdefault(name, value)
