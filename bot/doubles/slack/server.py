"""The double as a service: its methods, its sockets and its response_urls on one port."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from bot.doubles.faults import JSON, sent
from bot.doubles.slack import hooks, methods
from bot.doubles.slack.control import Control
from bot.doubles.slack.people import People
from bot.doubles.slack.refusal import Refused
from bot.doubles.slack.signed import Signed
from bot.doubles.slack.sockets import Sockets
from bot.doubles.slack.world import Call, World

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST: Final = 4 * 1024 * 1024
_UNKNOWN_HOOK: Final = 404
_BAD_HOOK: Final = 400


class Service:
    """Slack on a loopback port, for code that has an event loop; see `SlackDouble` for others.

    Args:
        world: what it serves; a fresh one by default.
        port: 0 for any free one.

    Attributes:
        sockets: Socket Mode's side.
        people: what people do; they reach the app by Socket Mode until `by_http` was called.
    """

    def __init__(self, world: World | None = None, port: int = 0) -> None:
        self.world = world or World()
        self.sockets = Sockets()
        self._wanted, self.port = port, 0
        self._signed: Signed | None = None
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.5)

    @property
    def url(self) -> str:
        """Where it listens, without a stroke at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        """What stands for ``https://slack.com/api/``."""
        return f"{self.url}/api/"

    async def start(self) -> None:
        """Listen."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._wanted)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.people = People(self.world, f"{self.url}/hooks/", self.sockets)

    async def stop(self) -> None:
        """End every connection, and stop listening."""
        await self.sockets.close()
        if self._signed:
            await self._signed.close()
        await self._runner.cleanup()
        self.world.journal.close()

    def by_http(self, url: str) -> None:
        """From now on people reach the app by signed requests to that address."""
        self._signed = Signed(url, self.world.keys.signing)
        self.people.carrier = self._signed

    def by_socket(self) -> None:
        """From now on people reach the app by Socket Mode."""
        self.people.carrier = self.sockets

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self.sockets.serve)
        app.router.add_post("/hooks/{token}", self._hook)
        app.add_routes(Control(self).routes())
        return app

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name, raw = request.match_info["method"], await _fields(request)
        fault = self.world.faults.take(name)
        status, headers, answer = 200, dict[str, str](), dict[str, Any]()
        if fault is None or fault.effect:
            status, headers, answer = self._call(name, _token(request, raw), raw)
        error = "" if answer.get("ok") else str(answer.get("error", ""))
        spoilt = fault.name if fault else ""
        self.world.calls.append(Call(name, raw, self.world.now(), error, spoilt))
        body = json.dumps(answer).encode()
        return await sent(request, body, fault, status=status, headers=headers)

    def _call(
        self, name: str, token: str, raw: Mapping[str, Any]
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        headers = {"x-oauth-scopes": ",".join(sorted(self.world.scopes))}
        try:
            answer = {"ok": True} | methods.call(self.world, name, token, methods.read(raw))
        except Refused as refused:
            if refused.retry_after:
                return 429, headers | {"Retry-After": str(refused.retry_after)}, refused.answer
            return 200, headers, refused.answer
        if name == "apps.connections.open":
            answer["url"] = f"ws://127.0.0.1:{self.port}/link?ticket={self.sockets.ticket()}"
        return 200, headers, answer

    async def _hook(self, request: web.Request) -> web.StreamResponse:
        fault = self.world.faults.take("response_url")
        raw, error, status, body = await _fields(request), "", 200, b"ok"
        if fault is None or fault.effect:
            try:
                hooks.answer(self.world, request.match_info["token"], raw)
            except Refused as refused:
                error = refused.code
                status = _UNKNOWN_HOOK if error.endswith("_url") else _BAD_HOOK
                body = json.dumps(refused.answer).encode()
        spoilt = fault.name if fault else ""
        self.world.calls.append(Call("response_url", raw, self.world.now(), error, spoilt))
        kind = JSON if error else "text/plain"
        return await sent(request, body, fault, status=status, content_type=kind)


async def _fields(request: web.Request) -> dict[str, Any]:
    """A call's fields, however they were sent."""
    found: dict[str, Any] = dict(request.query)
    if "json" in request.content_type:
        try:
            body = await request.json()
        except ValueError:
            body = None
        return found | (body if isinstance(body, dict) else {})
    if request.can_read_body:
        found |= dict((await request.post()).items())
    return found


def _token(request: web.Request, raw: dict[str, Any]) -> str:
    """The token, which is kept nowhere."""
    header = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return str(raw.pop("token", "") or header)
