"""A small HTTP server that speaks the chat completions protocol, and fails in the ways real ones do."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

KEY = "sk-a-key-nobody-may-see"


class ModelServer:
    """`replies` are given in order, the last one for ever: a model's text, a status, or a raw response.

    "hang" waits for `release`, and gives the next one then. `asked` are the bodies of the requests, `keys`
    their authorisations.
    """

    def __init__(self, replies: Sequence[str | int | web.Response]) -> None:
        self._replies = list(replies)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.url = ""
        self._released = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def open(cls, *replies: str | int | web.Response) -> AsyncIterator["ModelServer"]:
        server = cls(replies)
        app = web.Application()
        app.router.add_post("/v1/chat/completions", server._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        try:
            yield server
        finally:
            server._released.set()
            await runner.cleanup()

    def release(self) -> None:
        self._released.set()

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization", ""))
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if reply == "hang":
            await self._released.wait()
            reply = self._replies[0]
        if isinstance(reply, web.Response):
            return reply
        if isinstance(reply, int):
            # Real ones quote the key in such an answer.
            return web.json_response({"error": {"message": f"bad key {KEY}"}}, status=reply)
        return web.json_response(completion(reply))


def completion(text: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "tiny",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 400, "completion_tokens": 50, "total_tokens": 450},
    } | changes


def drafted(answer: str, *citations: int, confidence: float = 0.9) -> str:
    reply = {"answer": answer, "citations": list(citations) or [1], "confidence": confidence}
    return json.dumps(reply, ensure_ascii=False)
