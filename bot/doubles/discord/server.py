"""The double as a service: its REST interface and its gateway on one port."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from bot.doubles.discord import methods
from bot.doubles.discord.control import Control
from bot.doubles.discord.gateway import Gateway
from bot.doubles.discord.people import People
from bot.doubles.discord.refusal import Refused
from bot.doubles.discord.world import TOKEN, Call, World
from bot.doubles.faults import JSON, sent

if TYPE_CHECKING:
    from bot.doubles.discord.methods import Asked, Method

_LARGEST: Final = 26 * 1024 * 1024
_API: Final = "/api/v10/"


class Service:
    """Discord on a loopback port, for code that has an event loop; see `DiscordDouble` for others.

    Args:
        world: what it serves; a fresh one by default.
        port: 0 for any free one.

    Attributes:
        gateway: the side that tells of events.
        people: what people do.
    """

    def __init__(self, world: World | None = None, port: int = 0) -> None:
        self.world = world or World()
        self.gateway = Gateway(self.world)
        self.people = People(self.world, self.gateway)
        self._wanted, self.port = port, 0
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.5)

    @property
    def url(self) -> str:
        """Where it listens, without a stroke at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        """What stands for ``https://discord.com/api/v10/``."""
        return f"{self.url}{_API}"

    async def start(self) -> None:
        """Listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._wanted).start()
        self.port = self._runner.addresses[0][1]
        self.gateway.url = f"ws://127.0.0.1:{self.port}/gw/"

    async def stop(self) -> None:
        """End every connection, and stop listening."""
        self.gateway.abort()
        await self._runner.cleanup()
        self.world.journal.close()

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_route("*", _API + "{path:.*}", self._api)
        app.router.add_get("/gw/", self.gateway.serve)
        app.add_routes(Control(self).routes())
        return app

    async def _api(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"].rstrip("/")
        found = methods.find(request.method, path)
        body, files = await _read(request)
        if found is None:
            self.world.calls.append(Call("unknown", path, body, self.world.now(), 404))
            return web.Response(status=404, body=b'{"message": "404: Not Found", "code": 0}',
                                content_type=JSON)  # fmt: skip
        method, parts = found
        fault = self.world.faults.take(method.name)
        status, code, headers, answer = 200, 0, dict[str, str](), b"{}"
        if fault is None or fault.effect:
            asked = methods.Asked(self.world, parts, dict(request.query), body, files)
            status, code, headers, answer = self._answered(method, asked, request)
        spoilt = fault.name if fault else ""
        told = fault.status if fault and fault.body is not None else status
        call = Call(method.name, path, body, self.world.now(), told, code, spoilt)
        self.world.calls.append(call)
        return await sent(request, answer, fault, status=status, headers=headers)

    def _answered(
        self, method: Method, asked: Asked, request: web.Request
    ) -> tuple[int, int, dict[str, str], bytes]:
        """Status, Discord's code, headers and body."""
        headers: dict[str, str] = {}
        try:
            if method.keyed:
                self._allowed(request)
                self._counted()
            if method.name == "create_message":
                self._paced(asked.parts[0], headers)
            made: Any = method.do(asked)
        except Refused as refused:
            if refused.retry_after is not None:
                pause = f"{refused.retry_after:g}"
                headers |= {"Via": "1.1 double", "Retry-After": pause}
                headers |= {"X-RateLimit-Global": "true"} if refused.everywhere else {}
            return refused.status, refused.code, headers, json.dumps(refused.answer).encode()
        if made is None:
            return HTTPStatus.NO_CONTENT, 0, headers, b""
        return 200, 0, headers, json.dumps(made).encode()

    def _counted(self) -> None:
        """Let one call of any kind in."""
        if self.world.pace and (wait := self.world.pace.call()):
            said = "You are being rate limited."
            raise Refused(429, 0, said, retry_after=round(wait, 3), everywhere=True)

    def _paced(self, channel: str, headers: dict[str, str]) -> None:
        """Let one message in, and tell what is left."""
        if not self.world.pace:
            return
        wait, told = self.world.pace.take(channel)
        headers.update(told)
        if wait:
            raise Refused(429, 0, "You are being rate limited.", retry_after=round(wait, 3))

    def _allowed(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bot {TOKEN}" or self.world.revoked:
            raise Refused(401, 0, "401: Unauthorized")


async def _read(request: web.Request) -> tuple[Any, list[str]]:
    """A call's body, and the names of the files beside it."""
    if not request.can_read_body:
        return None, []
    if request.content_type != "multipart/form-data":
        try:
            return await request.json(), []
        except ValueError:
            return None, []
    body, files = None, []
    async for part in await request.multipart():
        if getattr(part, "name", "") == "payload_json":
            body = json.loads(await part.text())  # type: ignore[union-attr]  # no multipart in a multipart
        elif name := getattr(part, "filename", None):
            files.append(str(name))
    return body, files
