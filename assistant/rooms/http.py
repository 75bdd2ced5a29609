"""Drives a platform's steps over HTTP: requests out, responses in, and nothing of a platform known here.

What goes wrong on the network becomes a `Response` of status 0 named by one word; neither an address nor a
cookie is ever part of it.
"""

import asyncio
import zlib
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol, Self, TypeVar

import httpx

from assistant.errors import SettingsError
from assistant.limits import RESPONSE_BYTES
from assistant.platforms.base import Request, Response, Steps

T = TypeVar("T")

_NEVER_THROUGH_A_PROXY = ("all://127.0.0.1", "all://localhost", "all://[::1]")
_COMPRESSED = frozenset({"gzip", "x-gzip", "deflate"})
_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS


class Http(Protocol):
    """Anything that can answer a platform's steps."""

    async def run(self, steps: Steps[T]) -> T:
        """The steps' result. What the steps raise passes through; a failed request does not raise."""
        ...


class HttpShell:
    """One pool of connections for all rooms; close it with `aclose` or `async with`.

    It keeps no cookies, follows no redirects (a cookie could follow them to another host), and reads at most
    `limits.RESPONSE_BYTES` of an answer, also when a small one inflates to more. A `Response.failure` is the
    class of what went wrong; `ConnectError` and `ConnectTimeout` mean that nothing was sent.
    """

    def __init__(self) -> None:
        try:
            self._client = httpx.AsyncClient(
                follow_redirects=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                mounts=dict.fromkeys(_NEVER_THROUGH_A_PROXY),
            )
        except (ImportError, ValueError, httpx.InvalidURL):
            raise SettingsError(
                "environment: the proxy cannot be used (is the address right? SOCKS needs 'httpx[socks]')"
            ) from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._client.aclose()

    async def run(self, steps: Steps[T]) -> T:
        try:
            request = next(steps)
            while True:
                request = steps.send(await self._answer(request))
        except StopIteration as finished:
            result: T = finished.value
            return result
        finally:
            steps.close()

    async def _answer(self, request: Request) -> Response:
        try:
            async with asyncio.timeout(request.timeout_seconds):
                return await self._fetch(request)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, _Unreadable) as error:
            return Response(0, b"", failure=type(error).__name__.strip("_"))

    async def _fetch(self, request: Request) -> Response:
        async with self._client.stream(
            request.method,
            request.url,
            params=request.params or None,
            data=request.form,
            headers=_headers(request),
            timeout=_timeout(request),
        ) as response:
            raw = await _bounded(response)
            cookies = {cookie.name: cookie.value or "" for cookie in response.cookies.jar}
            encoding = response.headers.get("Content-Encoding", "").strip().lower()
            return Response(response.status_code, _inflated(raw, encoding), cookies)


class _Unreadable(Exception):
    """The answer came and cannot be taken."""


class _TooLarge(_Unreadable):
    pass


class _BadEncoding(_Unreadable):
    pass


def _timeout(request: Request) -> httpx.Timeout:
    # Below the deadline of the whole, so that "could not connect" is told apart from "no answer".
    return httpx.Timeout(request.timeout_seconds, connect=request.timeout_seconds / 2)


def _headers(request: Request) -> httpx.Headers:
    headers = httpx.Headers(dict(request.headers))
    # Only what _inflated can bound is asked for: httpx itself would inflate without a limit.
    headers["Accept-Encoding"] = "gzip"
    if request.cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in request.cookies.items())
    return headers


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > RESPONSE_BYTES:
            raise _TooLarge
    return bytes(body)


def _inflated(body: bytes, encoding: str) -> bytes:
    if not body or encoding in ("", "identity"):
        return body
    if encoding not in _COMPRESSED:
        raise _BadEncoding
    inflater = zlib.decompressobj(_ZLIB_OR_GZIP)
    try:
        inflated = inflater.decompress(body, RESPONSE_BYTES + 1)
    except zlib.error:
        raise _BadEncoding from None
    if len(inflated) > RESPONSE_BYTES:
        raise _TooLarge
    if not inflater.eof:
        raise _BadEncoding
    return inflated
