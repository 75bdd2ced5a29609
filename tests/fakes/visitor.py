"""A plain client of a practice room: cookies, signatures, one websocket. It forgives and retries nothing."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

from assistant.platforms.bilibili import packets, wbi
from assistant.practice import PRACTICE_BILI_JCT, PRACTICE_SESSDATA

LOGGED_IN = {"SESSDATA": PRACTICE_SESSDATA, "bili_jct": PRACTICE_BILI_JCT}
PATIENCE_SECONDS = 10.0  # after which a test fails instead of hanging
ROOM_ID = 7777

_INDEX = "/xlive/web-room/v1/index"


async def until(condition: Callable[[], bool]) -> None:
    """Let the server work until something holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110 - a server has no event for every wish of a test
            await asyncio.sleep(0)


class Wire:
    """One websocket. Frames come in as they are, or as packets, commands and danmaku."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, operation: int, body: bytes = b"") -> None:
        await self.socket.send_bytes(packets.encode(operation, body, packets.VERSION_RAW, 1))

    async def frame(self) -> bytes:
        """The next frame. Raises EOFError when the server has hung up."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            message = await self.socket.receive()
        if message.type is not aiohttp.WSMsgType.BINARY:
            raise EOFError
        data: bytes = message.data
        return data

    async def packets(self) -> list[packets.Packet | packets.Flaw]:
        return packets.unpack(await self.frame())

    async def commands(self) -> list[dict[str, Any]]:
        """The commands of the next frame that holds any."""
        while True:
            found = [packet for packet in await self.packets() if isinstance(packet, packets.Packet)]
            if bodies := [packet.body for packet in found if packet.operation == packets.OP_MESSAGE]:
                return [json.loads(body) for body in bodies]

    async def command(self, name: str) -> dict[str, Any]:
        """The next command of this name; others before it are passed over."""
        while True:
            for command in await self.commands():
                if command["cmd"] == name:
                    return command

    async def texts(self, count: int) -> list[str]:
        """The texts of the next `count` danmaku or more."""
        found: list[str] = []
        while len(found) < count:
            found += [command["info"][1] for command in await self.commands() if "info" in command]
        return found

    async def beat(self, body: bytes = b"[object Object]") -> bytes:
        """Send a heartbeat; the next frame."""
        await self.say(packets.OP_HEARTBEAT, body)
        return await self.frame()

    async def ended(self) -> None:
        """Read on until the server hangs up."""
        try:
            while True:
                await self.frame()
        except EOFError:
            return


class Visitor:
    """`async with Visitor(room.url) as visitor:`; log in by handing over LOGGED_IN as cookies."""

    def __init__(
        self, url: str, *, cookies: Mapping[str, str] | None = None, user_agent: str = "Visitor/1"
    ) -> None:
        self.url = url
        self.cookies = dict(cookies or {})
        self._user_agent = user_agent

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            headers={"User-Agent": self._user_agent}, cookie_jar=aiohttp.DummyCookieJar()
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        async with self._session.get(self.url + path, params=params, cookies=self.cookies) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def fetch(self, path: str) -> tuple[int, dict[str, str]]:
        """The status, and the cookies that were set."""
        async with self._session.get(self.url + path, cookies=self.cookies) as response:
            return response.status, {name: cookie.value for name, cookie in response.cookies.items()}

    async def go_home(self) -> None:
        """Get a buvid3, as any visit to the home page gives one."""
        self.cookies |= (await self.fetch("/"))[1]

    async def danmu_info(self, *, room: int = ROOM_ID) -> dict[str, Any]:
        """getDanmuInfo, signed with the keys that nav gives."""
        images = (await self.get("/x/web-interface/nav"))["data"]["wbi_img"]
        keys = [images[name].rsplit("/", 1)[1].removesuffix(".png") for name in ("img_url", "sub_url")]
        query = wbi.sign({"id": room, "type": 0}, key=wbi.mixin_key(*keys), now=time.time())
        return await self.get(f"{_INDEX}/getDanmuInfo", **query)

    async def token(self) -> str:
        if "buvid3" not in self.cookies:
            await self.go_home()
        token: str = (await self.danmu_info())["data"]["token"]
        return token

    async def send(self, text: str, **form: str) -> dict[str, Any]:
        """msg/send with every field it needs; `form` adds and replaces."""
        fields = {
            "msg": text,
            "roomid": str(ROOM_ID),
            "rnd": "1800000000",
            "fontsize": "25",
            "color": "16777215",
            "csrf": PRACTICE_BILI_JCT,
            "csrf_token": PRACTICE_BILI_JCT,
        }
        return await self.post("/msg/send", fields | form)

    async def post(self, path: str, data: Any) -> dict[str, Any]:
        async with self._session.post(self.url + path, data=data, cookies=self.cookies) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def open(self) -> Wire:
        """A websocket before its auth."""
        address = self.url.replace("http", "ws", 1) + "/sub"
        return Wire(await self._session.ws_connect(address, autoping=False, max_msg_size=0))

    async def auth(self, **body: Any) -> bytes:
        """The body of a right auth packet; `body` adds and replaces."""
        uid = (await self.get("/x/web-interface/nav"))["data"].get("mid", 0)
        fields = {"uid": uid, "roomid": ROOM_ID, "protover": 3, "platform": "web", "type": 2}
        return json.dumps(fields | {"key": await self.token()} | body).encode()

    async def enter(self, **body: Any) -> Wire:
        """Through the door: a websocket on which the auth was accepted."""
        auth = await self.auth(**body)
        wire = await self.open()
        await wire.say(packets.OP_AUTH, auth)
        (reply,) = await wire.packets()
        assert isinstance(reply, packets.Packet)
        assert json.loads(reply.body) == {"code": 0}
        return wire
