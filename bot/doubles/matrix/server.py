"""The double as a service: its client-server API on one port."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from aiohttp import web

from bot.doubles.faults import sent
from bot.doubles.matrix import methods
from bot.doubles.matrix.control import Control
from bot.doubles.matrix.people import People
from bot.doubles.matrix.refusal import Refused
from bot.doubles.matrix.syncing import sync
from bot.doubles.matrix.world import Call, World

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST: Final = 4 * 1024 * 1024
_API: Final = "/_matrix/client/v3/"


class Service:
    """A homeserver on a loopback port, for code with an event loop; see `MatrixDouble` for others.

    Args:
        world: what it serves; a fresh one by default.
        port: 0 for any free one.

    Attributes:
        people: what people do.
    """

    def __init__(self, world: World | None = None, port: int = 0) -> None:
        self.world = world or World()
        self.people = People(self.world)
        self._wanted, self.port = port, 0
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.5)

    @property
    def url(self) -> str:
        """Where it listens, without a stroke at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._wanted).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """End every connection, and stop listening."""
        self.world.closed = True
        await self.world.wake()
        await self._runner.cleanup()
        self.world.journal.close()

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_route("*", _API + "{path:.*}", self._api)
        app.add_routes(Control(self).routes())
        return app

    async def _api(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path.removeprefix(_API)
        body = await _body(request)
        found = methods.find(request.method, path)
        name = "sync" if path == "sync" else found[0].name if found else "unknown"
        fault = self.world.faults.take(name)
        status, code, answer = 200, "", dict[str, Any]()
        if fault is None or fault.effect:
            status, code, answer = await self._answered(request, path, body)
        spoilt = fault.name if fault else ""
        self.world.calls.append(
            Call(name, unquote(path), body, self.world.now(), status, code, spoilt)
        )
        return await sent(request, json.dumps(answer).encode(), fault, status=status)

    async def _answered(
        self, request: web.Request, path: str, body: Mapping[str, Any]
    ) -> tuple[int, str, dict[str, Any]]:
        """Status, Matrix's code, and the answer."""
        try:
            if path == "sync":
                return 200, "", await sync(self.world, self._user(request), request.query)
            method, parts = _found(request.method, path)
            user = self._user(request) if method.keyed else ""
            named = tuple(unquote(part) for part in parts)
            made = method.do(methods.Asked(self.world, user, named, request.query, body))
        except Refused as refused:
            return refused.status, refused.code, refused.answer
        await self.world.wake()
        return 200, "", made

    def _user(self, request: web.Request) -> str:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            raise Refused(401, "M_MISSING_TOKEN")
        if self.world.revoked or token not in self.world.tokens:
            raise Refused(401, "M_UNKNOWN_TOKEN")
        return self.world.tokens[token]


def _found(verb: str, path: str) -> tuple[methods.Method, tuple[str, ...]]:
    found = methods.find(verb, path)
    if found is None:
        raise Refused(404, "M_UNRECOGNIZED", "Unrecognized request")
    return found


async def _body(request: web.Request) -> dict[str, Any]:
    """A call's body; without what proves who somebody is, since calls are kept."""
    if not request.can_read_body:
        return {}
    try:
        found = json.loads(await request.read())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
